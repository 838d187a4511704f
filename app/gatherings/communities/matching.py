"""Match each line of an uploaded list with the groups known: new, the same, perhaps the same as another, or wrong."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import rapidfuzz
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.base.areas.models import District, Village
from app.base.people.models import Organisation
from app.gatherings.communities.columns import columns_of, read_line
from app.gatherings.communities.duplicates import may_be_same
from app.gatherings.communities.members import in_office
from app.gatherings.communities.models import Group, MemberRole, Membership
from app.gatherings.communities.names import are_alike, core_name, decree_key
from app.gatherings.communities.queries import KnownGroup, known_groups
from app.gatherings.communities.service import Details, clean_number
from app.gatherings.communities.tables import Table
from app.kernel.errors import Invalid
from app.kernel.text import T

MOST_CANDIDATES = 3
MOST_VILLAGES = 8  # offered where a name fits several
COMPARED = (
    "name", "kind", "kim_number", "village_code", "address", "decree_number", "decree_issuer", "decree_on",
    "founded_year", "contact_name", "phone", "email", "note",
)  # fmt: skip


@dataclass
class ImportLine:
    """A line of the file as it is kept until it is taken (`as_json`).

    `state`: new, same, maybe (see `candidates` and `twins`), ask (see `villages`) or wrong (see `why`). `may_be_new`:
    False where name or number is taken. `twins`: [line, name] of earlier lines of the file that may be the same.
    `villages`: (code, name) to choose from where the name alone does not tell.
    """

    line: int
    values: dict[str, Any]
    state: str = "new"
    why: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)
    villages: list[list[str]] = field(default_factory=list)
    twins: list[list[Any]] = field(default_factory=list)
    may_be_new: bool = True

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


class Places:
    """The villages of the regency as a list names them."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(select(Village.code, Village.name, District.code, District.name).join(Village.district))
        self.district_of: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.plain: dict[str, str] = {}
        self.plain_districts: dict[str, str] = {}
        for code, name, district_code, district in rows:
            self.district_of[code] = district_code
            self.names[code] = f"{name} ({district})"
            self.plain[code] = place_key(name)
            self.plain_districts[district_code] = place_key(district)
        self._by_digits = {re.sub(r"\D", "", code): code for code in self.names}

    def find(self, values: Mapping[str, Any]) -> tuple[str | None, list[str]]:
        """Return (code, []) or (None, codes to choose from). Raises Invalid where nothing fits."""
        name, district = place_key(values.get("village", "")), place_key(values.get("district", ""))
        if "village_code" in values:
            return self._by_code(values["village_code"], name), []
        if not name:
            return None, []
        inside = [
            code for code in self.names if not district or self.plain_districts[self.district_of[code]] == district
        ]
        if district and not inside:
            raise Invalid(T("Kecamatan “%(name)s” tidak ada di daftar wilayah.", name=values["district"]))
        found = [code for code in inside if self.plain[code] == name]
        if len(found) == 1:
            return found[0], []
        if not found:
            near = rapidfuzz.process.extract(
                name,
                {code: self.plain[code] for code in inside},
                scorer=rapidfuzz.fuzz.ratio,
                limit=MOST_VILLAGES,
                score_cutoff=75,
            )
            found = [code for _plain, _score, code in near]
        if not found:
            raise Invalid(T("Desa atau kelurahan “%(name)s” tidak ada di daftar wilayah.", name=values["village"]))
        return None, sorted(found[:MOST_VILLAGES], key=lambda code: self.names[code])

    def _by_code(self, text: str, name: str) -> str:
        code = self._by_digits.get(re.sub(r"\D", "", text))
        if code is None:
            raise Invalid(T("Kode desa “%(code)s” tidak ada di daftar wilayah.", code=text[:40]))
        if name and rapidfuzz.fuzz.ratio(name, self.plain[code]) < 75:
            raise Invalid(
                T("Kode desa %(code)s adalah %(place)s, tetapi kolom desa berisi nama lain. Perbaiki salah satunya.",
                  code=code, place=self.names[code])
            )  # fmt: skip
        return code


