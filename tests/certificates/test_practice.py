"""Practice batches: a series of numbers of their own, and no mail."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.errors import Refused
from app.kernel.roles import SYSTEM
from app.learning.certificates.document import file_name
from app.learning.certificates.listing import listing
from app.learning.certificates.mailing import send
from app.learning.certificates.revoking import correct_name
from tests.certificates.finished import finished_batch, issued
from tests.world import World

MAILS = {"Siti Aminah": "siti@contoh.id"}


def test_practice_takes_no_number_of_the_office(session: Session, world: World, clock: FrozenClock) -> None:
    practice = finished_batch(world, simulated=True)
    (one,) = issued(world, practice)
    again = correct_name(session, SYSTEM, one.id, name="Siti A.", now=clock.now())
    session.commit()
    key = practice.programme.key.upper()
    assert [one.number, again.number] == [f"SIMULASI-{n:04d}/SERT/{key}/2026" for n in (1, 2)]
    assert file_name(one).startswith("0001-Siti")
    (real,) = issued(world, finished_batch(world))
    assert real.number.startswith("0001/")


def test_practice_mails_nobody(session: Session, world: World, clock: FrozenClock) -> None:
    batch = finished_batch(world, simulated=True, emails=MAILS)
    issued(world, batch)
    assert listing(session, batch, now=clock.now()).to_mail == 0
    with pytest.raises(Refused, match="latihan"):
        send(session, SYSTEM, batch.id, now=clock.now())
    assert session.scalars(select(Notice.id)).all() == []
