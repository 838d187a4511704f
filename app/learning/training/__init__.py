"""Batches of a programme: who asks for a place and gets one, and the sessions, each of which is an event."""
