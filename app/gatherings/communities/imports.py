"""Import a list of groups from a file: first a preview (`start`), then, once, what was chosen (`apply`)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.gatherings.communities import service
from app.gatherings.communities.access import to_keep
from app.gatherings.communities.matching import ExistingGroup, details_of, plain_value, preview_lines
from app.gatherings.communities.members import MemberDetails, add_member
from app.gatherings.communities.models import GroupImport, MemberRole, Membership
from app.gatherings.communities.service import Details
from app.gatherings.communities.tables import Table
from app.kernel import audit
from app.kernel.errors import GaungError, Invalid, NotFound, Refused
from app.kernel.numbers import read_int
from app.kernel.roles import Actor
from app.kernel.text import T

KEPT_FOR = timedelta(days=7)
"""An upload that nobody took holds names and numbers of people: it does not stay."""
SKIP, NEW = "skip", "new"


@dataclass(frozen=True)
class Choice:
    """What somebody decided about a line: SKIP, NEW or the id of the group to update; and the village, where asked."""

    what: str
    village_code: str | None = None


def start(session: Session, actor: Actor, table: Table, *, file_name: str, today: date, now: datetime) -> GroupImport:
    """Store what was read of a file, and what would happen to each line. Raises Invalid (field file), Forbidden."""
    to_keep(actor)
    forget_old(session, now=now)
    rows, unknown = preview_lines(session, table, today)
    made = GroupImport(
        file_name=file_name[:200], rows=[row.as_json() for row in rows], created_by_id=actor.id, created_at=now,
        result={"unknown": unknown[:20]},
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def forget_old(session: Session, *, now: datetime) -> None:
    """Delete the uploads that nobody took within KEPT_FOR. The clockwork asks as well."""
    session.execute(
        delete(GroupImport).where(GroupImport.applied_at.is_(None), GroupImport.created_at < now - KEPT_FOR)
    )


def import_of(session: Session, actor: Actor, import_id: int, *, lock: bool = False) -> GroupImport:
    """Return an upload. Raises NotFound, Forbidden. `lock`: nobody else takes it until the end of the transaction."""
    to_keep(actor)
    query = select(GroupImport).where(GroupImport.id == import_id)
    found = session.scalar(query.with_for_update() if lock else query, execution_options={"populate_existing": lock})
    if found is None:
        raise NotFound(T("Unggahan ini tidak ada lagi. Unggah berkasnya sekali lagi."))
    return found


def drop(session: Session, actor: Actor, import_id: int) -> None:
    """Delete an upload that was not taken. Raises Refused for one that was."""
    found = import_of(session, actor, import_id, lock=True)
    if found.applied_at is not None:
        raise Refused(T("Unggahan ini sudah disimpan, jadi tidak bisa dibatalkan. Ubah kelompoknya satu per satu."))
    session.delete(found)
    session.flush()


def apply(
    session: Session, actor: Actor, import_id: int, choices: Mapping[int, Choice], *, today: date, now: datetime
) -> GroupImport:
    """Make and change what was chosen, in this one transaction; a second click gives the first result.

    `choices`: line → Choice; a new line without one is made, a line that may be another group's is left out. A line
    that meanwhile cannot be taken is left out and told. The rows are forgotten then, since they hold personal data.
    """
    found = import_of(session, actor, import_id, lock=True)
    if found.applied_at is not None:
        return found
    result: dict[str, Any] = {"created": [], "updated": [], "same": [], "skipped": [], "failed": [], "wrong": []}
    existing = details_of(session, {one for row in found.rows for one in row["candidates"]}, today)
    for row in found.rows:
        _take_row(session, actor, row, choices.get(row["line"]), existing, result, now)
    found.result, found.rows, found.applied_at = {**(found.result or {}), **result}, [], now
    session.flush()
    audit.record(
        session, actor, "groups.imported", found, now=now,
        after={"created": len(result["created"]), "updated": len(result["updated"])},
    )  # fmt: skip
    return found


def _take_row(
    session: Session, actor: Actor, row: Mapping[str, Any], choice: Choice | None,
    existing: Mapping[int, ExistingGroup], result: dict[str, Any], now: datetime,
) -> None:  # fmt: skip
    line, name = row["line"], str(row["values"].get("name", ""))
    if row["state"] in {"wrong", "same"}:
        result[row["state"]].append([line, name, " ".join(map(_without_typed, row["why"]))])
        return
    choice = choice or Choice(NEW if row["state"] == "new" else SKIP)
    if choice.what == SKIP or (row["villages"] and not choice.village_code):
        result["skipped"].append([line, name, ""])
        return
    try:
        with session.begin_nested():
            kind, number, note = _do(session, actor, row, choice, existing, now)
    except GaungError as error:
        result["failed"].append([line, name, str(error.sentence)])
        return
    result[kind].append([line, name, note, number])


def _without_typed(why: str) -> str:
    """A reason as it may stay: what was typed may be somebody's number or name, and stays out."""
    begin, end = why.find("“"), why.rfind("”")
    return f"{why[:begin]}{T('isinya')}{why[end + 1 :]}" if 0 <= begin < end else why


