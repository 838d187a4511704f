"""A small office with something recorded for every indicator; today is Tuesday 24 November 2026."""

import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.base.areas.models import Connectivity
from app.base.people.models import Organisation
from app.evidence.surveys.models import Wave
from app.gatherings.events.models import EventStatus
from app.gatherings.reports.models import AspirationStatus
from app.kernel.periods import Period
from app.kernel.roles import SYSTEM, Actor
from app.learning.skills.models import EvidenceKind, SkillEvidence
from app.outreach.campaigns.models import Campaign, Decision, KeyMessage, Spending
from app.outreach.outlets.models import Outlet
from app.outreach.posts.content import content_hash
from app.outreach.posts.models import Post, PostStatus, Review
from app.outreach.publishing.models import Delivery, DeliveryStatus
from app.oversight.commitments.models import Clause, Commitment, Evidence
from app.oversight.scorecard.factors import Factor, Indicator, score
from app.oversight.scorecard.models import MessageCheck
from tests.results.build import drawn, planted, villages
from tests.survey_sample import DEFINITION
from tests.world import ZONE, World

TODAY = date(2026, 11, 24)
YEAR = Period.year(2026)


def wita(month: int, day: int, hour: int = 9, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZONE).astimezone(UTC)


def factors(world: World, *, period: Period = YEAR, actor: Actor = SYSTEM) -> list[Factor]:
    return score(
        world.session, actor, period=period, today=TODAY, now=world.clock.now(), zone=ZONE, regency_code="64.02"
    )


def indicators(world: World, **values: Any) -> dict[str, Indicator]:
    return {one.key: one for factor in factors(world, **values) for one in factor.indicators}


def sent(
    world: World,
    campaign: Campaign,
    *,
    at: datetime,
    submitted: datetime | None = None,
    approved: datetime | None = None,
    outlet: Outlet | None = None,
    **values: Any,
) -> Post:
    """A post that went out at this time, handed in four and approved two hours before."""
    outlet = outlet or world.outlet()
    submitted, approved = submitted or at - timedelta(hours=4), approved or at - timedelta(hours=2)
    post = world.post(
        outlet, campaign=campaign, scheduled_at=at, useful_until=at + timedelta(days=3), status=PostStatus.APPROVED,
        round=1, steps=["kabid"], submitted_at=submitted, **values,
    )  # fmt: skip
    post.content_hash = content_hash(post)
    world.session.add_all([
        Review(post_id=post.id, round=1, step=1, step_name="kabid", decision="approved", by_name="Kabid",
               content_hash=post.content_hash, at=approved),
        Delivery(post_id=post.id, outlet_id=outlet.id, content_hash=post.content_hash, payload={}, due_at=at,
                 wake_at=at, sent_at=at, status=DeliveryStatus.SENT, created_at=submitted),
    ])  # fmt: skip
    world.session.commit()
    return post


def read(world: World, post: Post, message: str) -> None:
    """Somebody noted which key message it carries; "" none."""
    world.session.add(
        MessageCheck(post_id=post.id, message=message, content_hash=post.content_hash, checked_by_name="Rahma",
                     checked_at=world.clock.now())
    )  # fmt: skip
    world.session.commit()


def asking_what_was_understood() -> dict[str, Any]:
    """The sample with one answer that is right, and a measure of it."""
    definition = copy.deepcopy(DEFINITION)
    definition["sections"][0]["questions"][1]["options"][2]["right"] = True
    definition["measures"].append({"key": "paham", "label": "Paham", "question": "istilah", "counts": ["tahu"]})
    return definition


def survey(world: World, people: int, share: float = 0.6, **values: Any) -> Wave:
    """A closed survey of the villages, which ended on 31 October unless it is said otherwise."""
    values.setdefault("starts_on", date(2026, 10, 1))
    values.setdefault("ends_on", date(2026, 10, 31))
    places = villages(world, 8)
    instrument = world.instrument(asking_what_was_understood())
    simulated = values.pop("simulated", False)
    wave = drawn(world, places, instrument=instrument, status="open", **values)
    planted(world, wave, places, people, share)
    wave.status, wave.closed_at, wave.simulated = "closed", world.clock.now(), simulated
    world.session.commit()
    return wave


