"""The shape of a kind of change, and the slot of the rooms' kinds, which app/joints.py fills."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.confirmed import Confirmed, Twofold
from app.kernel.roles import Actor
from app.kernel.slots import SlotMap
from app.kernel.vault import Vault

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One line of "before → after", in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Described:
    """What it is in one sentence, and what would change."""

    title: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Deed:
    """A change that is about to take effect, in the name of who asked for it."""

    actor: Actor
    subject_id: int
    values: Values
    secrets: Values
    confirmed: Confirmed
    vault: Vault
    today: date
    now: datetime


@dataclass(frozen=True)
class Kind:
    """`about`: the table of the record; `page`: (endpoint, parameter) of its page.

    `check` raises where this person may not ask for it, or it cannot be. `standing` gives what the change builds upon:
    where that is another when it would take effect, it does not. `gains` are the people who would get something by it
    and so confirm nothing; `concerned` are told beside admins and signers. `apply` None: who asked does it, with a
    permit, since the answer is shown once.
    """

    name: Twofold
    label: str
    about: str
    page: tuple[str, str]
    check: Callable[[Session, Actor, int, Values, date], None]
    describe: Callable[[Session, int, Values], Described]
    standing: Callable[[Session, int, Values], dict[str, Any]]
    gains: Callable[[int, Values], frozenset[int]]
    concerned: Callable[[Session, int, Values], frozenset[int]]
    apply: Callable[[Session, Deed], None] | None


KINDS = SlotMap[str, Kind]("confirmations.kinds")
"""All changes that take two people, by `name`."""