def place_key(name: str) -> str:
    plain = re.sub(r"^(desa|kelurahan|kel|kecamatan|kec|ds)\b\.?", "", str(name).lower().strip())
    return " ".join(re.sub(r"[^\w\s]", " ", plain).split())


def preview_lines(session: Session, table: Table, today: date) -> tuple[list[ImportLine], list[str]]:
    """Return (what would happen to each line, titles of columns that are not known). Raises Invalid for the whole file.

    The number of queries does not grow with the file.
    """
    place, columns, unknown = columns_of(table)
    rows = [ImportLine(line, *_read(cells, columns)) for line, cells in table.rows[place + 1 :]]
    if not rows:
        raise Invalid(T("Di bawah judul kolom belum ada kelompok yang diisi."), field="file")
    places, known = Places(session), known_groups(session)
    names = {name.lower(): number for number, name in session.execute(select(Organisation.id, Organisation.name))}
    for row in rows:
        _place(row, places)
    _mark_repeated(rows)
    for row in rows:
        if row.state != "wrong":
            _find_candidates(row, places, known, names)
    _mark_twins(rows, places)
    _mark_same(session, rows, today)
    return rows, unknown


def _read(cells: Sequence[Any], columns: Mapping[int, str]) -> tuple[dict[str, Any], str, list[str], list[str]]:
    """The first four parts of a row after its line; contacts without consent are not even kept until then."""
    values, wrong = read_line(cells, columns)
    notes = []
    consent = values.pop("consent", False)
    if ("phone" in values or "email" in values) and not consent:
        values.pop("phone", None)
        values.pop("email", None)
        notes.append(
            str(T("Telepon dan surel tidak akan disimpan, karena kolom persetujuan kontak tidak berisi “ya”."))
        )
    elif consent and ("phone" in values or "email" in values):
        values["contact_consent"] = True
    values.setdefault("kind", "kim")
    return values, "wrong" if wrong else "new", wrong, notes


def _place(row: ImportLine, places: Places) -> None:
    try:
        code, offered = places.find(row.values)
    except Invalid as error:
        row.state = "wrong"
        row.why.append(str(error))
        return
    row.values.pop("village", None)
    row.values.pop("district", None)
    row.values.pop("village_code", None)
    if code:
        row.values["village_code"] = code
    elif offered:
        row.villages = [[one, places.names[one]] for one in offered]
        row.state = "ask" if row.state == "new" else row.state
    elif row.values["kind"] == "kim":
        row.notes.append(str(T("Desa belum diisi; lengkapi nanti di halaman kelompoknya.")))


