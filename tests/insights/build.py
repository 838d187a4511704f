"""A campaign in which everything was done once, for the pages that look back at it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from app.base.media.models import StoredFile
from app.outreach.campaigns.models import Campaign, Goal, LinkVisits, ShortLink, Spending
from app.outreach.printing.models import PrintOrder, PrintPiece, Proof, ProofVillage
from tests.publishing.counted import measured, sent
from tests.world import World


def piece(world: World, campaign: Campaign) -> PrintPiece:
    now = world.clock.now()
    return world._add(
        PrintPiece(
            campaign_id=campaign.id, organisation_id=campaign.organisation_id, kind="poster", title="Poster",
            created_at=now, updated_at=now,
        )
    )  # fmt: skip


def ordered(world: World, made: PrintPiece, copies: int) -> PrintOrder:
    outlet = world.outlet("printer")
    return world._add(PrintOrder(piece_id=made.id, outlet_id=outlet.id, copies=copies, ordered_at=world.clock.now()))


def proved(world: World, made: PrintPiece, copies: int, villages: Sequence[str], **values: Any) -> Proof:
    now = world.clock.now()
    photo = world._add(
        StoredFile(
            sha256=f"{world._number():064d}", mime="image/jpeg", size=1, name="foto.jpg", created_at=now,
        )
    )  # fmt: skip
    return world._add(
        Proof(
            piece_id=made.id, placed_on=date(2026, 11, 24), copies=copies, photo_id=photo.id, recorded_at=now,
            villages=[ProofVillage(village_code=code) for code in villages], **values,
        )
    )  # fmt: skip


def visited(world: World, campaign: Campaign, medium: str, days: dict[date, int]) -> ShortLink:
    code = f"kode{world._number()}"
    link = world._add(
        ShortLink(
            code=code, purpose=code, target="https://kukarkab.go.id", campaign_id=campaign.id, medium=medium,
            created_at=world.clock.now(),
        )
    )  # fmt: skip
    for day, count in days.items():
        world._add(LinkVisits(code=code, day=day, count=count))
    return link


def spent(world: World, campaign: Campaign, amount: int, *, hours: float = 0, on: date = date(2026, 11, 23)) -> None:
    world._add(
        Spending(
            campaign_id=campaign.id, spent_on=on, amount=amount, hours=hours, note="Uji",
            recorded_at=world.clock.now(),
        )
    )  # fmt: skip


def full(world: World, *, times: int = 1) -> Campaign:
    """Goals, money, posts, print and events in two villages; `times`: of everything so many."""
    campaign = world.campaign(
        budget=10_000_000, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 20), villages=[], name="Kenal"
    )
    outlets = [world.outlet("facebook"), world.outlet("x")]
    made = piece(world, campaign)
    for number in range(times):
        world._add(Goal(campaign_id=campaign.id, measure=f"Warga yang mengenal {number}", baseline=20, target=40))
        spent(world, campaign, 1_000_000, hours=4, on=date(2026, 10, 5))
        for outlet in outlets:
            one = sent(world, outlet, campaign=campaign)
            measured(world, one, 24, views=100, reactions=5, comments=1, shares=0)
        ordered(world, made, 200)
        proved(world, made, 50, [world.village(1)])
        world.event(
            campaign_id=campaign.id, status="reported", people=30, starts_in=timedelta(days=-2),
            village_code=world.village(2),
        )  # fmt: skip
        visited(world, campaign, "print", {date(2026, 11, 20): 3})
        visited(world, campaign, "social", {date(2026, 11, 20): 2})
    return campaign
