from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Role
from app.oversight.commitments import clauses as clause_verbs
from app.oversight.commitments import evidence, records, service
from app.oversight.commitments.clauses import ClauseValues
from app.oversight.commitments.evidence import EvidenceValues
from app.oversight.commitments.models import Clause, ClauseStatus, Commitment, Evidence
from app.oversight.commitments.reference import load_commitments
from app.oversight.commitments.service import CommitmentValues
from tests.world import World

TODAY = date(2026, 11, 24)
ZONE = ZoneInfo("Asia/Makassar")


def add_evidence(session, actor, clause, clock, **values):
    given = EvidenceValues(**{"kind": "address", "what": "Berita", "url": "https://kukar.example/a", **values})
    return evidence.add(session, actor, clause.id, given, today=TODAY, zone=ZONE, now=clock.now())


# --- what the regency starts with ---


def test_a_regency_starts_with_its_agreements_once(session: Session, clock: FrozenClock) -> None:
    assert load_commitments(session, "64.02", clock.now()) == 4
    held = session.scalars(select(Commitment).order_by(Commitment.id)).all()
    assert [one.number for one in held if one.number] == [
        "SK Bupati 232/SK-BUP/HK/2017",
        "19/KOMINFO/HK.03.02/05/2017 dan 180/MoU-12/HK/2017",
    ]
    found = session.scalars(select(Clause)).all()
    assert len(found) == 5
    assert all(one.source for one in held), "where it is known from stands beside it"
    invented = [*(one.signed_on for one in held), *(one.ends_on for one in held), *(one.due_on for one in found)]
    assert not any(invented), "no day is in the source"
    assert not any(one.status or one.organisation_id or one.person_text for one in found)
    held[0].title, held[1].removed_at = "Diperbaiki kantor", clock.now()
    assert load_commitments(session, "64.02", clock.now()) == 0
    assert held[0].title == "Diperbaiki kantor"


def test_another_regency_starts_with_its_own_or_with_none(session: Session, clock: FrozenClock, tmp_path: Path) -> None:
    assert load_commitments(session, "64.74", clock.now()) == 0
    (tmp_path / "64.74.yaml").write_text(
        "source: arsip\nagreements:\n  - {key: a, kind: decree, title: Tim, clauses: [Satu]}\n", encoding="utf-8"
    )
    assert load_commitments(session, "64.74", clock.now(), folder=tmp_path) == 1


# --- agreements and clauses ---


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"kind": "janji"}, "kind"),
        ({"signed_on": date(2017, 5, 2), "ends_on": date(2017, 5, 1)}, "ends_on"),
        ({"signed_on": date(217, 5, 2)}, "signed_on"),
    ],
)
def test_an_agreement_is_checked(session: Session, world: World, clock: FrozenClock, values, field) -> None:
    with pytest.raises(Invalid) as wrong:
        service.record(
            session, world.actor(Role.EDITOR), CommitmentValues(**{"title": "MoU", **values}), now=clock.now()
        )
    assert wrong.value.field == field


def test_removing_hides_all_of_it_and_can_be_undone(
    session: Session, world: World, clock: FrozenClock, agreement, clauses
) -> None:
    held, editor = agreement("Satu", "Dua"), world.actor(Role.EDITOR)
    [one, _two] = clauses(held)
    clause_verbs.remove(session, editor, one.id, now=clock.now())
    clause_verbs.restore(session, editor, one.id, now=clock.now())
    service.remove(session, editor, held.id, now=clock.now())
    with pytest.raises(NotFound):
        clause_verbs.report(session, editor, one.id, status="running", now=clock.now())
    with pytest.raises(NotFound):
        clause_verbs.restore(session, editor, one.id, now=clock.now())
    for _time in range(2):
        service.restore(session, editor, held.id, now=clock.now())
    clause_verbs.report(session, editor, one.id, status="running", now=clock.now())
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == [
        "clause.removed", "clause.restored", "commitment.removed", "commitment.restored", "clause.reported",
    ]  # fmt: skip


def test_who_comes_second_is_told(session: Session, world: World, clock: FrozenClock, agreement, clauses) -> None:
    held, editor = agreement("Satu"), world.actor(Role.EDITOR)
    [one] = clauses(held)
    service.edit(session, editor, held.id, CommitmentValues(title="Baru"), seen=1, now=clock.now())
    clause_verbs.edit(session, editor, one.id, ClauseValues(text="Baru"), seen=1, now=clock.now())
    with pytest.raises(Stale):
        service.edit(session, editor, held.id, CommitmentValues(title="Lain"), seen=1, now=clock.now())
    with pytest.raises(Stale):
        clause_verbs.edit(session, editor, one.id, ClauseValues(text="Lain"), seen=1, now=clock.now())
    with pytest.raises(Stale):
        clause_verbs.report(session, editor, one.id, status="running", seen=1, now=clock.now())
    assert (held.title, one.text) == ("Baru", "Baru")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": ""}, "text"),
        ({"organisation_id": 9999}, "organisation_id"),
        ({"person_id": 9999}, "person_id"),
        ({"person_id": 1, "person_text": "Kabid"}, "person_text"),
        ({"due_on": date(206, 1, 1)}, "due_on"),
    ],
)
def test_a_clause_is_checked(session: Session, world: World, clock: FrozenClock, agreement, values, field) -> None:
    with pytest.raises(Invalid) as wrong:
        clause_verbs.add(
            session,
            world.actor(Role.EDITOR),
            agreement().id,
            ClauseValues(**{"text": "Satu", **values}),
            now=clock.now(),
        )
    assert wrong.value.field == field


