"""Subjects of the trail that are no records of their own, so that the history of a survey stays short."""

from dataclasses import dataclass
from typing import ClassVar

from app.evidence.surveys.models import Wave

LONGEST = 40  # of a subject in the trail


@dataclass(frozen=True)
class TrailSubject:
    """A subject of the trail: a sheet of a survey, or the texts of one of its questions."""

    id: str
    __tablename__: ClassVar[str] = "responses"

    @classmethod
    def of(cls, wave: Wave, what: str | int) -> "TrailSubject":
        return cls(f"{wave.id}:{what}"[:LONGEST])
