"""Decisions drawn from what a campaign showed: who answers for each, by when, and what came of it.

A decision outlives the campaign: also that of one that is over or was called off can be recorded and closed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, select
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Actor, Role
from app.kernel.text import T
from app.kernel.transitions import move
from app.kernel.typed import at_most
from app.outreach.campaigns import rules
from app.outreach.campaigns.models import Campaign, Decision, DecisionStatus

ALLOWED: Mapping[DecisionStatus, frozenset[DecisionStatus]] = {
    DecisionStatus.OPEN: frozenset({DecisionStatus.DONE, DecisionStatus.DROPPED}),
    DecisionStatus.DONE: frozenset({DecisionStatus.OPEN}),
    DecisionStatus.DROPPED: frozenset({DecisionStatus.OPEN}),
}
STATUS_LABELS: Mapping[str, T] = {
    DecisionStatus.OPEN: T("Belum selesai"),
    DecisionStatus.DONE: T("Selesai"),
    DecisionStatus.DROPPED: T("Tidak dilanjutkan"),
}
MAX_TEXT = 2000
MAX_OWNER_TEXT = 200
FIRST_YEAR, LAST_YEAR = 2000, 2100
STALE = T(
    "Keputusan ini baru saja diubah orang lain, jadi isian Anda belum tersimpan. Isian Anda masih ada di halaman ini: "
    "bandingkan dengan keadaan terakhir, lalu simpan sekali lagi."
)


@dataclass(frozen=True)
class DecisionValues:
    """What a person enters. The owner is a person (`owner_id`) or a post in words (`owner_text`)."""

    text: str = ""
    owner_id: int | None = None
    owner_text: str = ""
    due_on: date | None = None
    decided_on: date | None = None


@dataclass(frozen=True)
class DecisionRow:
    """A decision as a page shows it. `owner`: a name or a post; `left`: the account is not in use any more."""

    decision: Decision
    owner: str
    left: bool
    days_late: int  # calendar days after the last day; 0 where it is not late
    may_close: bool


@dataclass(frozen=True)
class Board:
    """The decisions of a campaign for one person; what `campaigns/_decisions.html` draws."""

    rows: Sequence[DecisionRow]
    may_decide: bool

    @property
    def late(self) -> int:
        return sum(1 for row in self.rows if row.days_late)


# --- reading ---


def board(session: Session, actor: Actor, campaign: Campaign, *, today: date) -> Board:
    """Return the decisions of a campaign as its page shows them, by two queries however many there are."""
    found = of_campaign(session, campaign.id)
    ids = {one.owner_id for one in found if one.owner_id is not None}
    people = {row.id: row for row in session.execute(select(User.id, User.name, User.active).where(User.id.in_(ids)))}
    rows = []
    for one in found:
        person = people.get(one.owner_id)
        rows.append(
            DecisionRow(
                decision=one,
                owner=person.name if person else one.owner_text or "",
                left=person is not None and not person.active,
                days_late=(today - one.due_on).days if is_late(one, today) else 0,
                may_close=may_close(actor, campaign, one),
            )
        )
    return Board(rows=rows, may_decide=may_decide(actor, campaign))


def of_campaign(session: Session, campaign_id: int) -> Sequence[Decision]:
    """Return the decisions of a campaign: open ones first by due date, then closed ones, the latest on top."""
    is_open = Decision.status == DecisionStatus.OPEN
    return session.scalars(
        select(Decision)
        .where(Decision.campaign_id == campaign_id)
        .order_by(is_open.desc(), case((is_open, Decision.due_on)), Decision.done_on.desc(), Decision.id.desc())
    ).all()


def is_open() -> ColumnElement[bool]:
    return Decision.status == DecisionStatus.OPEN


def late(today: date) -> ColumnElement[bool]:
    """Return the condition under which a decision is overdue: still open after its last day."""
    return and_(is_open(), Decision.due_on < today)


def is_late(decision: Decision, today: date) -> bool:
    return decision.status == DecisionStatus.OPEN and decision.due_on < today


# --- who ---


def may_decide(actor: Actor, campaign: Campaign) -> bool:
    """Decide whether somebody may record and change decisions: who edits the campaign, and approvers of its owner or
    of the office."""
    if rules.may_edit(actor, campaign):
        return True
    return actor.has(Role.APPROVER) and (actor.of_office or campaign.organisation_id in actor.organisation_ids)


def may_close(actor: Actor, campaign: Campaign, decision: Decision) -> bool:
    """Decide whether somebody may close a decision: who may decide, and the person who answers for it."""
    return may_decide(actor, campaign) or (actor.id is not None and decision.owner_id == actor.id)


def campaign_to_decide(session: Session, actor: Actor, campaign_id: int) -> Campaign:
    """Return the campaign for somebody about to record a decision. Raises NotFound, Forbidden."""
    campaign = rules.find(session, actor, campaign_id)
    if not may_decide(actor, campaign):
        raise Forbidden(T("Keputusan dicatat oleh penyusun program ini, editor, atau atasan yang menyetujui."))
    return campaign


def find(session: Session, actor: Actor, campaign_id: int, decision_id: int) -> tuple[Campaign, Decision]:
    """Return the decision with its campaign, locked until the end of the transaction, for who sees the campaign or
    answers for the decision. Raises NotFound."""
    decision = session.scalar(
        select(Decision).where(Decision.id == decision_id, Decision.campaign_id == campaign_id).with_for_update(),
        execution_options={"populate_existing": True},
    )
    owns = decision is not None and actor.id is not None and decision.owner_id == actor.id
    campaign = session.get_one(Campaign, campaign_id) if owns else rules.find(session, actor, campaign_id)
    if decision is None:
        raise NotFound(T("Keputusan ini tidak ada di program ini. Muat ulang halaman program."))
    return campaign, decision


def find_to_edit(
    session: Session, actor: Actor, campaign_id: int, decision_id: int, seen: int | None = None
) -> Decision:
    """Return an open decision for somebody about to change it; `seen` is the version on the screen (None: any).

    Raises NotFound, Forbidden, Stale; Refused where it is closed.
    """
    campaign, decision = find(session, actor, campaign_id, decision_id)
    if not may_decide(actor, campaign):
        raise Forbidden(T("Keputusan diubah oleh penyusun program ini, editor, atau atasan yang menyetujui."))
    _check_seen(decision, seen)
    if decision.status != DecisionStatus.OPEN:
        raise Refused(T("Keputusan ini sudah ditutup. Buka lagi dahulu bila isinya perlu diubah."))
    return decision


def find_to_close(
    session: Session, actor: Actor, campaign_id: int, decision_id: int, seen: int | None = None
) -> Decision:
    """Return a decision for somebody about to close or reopen it; `seen` is the version on the screen (None: any).

    Raises NotFound, Forbidden, Stale.
    """
    campaign, decision = find(session, actor, campaign_id, decision_id)
    if not may_close(actor, campaign, decision):
        raise Forbidden(T("Keputusan ditutup oleh penanggung jawabnya, penyusun program, editor, atau atasan."))
    _check_seen(decision, seen)
    return decision


# --- verbs ---


def decide(
    session: Session, actor: Actor, campaign_id: int, values: DecisionValues, *, today: date, now: datetime
) -> Decision:
    """Record a decision. Raises Invalid with its field, NotFound, Forbidden."""
    campaign_to_decide(session, actor, campaign_id)
    _check(session, values, today)
    decision = Decision(campaign_id=campaign_id, recorded_by_id=actor.id, recorded_at=now)
    decision.status = DecisionStatus.OPEN
    _fill(decision, values)
    session.add(decision)
    session.flush()
    audit.record(session, actor, "decision.made", decision, now=now, after=facts(decision))
    return decision


def edit(
    session: Session,
    actor: Actor,
    campaign_id: int,
    decision_id: int,
    values: DecisionValues,
    *,
    seen: int | None = None,
    today: date,
    now: datetime,
) -> Decision:
    """Change an open decision. Raises Invalid with its field, NotFound, Forbidden, Stale, Refused."""
    decision = find_to_edit(session, actor, campaign_id, decision_id, seen)
    _check(session, values, today)
    before = facts(decision)
    _fill(decision, values)
    session.flush()
    after = facts(decision)
    if after != before:
        audit.record(session, actor, "decision.edited", decision, now=now, before=before, after=after)
    return decision


def finish(
    session: Session,
    actor: Actor,
    campaign_id: int,
    decision_id: int,
    *,
    outcome: str,
    done_on: date | None,
    seen: int | None = None,
    today: date,
    now: datetime,
) -> Decision:
    """Close a decision as done, with its day and what came of it.

    Raises Invalid (outcome, done_on) and as `find_to_close`.
    """
    decision = find_to_close(session, actor, campaign_id, decision_id, seen)
    outcome = _words(outcome, "outcome", T("Tulis apa hasilnya: apa yang sekarang berbeda."))
    if done_on is None or not decision.decided_on <= done_on <= today:
        raise Invalid(T("Isi tanggal selesainya: sesudah diputuskan, paling lambat hari ini."), field="done_on")
    before = facts(decision)
    move(decision, ALLOWED, DecisionStatus.DONE, STATUS_LABELS)
    decision.outcome, decision.done_on = outcome, done_on
    session.flush()
    audit.record(session, actor, "decision.finished", decision, now=now, before=before, after=facts(decision))
    return decision


def drop(session: Session, actor: Actor, campaign_id: int, decision_id: int, *, now: datetime) -> Decision:
    """Close a decision that will not be carried out; it stays in sight. A second time changes nothing.

    Only for who decides, not for who merely answers for it.
    """
    campaign, decision = find(session, actor, campaign_id, decision_id)
    if not may_decide(actor, campaign):
        raise Forbidden(T("Keputusan dihentikan oleh penyusun program ini, editor, atau atasan yang menyetujui."))
    if decision.status == DecisionStatus.DROPPED:
        return decision
    move(decision, ALLOWED, DecisionStatus.DROPPED, STATUS_LABELS)
    session.flush()
    audit.record(session, actor, "decision.dropped", decision, now=now)
    return decision


def reopen(session: Session, actor: Actor, campaign_id: int, decision_id: int, *, now: datetime) -> Decision:
    """Open a closed decision again; its outcome is taken off it and stays in the trail. A second time does nothing."""
    decision = find_to_close(session, actor, campaign_id, decision_id)
    if decision.status == DecisionStatus.OPEN:
        return decision
    before = facts(decision)
    move(decision, ALLOWED, DecisionStatus.OPEN, STATUS_LABELS)
    decision.outcome = decision.done_on = None
    session.flush()
    audit.record(session, actor, "decision.reopened", decision, now=now, before=before, after=facts(decision))
    return decision


def facts(decision: Decision) -> dict[str, Any]:
    """Return the decision as plain JSON values, for the trail."""
    return {
        "text": decision.text,
        "responsible_id": decision.owner_id,
        "responsible_text": decision.owner_text,
        "due_on": decision.due_on.isoformat(),
        "decided_on": decision.decided_on.isoformat(),
        "status": str(decision.status),
        "outcome": decision.outcome,
        "done_on": decision.done_on.isoformat() if decision.done_on else None,
    }


def _check_seen(decision: Decision, seen: int | None) -> None:
    if seen is not None and seen != decision.version:
        raise Stale(STALE)


def _words(text: str, field: str, missing: T) -> str:
    said = text.strip()
    if not said:
        raise Invalid(missing, field=field)
    at_most(said, MAX_TEXT, field)
    return said


def _check(session: Session, values: DecisionValues, today: date) -> None:
    _words(values.text, "text", T("Tulis apa yang diputuskan."))
    if values.owner_id is None and not values.owner_text.strip():
        raise Invalid(T("Pilih penanggung jawabnya, atau tulis jabatannya."), field="owner_id")
    if values.owner_id is not None and values.owner_text.strip():
        raise Invalid(T("Pilih orangnya atau tulis jabatannya, salah satu saja."), field="owner_text")
    if values.owner_id is not None and session.get(User, values.owner_id) is None:
        raise Invalid(T("Pilih penanggung jawab dari daftar."), field="owner_id")
    at_most(values.owner_text.strip(), MAX_OWNER_TEXT, "owner_text")
    decided_on = values.decided_on
    if decided_on is None or decided_on > today or decided_on.year < FIRST_YEAR:
        raise Invalid(T("Isi tanggal diputuskan, paling lambat hari ini."), field="decided_on")
    if values.due_on is None or not decided_on <= values.due_on or values.due_on.year > LAST_YEAR:
        raise Invalid(T("Isi batas waktunya, tidak mendahului tanggal diputuskan."), field="due_on")


def _fill(decision: Decision, values: DecisionValues) -> None:
    assert values.due_on is not None  # noqa: S101  _check refused it
    assert values.decided_on is not None  # noqa: S101
    decision.text = values.text.strip()
    decision.owner_id = values.owner_id
    decision.owner_text = values.owner_text.strip() or None
    decision.due_on, decision.decided_on = values.due_on, values.decided_on
