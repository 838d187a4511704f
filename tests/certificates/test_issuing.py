import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.gatherings.events.models import EventStatus
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import SYSTEM, Role
from app.learning.certificates import outcomes
from app.learning.certificates.facts import Signer
from app.learning.certificates.issued import ISSUED, REVOKED
from app.learning.certificates.issuing import issue, last_signer
from app.learning.certificates.models import Certificate, CertificateCounter
from app.learning.certificates.numbering import format_number
from app.learning.certificates.revoking import correct_name, revoke
from app.learning.training.models import BatchStatus, Trainee
from tests.certificates.finished import SIGNER, enrolment_of, finished_batch, issued, taught_batch
from tests.slots import holding
from tests.world import World


def test_all_who_meet_the_rule_get_one_and_nobody_else(session: Session, world: World) -> None:
    batch = finished_batch(world)
    (made,) = issued(world, batch)
    assert (made.name, made.number) == ("Siti Aminah", f"0001/SERT/{batch.programme.key.upper()}/2026")
    facts = made.facts
    assert (facts["programme"], facts["minutes"], facts["day"]) == (batch.programme.title, 240, "2026-11-24")
    assert facts["signer"]["name"] == SIGNER.name
    assert session.scalar(select(AuditEntry.after).where(AuditEntry.action == "certificate.issued"))["count"] == 1


def test_hours_and_modules_are_those_of_the_sessions_that_took_place(session: Session, world: World) -> None:
    batch = taught_batch(world, held=1, programme=world.programme(modules=2))
    world.session_of(batch, position=1, starts_in=timedelta(days=-1), status=EventStatus.CANCELLED)
    batch.status, batch.finished_at = BatchStatus.FINISHED, world.clock.now()
    outcomes.settle(session, SYSTEM, batch, world.clock.now())
    session.commit()
    facts = issued(world, batch)[0].facts
    assert [module["title"] for module in facts["modules"]] == ["Modul 1"]
    assert facts["minutes"] == 120


def test_a_second_press_changes_nothing(session: Session, world: World) -> None:
    batch = finished_batch(world)
    first = issued(world, batch)
    assert issued(world, batch) == []
    assert issued(world, batch, enrolment_ids=[first[0].enrolment_id]) == []
    assert session.scalars(select(Certificate.number)).all() == [first[0].number]
    assert session.get_one(CertificateCounter, (2026, False), populate_existing=True).last == 1


def test_who_does_not_meet_the_rule_is_refused_by_name_and_nobody_gets_one(session: Session, world: World) -> None:
    batch = finished_batch(world)
    ids = [enrolment_of(world, batch, name).id for name in ("Siti Aminah", "Rina Wati")]
    with pytest.raises(Refused, match="Rina Wati"):
        issued(world, batch, enrolment_ids=ids)
    session.rollback()
    assert session.scalars(select(Certificate)).all() == []


def test_somebody_of_another_batch_is_not_found(world: World) -> None:
    batch, other = finished_batch(world), finished_batch(world)
    with pytest.raises(NotFound):
        issued(world, batch, enrolment_ids=[enrolment_of(world, other, "Siti Aminah").id])


def test_certificates_wait_until_the_batch_is_finished(world: World) -> None:
    with pytest.raises(Refused, match="ditandai selesai"):
        issued(world, taught_batch(world))


def test_an_outcome_that_is_out_of_date_is_looked_at_before_anything_is_issued(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = finished_batch(world)
    batch.min_score = 30
    session.commit()
    with pytest.raises(Refused, match=r"Rina Wati.*Hitung ulang"):
        issued(world, batch)
    session.rollback()
    assert enrolment_of(world, batch, "Rina Wati").outcome == "incomplete", "nothing is written down unseen"
    outcomes.settle(session, SYSTEM, batch, clock.now())
    assert [one.name for one in issued(world, batch)] == ["Rina Wati", "Siti Aminah"]


def test_only_who_manages_the_batch_issues(session: Session, world: World, clock: FrozenClock) -> None:
    batch = finished_batch(world)
    stranger = world.actor(Role.TRAINER, organisation=world.organisation())
    with pytest.raises(NotFound):
        issue(session, stranger, batch.id, signer=SIGNER, now=clock.now())
    with pytest.raises(Forbidden):
        issue(session, world.actor(Role.APPROVER), batch.id, signer=SIGNER, now=clock.now())


@pytest.mark.one_database
@pytest.mark.parametrize("field", ["name", "title", "city"])
def test_a_signer_is_complete(session: Session, world: World, clock: FrozenClock, field: str) -> None:
    batch = finished_batch(world)
    values = {"name": "A", "title": "B", "city": "C", field: "  "}
    with pytest.raises(Invalid) as caught:
        issue(session, SYSTEM, batch.id, signer=Signer(**values), now=clock.now())
    assert caught.value.field == field


def test_what_is_unfinished_is_not_printed(session: Session, world: World) -> None:
    batch = finished_batch(world)
    batch.programme.modules[0].title = "Menu [LENGKAPI: nama menu SIED]"
    session.commit()
    with pytest.raises(Refused, match="LENGKAPI"):
        issued(world, batch)


def test_numbers_begin_anew_with_the_year_of_the_regency(session: Session, world: World, clock: FrozenClock) -> None:
    issued(world, finished_batch(world))
    clock.move_to(datetime(2026, 12, 31, 16, 30, tzinfo=UTC))  # half past midnight in the regency
    (made,) = issued(world, finished_batch(world))
    assert made.number.startswith("0001/")
    assert made.number.endswith("/2027")


def test_the_format_of_a_number_is_the_offices() -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC).date()
    assert format_number("421.5/{nomor}/{kode}/{bulan}/{tahun}", 7, "UKM", day) == "421.5/0007/UKM/XI/2026"


