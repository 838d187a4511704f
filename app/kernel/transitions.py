"""One table of allowed moves per status, and the one function that makes a move."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from app.kernel.errors import Refused
from app.kernel.text import T

Moves = Mapping[Any, frozenset[Any]]


def allowed(moves: Moves, old: StrEnum, new: StrEnum) -> bool:
    return new in moves.get(old, frozenset())


def move(record: Any, moves: Moves, new: StrEnum, labels: Mapping[Any, str | T] | None = None) -> None:
    """Set `record.status` to `new`, or raise Refused and leave it as it was."""
    old = record.status
    if not allowed(moves, old, new):
        names = labels or {}
        raise Refused(
            T(
                "Tidak bisa diubah dari “%(old)s” menjadi “%(new)s”. "
                "Muat ulang halaman untuk melihat keadaan terakhir.",
                old=names.get(old, old),
                new=names.get(new, new),
            )
        )
    record.status = new