# --- progress and evidence ---


def test_done_asks_for_evidence(session: Session, world: World, clock: FrozenClock, agreement, clauses) -> None:
    [one] = clauses(agreement("Integrasi data OPD"))
    editor = world.actor(Role.EDITOR)
    with pytest.raises(Invalid) as wrong:
        clause_verbs.report(session, editor, one.id, status="done", now=clock.now())
    assert wrong.value.field == "status"
    with pytest.raises(Invalid) as wrong:
        clause_verbs.report(session, editor, one.id, status="stopped", now=clock.now())
    assert wrong.value.field == "note"
    first = add_evidence(session, editor, one, clock, done=True)
    assert one.status == ClauseStatus.DONE
    with pytest.raises(Refused):
        evidence.remove(session, editor, first.id, now=clock.now())
    add_evidence(session, editor, one, clock)
    evidence.remove(session, editor, first.id, now=clock.now())
    evidence.restore(session, editor, first.id, now=clock.now())
    assert first.removed_at is None


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": "http://kukar.example/a"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://admin@kukar.example"}, "url"),
        ({"url": "https://[x"}, "url"),
        ({"url": ""}, "url"),
        ({"what": ""}, "what"),
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"kind": "file"}, "file"),
        ({"kind": "event", "record_id": 99}, "record_id"),
        ({"kind": "kata orang"}, "kind"),
    ],
)
def test_evidence_points_to_something(
    session: Session, world: World, clock: FrozenClock, agreement, clauses, values, field
) -> None:
    [one] = clauses(agreement("Satu"))
    with pytest.raises(Invalid) as wrong:
        add_evidence(session, world.actor(Role.EDITOR), one, clock, **values)
    assert wrong.value.field == field
    assert session.scalar(select(Evidence.id)) is None


def test_only_what_took_place_is_offered_as_evidence(session: Session, world: World, agreement) -> None:
    editor = world.actor(Role.EDITOR)
    held = world.event(title="Sosialisasi di Tabang", status="held", starts_in=-timedelta(days=3))
    world.event(title="Sosialisasi yang baru direncanakan")
    world.campaign(name="Kenal Smart City")
    world.campaign(name="Batal", status="cancelled")

    def names(kind: str, q: str = "", actor=editor) -> list[str]:
        return [one.name for one in records.record_choices(session, actor, kind, q, zone=ZONE)]

    assert names("event") == ["Sosialisasi di Tabang"]
    assert names("event", "tabang") == ["Sosialisasi di Tabang"]
    assert names("event", "100%") == []
    assert names("campaign") == ["Kenal Smart City"]
    contact = world.actor(Role.OPD_CONTACT, organisation=world.organisation())
    assert names("event", actor=contact) == [], "an OPD offers its own"
    assert records.names_of(session, {"event": [held.id]}) == {("event", held.id): "Sosialisasi di Tabang"}
    assert names("batch") == names("survey") == []


def test_a_record_brings_its_name_and_day_along(
    session: Session, world: World, clock: FrozenClock, agreement, clauses
) -> None:
    [one] = clauses(agreement("Sosialisasi dan FGD"))
    event = world.event(title="FGD", status="held", starts_in=-timedelta(hours=12))  # 20.00 of the day before
    shown = add_evidence(
        session, world.actor(Role.EDITOR), one, clock, kind="event", record_id=event.id, what="", url=""
    )
    assert (shown.what, shown.on, shown.url) == ("FGD", date(2026, 11, 23), None)


# --- who ---


def test_whose_clause_it_is(session: Session, world: World, clock: FrozenClock, agreement, clauses) -> None:
    dinas, other = world.organisation(), world.organisation()
    answering = world.user(Role.VIEWER)
    held = agreement({"organisation_id": dinas.id}, {"organisation_id": other.id, "person_id": answering.id})
    mine, theirs = clauses(held)
    contact = world.actor(Role.OPD_CONTACT, organisation=dinas)
    clause_verbs.report(session, contact, mine.id, status="running", note="Tim dibentuk", now=clock.now())
    assert mine.reported_by_id == contact.id
    with pytest.raises(NotFound):
        clause_verbs.report(session, contact, theirs.id, status="running", now=clock.now())
    with pytest.raises(Forbidden):
        clause_verbs.edit(session, contact, mine.id, ClauseValues(text="Lain"), now=clock.now())
    with pytest.raises(Forbidden):
        service.record(session, contact, CommitmentValues(title="Lain"), now=clock.now())
    with pytest.raises(Forbidden):
        service.record(
            session, world.actor(Role.EDITOR, organisation=dinas), CommitmentValues(title="Lain"), now=clock.now()
        )
    with pytest.raises(Forbidden):
        clause_verbs.report(session, world.actor(Role.VIEWER), mine.id, status="running", now=clock.now())
    clause_verbs.report(session, world.actor_of(answering), theirs.id, status="running", now=clock.now())
    shown = add_evidence(session, contact, mine, clock)
    with pytest.raises(NotFound):
        evidence.file_of(session, world.actor(Role.OPD_CONTACT, organisation=other), shown.id)
    with pytest.raises(NotFound):
        evidence.remove(session, world.actor(Role.OPD_CONTACT, organisation=other), shown.id, now=clock.now())
