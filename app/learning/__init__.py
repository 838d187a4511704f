"""Training, and what people can do afterwards; see README.md."""