@dataclass
class Office:
    campaign: Campaign
    opds: list[Organisation]
    wave: Wave


def an_office(world: World) -> Office:
    """Everything that the scorecard counts, some of it as it should be and some not."""
    session, now = world.session, world.clock.now()
    office = world.office()
    opds = [world.organisation(name=name) for name in ("Dinas Ada", "Dinas Kosong")]
    campaign = world.campaign(budget=10_000_000, starts_on=date(2026, 2, 1), ends_on=date(2026, 12, 20))
    world.campaign(name="Tanpa anggaran", starts_on=date(2026, 5, 1), ends_on=date(2026, 12, 31), status="planned")
    session.add_all([
        Spending(campaign_id=campaign.id, spent_on=date(2026, 6, 1), amount=4_000_000, note="Spanduk", recorded_at=now),
        KeyMessage(campaign_id=campaign.id, position=1, text="Layanan ada di tangan Anda."),
        Decision(campaign_id=campaign.id, text="Datangi Tabang", due_on=date(2026, 9, 1), decided_on=date(2026, 8, 1),
                 status="done", done_on=date(2026, 9, 1), recorded_at=now),
        Decision(campaign_id=campaign.id, text="Terjemahkan materi", due_on=date(2026, 10, 1),
                 decided_on=date(2026, 8, 1), recorded_at=now),
        Connectivity(village_code=world.village(0), as_of=date(2025, 1, 1), status="none", status_text="x", source="x"),
        Connectivity(village_code=world.village(9), as_of=date(2025, 1, 1), status="none", status_text="x", source="x"),
    ])  # fmt: skip
    for number in range(3):
        event = world.event(village_code=world.village(number), status=EventStatus.HELD, starts_at=wita(10, 6 + number),
                            organisation_id=opds[0].id, campaign_id=campaign.id)  # fmt: skip
    for day, answered in ((2, wita(11, 2)), (3, wita(11, 9)), (4, None)):
        status = AspirationStatus.ANSWERED if answered else AspirationStatus.ROUTED
        world.aspiration(event, status=status, opd_id=opds[0].id, due_on=date(2026, 11, day), answered_at=answered)
    carries, carries_not, _unread = (sent(world, campaign, at=wita(11, day, 15)) for day in (2, 3, 4))
    read(world, carries, "Layanan ada di tangan Anda.")
    read(world, carries_not, "")
    skill, other = world.skill("Basis data"), world.skill("Menulis")
    able = world.trainee("Ani", organisation_id=opds[0].id)
    session.add(SkillEvidence(trainee_id=able.id, skill_id=skill.id, level=2, kind=EvidenceKind.OBSERVED,
                              on=date(2026, 6, 1), created_at=now))  # fmt: skip
    assert other.id != skill.id
    held = Commitment(kind="memorandum", title="Gerakan Menuju 100 Smart City", created_at=now)
    session.add(held)
    session.flush()
    rows = [
        {"status": "done", "organisation_id": opds[0].id, "person_text": "Kabid", "due_on": date(2026, 6, 1)},
        {"status": "running", "organisation_id": opds[1].id, "due_on": date(2026, 7, 1)},
        {"status": None},
        {"status": "stopped"},
    ]
    made = [Clause(commitment_id=held.id, position=n, text=f"Butir {n}", **row) for n, row in enumerate(rows, 1)]
    session.add_all(made)
    session.flush()
    session.add(Evidence(clause_id=made[0].id, kind="address", what="Berita", url="https://a.example", added_at=now))
    session.commit()
    assert office.is_office
    return Office(campaign, opds, survey(world, 120))
