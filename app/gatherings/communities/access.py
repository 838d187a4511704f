"""Decide whose group it is: the office keeps the register, a group its own contact and members, everybody else
reads."""

from dataclasses import replace

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.gatherings.communities.models import Group, GroupKind
from app.kernel.errors import Forbidden, NotFound
from app.kernel.roles import SYSTEM, Actor, Can, Role
from app.kernel.text import T

KINDS = tuple(str(kind) for kind in GroupKind)


def reads_all(actor: Actor) -> bool:
    return actor == SYSTEM or actor.of_office or actor.can(Can.READ_ALL_GROUPS)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the groups that a person may look at: all, or the own one for a KIM member."""
    if reads_all(actor):
        return true()
    return Organisation.id.in_(actor.organisation_ids) if actor.organisation_ids else false()


def keeps_register(actor: Actor) -> bool:
    return actor == SYSTEM or (actor.of_office and actor.can(Can.KEEP_GROUPS))


def acts_for(actor: Actor, organisation_id: int) -> bool:
    """Decide whether this person is a KIM member who acts for this group."""
    return actor.has(Role.COMMUNITY) and organisation_id == actor.organisation_id


def may_keep_members(actor: Actor, organisation_id: int) -> bool:
    return keeps_register(actor) or acts_for(actor, organisation_id)


def sees_people(actor: Actor, organisation_id: int) -> bool:
    """Decide whether this person sees the contact, names of ordinary members with masked numbers, and the decree: the
    office's staff and the group."""
    return actor == SYSTEM or sees_all_people(actor) or organisation_id in actor.organisation_ids


def sees_all_people(actor: Actor) -> bool:
    return actor.of_office and actor.can(Can.READ_MEMBERS)


def to_keep(actor: Actor) -> None:
    """Raise Forbidden for everybody who does not keep the register."""
    if not keeps_register(actor):
        raise Forbidden(T("Data kelompok ini diurus staf kantor. Hubungi Diskominfo bila ada yang perlu diperbaiki."))


def to_keep_members(actor: Actor, organisation_id: int) -> None:
    if not may_keep_members(actor, organisation_id):
        raise Forbidden(T("Anda hanya bisa mengubah kontak dan anggota kelompok Anda sendiri."))


def organisation_of(session: Session, actor: Actor, organisation_id: int) -> Organisation:
    """Return a group as an organisation, registered completely or not yet. Raises NotFound."""
    registered = select(Group.organisation_id)
    found = session.scalar(
        select(Organisation).where(
            Organisation.id == organisation_id,
            Organisation.kind.in_(KINDS) | Organisation.id.in_(registered),
            visible_to(actor),
        )
    )
    if found is None:
        raise NotFound(T("Kelompok ini tidak ada, atau bukan kelompok Anda."))
    return found


def group_of(session: Session, actor: Actor, organisation_id: int, *, lock: bool = False) -> Group:
    """Return the group's own data. Raises NotFound, also where they were not filled in yet.

    `lock`: nobody else who asks for it with a lock comes through until the end of the transaction.
    """
    organisation_of(session, actor, organisation_id)
    group = session.get(
        Group, organisation_id, with_for_update={"of": Group} if lock else None, populate_existing=lock
    )  # fmt: skip
    if group is None:
        raise NotFound(T("Data kelompok ini belum dilengkapi. Lengkapi dahulu, lalu ulangi."))
    return group


def as_keeper_of_organisations(actor: Actor) -> Actor:
    """Return the same person for the verbs of the room people, which ask for an admin: the trail keeps the person's
    name."""
    return actor if actor == SYSTEM else replace(actor, roles=actor.roles | {Role.ADMIN})
