"""What the office says; see README.md."""
