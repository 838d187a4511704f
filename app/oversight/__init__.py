"""What managers see; see README.md."""
