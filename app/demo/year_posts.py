"""What went out in the practice year: posts with their approval; deliveries in time, late, missed, failed; figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.demo import planted
from app.demo.bulk import insert_rows
from app.demo.villages import PRACTICE
from app.demo.year import Year
from app.demo.year_campaigns import SPECS, Spec
from app.demo.year_figures import figures
from app.demo.year_print import LINK, Pieces, add_links, new_code, visits_of
from app.kernel.roles import Position
from app.outreach.campaigns.models import Campaign, LinkVisits, ShortLink
from app.outreach.outlets.kinds import SOCIAL
from app.outreach.posts.content import content_hash, content_of
from app.outreach.posts.models import Post, PostStatus, Review, Variant
from app.outreach.printing.models import OrderStatus, PrintOrder
from app.outreach.publishing.keys import delivery_key
from app.outreach.publishing.models import Attempt, Delivery, DeliveryStatus, Measurement
from app.oversight.scorecard.models import MessageCheck

REJECTED = "Saluran menolak materi ini: gambarnya terlalu besar. Belum terbit. Ganti gambarnya, lalu jadwalkan lagi."
TOO_LATE = "Tidak terbit: saluran belum menerima sampai batas waktu berguna. Jadwalkan ulang bila masih perlu."
ORDINALS = (
    "pertama", "kedua", "ketiga", "keempat", "kelima", "keenam", "ketujuh", "kedelapan", "kesembilan", "kesepuluh",
    "kesebelas", "kedua belas",
)  # fmt: skip


@dataclass(frozen=True)
class DeliveryOutcome:
    """What became of a delivery."""

    status: DeliveryStatus
    after: timedelta = timedelta(0)
    problem: str | None = None


@dataclass(frozen=True)
class Sending:
    """A delivery with what it is of. `kind`: of its outlet."""

    delivery: Delivery
    post: Post
    kind: str

    @property
    def key(self) -> str:
        return delivery_key(self.delivery.post_id, self.delivery.outlet_id)


def fill_posts(year: Year, campaigns: Mapping[str, Campaign], pieces: Pieces) -> None:
    posts = [
        _post(year, spec, campaigns[spec.name], place, pieces)
        for spec in SPECS
        if spec.name in campaigns
        for place in range(spec.posts)
    ]
    year.session.add_all(posts)
    year.session.flush()
    every = [(post, variant) for post in posts for variant in post.variants]
    sendings = [
        Sending(_delivery(post, variant, _went(year, number, post)), post, variant.outlet.kind)
        for number, (post, variant) in enumerate(every)
    ]
    insert_rows(
        year.session, Review, [row for number, post in enumerate(posts) for row in _reviews(year, post, number)]
    )
    links, visits = _links(year, sendings)
    add_links(year, links, visits)
    year.session.add_all(sending.delivery for sending in sendings)
    year.session.flush()
    insert_rows(year.session, Attempt, [row for sending in sendings for row in _attempts(sending.delivery)])
    _advert_orders(year, [sending for sending in sendings if sending.delivery.piece_id])
    _measure(year, sendings)
    # a few nobody has read yet
    insert_rows(
        year.session, MessageCheck, [_read(year, post) for number, post in enumerate(posts) if number % 10 != 3]
    )


def _read(year: Year, post: Post) -> dict[str, Any]:
    """Which key message its reader found in it; in every eighth none."""
    found = next((one.text for one in post.campaign.key_messages if one.text in post.text), "")
    kabid = year.people["kabid"]
    return {
        "post_id": post.id, "message": "" if post.id % 8 == 0 else found, "content_hash": post.content_hash,
        "checked_by_id": kabid.id, "checked_by_name": kabid.name, "checked_at": post.scheduled_at or year.now,
    }  # fmt: skip


def _post(year: Year, spec: Spec, campaign: Campaign, place: int, pieces: Pieces) -> Post:
    """Spread over the campaign's days up to yesterday; every fourth is meant for some villages, every sixth is printed
    in the newspaper as well."""
    lasted = min(spec.days, -spec.begins - 1)
    due = year.at(spec.begins + place * lasted // spec.posts, 9 + place % 6, 15 * (place % 4))
    title = f"{spec.name.removesuffix(f' {PRACTICE}')}: berita {ORDINALS[place]} {PRACTICE}"
    text = f"{spec.messages[place % len(spec.messages)]} {{tautan}}"
    post = Post(
        campaign=campaign, organisation_id=campaign.organisation_id, title=title, text=text, link_url=LINK,
        author_id=year.people["kontributor" if place % 3 else "editor"].id, audience="residents",
        service_id=campaign.services[0].id if campaign.services else None, status=PostStatus.APPROVED,
        scheduled_at=due, useful_until=due + timedelta(days=3), window_start=due, window_end=due + timedelta(days=3),
        created_at=due - timedelta(days=9), updated_at=due - timedelta(days=8), round=1, media=[],
        variants=[_variant(year, kind) for kind in ("x", "facebook", "instagram")],
    )  # fmt: skip
    advert = pieces.adverts.get(spec.name)
    if advert is not None and place % 6 == 1:
        post.variants.append(_variant(year, "newspaper"))
        post.variants[-1].piece, post.variants[-1].piece_id, post.variants[-1].copies = advert, advert.id, 1
    if place % 4 == 2:
        near = year.luck.sample(sorted(year.villages), 4)
        post.villages = [year.villages[code] for code in sorted({*near, planted.NEVER_REACHED[place % 3]})]
    _approve(post, place)
    return post


def _variant(year: Year, kind: str) -> Variant:
    outlet = year.outlets[kind]
    return Variant(outlet=outlet, outlet_id=outlet.id)


def _approve(post: Post, place: int) -> None:
    printed = len(post.variants) > 3
    post.steps = [Position.KABID, Position.KADIS] if printed else [Position.KABID]
    post.round = 2 if place % 9 == 4 else 1
    post.submitted_at = post.created_at + timedelta(hours=6 if post.round == 1 else 32)
    post.content_hash = post.approved_hash = post.planned_hash = content_hash(post)
    post.approved_content = content_of(post)


def _reviews(year: Year, post: Post, number: int) -> Iterator[dict[str, Any]]:
    """Of most the approval came within a day and a half; every seventh waited five days, every ninth was sent back
    once."""
    author = post.author_id
    if post.round == 2:
        yield _review(year, post, 1, ("submitted", 0, "", author, post.created_at + timedelta(hours=6)))
        returned = post.created_at + timedelta(hours=15)
        yield _review(year, post, 1, ("returned", 1, Position.KABID, year.people["kabid"].id, returned))
    at = post.submitted_at
    assert at is not None  # noqa: S101 (every post of the year was submitted)
    yield _review(year, post, post.round, ("submitted", 0, "", author, at))
    for step, name in enumerate(post.steps, start=1):
        at += timedelta(hours=120 if number % 7 == 5 and step == 1 else year.luck.randint(2, 36))
        yield _review(year, post, post.round, ("approved", step, name, year.people[name].id, at))


def _review(year: Year, post: Post, turn: int, line: tuple[str, int, str, int | None, datetime]) -> dict[str, Any]:
    decision, step, name, by, at = line
    return {
        "post_id": post.id, "round": turn, "step": step, "step_name": str(name), "decision": decision, "by_id": by,
        "by_name": year.names[by], "at": at,
        "note": f"Kalimat pembukanya terlalu panjang. {PRACTICE}" if decision == "returned" else None,
        "content_hash": post.content_hash,
    }  # fmt: skip


def _delivery(post: Post, variant: Variant, went: DeliveryOutcome) -> Delivery:
    due = post.scheduled_at
    assert due is not None  # noqa: S101 (every post of the year has its time)
    sent = went.status == DeliveryStatus.SENT
    printed = variant.piece
    return Delivery(
        post_id=post.id, outlet_id=variant.outlet_id, content_hash=post.content_hash, status=went.status, due_at=due,
        useful_until=post.useful_until, wake_at=due, tries=3 if went.after > timedelta(hours=1) else 0,
        piece_id=printed.id if printed else None, piece_hash=printed.content_hash if printed else None, remembered={},
        payload={"text": post.text, "link": None, "files": [], "piece_id": variant.piece_id, "copies": variant.copies},
        sent_at=due + went.after if sent else None, problem=went.problem, created_at=due - timedelta(days=2),
        first_tried_at=due + timedelta(seconds=1), started_at=due + went.after,
        remote_id=f"latihan-{post.id}-{variant.outlet_id}" if sent else None,
    )  # fmt: skip


def _went(year: Year, number: int, post: Post) -> DeliveryOutcome:
    """What was missed or failed long ago is settled by now. The two posts that are watched went out."""
    open_still = post.created_at > year.at(-130) and post.title not in {planted.FELL, planted.DELETED}
    if open_still and number % 23 == 17:
        return DeliveryOutcome(DeliveryStatus.MISSED, problem=TOO_LATE)
    if open_still and number % 31 == 29:
        return DeliveryOutcome(DeliveryStatus.FAILED, problem=REJECTED)
    late = timedelta(hours=2 + number % 9) if number % 19 == 8 else timedelta(0)
    return DeliveryOutcome(DeliveryStatus.SENT, late + timedelta(seconds=year.luck.randint(2, 50)))


def _attempts(delivery: Delivery) -> Iterator[dict[str, Any]]:
    if delivery.status == DeliveryStatus.MISSED or delivery.tries:
        yield _attempt(delivery, delivery.due_at, "NotSent")
    if delivery.sent_at is not None:
        yield _attempt(delivery, delivery.sent_at, "sent")
    elif delivery.status == DeliveryStatus.FAILED:
        yield _attempt(delivery, delivery.due_at, "Rejected")


def _attempt(delivery: Delivery, at: datetime, outcome: str) -> dict[str, Any]:
    return {
        "delivery_id": delivery.id, "action": "publish", "started_at": at, "finished_at": at + timedelta(seconds=1),
        "outcome": outcome,
    }  # fmt: skip


def _links(year: Year, sendings: Sequence[Sending]) -> tuple[list[ShortLink], list[LinkVisits]]:
    """A code for each delivery; the fewest visits come from the newspaper."""
    links, visits = [], []
    for sending in sendings:
        delivery, social = sending.delivery, sending.kind in SOCIAL
        link = ShortLink(
            code=new_code(year), purpose=sending.key, target=LINK, campaign_id=sending.post.campaign_id,
            source=sending.kind, medium="social" if social else "print", created_at=delivery.created_at,
        )  # fmt: skip
        address = f"{year.public_url}/t/{link.code}"
        words = sending.post.text.replace("{tautan}", address)
        delivery.payload = delivery.payload | {"link": address, "text": words}
        links.append(link)
        if delivery.sent_at is not None:
            begin = (delivery.sent_at.astimezone(year.zone).date() - year.today).days
            visits += visits_of(year, link.code, begin, year.luck.randint(20, 130) if social else 14)
    return links, visits


def _advert_orders(year: Year, sendings: Sequence[Sending]) -> None:
    """What a newspaper got is an order; it has not confirmed the latest yet."""
    sent = [(one, one.delivery.sent_at) for one in sendings if one.delivery.sent_at is not None]
    for place, (sending, at) in enumerate(sent, start=1):
        confirmed = place < len(sent)
        year.session.add(
            PrintOrder(
                piece_id=sending.delivery.piece_id, outlet_id=sending.delivery.outlet_id, copies=1, ordered_at=at,
                delivery_key=sending.key, message_id=sending.delivery.remote_id,
                recipient="iklan@koran-latihan.example", cost=1_500_000 if confirmed else None,
                status=OrderStatus.CONFIRMED if confirmed else OrderStatus.ORDERED,
                confirmed_at=at + timedelta(days=1) if confirmed else None,
            )
        )  # fmt: skip
    year.session.flush()


def _measure(year: Year, sendings: Sequence[Sending]) -> None:
    rows = []
    for sending in sendings:
        at, kind = sending.delivery.sent_at, sending.kind
        if at is None or kind not in SOCIAL:
            continue
        fates = {planted.FELL: "fell", planted.DELETED: "deleted"}
        fate = fates.get(sending.post.title, "") if kind == "x" else ""
        rows += figures(year, kind, sending.delivery.id, at, fate)
    insert_rows(year.session, Measurement, rows)
