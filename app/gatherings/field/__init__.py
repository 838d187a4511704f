"""Records made in villages without a line: the phone page, its queue, and what arrives of it."""
