from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.models import EventStatus
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, Stale
from app.kernel.roles import Actor, Role
from app.outreach.campaigns.models import Campaign, Dimension, Goal
from app.outreach.campaigns.reference import load_dimensions
from app.oversight.recaps import evaluations, evidence
from app.oversight.recaps.evaluations import CellValues, Weights
from app.oversight.recaps.models import EvaluationRow
from app.oversight.recaps.proposals import LEAST_ASKED, Proposals, proposals
from tests.results.build import drawn, planted, villages
from tests.world import World

WITA = ZoneInfo("Asia/Makassar")
SITE = "https://gaung.example.go.id"
FULL = {"baseline": 10.0, "output": 30.0, "outcome": 30.0, "impact": 20.0, "quick_win": 10.0}
SOURCE = "Pedoman evaluasi"


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


@pytest.fixture
def dimension(session: Session) -> str:
    load_dimensions(session)
    session.commit()
    return session.scalars(select(Dimension.key).order_by(Dimension.position)).first() or ""


def row(session: Session, editor: Actor, dimension: str, clock: FrozenClock, **values: object) -> EvaluationRow:
    given = {"dimension_key": dimension, "title": "Idaman RT", "campaign_id": None, **values}
    return evaluations.add_row(session, editor, 2026, now=clock.now(), **given)  # type: ignore[arg-type]


def proposed(session: Session, actor: Actor, of: EvaluationRow, clock: FrozenClock) -> Proposals:
    now = clock.now()
    return proposals(session, actor, of, today=now.astimezone(WITA).date(), now=now, zone=WITA)


def test_a_year_nobody_filled_in_has_its_parts_and_no_weight(session: Session) -> None:
    found = evaluations.evaluation_of(session, 2031)
    assert [part["key"] for part in found.parts] == list(FULL)
    assert not evaluations.known_weights(found)
    assert all(part["weight"] is None for part in found.parts)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("weights", "field"),
    [
        ({**FULL, "impact": 19.0}, "weights"),
        ({**FULL, "impact": None}, "weights"),
        ({**FULL, "impact": -20.0, "output": 70.0}, "weights"),
        ({**FULL, "impact": float("nan")}, "weights"),
    ],
)
def test_weights_add_up_to_a_hundred_or_are_all_unknown(
    session: Session, world: World, clock: FrozenClock, weights: Mapping[str, float | None], field: str
) -> None:
    admin = world.actor(Role.ADMIN)
    with pytest.raises(Invalid) as refused:
        evaluations.set_weights(session, admin, 2026, Weights(weights, SOURCE), seen=0, now=clock.now())
    assert refused.value.field == field


def test_weights_name_the_document_they_stand_in_and_leave_a_trace(
    session: Session, world: World, clock: FrozenClock, editor: Actor
) -> None:
    admin = world.actor(Role.ADMIN)
    with pytest.raises(Invalid):
        evaluations.set_weights(session, admin, 2026, Weights(FULL), seen=0, now=clock.now())
    with pytest.raises(Forbidden):
        evaluations.set_weights(session, editor, 2026, Weights(FULL, SOURCE), seen=0, now=clock.now())

    found = evaluations.set_weights(session, admin, 2026, Weights(FULL, SOURCE), seen=0, now=clock.now())
    session.commit()

    assert evaluations.known_weights(found)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "evaluation.weighed")).one()
    assert (entry.subject_id, entry.after) == ("2026", {**FULL, "source": SOURCE})
    assert not evaluations.known_weights(evaluations.evaluation_of(session, 2027)), "every year has weights of its own"
    evaluations.set_weights(
        session, admin, 2026, Weights(dict.fromkeys(FULL)), seen=found.version, now=clock.now()
    )  # fmt: skip
    assert not evaluations.known_weights(found)


def test_what_somebody_else_filled_in_meanwhile_is_not_overwritten(
    session: Session, clock: FrozenClock, editor: Actor, dimension: str
) -> None:
    made = row(session, editor, dimension, clock)
    seen = made.version
    evaluations.fill_part(session, editor, made.id, "output", CellValues("Satu", 5), seen=seen, now=clock.now())
    session.commit()
    assert made.version > seen
    with pytest.raises(Stale):
        evaluations.fill_part(session, editor, made.id, "outcome", CellValues("Dua"), seen=seen, now=clock.now())


def test_an_unfilled_number_is_unknown_and_not_zero(
    session: Session, clock: FrozenClock, editor: Actor, dimension: str
) -> None:
    made = row(session, editor, dimension, clock)
    evaluations.fill_part(session, editor, made.id, "output", CellValues("Tanpa angka"), seen=None, now=clock.now())
    cell = evaluations.cell_of(made, "output")
    assert cell is not None
    assert cell.number is None
    for wrong in (CellValues(number=float("inf")), CellValues(n=0)):
        with pytest.raises(Invalid):
            evaluations.fill_part(session, editor, made.id, "output", wrong, seen=None, now=clock.now())