def test_the_last_signer_is_remembered_for_the_organisation(session: Session, world: World) -> None:
    batch = finished_batch(world)
    assert last_signer(session, batch) is None
    issued(world, batch)
    assert last_signer(session, finished_batch(world)) == SIGNER


def test_two_processes_issue_at_once_without_a_double_or_a_gap(
    session: Session, sessions: "sessionmaker[Session]", world: World, clock: FrozenClock
) -> None:
    people = [(f"Peserta {number}", 90.0, 4) for number in range(6)]
    batches = [finished_batch(world, people).id for _ in range(3)]
    faults = at_once(6, lambda number: _issue(sessions, batches[number % 3], clock))
    assert faults == []
    numbers = sorted(int(number[:4]) for number in session.scalars(select(Certificate.number)))
    assert numbers == list(range(1, 19))


def test_what_is_rolled_back_leaves_no_gap(session: Session, world: World, clock: FrozenClock) -> None:
    first, second = finished_batch(world), finished_batch(world)
    issue(session, SYSTEM, first.id, signer=SIGNER, now=clock.now())
    session.rollback()
    assert issued(world, second)[0].number.startswith("0001/")


def test_a_revoked_one_keeps_its_number_and_another_may_follow(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = finished_batch(world)
    (old,) = issued(world, batch)
    with pytest.raises(Invalid) as caught:
        revoke(session, SYSTEM, old.id, reason=" ", now=clock.now())
    assert caught.value.field == "reason"
    revoke(session, SYSTEM, old.id, reason="Salah orang.", now=clock.now())
    revoke(session, SYSTEM, old.id, reason="Lain lagi.", now=clock.now())
    session.commit()
    (new,) = issued(world, batch)
    assert (old.revoke_reason, old.number[:4], new.number[:4]) == ("Salah orang.", "0001", "0002")
    assert old.code != new.code


def test_a_name_is_put_right_in_one_step_and_once(session: Session, world: World, clock: FrozenClock) -> None:
    (old,) = issued(world, finished_batch(world))
    made = [correct_name(session, SYSTEM, old.id, name=" Siti  Aminah, S.Kom. ", now=clock.now()) for _ in range(2)]
    session.commit()
    assert made[0].id == made[1].id != old.id
    assert (made[0].name, made[0].revoked_at, old.name) == ("Siti Aminah, S.Kom.", None, "Siti Aminah")
    assert old.revoke_reason is not None
    assert session.get_one(Trainee, old.trainee_id).name == "Siti Aminah, S.Kom."
    assert correct_name(session, SYSTEM, made[0].id, name=made[0].name, now=clock.now()).id == made[0].id
    with pytest.raises(Refused):
        correct_name(session, SYSTEM, old.id, name="Orang lain", now=clock.now())


def test_rooms_above_hear_of_each(session: Session, world: World, clock: FrozenClock) -> None:
    heard: list[tuple[str, object]] = []
    issuing = [lambda _s, _a, made, _n: heard.append(("issued", [one.name for one in made]))]
    revoking = [lambda _s, _a, one, _n: heard.append(("revoked", one.name))]
    with holding(ISSUED, issuing), holding(REVOKED, revoking):
        people = [("Ani", 80, 4), ("Siti Aminah", 80, 4)]
        made = issued(world, finished_batch(world, people))[1]
        correct_name(session, SYSTEM, made.id, name="Siti A.", now=clock.now())
    assert heard == [("issued", ["Ani", "Siti Aminah"]), ("revoked", "Siti Aminah"), ("issued", ["Siti A."])]


def _issue(sessions: "sessionmaker[Session]", batch_id: int, clock: FrozenClock) -> None:
    with unit_of_work(sessions) as own:
        issue(own, SYSTEM, batch_id, signer=SIGNER, now=clock.now())


def at_once(count: int, work: Callable[[int], None]) -> list[BaseException]:
    """Run `work(number)` in so many threads that start together; gives what went wrong."""
    barrier, faults = threading.Barrier(count), []

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return faults
