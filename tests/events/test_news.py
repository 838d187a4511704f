"""What people who registered hear when an event is moved or cancelled, and who has to be told by hand."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.gatherings.events.models import Event, EventStatus, Registration
from app.gatherings.events.registration.news import CANCELLED, MOVED, NOT_INFORMED, note_failed_mail, tell_registered
from app.gatherings.events.registration.organiser import count_not_informed, mark_informed, messages_for
from app.gatherings.events.registration.tokens import Tokens
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, NotFound
from app.kernel.roles import Role
from app.kernel.site import Site
from tests.world import World


@pytest.fixture
def event(world: World) -> Event:
    return world.event(
        status=EventStatus.ANNOUNCED, registration=True, title="Rembuk", reason="Hujan lebat.", sequence=1
    )


def mails(session: Session) -> list[Notice]:
    return list(session.scalars(select(Notice).order_by(Notice.id)))


def test_everybody_who_comes_or_waits_hears_once_for_each_change(
    session: Session, world: World, event: Event, clock: FrozenClock
) -> None:
    ikut = world.registration(event, email="ikut@contoh.id")
    tunggu = world.registration(event, email="tunggu@contoh.id", status="waiting")
    world.registration(event, email="batal@contoh.id", status="cancelled")
    telepon = world.registration(event)
    assert tell_registered(session, event, MOVED, now=clock.now()) == 2
    assert tell_registered(session, event, MOVED, now=clock.now()) == 0
    assert [row.address for row in mails(session)] == ["ikut@contoh.id", "tunggu@contoh.id"]
    assert (ikut.told_sequence, tunggu.told_sequence, telepon.told_sequence) == (1, 1, 0)
    event.sequence = 2
    session.flush()
    assert tell_registered(session, event, CANCELLED, now=clock.now()) == 2
    assert [row.subject for row in mails(session)][2:] == ["Dibatalkan: Rembuk"] * 2


def test_the_mail_says_what_when_why_and_carries_the_own_link(
    session: Session, world: World, event: Event, clock: FrozenClock
) -> None:
    session.info["site"] = Site(tz="Asia/Jakarta", tz_label="WIB", secret_key="kunci")
    one = world.registration(event, email="ikut@contoh.id")
    tell_registered(session, event, MOVED, now=clock.now())
    [notice] = mails(session)
    assert notice.path == f"/agenda/ikut/{Tokens('kunci').registration(one)}"
    assert "Jumat, 27 November 2026 pukul 07.00–09.00 WIB" in notice.body
    assert "Hujan lebat." in notice.body
    assert event.place in notice.body
    assert notice.user_id is None


def test_whoever_gave_only_a_phone_is_to_be_told_by_hand(
    session: Session, world: World, event: Event, clock: FrozenClock
) -> None:
    one = world.registration(event, "Siti")
    tell_registered(session, event, MOVED, now=clock.now())
    assert count_not_informed(session, event) == 1
    words = str(messages_for(session, event, [one], "https://gaung.id/")[one.id])
    assert words.startswith("Halo Siti, jadwal atau tempat “Rembuk” berubah")
    assert "https://gaung.id/agenda/ikut/" in words
    actor = world.actor(Role.EDITOR)
    mark_informed(session, actor, event.id, one.id)
    assert count_not_informed(session, event) == 0
    one.told_sequence = NOT_INFORMED
    assert "ada tempat kosong" in str(messages_for(session, event, [one], "https://gaung.id")[one.id])
    event.status = EventStatus.CANCELLED
    assert "dibatalkan. Alasan: Hujan lebat." in str(messages_for(session, event, [one], "https://gaung.id")[one.id])


@pytest.mark.parametrize("key", ["event:{event}:{person}:1:a", "registration:{person}:place:2026112408:a"])
def test_whom_a_mail_never_reached_is_told_by_hand_until_somebody_did(
    session: Session, world: World, event: Event, clock: FrozenClock, key: str
) -> None:
    one, other = (world.registration(event, name, email=f"{name}@contoh.id") for name in ("siti", "budi"))
    tell_registered(session, event, MOVED, now=clock.now())
    note_failed_mail(session, key.format(event=event.id, person=one.id), "siti@contoh.id", now=clock.now())
    session.commit()
    assert (count_not_informed(session, event), other.told_sequence) == (1, 1)
    words = str(messages_for(session, event, [one], "https://gaung.id")[one.id])
    assert words.startswith("Halo siti, surel kami kepada Anda tidak sampai. “Rembuk”: Jumat, 27 November 2026")
    mark_informed(session, world.actor(Role.EDITOR), event.id, one.id)
    assert count_not_informed(session, event) == 0


def test_a_mail_that_failed_says_nothing_of_another_address_or_of_an_event_that_is_over(
    session: Session, world: World, event: Event, clock: FrozenClock
) -> None:
    one = world.registration(event, email="siti@contoh.id", told_sequence=1)
    note_failed_mail(session, f"registration:{one.id}:link:x:a", "salah@contoh.id", now=clock.now())
    note_failed_mail(session, f"registration:{one.id}:link:x:a", "siti@contoh.id", now=event.ends_at)
    note_failed_mail(session, "review:1:a", "siti@contoh.id", now=clock.now())
    assert count_not_informed(session, event) == 0


def test_only_the_organiser_marks_people_as_told(session: Session, world: World, event: Event) -> None:
    one = world.registration(event)
    other = world.registration(world.event(status=EventStatus.ANNOUNCED))
    with pytest.raises(NotFound):
        mark_informed(session, world.actor(Role.COMMUNITY, organisation=world.kim()), event.id, one.id)
    with pytest.raises(Forbidden):
        mark_informed(session, world.actor(Role.VIEWER), event.id, one.id)
    with pytest.raises(NotFound):
        mark_informed(session, world.actor(Role.EDITOR), event.id, other.id)
    assert session.get_one(Registration, one.id).told_sequence == 0


def test_a_title_with_line_breaks_stays_in_one_header_line(
    session: Session, world: World, event: Event, clock: FrozenClock
) -> None:
    event.title = "Rembuk\r\nBcc: semua@contoh.id"
    world.registration(event, email="ikut@contoh.id")
    tell_registered(session, event, CANCELLED, now=clock.now())
    assert mails(session)[0].subject == "Dibatalkan: Rembuk Bcc: semua@contoh.id"
