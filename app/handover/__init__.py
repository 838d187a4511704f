"""Handover (serah terima): what a person answers for goes to a successor in one step, with a berita acara."""
