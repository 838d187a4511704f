"""What every page stands on; see README.md."""
