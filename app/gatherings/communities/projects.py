"""Projects that a community builds, as the room of projects tells them (slot PROJECTS)."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from sqlalchemy.orm import Session

from app.kernel.slots import Slot


class GroupProject(Protocol):
    """A project, as the page of its community shows it."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def status_on(self) -> date: ...


PROJECTS = Slot[Callable[[Session, int], Sequence[GroupProject]]]("communities.projects")
"""The one function that gives what a community, by its number, builds or built, latest first."""