def test_only_the_office_writes(session: Session, world: World, clock: FrozenClock, dimension: str) -> None:
    for actor in (world.actor(Role.VIEWER), world.actor(Role.EDITOR, organisation=world.organisation())):
        with pytest.raises(Forbidden):
            row(session, actor, dimension, clock)


def test_output_is_proposed_from_the_chain_of_the_campaign_and_adopted_with_its_page(
    session: Session, world: World, clock: FrozenClock, editor: Actor, dimension: str
) -> None:
    campaign = world.campaign(name="Kenal Idaman RT")
    world._add(Goal(campaign_id=campaign.id, measure="Warga mengenal", baseline=20, unit="%", result=45,
                    result_on=date(2026, 11, 20), result_note="Survei Bappeda"))  # fmt: skip
    world.event(campaign_id=campaign.id, status=EventStatus.HELD, starts_in=timedelta(days=-1), people=40)
    made = row(session, editor, dimension, clock, title="", campaign_id=campaign.id)

    found = proposed(session, editor, made, clock)

    assert made.title == campaign.name
    assert [one.number for one in found.of["baseline"]] == [20]
    assert [one.text for one in found.of["outcome"]] == ["Warga mengenal: hasil 45 %. Sumber: Survei Bappeda."]
    held = next(one for one in found.of["output"] if one.endpoint == "events.index" and one.number == 1)
    address = f"/kegiatan?program={campaign.id}"
    for _twice in range(2):
        evidence.adopt(
            session, editor, made.id, "output", held, address=SITE + address, site=SITE, seen=None, now=clock.now()
        )
    cell = evaluations.cell_of(made, "output")
    assert cell is not None
    assert (cell.number, cell.text.count(held.text)) == (1, 1)
    assert [one.address for one in made.evidence] == [address]


def test_impact_needs_a_real_closed_survey_of_enough_residents_in_that_year(
    session: Session, world: World, clock: FrozenClock, editor: Actor, dimension: str
) -> None:
    made = row(session, editor, dimension, clock)
    places = villages(world, 4)
    few = drawn(world, places, ends_on=date(2026, 12, 1))
    planted(world, few, places, LEAST_ASKED - 1, 0.5)
    practice = drawn(world, places)
    planted(world, practice, places, 80, 0.5)
    practice.simulated = True
    earlier = drawn(world, places, starts_on=date(2025, 11, 1), ends_on=date(2025, 12, 1))
    planted(world, earlier, places, 80, 0.5)
    for wave in (few, practice, earlier):
        wave.status = "closed"
    session.commit()

    nothing = proposed(session, editor, made, clock)
    assert nothing.survey.survey is None
    assert "50" in str(nothing.survey.sentence)
    assert "1 survei simulasi tahun itu tidak dihitung." in str(nothing.survey.sentence)
    assert nothing.of["impact"] == []

    enough = drawn(world, places, name="Survei warga 2026")
    planted(world, enough, places, 80, 0.5)
    open_still = proposed(session, editor, made, clock)
    enough.status = "closed"
    session.commit()
    found = proposed(session, editor, made, clock)

    assert open_still.survey.survey is None
    assert found.survey.people == 80
    assert "Survei warga 2026, 80 jawaban" in str(found.survey.sentence)
    known = {item.dimension for item in found.survey.survey.items if item.group == "measure"}  # type: ignore[union-attr]
    for key in session.scalars(select(Dimension.key)):
        made.dimension_key = key
        told = proposed(session, editor, made, clock).of["impact"]
        assert bool(told) == (key in known) or all(one.number is None for one in told)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "address",
    ["https://contoh.com/a", "//contoh.com/a", "javascript:alert(1)", "kegiatan/3", "http://["],
)
def test_evidence_is_a_page_of_this_site(
    session: Session, clock: FrozenClock, editor: Actor, dimension: str, address: str
) -> None:
    made = row(session, editor, dimension, clock)
    with pytest.raises(Invalid) as refused:
        evidence.add_evidence(
            session, editor, made.id, "output", title="Bukti", address=address, site=SITE, now=clock.now()
        )
    assert refused.value.field == "address"


def test_the_campaign_of_a_row_is_still_there_when_the_row_goes(
    session: Session, world: World, clock: FrozenClock, editor: Actor, dimension: str
) -> None:
    campaign = world.campaign()
    made = row(session, editor, dimension, clock, campaign_id=campaign.id)
    evaluations.fill_part(session, editor, made.id, "output", CellValues("Isi", 3), seen=None, now=clock.now())
    evaluations.remove_row(session, editor, made.id, now=clock.now())
    session.commit()
    assert session.get(Campaign, campaign.id) is not None
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "evaluation.row_removed")).one()
    assert entry.before is not None
    assert entry.before["answers"]["output"]["text"] == "Isi"
