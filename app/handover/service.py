"""The verbs of a handover: proposing it, carrying it out in one transaction, and dropping a proposal."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.ending import EndReason, end_all
from app.base.notices.service import notify
from app.base.people.models import RoleRow, User
from app.base.people.rights import roles_of
from app.base.people.roles import POSITIONS
from app.base.people.service import deactivate, require_admin
from app.handover.models import Handover, HandoverStatus
from app.handover.parts import Move, find_parts
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Actor, Position, Role
from app.kernel.text import T


@dataclass(frozen=True)
class Terms:
    """What an admin decided: which parts, the number of the paper, and whether the leaver's account is closed."""

    parts: Collection[str]
    number: str | None = None
    close_account: bool = False


def check_pair(session: Session, from_id: int | None, to_id: int | None) -> tuple[User, User]:
    """Return who leaves and who follows. Raises Invalid where it cannot be these two."""
    leaver = session.get(User, from_id) if from_id else None
    successor = session.get(User, to_id) if to_id else None
    if leaver is None:
        raise Invalid(T("Pilih siapa yang menyerahkan."), field="from_user_id")
    if successor is None or not successor.active:
        raise Invalid(T("Pilih penerus yang akunnya aktif."), field="to_user_id")
    if leaver.id == successor.id:
        raise Invalid(T("Penerus harus orang lain."), field="to_user_id")
    return leaver, successor


def missing_roles(leaver: User, successor: User) -> list[Role]:
    """Return the roles that the leaver has and the successor has not."""
    lacking = roles_of(leaver) - roles_of(successor)
    return [role for role in Role if role in lacking]


def propose(session: Session, actor: Actor, to_id: int | None, *, note: str | None, now: datetime) -> Handover:
    """Propose a successor for the person who leaves; an admin carries it out. A proposal made before is replaced."""
    leaver, successor = check_pair(session, actor.id, to_id)
    open_ones = select(Handover).where(Handover.from_user_id == leaver.id, Handover.status == HandoverStatus.ASKED)
    for older in session.scalars(open_ones):
        older.status = HandoverStatus.DROPPED
    made = _new(leaver, successor, actor, now)
    made.note = " ".join((note or "").split())
    session.add(made)
    session.flush()
    audit.record(session, actor, "handover.asked", made, now=now, after=_facts(made))
    admins = session.scalars(select(User.id).where(User.active, User.roles.any(RoleRow.name == Role.ADMIN.value)))
    notify(
        session,
        user_ids={*admins, successor.id},
        kind="handover",
        subject=T("%(leaver)s mengusulkan serah terima kepada %(to)s", leaver=leaver.name, to=successor.name),
        body=T("Admin memeriksa daftarnya, lalu menyerahkan. %(note)s", note=made.note),
        path=None,
        dedupe_key=f"handover:{made.id}:asked",
        now=now,
    )
    return made


def handover_of(session: Session, actor: Actor, handover_id: int) -> Handover:
    require_admin(actor)
    made = session.get(Handover, handover_id)
    if made is None:
        raise NotFound(T("Serah terima ini tidak ada."))
    return made


def carry_out(
    session: Session, actor: Actor, leaver: User, successor: User, terms: Terms, *, today: date, now: datetime
) -> Handover:
    """Move the chosen parts, end the leaver's sessions, and keep what the berita acara says. All or nothing."""
    require_admin(actor)
    parts = [one for one in find_parts(session, leaver) if one.part.key in terms.parts]
    if not parts and not terms.close_account:
        raise Invalid(T("Pilih paling sedikit satu bagian yang diserahkan."), field="parts")
    made = _asked(session, leaver, successor) or _new(leaver, successor, actor, now)
    made.moved = [
        {"key": one.part.key, "title": str(one.part.title), "items": [label for _id, label in one.rows]}
        for one in parts
    ]
    for one in parts:
        one.part.move(session, Move([number for number, _label in one.rows], leaver, successor, today))
    made.status, made.number = HandoverStatus.DONE, (terms.number or "").strip() or None
    made.done_by_id, made.done_by_name, made.done_at = actor.id, actor.name, now
    made.closed_account = terms.close_account
    session.add(made)
    session.flush()
    audit.record(session, actor, "handover.done", made, now=now, after=_facts(made))
    _close(session, actor, leaver, close=terms.close_account, now=now)
    session.expire_all()  # the moves went past the records that this session had read
    _tell(session, made, now)
    return made


def drop(session: Session, actor: Actor, made: Handover, *, now: datetime) -> None:
    """Drop a proposal without carrying it out."""
    require_admin(actor)
    if made.status != HandoverStatus.ASKED:
        raise Refused(T("Serah terima ini sudah selesai."))
    made.status = HandoverStatus.DROPPED
    session.flush()
    audit.record(session, actor, "handover.dropped", made, now=now, after=_facts(made))


def _close(session: Session, actor: Actor, leaver: User, *, close: bool, now: datetime) -> None:
    """Every session ends; the account stays only where it is not closed."""
    if close and leaver.active:
        deactivate(session, actor, leaver, now=now)
    else:
        end_all(session, leaver.id, why=EndReason.OFFICE, now=now)
        leaver.fs_uniquifier = uuid.uuid4().hex  # nobody is remembered, and no half sign-in goes on
        session.flush()


def _asked(session: Session, leaver: User, successor: User) -> Handover | None:
    query = select(Handover).where(
        Handover.from_user_id == leaver.id,
        Handover.to_user_id == successor.id,
        Handover.status == HandoverStatus.ASKED,
    )
    return session.scalar(query.with_for_update())


def _new(leaver: User, successor: User, actor: Actor, now: datetime) -> Handover:
    return Handover(
        from_user_id=leaver.id,
        to_user_id=successor.id,
        from_name=leaver.name,
        from_title=_title(leaver),
        to_name=successor.name,
        to_title=_title(successor),
        status=HandoverStatus.ASKED,
        moved=[],
        asked_by_id=actor.id,
        asked_at=now,
    )


def _title(user: User) -> str:
    position = str(POSITIONS[Position(user.position)]) if user.position else ""
    return ", ".join(part for part in (user.title or position, user.organisation.name) if part)[:300]


def _tell(session: Session, made: Handover, now: datetime) -> None:
    total = sum(len(one["items"]) for one in made.moved)
    notify(
        session,
        user_ids={made.from_user_id, made.to_user_id},
        kind="handover",
        subject=T("Serah terima dari %(leaver)s kepada %(to)s", leaver=made.from_name, to=made.to_name),
        body=T(
            "%(admin)s menyerahkan %(total)s hal. Yang pernah dikerjakan %(leaver)s tetap tercatat atas namanya.",
            admin=made.done_by_name,
            total=total,
            leaver=made.from_name,
        ),
        path=None,
        dedupe_key=f"handover:{made.id}:done",
        now=now,
    )


def _facts(made: Handover) -> dict[str, object]:
    return {
        "from_user_id": made.from_user_id,
        "to_user_id": made.to_user_id,
        "number": made.number,
        "moved": {one["key"]: len(one["items"]) for one in made.moved},
        "closed_account": bool(made.closed_account),
    }
