"""What is said of a plan: the notice to whoever looks after the account."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.base.notices.service import notify
from app.kernel.text import T
from app.outreach.outlets.models import Outlet
from app.outreach.publishing.alerts import people_for
from app.outreach.publishing.spacing.queries import Spacing

SUBJECT = T("%(n)s kiriman tertunda dijadwalkan ulang: %(outlet)s")
SPACED = T(
    "%(n)s kiriman tertunda karena pengiriman sempat terhenti. Dikirim berjarak %(minutes)s menit mulai pukul "
    "%(time)s, yang paling mendesak dahulu. Anda dapat mengubah urutannya."
)
CLOSER = T(
    "%(n)s kiriman tertunda karena pengiriman sempat terhenti. Dikirim berjarak paling lama %(minutes)s menit mulai "
    "pukul %(time)s, yang paling mendesak dahulu; sebagian lebih rapat supaya tidak melewati batas bergunanya. "
    "Anda dapat mengubah urutannya."
)


def tell_planned(
    session: Session, outlet: Outlet, count: int, first: datetime, spacing: Spacing, *, closer: bool, now: datetime
) -> None:
    """Tell that an account's deliveries were late and leave by a plan; once for each plan."""
    minutes = f"{spacing.gap.total_seconds() / 60:g}".replace(".", ",")
    time = f"{first.astimezone(ZoneInfo(spacing.tz)):%H.%M}"
    body = T((CLOSER if closer else SPACED).msgid, n=count, minutes=minutes, time=time)
    notify(
        session,
        user_ids=people_for(session, outlet),
        kind="delivery_spaced",
        subject=str(T(SUBJECT.msgid, n=count, outlet=outlet.name)),
        body=str(body),
        path="/tayang/rencana",
        dedupe_key=f"outlet:{outlet.id}:spaced:{now:%Y%m%d%H%M%S}",
        now=now,
    )
