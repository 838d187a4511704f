"""Stored files and the image derivatives made from them."""
