"""Slot for what rooms above do when a project speaks for somebody no longer, without this room knowing them."""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel.slots import Slot
from app.kernel.text import T
from app.learning.projects.models import Project

ENDED = Slot[Callable[[Session, Project, Collection[int], T, datetime], None]]("projects.ended")
"""(session, project, ids of its people, why, now), in the transaction in which somebody is taken out of it, or in which
it is put away as a wrong entry."""
