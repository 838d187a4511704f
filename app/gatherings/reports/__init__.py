"""What came of an event: the record after it, its minutes, aspirations, verification, and which villages it reached."""
