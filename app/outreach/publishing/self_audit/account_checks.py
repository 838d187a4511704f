"""What an account's own list shows, held against the ledger. Nothing is concluded from a list that cannot be read."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.kernel.text import same_words
from app.outreach.campaigns.models import ShortLink
from app.outreach.outlets.ports import PROVISIONAL, Sighting
from app.outreach.publishing.keys import delivery_key
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.removal.models import Removal
from app.outreach.publishing.self_audit.ledger_checks import Mismatch
from app.outreach.publishing.self_audit.models import Finding, FindingKind

SHOWN_LATE = timedelta(minutes=15)
"""A platform may show a new post this late in its list."""
SAME_WORDS_FOR = timedelta(days=3)
"""So near to its time the same words are taken for the delivery; a person may post them again later."""
NOT_SETTLED = (S.SENDING, S.UNKNOWN)


def missing_posts(
    session: Session, outlet_id: int, shown: Sequence[Sighting], *, since: datetime, now: datetime
) -> Iterable[Mismatch]:
    """Return the deliveries accepted since then that the account does not show.

    Only those whose number came from the account itself: what a person typed, or practice made up, is not asked for.
    """
    told = exists().where(
        Attempt.delivery_id == Delivery.id, Attempt.outcome == "sent", Attempt.remote_id == Delivery.remote_id
    )
    rows = session.execute(
        select(Delivery.id, Delivery.remote_id, Delivery.remote_url).where(
            Delivery.outlet_id == outlet_id,
            Delivery.status == S.SENT,
            Delivery.sent_at.between(since, now - SHOWN_LATE),
            Delivery.settled_by_id.is_(None),
            ~exists().where(Removal.delivery_id == Delivery.id),  # taken down, or on its way
            told,
        )
    )
    ids = {one.remote_id for one in shown}
    return [
        Mismatch(FindingKind.NOT_SHOWN, row.id, row.remote_id, row.remote_url)
        for row in rows
        if row.remote_id not in ids and not row.remote_id.startswith(PROVISIONAL)
    ]


def unowned_posts(
    session: Session, outlet_id: int, shown: Sequence[Sighting], *, public_url: str
) -> Iterator[Mismatch]:
    """Yield the posts of the account that are ours by their link or words, and that no delivery has as its own.

    What is being sent or looked for is left: its number may come at any moment.
    """
    ids = [one.remote_id for one in shown]
    owned = set(
        session.scalars(select(Delivery.remote_id).where(Delivery.outlet_id == outlet_id, Delivery.remote_id.in_(ids)))
    )
    for one in shown:
        if one.remote_id in owned:
            continue
        row = _by_link(session, outlet_id, one, public_url) or _by_words(session, outlet_id, one)
        if row is not None and row.status not in NOT_SETTLED:
            yield Mismatch(FindingKind.NOT_OWNED, row.id, one.remote_id, one.url)


def _by_link(session: Session, outlet_id: int, one: Sighting, public_url: str) -> Delivery | None:
    after = " ".join((one.text, *one.links)).split(f"{public_url}/t/")[1:]
    codes = [found[0] for part in after if (found := re.match(r"\w{1,12}", part))]
    if not codes:
        return None
    purposes = session.scalars(select(ShortLink.purpose).where(ShortLink.code.in_(codes)))
    posts = {key: post for purpose in purposes if (post := _post_of(purpose)) for key in [purpose.partition("@")[0]]}
    for key, post_id in posts.items():
        if key == delivery_key(post_id, outlet_id):
            return session.scalar(select(Delivery).where(Delivery.post_id == post_id, Delivery.outlet_id == outlet_id))
    return None


def _post_of(purpose: str) -> int | None:
    found = re.match(r"post:(\d+):", purpose)
    return int(found[1]) if found else None


def _by_words(session: Session, outlet_id: int, one: Sighting) -> Delivery | None:
    if one.at is None or not one.text.strip():
        return None
    near = Delivery.due_at.between(one.at - SAME_WORDS_FOR, one.at + SAME_WORDS_FOR)
    rows = session.scalars(select(Delivery).where(Delivery.outlet_id == outlet_id, near).order_by(Delivery.id.desc()))
    return next((row for row in rows if same_words(one.text, str(row.payload.get("text", "")))), None)


def agrees_now(session: Session, finding: Finding, shown: Sequence[Sighting]) -> bool:
    """Decide whether the account and the ledger say the same by now: the post is shown after all, or has an owner."""
    if finding.kind == FindingKind.NOT_SHOWN:
        return finding.remote_id in {one.remote_id for one in shown}
    owner = select(Delivery.id).where(
        Delivery.outlet_id == finding.delivery.outlet_id, Delivery.remote_id == finding.remote_id
    )
    return session.scalar(owner) is not None
