"""Print pieces, orders and the proofs that something stands in a village."""
