"""What goes of people who learnt, and what stays."""

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.base.notices.models import Notice
from app.gatherings.events.models import Registration
from app.kernel.clock import FrozenClock
from app.learning.training.admission.service import apply
from app.learning.training.models import Batch, BatchStatus, EnrolmentStatus, Nomination, Outcome
from app.learning.training.participants.news import note_unreached
from app.learning.training.retention import erase, erase_letters, erase_trainees
from tests.training.test_quotas import applicant
from tests.world import World


def over(world: World, ends_on: date) -> Batch:
    return world.batch(status=BatchStatus.FINISHED, starts_on=ends_on, ends_on=ends_on)


def run(session: Session, clock: FrozenClock) -> tuple[int, int]:
    erased = erase_trainees(session, personal_days=365, trainee_days=450, now=clock.now())
    return erased.applicants, erased.contacts


def test_who_never_had_a_place_is_forgotten_after_a_year(session: Session, world: World, clock: FrozenClock) -> None:
    long_ago, lately = over(world, date(2025, 11, 23)), over(world, date(2025, 11, 25))
    gone = world.enrolment(long_ago, status=EnrolmentStatus.REJECTED, motivation="Mau").trainee
    kept = world.enrolment(lately, status=EnrolmentStatus.REJECTED).trainee
    again = world.enrolment(long_ago, status=EnrolmentStatus.WAITING).trainee
    world.enrolment(lately, again, status=EnrolmentStatus.WAITING)
    assert run(session, clock) == (1, 0)
    assert (gone.name, gone.contact_key, gone.erased_at) == ("–", None, clock.now())
    assert kept.phone is not None
    assert again.phone is not None, "asked for a later batch too"
    assert run(session, clock) == (0, 0), "once"


def test_contacts_of_participants_go_later_and_the_name_stays(
    session: Session, world: World, clock: FrozenClock
) -> None:
    before, after = over(world, date(2025, 8, 30)), over(world, date(2025, 9, 2))
    done = world.enrolment(before, outcome=Outcome.COMPLETED).trainee
    fresh = world.enrolment(after, outcome=Outcome.COMPLETED).trainee
    name = done.name
    assert run(session, clock) == (0, 1)
    assert (done.name, done.phone, done.contact_key, done.erased_at) == (name, None, None, None)
    assert done.link_no == 1, "the own link opens nothing any more"
    assert fresh.phone is not None


def test_erasing_gives_the_place_to_the_next_and_forgets_mails(
    session: Session, world: World, clock: FrozenClock
) -> None:
    batch = world.batch(capacity=1, sessions=1)
    first, second = (
        apply(session, batch.id, applicant(n, email=f"w{n}@contoh.id"), now=clock.now()).enrolment for n in (1, 2)
    )
    erase(session, first.trainee, now=clock.now())
    assert (first.status, second.status) == (EnrolmentStatus.WITHDRAWN, EnrolmentStatus.ACCEPTED)
    assert set(session.scalars(select(Notice.address))) == {"w2@contoh.id"}
    assert set(session.scalars(select(Registration.name))) == {"–", "Warga 2"}
    again = apply(session, batch.id, applicant(1), now=clock.now())
    assert again.enrolment.trainee_id != first.trainee_id, "who comes again is new to us"


def test_a_mail_that_never_arrives_puts_the_person_on_the_list(
    session: Session, world: World, clock: FrozenClock
) -> None:
    enrolment = apply(session, world.batch().id, applicant(1, email="a@contoh.id"), now=clock.now()).enrolment
    notice = session.scalars(select(Notice)).one()
    note_unreached(session, notice.dedupe_key, "lain@contoh.id")
    assert enrolment.told
    note_unreached(session, notice.dedupe_key, "a@contoh.id")
    assert not enrolment.told


def test_letters_of_opds_go_with_the_people_they_name(
    session: Session, sessions: sessionmaker[Session], world: World, clock: FrozenClock, tmp_path: Path
) -> None:
    storage, opd = Storage(tmp_path / "media"), world.organisation()
    letters = []
    for day in (date(2025, 11, 23), date(2025, 11, 25)):
        data = f"surat {day}".encode()
        file = StoredFile(
            sha256=storage.put(data), mime="application/pdf", size=len(data), name="Usulan Siti.pdf",
            created_at=clock.now(),
        )  # fmt: skip
        session.add(file)
        session.flush()
        letters.append(
            Nomination(batch_id=over(world, day).id, organisation_id=opd.id, letter_number="800/1",
                       note="Mengirim Siti", letter_file_id=file.id, created_at=clock.now())
        )  # fmt: skip
        session.add(letters[-1])
    gone = session.get_one(StoredFile, letters[0].letter_file_id).sha256
    session.commit()
    assert erase_letters(sessions, storage, personal_days=365, now=clock.now()) == 1
    session.expire_all()
    assert [(one.letter_file_id is None, one.note, one.letter_number) for one in letters] == [
        (True, "", "800/1"), (False, "Mengirim Siti", "800/1"),
    ]  # fmt: skip
    assert len(session.scalars(select(StoredFile)).all()) == 1
    assert not storage.path(gone).exists()
    assert erase_letters(sessions, storage, personal_days=365, now=clock.now()) == 0, "once"
