"""The same activity logged by two members counts once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.gatherings.events.headcount import count_people
from app.gatherings.events.models import Attendance, Event, EventPhoto, EventStatus
from app.gatherings.events.reach import count_by_village
from app.gatherings.reports import merging
from app.gatherings.reports.models import Aspiration, Report
from app.kernel.errors import Invalid, NotFound, Refused
from tests.reports.conftest import TZ, People

Logged = Callable[..., Event]


def picture(session: Session, people: People, event: Event, sha: str) -> int:
    now = people.world.clock.now()
    file = StoredFile(
        sha256=sha * 64, mime="image/jpeg", size=1, width=1, height=1, name="f.jpg", created_at=now,
        organisation_id=people.kim.id,
    )  # fmt: skip
    session.add(file)
    session.flush()
    session.add(EventPhoto(event_id=event.id, file_id=file.id, caption="", consent_at=now, added_at=now))
    session.commit()
    session.refresh(event, ["photos"])
    return file.id


def merge(session: Session, people: People, keep: Event, other: Event, by: str = "dian") -> Event:
    made = merging.merge(session, people.actor(by), keep.id, other.id, now=people.world.clock.now(), tz=TZ)
    session.commit()
    return made


def part(session: Session, people: People, other: Event) -> None:
    merging.unmerge(session, people.actor("dian"), other.id, now=people.world.clock.now(), tz=TZ)
    session.commit()


COUNTED_AT = datetime(2026, 11, 24, tzinfo=UTC)


def counted(session: Session) -> tuple[int, int]:
    """(events, people) as reach counts them."""
    rows = session.execute(count_by_village(COUNTED_AT)).all()
    return sum(row.events for row in rows), int(sum(row.people for row in rows))


def asked(session: Session, event: Event) -> set[str]:
    return set(session.scalars(select(Aspiration.text).where(Aspiration.event_id == event.id)))


def test_merged_counts_once_and_keeps_the_kept_ones_counts(session: Session, people: People, logged: Logged) -> None:
    keep, other = logged("dian"), logged("rudi", counts={("u", "u"): 40})
    assert counted(session) == (2, 52)
    merge(session, people, keep, other)
    assert counted(session) == (1, 12)
    assert (other.status, other.merged_into_id) == (EventStatus.MERGED, keep.id)
    assert session.get_one(Report, keep.id).flags == []


def test_what_the_kept_one_lacks_comes_over(session: Session, people: People, logged: Logged) -> None:
    keep = logged("dian", questions=[("Kapan sinyal?", "")])
    other = logged("rudi", questions=[("kapan  SINYAL?", ""), ("Jalan rusak?", "")])
    same, new = picture(session, people, keep, "a"), picture(session, people, other, "b")
    picture(session, people, other, "a")
    merge(session, people, keep, other)
    assert asked(session, keep) == {"Kapan sinyal?", "Jalan rusak?"}
    assert [photo.file_id for photo in keep.photos] == [same, new]


def test_parting_again_gives_back_what_came_over_and_nothing_else(
    session: Session, people: People, logged: Logged
) -> None:
    keep, other = logged("dian", questions=[("Satu?", "")]), logged("rudi", questions=[("Dua?", "")])
    own, brought = picture(session, people, keep, "a"), picture(session, people, other, "b")
    merge(session, people, keep, other)
    merging.unmerge(session, people.actor("dian"), other.id, now=people.world.clock.now(), tz=TZ)
    session.commit()
    assert counted(session)[0] == 2
    assert (asked(session, keep), asked(session, other)) == ({"Satu?"}, {"Dua?"})
    assert [photo.file_id for photo in keep.photos] == [own]
    assert [photo.file_id for photo in other.photos] == [brought]
    assert (other.status, other.merged_into_id) == (EventStatus.REPORTED, None)
    assert session.get_one(Report, other.id).flags == []  # somebody said that they are two


def test_what_the_kept_one_left_empty_comes_from_the_other_and_goes_back_with_it(
    session: Session, people: People, logged: Logged
) -> None:
    keep = logged("dian", counts={}, told="", materials=[("Poster", None, None)])
    other = logged(
        "rudi", counts={("f", "adult"): 12}, told="Isi", notes="Hujan", agreements=[("Rapat", "Ketua", None)],
        materials=[("Poster", 30, None), ("Selebaran", 5, None)], tags=["diskusi"],
    )  # fmt: skip
    merge(session, people, keep, other)
    report = session.get_one(Report, keep.id)
    assert (keep.people, counted(session), report.told, report.notes) == (12, (1, 12), "Isi", "Hujan")
    assert [(row.what, row.owner) for row in report.agreements] == [("Rapat", "Ketua")]
    assert [(row.name, row.handed_out) for row in keep.materials] == [("Poster", 30), ("Selebaran", 5)]
    assert [row.tag for row in keep.tags] == ["diskusi"]
    part(session, people, other)
    assert (keep.people, report.told, report.notes, report.agreements, keep.tags) == (None, "", "", [], [])
    assert [(row.name, row.handed_out) for row in keep.materials] == [("Poster", None)]
    assert (other.people, counted(session)) == (12, (2, 12))


def test_names_alone_are_a_headcount_that_comes_over(session: Session, people: People, logged: Logged) -> None:
    keep, other = logged("dian", counts={}), logged("rudi", counts={})
    at = people.world.clock.now()
    session.add_all([Attendance(event_id=other.id, name=name, method="sheet", at=at) for name in ("Ani", "Budi")])
    count_people(session, other)
    session.commit()
    merge(session, people, keep, other)
    assert (keep.people, counted(session)) == (2, (1, 2))


def test_what_the_kept_one_says_itself_stays_and_what_was_mended_since_too(
    session: Session, people: People, logged: Logged
) -> None:
    keep = logged("dian", notes="Cerah", told="")
    other = logged("rudi", counts={("u", "u"): 40}, told="Isi", notes="Hujan")
    merge(session, people, keep, other)
    report = session.get_one(Report, keep.id)
    assert (keep.people, report.told, report.notes) == (12, "Isi", "Cerah")
    report.told = "Isi, sudah dirapikan"
    session.commit()
    part(session, people, other)
    assert (keep.people, report.told, report.notes) == (12, "Isi, sudah dirapikan", "Cerah")


def test_a_plan_that_took_a_report_over_is_the_plan_again_after_parting(
    session: Session, people: People, logged: Logged
) -> None:
    plan = people.world.event(
        organisation_id=people.kim.id, village_code=people.kim.village_code,
        starts_at=people.world.clock.now() - timedelta(days=1),
    )  # fmt: skip
    other = logged("rudi", told="Yang diceritakan")
    before = counted(session)
    merge(session, people, plan, other)
    part(session, people, other)
    assert (plan.status, plan.people, session.get(Report, plan.id)) == (EventStatus.PLANNED, None, None)
    assert (other.status, other.people, counted(session)) == (EventStatus.REPORTED, 12, before)


def test_merging_twice_changes_nothing(session: Session, people: People, logged: Logged) -> None:
    keep, other = logged("dian"), logged("rudi")
    merge(session, people, keep, other)
    merge(session, people, keep, other)
    assert counted(session) == (1, 12)


def test_a_plan_takes_over_the_report_that_somebody_logged_beside_it(
    session: Session, people: People, logged: Logged
) -> None:
    now = people.world.clock.now()
    plan = people.world.event(
        organisation_id=people.kim.id, village_code=people.kim.village_code, starts_at=now - timedelta(days=1)
    )
    other = logged("rudi", told="Yang diceritakan", agreements=[("Rapat", "Ketua", None)], tags=["diskusi"])
    merge(session, people, plan, other)
    report = session.get_one(Report, plan.id)
    assert (plan.status, plan.people, report.told) == (EventStatus.REPORTED, 12, "Yang diceritakan")
    assert [row.what for row in report.agreements] == ["Rapat"]
    assert [row.tag for row in plan.tags] == ["diskusi"]
    assert report.recorded_by_id == people.rudi.id


@pytest.mark.parametrize(
    ("title", "hours_before", "alike"),
    [
        ("Kumpul warga di balai", 12, True),  # the same name, other hours
        ("Penyuluhan sampah", 2.5, True),  # another name, nearly the same hours
        ("Penyuluhan sampah", 12, False),
    ],
)
def test_two_records_of_a_day_are_twins_by_their_name_or_their_hours(
    session: Session, people: People, logged: Logged, title: str, hours_before: float, alike: bool
) -> None:
    people.world.clock.advance(hours=15)  # late in the evening, so that the hours before are of the same day  # type: ignore[attr-defined]
    first = logged(days=1)
    second = logged("rudi", days=1 + hours_before / 24, title=title)
    flags = [f"twin:{first.id}"] if alike else []
    assert session.get_one(Report, second.id).flags == flags


def test_dismissed_twins_are_never_offered_again(session: Session, people: People, logged: Logged) -> None:
    first, second = logged("dian"), logged("rudi")
    now = people.world.clock.now()
    merging.dismiss(session, people.actor("dian"), second.id, first.id, now=now, tz=TZ)
    assert session.get_one(Report, second.id).flags == []
    assert session.get_one(Report, first.id).not_twins == [second.id]


@pytest.mark.parametrize("days", [1.0, 4.0])
def test_only_the_same_gathering_is_merged(session: Session, people: People, logged: Logged, days: float) -> None:
    keep, other = logged("dian"), logged("rudi", days=days)
    if days == 1.0:
        other.organisation_id = people.opd.id
        session.commit()
    with pytest.raises(Invalid):
        merge(session, people, keep, other, by="editor")
    assert counted(session)[0] == 2


def test_another_kim_merges_nothing_of_ours(session: Session, people: People, logged: Logged) -> None:
    keep, other = logged("dian"), logged("rudi")
    with pytest.raises(NotFound):
        merge(session, people, keep, other, by="other")


def test_a_verified_record_does_not_vanish_into_another(session: Session, people: People, logged: Logged) -> None:
    keep, other = logged("dian"), logged("rudi")
    other.status = EventStatus.VERIFIED
    session.commit()
    with pytest.raises(Refused):
        merge(session, people, keep, other)
    merge(session, people, other, keep, by="editor")
    assert other.status == EventStatus.VERIFIED