def _do(
    session: Session, actor: Actor, row: Mapping[str, Any], choice: Choice, existing: Mapping[int, ExistingGroup],
    now: datetime,
) -> tuple[str, int, str]:  # fmt: skip
    """("created" or "updated", organisation id, a note)."""
    values = dict(row["values"])
    if row["villages"]:
        if choice.village_code not in {code for code, _name in row["villages"]}:
            raise Invalid(T("Pilih desa dari daftar yang ditawarkan."))
        values["village_code"] = choice.village_code
    if choice.what == NEW:
        if not row["may_be_new"]:
            raise Invalid(T("Nama atau nomor kim.id ini sudah dipakai, jadi tidak bisa dibuat baru."))
        group = service.register(session, actor, _details(Details(), values), now=now)
        if values.get("chair"):
            # a new group has no other chair to look for, and its own entry in the trail is of the same moment
            session.add(Membership(group_id=group.organisation_id, name=values["chair"], role=MemberRole.CHAIR))
        return "created", group.organisation_id, ""
    number = read_int(choice.what) or 0
    if number not in row["candidates"]:
        raise Invalid(T("Pilihan untuk baris ini tidak dikenal. Muat ulang halaman."))
    notes = [
        _update(session, actor, existing[number], values, now),
        _set_chair(session, actor, number, values, existing[number].chair, now),
    ]
    return "updated", number, " ".join(note for note in notes if note)


def _update(session: Session, actor: Actor, group: ExistingGroup, values: Mapping[str, Any], now: datetime) -> str:
    """Only what the file gives changes; an empty cell erases nothing. Returns what to tell."""
    new, note = _details(group.details, values), ""
    if (new.phone or new.email) and not new.contact_consent:
        new, note = (
            replace(new, phone="", email=""),
            str(T("Telepon dan surel yang lama dihapus, karena persetujuan orangnya belum pernah dicatat.")),
        )
    if group.version is None:
        service.complete(session, actor, group.id, new, now=now)
    else:
        service.edit(session, actor, group.id, new, version=group.version, now=now)
    return note


def _details(base: Details, values: Mapping[str, Any]) -> Details:
    given = {key: plain_value(key, value) for key, value in values.items() if key != "chair"}
    return replace(base, **given)


def _set_chair(
    session: Session, actor: Actor, organisation_id: int, values: Mapping[str, Any], chair: str | None, now: datetime
) -> str:
    """Enter the chair where there is none; another one is not replaced blindly. Returns what to tell."""
    name = values.get("chair")
    if not name or name == chair:
        return ""
    if chair:
        return str(T("Ketua tidak diganti, karena masih tercatat orang lain. Ubah di halaman anggota."))
    try:
        add_member(session, actor, organisation_id, MemberDetails(name=name, role=MemberRole.CHAIR), now=now)
    except Invalid:  # the file does not say since when, and the terms of other chairs are in the way
        return str(T("Ketua dari berkas belum dicatat: isi di halaman anggota, dengan masa tugasnya."))
    return ""
