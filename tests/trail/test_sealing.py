"""The worker's seal: in the order in which rows come into sight, by one worker, with a head each day."""

import json
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.base.trail.chain import START, seal_of
from app.base.trail.models import AuditHead
from app.base.trail.sealing import BATCH, LAST_SEAL
from app.kernel.audit import AuditEntry
from tests.trail.conftest import SITI, Chain


def test_rows_are_chained_from_one_on(chain: Chain) -> None:
    chain.write(3)
    assert chain.seal() == 3
    previous = START
    for number, entry in enumerate(chain.entries(), 1):
        assert (entry.number, entry.hash) == (number, seal_of(entry, number, previous))
        previous = entry.hash or ""
    assert chain.seal() == 0
    assert chain.verify().sound


def test_more_rows_than_a_transaction_takes_are_sealed_in_one_go(chain: Chain) -> None:
    chain.write(BATCH + 20)
    assert chain.seal() == BATCH + 20
    assert chain.verify().last == BATCH + 20


def test_a_row_that_comes_into_sight_late_is_sealed_after_those_with_larger_keys(chain: Chain) -> None:
    if chain.session.get_bind().dialect.name == "sqlite":
        return  # one writer at a time
    with chain.sessions() as slow:
        slow.add(_entry(chain, "user.invited"))
        slow.flush()
        chain.write(2)
        assert chain.seal() == 2
        slow.commit()
    assert chain.seal() == 1
    entries = chain.entries()
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert entries[2].id < entries[0].id
    assert chain.verify().sound


def test_of_two_workers_one_seals(chain: Chain) -> None:
    if chain.session.get_bind().dialect.name == "sqlite":
        return
    chain.write(2)
    with chain.sessions() as other:
        assert other.scalar(text("SELECT pg_try_advisory_xact_lock(hashtext('trail'))"))
        assert chain.seal() == 0
    assert chain.seal() == 2


def test_each_day_that_is_over_gets_a_head(chain: Chain, session: Session) -> None:
    chain.day()
    chain.write(1)
    chain.clock.advance(minutes=30)
    chain.day()
    heads = session.scalars(select(AuditHead).order_by(AuditHead.day)).all()
    assert [(head.day, head.number, head.missing_from) for head in heads] == [
        (date(2026, 11, 24), 3, None), (date(2026, 11, 25), 7, None)
    ]  # fmt: skip
    entries = chain.entries()
    assert [head.hash for head in heads] == [entries[2].hash, entries[6].hash]


def test_days_without_a_worker_have_no_head_and_the_next_one_says_so(chain: Chain, session: Session) -> None:
    chain.day()
    chain.clock.advance(days=3)
    chain.write()
    chain.seal()
    head = session.scalars(select(AuditHead).order_by(AuditHead.day.desc())).first()
    assert head is not None
    assert (head.day, head.missing_from) == (date(2026, 11, 27), date(2026, 11, 25))
    assert chain.verify().sound


def test_what_is_older_than_the_chain_stays_without_a_seal(chain: Chain) -> None:
    chain.write(2)
    chain.tamper("UPDATE audit_entries SET number = -id")  # as the migration leaves them
    chain.write()
    assert chain.seal() == 2
    entries = chain.entries()
    assert [entry.action for entry in entries][2:] == ["user.edited", "trail.began"]
    assert entries[3].after is not None
    assert entries[3].after["rows"] == 2
    found = chain.verify()
    assert (found.sound, found.old_rows) == (True, 2)
    chain.tamper("DELETE FROM audit_entries WHERE number = -1")
    assert [fault.kind for fault in chain.verify().faults] == ["older"]


def test_an_old_copy_that_was_put_back_says_what_is_missing_and_goes_on(chain: Chain) -> None:
    chain.day()
    chain.write(4)
    chain.seal()
    lost = json.loads((chain.folder / LAST_SEAL).read_text())
    chain.tamper("DELETE FROM audit_entries WHERE number > 3")  # the copy of last night
    broken = chain.verify()
    assert [fault.kind for fault in broken.faults] == ["removed"]
    chain.clock.advance(minutes=5)
    chain.write()
    chain.seal()
    found = chain.verify()
    assert found.sound
    assert found.missing == [("2026-11-24", "2026-11-25")]
    (said,) = [entry for entry in chain.entries() if entry.action == "trail.days_missing"]
    assert said.after is not None
    assert (said.after["rows"], said.after["hash"]) == (4, lost["hash"])
    chain.write()
    assert chain.seal() == 1
    assert chain.verify().sound


def test_a_folder_that_cannot_be_read_is_as_good_as_none(chain: Chain) -> None:
    chain.write()
    chain.seal()
    (chain.folder / LAST_SEAL).write_text("{")
    chain.write()
    assert chain.seal() == 1
    assert chain.verify().sound


def _entry(chain: Chain, action: str) -> AuditEntry:
    return AuditEntry(
        at=chain.clock.now(),
        actor_id=SITI.id,
        actor_name=SITI.name,
        action=action,
        subject_kind="users",
        subject_id="1",
    )
