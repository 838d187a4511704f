"""Kits of `campaigns/` for tests that import them: looking at all their pictures takes longer than the import."""

from functools import cache
from pathlib import Path

from app.kits.service import PreparedKit, prepare
from config import ROOT

_read_once = cache(prepare)


def shipped(path: Path) -> Path | PreparedKit:
    """Return a kit of `campaigns/` as it was read and checked once in this process; any other as it is."""
    return _read_once(path) if path.parent == ROOT / "campaigns" else path
