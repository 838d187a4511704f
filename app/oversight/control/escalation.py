"""What stays late is told to the next level, once each: after some working days to the head of the bidang, after more
to the secretary and the head of the agency.

The record and the notice are one transaction, taken in turn, so that neither a repeat, a second worker nor a crash
between the two tells anybody twice. Nothing is told on days on which nobody works.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, exists, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.service import notify
from app.base.people.models import Organisation, User
from app.kernel import workdays
from app.kernel.db import insert_missing, unit_of_work, wait_for_turn
from app.kernel.text import T
from app.oversight.control import queries
from app.oversight.control.items import KINDS, NOBODY
from app.oversight.control.lines import Moment, due_of
from app.oversight.control.models import Escalation

log = logging.getLogger(__name__)

HEAD, AGENCY = 1, 2
LEVELS: Mapping[int, T] = {HEAD: T("Kepala bidang"), AGENCY: T("Sekretaris dan kepala dinas")}
MOST_A_RUN = 2000
SHOWN = 10
TURN = "control:escalation"
PAGE = "/perlu-dikejar?keadaan=terlambat"

Address = Callable[[str, Mapping[str, Any]], str]
"""(endpoint, values) → the path of the page."""


@dataclass(frozen=True)
class DueEscalation:
    """A line that goes to a level, with the round it belongs to."""

    kind: str
    subject_id: int
    target_id: int
    title: str
    days: int
    owner: str
    round: int

    @property
    def key(self) -> tuple[str, int]:
        return self.kind, self.subject_id


def escalate(
    sessions: "sessionmaker[Session]", *, now: datetime, tz: str, days: Sequence[int], address: Address
) -> int:
    """Tell the next level of what is late for `days` working days (one number a level), and count the new notices."""
    zone = ZoneInfo(tz)
    today = now.astimezone(zone).date()
    if not workdays.is_working_day(today):
        return 0
    with unit_of_work(sessions) as session:
        close_done(session, queries.moment_of(session, today=today, now=now, zone=zone))
    told = 0
    for level, needed in enumerate(days, start=1):
        with sessions() as session:
            moment = queries.moment_of(session, today=today, now=now, zone=zone)
            groups = _groups(session, moment, level, needed)
        for people, rises in groups.items():
            try:
                with unit_of_work(sessions) as session:
                    told += _tell(session, moment, level, people, rises, address)
            except Exception:  # whatever it is, the next run tries again
                log.exception("nobody of %s told of %s late things", people, len(rises))
    return told


def close_done(session: Session, moment: Moment) -> None:
    """Close the escalations of what is late no more, so that it begins anew if it becomes late again."""
    wait_for_turn(session, TURN)
    found = queries.lines(moment)
    still = exists(
        select(found.c.kind).where(
            found.c.late, found.c.kind == Escalation.kind, found.c.subject_id == Escalation.subject_id
        )
    )
    session.execute(
        update(Escalation).where(Escalation.closed_on.is_(None), ~still).values(closed_on=moment.today),
        execution_options={"synchronize_session": False},
    )


def _groups(session: Session, moment: Moment, level: int, days: int) -> dict[tuple[int, ...], list[DueEscalation]]:
    """Who is to be told now → of what. Where nobody holds the place, it waits until somebody does."""
    groups: dict[tuple[int, ...], list[DueEscalation]] = defaultdict(list)
    for row in session.execute(_waiting(moment, level, days)):
        if people := moment.signers.chain(row.unit_id)[level - 1]:
            late_for = workdays.between(due_of(row.kind, row.since), moment.today)
            who = row.owner or row.owner_text or row.organisation or str(NOBODY)
            number = row.open_round or (row.last_round or 0) + 1
            groups[people].append(
                DueEscalation(
                    row.kind, row.subject_id, row.target_id, " ".join(row.title.split()), late_for, who, number
                )
            )
    return groups


def _waiting(moment: Moment, level: int, days: int) -> Any:
    """Lines that are late for so long and were not told to this level in their round, the oldest first."""
    found, unit = queries.lines(moment), queries.unit_of(moment)
    about = (Escalation.kind == found.c.kind, Escalation.subject_id == found.c.subject_id)
    rounds = select(func.max(Escalation.round)).where(*about)
    told = exists(select(Escalation.id).where(*about, Escalation.closed_on.is_(None), Escalation.level == level))
    limit = case(*((found.c.kind == kind, moment.overdue_until(kind, days)) for kind in KINDS))
    return (
        select(
            *found.c, unit.label("unit_id"), Organisation.name.label("organisation"), User.name.label("owner"),
            rounds.scalar_subquery().label("last_round"),
            rounds.where(Escalation.closed_on.is_(None)).scalar_subquery().label("open_round"),
        )
        .select_from(found)
        .outerjoin(Organisation, Organisation.id == found.c.organisation_id)
        .outerjoin(User, (User.id == found.c.owner_id) & User.active)
        .where(found.c.late, found.c.since <= limit, ~told)
        .order_by(found.c.since, found.c.kind, found.c.subject_id)
        .limit(MOST_A_RUN)
    )  # fmt: skip


def _tell(
    session: Session,
    moment: Moment,
    level: int,
    people: tuple[int, ...],
    rises: Sequence[DueEscalation],
    address: Address,
) -> int:
    """Whoever heard of it as the level below does not hear it again as this one."""
    wait_for_turn(session, TURN)
    known = _already(session, level)
    new = [rise for rise in rises if rise.key not in known]
    heard = _heard(session) if level > HEAD else {}
    groups: dict[tuple[int, ...], list[DueEscalation]] = defaultdict(list)
    for rise in new:
        groups[tuple(one for one in people if one not in heard.get(rise.key, ()))].append(rise)
    told = 0
    for hearers, group in groups.items():
        rows = [
            {"kind": one.kind, "subject_id": one.subject_id, "round": one.round, "level": level, "on": moment.today,
             "told": list(hearers), "at": moment.now}
            for one in group
        ]  # fmt: skip
        if insert_missing(session, Escalation, rows) and hearers:
            told += _notify(session, moment, level, hearers, group, address)
    return told


def _already(session: Session, level: int) -> set[tuple[str, int]]:
    query = select(Escalation.kind, Escalation.subject_id)
    rows = session.execute(query.where(Escalation.closed_on.is_(None), Escalation.level == level))
    return {(row.kind, row.subject_id) for row in rows}


def _heard(session: Session) -> dict[tuple[str, int], set[int]]:
    """What is open → who was told of it."""
    heard: dict[tuple[str, int], set[int]] = defaultdict(set)
    query = select(Escalation.kind, Escalation.subject_id, Escalation.told).where(Escalation.closed_on.is_(None))
    for row in session.execute(query):
        heard[row.kind, row.subject_id].update(row.told)
    return heard


def _notify(
    session: Session,
    moment: Moment,
    level: int,
    people: Sequence[int],
    rises: Sequence[DueEscalation],
    address: Address,
) -> int:
    """One notice of all that rises to these people in one run."""
    first = rises[0]
    occasion = f"escalation:{first.kind}:{first.subject_id}:{first.round}:{level}"
    if len(rises) == 1:
        kind = KINDS[first.kind]
        path = address(kind.endpoint, {kind.number: first.target_id, **kind.more})
        subject = T("Lewat %(n)s hari kerja: %(title)s", n=first.days, title=first.title)
    else:
        path = PAGE
        subject = T("%(n)s hal terlambat sampai ke meja Anda", n=len(rises))
    return notify(
        session, user_ids=people, kind="control.escalated", subject=subject, body=_body(rises), path=path,
        dedupe_key=occasion, now=moment.now,
    )  # fmt: skip


def _body(rises: Sequence[DueEscalation]) -> str:
    said = [
        str(T(
            "%(label)s: “%(title)s”, lewat %(n)s hari kerja. Penanggung jawab: %(owner)s.",
            label=KINDS[one.kind].label, title=one.title, n=one.days, owner=one.owner,
        ))
        for one in rises[:SHOWN]
    ]  # fmt: skip
    if len(rises) > SHOWN:
        said.append(str(T("… dan %(n)s lagi di halaman Perlu Dikejar.", n=len(rises) - SHOWN)))
    why = T("Anda diberi tahu karena belum selesai di tingkat sebelumnya. Tanyakan apa yang menghambat.")
    return "\n".join([*said, "", str(why)])
