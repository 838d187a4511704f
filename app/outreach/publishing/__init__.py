"""The ledger of deliveries: plan, claim, send, settle, reconcile."""
