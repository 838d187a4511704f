"""Which steps an approval has, and who can take one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.base.people.models import Delegation, Organisation, RoleRow, User
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.roles import Actor, Can, Position, Role
from app.kernel.text import T
from app.outreach.posts.content import kind_of
from app.outreach.posts.models import ApprovalPolicy, Post, PostStatus
from app.outreach.posts.states import OWNER_STEP

DEFAULT_STEPS: dict[str, tuple[str, ...]] = {
    "social": (Position.KABID,),
    "print": (Position.KABID, Position.KADIS),
}


@dataclass(frozen=True)
class Policy:
    """The steps of an approval.

    `steps`: positions in order. `owner_first`: the OPD that owns the post's service is asked before them.
    """

    steps: tuple[str, ...]
    owner_first: bool = False


@dataclass(frozen=True)
class Step:
    """Number (from 1) and name (a position, or "owner") of the step that a post waits for."""

    number: int
    name: str


def policy_for(session: Session, organisation_id: int, kind: str) -> Policy:
    """Return the organisation's own setting, or its parent's, or the default. `kind`: "social" or "print"."""
    organisation = session.get(Organisation, organisation_id)
    ids = [organisation_id] + ([organisation.parent_id] if organisation and organisation.parent_id else [])
    rows = {
        row.organisation_id: row
        for row in session.scalars(
            select(ApprovalPolicy).where(ApprovalPolicy.kind == kind, ApprovalPolicy.organisation_id.in_(ids))
        )
    }
    row = next((rows[id_] for id_ in ids if id_ in rows), None)
    return Policy(tuple(row.steps), row.owner_first) if row else Policy(DEFAULT_STEPS[kind])


def set_policy(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    kind: str,
    steps: Sequence[str],
    owner_first: bool,
    now: datetime,
) -> ApprovalPolicy:
    """Set the steps of an organisation for a kind; rounds that run keep theirs. Admins only."""
    if not actor.can(Can.ADMINISTER):
        raise Forbidden(T("Hanya admin yang bisa mengatur alur persetujuan."))
    if kind not in DEFAULT_STEPS:
        raise Invalid(T("Jenis materi ini tidak dikenal."), field="kind")
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or organisation.kind not in {"opd", "bidang"}:
        raise NotFound(T("Organisasi ini tidak ada."))
    known = {str(position) for position in Position}
    if not steps or not set(steps) <= known or len(set(steps)) != len(steps):
        raise Invalid(T("Pilih paling sedikit satu langkah, masing-masing jabatan satu kali."), field="steps")
    row = session.scalar(select(ApprovalPolicy).filter_by(organisation_id=organisation_id, kind=kind))
    before = {"steps": row.steps, "owner_first": row.owner_first} if row else None
    if row is None:
        row = ApprovalPolicy(organisation_id=organisation_id, kind=kind)
        session.add(row)
    row.steps, row.owner_first = list(steps), owner_first
    session.flush()
    audit.record(
        session, actor, "policy.set", row, now=now, before=before,
        after={"organisation": organisation.name, "kind": kind, "steps": row.steps, "owner_first": owner_first},
    )  # fmt: skip
    return row


def steps_for(session: Session, post: Post) -> list[str]:
    """Return the steps of a round that begins now. An owner that wrote the post itself is not asked first."""
    policy = policy_for(session, post.organisation_id, kind_of(post))
    owner = post.service.owner_id if post.service else None
    asked = policy.owner_first and owner is not None and owner not in relatives(session, post.organisation_id)
    return [OWNER_STEP, *policy.steps] if asked else list(policy.steps)


def waiting_step(post: Post) -> Step | None:
    """Return the step that a submitted post waits for, or None."""
    if post.status != PostStatus.IN_REVIEW or post.waiting_for is None:
        return None
    done = sum(1 for review in post.reviews if review.round == post.round and review.decision == "approved")
    return Step(done + 1, post.waiting_for)


def may_approve(session: Session, actor: Actor, post: Post, now: datetime | None = None) -> bool:
    return refusal(post, actor) is None


def refusal(post: Post, actor: Actor) -> T | None:
    """Return why this person cannot take the step that the post waits for, or None if they can.

    Delegations are already in `actor.positions`. Where the post leaves by outlets of another organisation (usually
    the office), somebody of the office signs.
    """
    step = waiting_step(post)
    if step is None:
        return T("Materi ini tidak sedang menunggu persetujuan.")
    this_round = [review for review in post.reviews if review.round == post.round]
    if actor.id is None or actor.id == post.author_id:
        return T("Penulis tidak menyetujui materinya sendiri.")
    if any(writer.id == actor.id for writer in post.writers):
        return T("Anda ikut mengubah isi materi ini, jadi orang lain yang menyetujuinya.")
    if any(review.by_id == actor.id and review.decision == "submitted" for review in this_round):
        return T("Yang mengajukan tidak menyetujui pengajuannya sendiri.")
    if any(review.by_id == actor.id and review.decision == "approved" for review in this_round):
        return T("Anda sudah menyetujui langkah sebelumnya. Langkah ini untuk orang lain.")
    if not _holds(post, actor, step):
        return T("Langkah ini untuk jabatan lain.")
    return None


def _holds(post: Post, actor: Actor, step: Step) -> bool:
    if step.name == OWNER_STEP:
        owner = post.service.owner_id if post.service else None
        return actor.can(Can.SIGN_POSTS) and owner in actor.organisation_ids
    if not actor.can(Can.SIGN_AS_POSITION) or step.name not in actor.positions:
        return False
    return actor.of_office or (
        post.organisation_id in actor.organisation_ids
        and all(variant.outlet.organisation_id in actor.organisation_ids for variant in post.variants)
    )


def approvers(session: Session, post: Post, today: date) -> list[User]:
    """Return the active people who can take the waiting step. `today` is the local date, for delegations."""
    step = waiting_step(post)
    if step is None:
        return []
    query = select(User).where(User.active).order_by(User.name)
    if step.name == OWNER_STEP:
        owner = post.service.owner_id if post.service else None
        roles = [Role.OPD_CONTACT, Role.APPROVER]
        kin = relatives(session, owner) if owner else set()
    else:
        roles = [Role.APPROVER]
        kin = _office(session) | relatives(session, post.organisation_id)
        deputies = (
            select(Delegation.to_user_id)
            .join(User, User.id == Delegation.from_user_id)
            .where(
                User.position == step.name,
                Delegation.revoked_at.is_(None),
                Delegation.starts_on <= today,
                Delegation.ends_on >= today,
            )
        )
        query = query.where(or_(User.position == step.name, User.id.in_(deputies)))
    query = query.where(User.organisation_id.in_(kin), User.roles.any(RoleRow.name.in_([str(role) for role in roles])))
    taken = {review.by_id for review in post.reviews if review.round == post.round}
    wrote = {post.author_id, *(writer.id for writer in post.writers)}
    return [user for user in session.scalars(query) if user.id not in taken | wrote]


def on_behalf(session: Session, actor: Actor, step: str, today: date) -> str | None:
    """Return "Plh. Kepala Bidang …" where the person signs in another's position today, else None."""
    own = session.get(User, actor.id) if actor.id else None
    if step == OWNER_STEP or own is None or own.position == step:
        return None
    delegation = session.scalar(
        select(Delegation)
        .join(User, User.id == Delegation.from_user_id)
        .where(
            Delegation.to_user_id == actor.id,
            Delegation.revoked_at.is_(None),
            Delegation.starts_on <= today,
            Delegation.ends_on >= today,
            User.position == step,
        )
        .limit(1)
    )
    if delegation is None:
        return None
    signer = delegation.from_user
    return f"{delegation.kind.capitalize()}. {signer.title or signer.name}"


def relatives(session: Session, organisation_id: int) -> set[int]:
    """Return the ids of an organisation, its parent, its siblings and its parts: one house."""
    organisation = session.get(Organisation, organisation_id)
    root = organisation.parent_id if organisation and organisation.parent_id else organisation_id
    return {root, *session.scalars(select(Organisation.id).where(Organisation.parent_id == root))}


def _office(session: Session) -> set[int]:
    office = select(Organisation.id).where(Organisation.is_office)
    found = session.scalars(
        select(Organisation.id).where(or_(Organisation.is_office, Organisation.parent_id.in_(office)))
    )
    return set(found)
