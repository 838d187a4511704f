"""Where people met, and in which village; see README.md."""
