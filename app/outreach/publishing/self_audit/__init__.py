"""The ledger held against itself and against the accounts, each hour; what does not agree waits for a person."""