def _mark_repeated(rows: Iterable[ImportLine]) -> None:
    """The same group twice in the file: the second line is wrong, and says which is the first."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        keys = [("name", str(row.values.get("name", "")).lower())]
        if row.values.get("kim_number"):
            keys.append(("kim_number", clean_number(row.values["kim_number"])))
        for key in keys:
            if key[1] and key in seen:
                row.state = "wrong"
                what = T("Nama") if key[0] == "name" else T("Nomor kim.id")
                row.why.append(str(T("%(what)s ini sama dengan baris %(line)s.", what=str(what), line=seen[key])))
            seen.setdefault(key, row.line)


def _find_candidates(row: ImportLine, places: Places, known: Sequence[KnownGroup], names: Mapping[str, int]) -> None:
    number, name = clean_number(row.values.get("kim_number", "")), row.values["name"]
    by_number = [one.id for one in known if number and one.kim_number == number]
    named = names.get(name.lower())
    if named is not None and named not in {one.id for one in known}:
        row.state = "wrong"
        row.why.append(str(T("Nama ini sudah dipakai organisasi lain yang bukan KIM atau komunitas.")))
        return
    codes = [row.values.get("village_code")] if not row.villages else [code for code, _name in row.villages]
    own = core_name(name)
    similar = [
        one.id for one in known
        if any(
            are_alike(own, one.core, (code, one.village_code), (places.district_of.get(code or ""), one.district_code))
            for code in codes
        )
    ]  # fmt: skip
    row.may_be_new = not by_number and named is None
    row.candidates = list(dict.fromkeys([*by_number, *([named] if named else []), *similar]))[:MOST_CANDIDATES]
    if row.candidates:
        row.state = "maybe"


def _mark_twins(rows: Sequence[ImportLine], places: Places) -> None:
    """Nearly the same group twice in the file: the later line asks."""
    earlier: list[tuple[ImportLine, KnownGroup]] = []
    for row in rows:
        if row.state == "wrong":
            continue
        code = row.values.get("village_code")
        one = KnownGroup(
            row.line, row.values["name"], core_name(row.values["name"]), code, places.district_of.get(code or ""), None,
            False, "", decree_key(row.values.get("decree_number")),
        )  # fmt: skip
        row.twins = [[other.line, known.name] for other, known in earlier if may_be_same(known, one)][:MOST_CANDIDATES]
        if row.twins:
            row.state = "maybe"
        earlier.append((row, one))


def _mark_same(session: Session, rows: Sequence[ImportLine], today: date) -> None:
    """Lines that say nothing new about a group that is certainly meant: by its number or its whole name."""
    found = details_of(session, {one for row in rows for one in row.candidates}, today)
    for row in rows:
        if row.state != "maybe" or row.may_be_new or row.villages or row.twins:
            continue
        group = found[row.candidates[0]]
        if group.registered and not differences(row.values, group):
            row.state, row.candidates = "same", row.candidates[:1]


@dataclass(frozen=True)
class ExistingGroup:
    """A group beside a line of the file."""

    id: int
    registered: bool
    details: Details
    chair: str | None
    version: int | None


def details_of(session: Session, ids: Iterable[int], today: date) -> dict[int, ExistingGroup]:
    """Return group id → its present data with who is the chair today, in three queries."""
    wanted = list(ids)
    if not wanted:
        return {}
    organisations = session.scalars(select(Organisation).where(Organisation.id.in_(wanted))).all()
    groups = {
        group.organisation_id: group
        for group in session.scalars(
            select(Group).options(joinedload(Group.organisation)).where(Group.organisation_id.in_(wanted))
        )
    }
    chairs = {
        row.group_id: row.name
        for row in session.execute(
            select(Membership.group_id, Membership.name).where(
                Membership.group_id.in_(wanted), Membership.role == MemberRole.CHAIR, in_office(today)
            )
        )
    }
    return {one.id: _existing(one, groups.get(one.id), chairs.get(one.id)) for one in organisations}


def _existing(organisation: Organisation, group: Group | None, chair: str | None) -> ExistingGroup:
    plain: dict[str, Any] = {
        "name": organisation.name, "kind": organisation.kind, "short_name": organisation.short_name or "",
        "village_code": organisation.village_code, "address": organisation.address or "",
        "phone": organisation.phone or "", "email": organisation.email or "",
    }  # fmt: skip
    if group is None:
        return ExistingGroup(organisation.id, False, Details(**plain), chair, None)
    own: dict[str, Any] = {
        "kind": group.kind, "kim_number": group.kim_number or "", "decree_number": group.decree_number or "",
        "decree_issuer": group.decree_issuer or "", "decree_on": group.decree_on,
        "decree_file_id": group.decree_file_id, "founded_year": group.founded_year,
        "contact_name": group.contact_name or "", "contact_consent": group.contact_consent_at is not None,
        "note": group.note,
    }  # fmt: skip
    return ExistingGroup(organisation.id, True, Details(**{**plain, **own}), chair, group.version)


def differences(values: Mapping[str, Any], group: ExistingGroup) -> dict[str, tuple[Any, Any]]:
    """Return key → (present, in the file), of what the file gives and is not so yet."""
    found: dict[str, tuple[Any, Any]] = {}
    for key in COMPARED:
        if key not in values:
            continue
        old, new = getattr(group.details, key), plain_value(key, values[key])
        if key == "kim_number":
            new = clean_number(new)
        if old != new:
            found[key] = (old, new)
    if values.get("chair") and values["chair"] != group.chair:
        found["chair"] = (group.chair, values["chair"])
    return found


def plain_value(key: str, value: Any) -> Any:
    return date.fromisoformat(value) if key == "decree_on" and isinstance(value, str) else value
