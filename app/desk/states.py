"""One state for a post on the calendar, computed from its approval and all its deliveries: what needs a person wins."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select

from app.kernel.text import T
from app.outreach.outlets.kinds import ORDERED_PRINT
from app.outreach.posts.models import Post, PostStatus
from app.outreach.publishing.models import Delivery, DeliveryStatus
from app.outreach.publishing.queries import REMOVED, shown_status


@dataclass(frozen=True)
class State:
    """A state of a post on the calendar. `key` stands in addresses; `kind` and `icon` are those of `ui.badge`; a lower
    `rank` wins."""

    key: str
    label: T
    kind: str
    icon: str
    rank: int = 0


BEFORE_APPROVAL = {
    PostStatus.DRAFT: State("draf", T("Draf"), "muted", "pencil"),
    PostStatus.IN_REVIEW: State("menunggu", T("Menunggu persetujuan"), "wait", "hourglass"),
    PostStatus.RETURNED: State("dikembalikan", T("Dikembalikan"), "warn", "arrow-back-up"),
    PostStatus.CANCELLED: State("dibatalkan", T("Dibatalkan"), "muted", "ban"),
}
SCHEDULED = State("terjadwal", T("Terjadwal"), "info", "clock", 8)
ORDERED = State("terbit", T("Pesanan terkirim"), "ok", "mail-check", 9)
AFTER_APPROVAL: dict[str, State] = {
    DeliveryStatus.FAILED: State("gagal", T("Gagal"), "bad", "circle-x", 1),
    DeliveryStatus.UNKNOWN: State("belum-pasti", T("Belum pasti terbit"), "warn", "help-circle", 2),
    DeliveryStatus.MISSED: State("terlewat", T("Terlewat"), "bad", "clock-off", 3),
    DeliveryStatus.HANDED_OVER: State("perlu-diterbitkan", T("Perlu diterbitkan"), "warn", "hand-finger", 4),
    DeliveryStatus.HELD: State("ditahan", T("Ditahan"), "muted", "player-pause", 5),
    DeliveryStatus.RETRYING: State("dicoba-lagi", T("Dicoba lagi"), "wait", "refresh", 6),
    DeliveryStatus.SENDING: State("dikirim", T("Sedang dikirim"), "wait", "loader", 7),
    DeliveryStatus.QUEUED: SCHEDULED,
    DeliveryStatus.SENT: State("terbit", T("Terbit"), "ok", "circle-check", 9),
    REMOVED: State("dihapus", T("Dihapus"), "muted", "trash", 10),
    DeliveryStatus.CANCELLED: State("dibatalkan", T("Dibatalkan"), "muted", "ban", 11),
}
ALL_STATES = (*BEFORE_APPROVAL.values(), *(state for state in AFTER_APPROVAL.values() if state.key != "dibatalkan"))
BY_KEY = {state.key: state for state in ALL_STATES}


def state_of(status: str, deliveries: Iterable[str] = (), outlet_kinds: Iterable[str] = ()) -> State:
    """Return the state of a post with this status, these delivery statuses and these kinds of outlets."""
    if status != PostStatus.APPROVED:
        return BEFORE_APPROVAL[PostStatus(status)]
    known = [AFTER_APPROVAL[each] for each in deliveries]
    worst = min(known, key=lambda state: state.rank, default=SCHEDULED)
    kinds = list(outlet_kinds)
    if worst.key == "terbit" and kinds and all(kind in ORDERED_PRINT for kind in kinds):
        return ORDERED
    return worst


def is_in(key: str) -> ColumnElement[bool]:
    """Return the condition that a post is in the state with this key. KeyError for a key that does not exist."""
    for status, state in BEFORE_APPROVAL.items():
        if state.key == key:
            return Post.status == status
    ranks = {status: state.rank for status, state in AFTER_APPROVAL.items()}
    worst = (
        select(func.coalesce(func.min(case(ranks, value=shown_status(), else_=SCHEDULED.rank)), SCHEDULED.rank))
        .where(Delivery.post_id == Post.id)
        .correlate(Post)
        .scalar_subquery()
    )
    return (Post.status == PostStatus.APPROVED) & (worst == BY_KEY[key].rank)
