"""Undoing what a person wrote down where it is refused: the one place of the routes that rolls back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import flash

from app.base.web.db import db
from app.base.web.formats import sentence
from app.kernel.errors import Forbidden, GaungError, NotFound

E = TypeVar("E", bound=Exception)


@dataclass
class Undone(Generic[E]):
    """`error`: why nothing of it stays; None where it went well."""

    error: E | None = None

    @property
    def refusal(self) -> E:
        """Return the error of a block that is left by an answer or an error, and by nothing else."""
        if self.error is None:
            raise RuntimeError("the block ended without an answer")
        return self.error


@contextmanager
def undoing(*kinds: type[E]) -> Iterator[Undone[E]]:
    """Undo what this request did so far where one of these errors is raised, and go on after the block.

    Records that were read before are read anew when they are asked. An error that was not named passes through to
    a page of its own, where nothing stays either; so do Forbidden and NotFound where only their base is named.
    """
    undone = Undone[E]()
    try:
        yield undone
    except kinds as error:
        if isinstance(error, Forbidden | NotFound) and type(error) not in kinds:
            raise
        db.session.rollback()
        undone.error = error


@contextmanager
def telling(*kinds: type[GaungError], look: str = "error") -> Iterator[None]:
    """Undo what a button began where it is refused, and say why on the page that comes next."""
    with undoing(*kinds) as undone:
        yield
    if undone.error is not None:
        flash(sentence(undone.error.sentence), look)


def release_database() -> None:
    """End the transaction before anything is written, so that nobody waits while a file is read or a page laid out.

    What comes after it begins another. Records that were read before are read anew when they are asked.
    """
    db.session.rollback()
