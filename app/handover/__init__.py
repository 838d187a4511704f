"""Serah terima: what a person answers for goes to the next, in one step, with a berita acara."""
