"""Plan an event, change it, announce it, mark it as held.

Moving and cancelling: planning/changes.py; lists: registration/service.py.
"""

import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.models import Organisation, User
from app.gatherings.events.access import may_plan_for, to_manage
from app.gatherings.events.models import Event, EventKind, EventStatus, EventTag, Material, Speaker, Tag
from app.gatherings.events.registration.names import name_key
from app.gatherings.events.states import LABELS, MOVES
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.transitions import move
from app.kernel.typed import at_most
from app.outreach.campaigns.models import Campaign, Dimension

CODE_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another
CODE_LENGTH = 8
MAX_TITLE = 200
MAX_TEXT = 10_000
MOST_CAPACITY = 100_000
LONGEST = timedelta(days=31)
OPEN_MARK = re.compile(r"\[LENGKAPI\b[^\]]*\]?", re.IGNORECASE)  # what a kit leaves to the office
YEARS = range(2000, 2101)
MOST_COPIES = 1_000_000
ALIKE = 0.85  # of two ways to write one name


@dataclass(frozen=True)
class MaterialPlan:
    name: str
    planned: int | None = None
    piece_id: int | None = None


@dataclass(frozen=True)
class Plan:
    """What a person enters about an event. Times are aware; `budget` in rupiah; `speakers` are (name, title)."""

    kind: str
    title: str
    organisation_id: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    village_code: str | None = None
    place: str = ""
    description: str = ""
    agenda: str = ""
    campaign_id: int | None = None
    dimension_key: str | None = None
    speakers: Sequence[tuple[str, str]] = ()
    tags: Sequence[str] = ()
    registration: bool = False
    registration_until: datetime | None = None
    capacity: int | None = None
    waiting_list: bool = True
    budget: int | None = None
    contact: str = ""
    responsible_id: int | None = None
    materials: Sequence[MaterialPlan] = field(default_factory=tuple)


PLAIN_FIELDS = (
    "kind", "title", "organisation_id", "starts_at", "ends_at", "village_code", "place", "description", "agenda",
    "campaign_id", "dimension_key", "registration", "registration_until", "capacity", "waiting_list", "budget",
    "contact", "responsible_id",
)  # fmt: skip


def plan(
    session: Session,
    actor: Actor,
    values: Plan,
    *,
    now: datetime,
    series_id: int | None = None,
    kit_key: str | None = None,
    uid: str | None = None,
) -> Event:
    """Plan an event and return it. Raises Invalid with its field, Forbidden for another organisation's."""
    check(session, actor, values)
    event = Event(
        uid=uid or str(uuid.uuid4()), code=new_code(), status=EventStatus.PLANNED, series_id=series_id, kit_key=kit_key,
        created_by_id=actor.id, created_at=now, updated_at=now, **stored_values(values),
    )  # fmt: skip
    fill(event, values)
    session.add(event)
    session.flush()
    audit.record(session, actor, "event.planned", event, now=now, after=facts(event))
    return event


def record_held(session: Session, actor: Actor, values: Plan, *, now: datetime) -> Event:
    """Record an event that nobody had planned here and that took place: the field page, a paper report."""
    event = plan(session, actor, values, now=now)
    move(event, MOVES, EventStatus.HELD, LABELS)
    session.flush()
    return event


def announce(session: Session, actor: Actor, event_id: int, *, now: datetime, public: bool = True) -> Event:
    """Announce the event: who is registered is reminded. Raises Refused where it is over or not planned any more.

    `public`: it stands on the public calendar as well; else only those who are registered know of it.
    """
    event = to_manage(session, actor, event_id)
    if event.ends_at <= now:
        raise Refused(T("Waktu kegiatan ini sudah lewat, jadi tidak bisa diumumkan lagi. Pindahkan waktunya dahulu."))
    _check_filled_in(event)
    move(event, MOVES, EventStatus.ANNOUNCED, LABELS)
    if public and event.announced_at is None:
        event.announced_at = now
        event.reason = event.moved_from = None  # moved before anybody outside knew of it: the trail keeps why
    event.updated_at = now
    session.flush()
    audit.record(session, actor, "event.announced", event, now=now, after=None if public else {"public": False})
    return event


def show_to_public(session: Session, actor: Actor, event_id: int, *, now: datetime) -> Event:
    """Put an event that was announced only to those who are registered on the public calendar."""
    event = to_manage(session, actor, event_id)
    if event.status != EventStatus.ANNOUNCED:
        raise Refused(T("Hanya kegiatan yang sudah diumumkan kepada pesertanya yang bisa ditampilkan untuk umum."))
    if event.announced_at is None:
        event.announced_at = event.updated_at = now
        session.flush()
        audit.record(session, actor, "event.announced", event, now=now)
    return event


def unfilled_marks(event: Event) -> list[str]:
    """Return the marks that a kit left to be filled in, among the words that the public would read."""
    spoken = [part for speaker in event.speakers for part in (speaker.name, speaker.title)]
    texts = (event.title, event.place, event.description, event.agenda, event.contact, *spoken)
    return [found[0] for text in texts for found in OPEN_MARK.finditer(text)]


def _check_filled_in(event: Event) -> None:
    for mark in unfilled_marks(event):
        raise Refused(T("Lengkapi dahulu bagian yang bertanda %(mark)s, baru umumkan.", mark=mark))


def mark_held(session: Session, actor: Actor, event_id: int, *, now: datetime) -> Event:
    """Mark the event as held. Raises Refused before it has begun."""
    event = to_manage(session, actor, event_id)
    if event.starts_at > now:
        raise Refused(T("Kegiatan ini belum dimulai. Tandai terlaksana sesudah berlangsung."))
    move(event, MOVES, EventStatus.HELD, LABELS)
    event.updated_at = now
    session.flush()
    audit.record(session, actor, "event.held", event, now=now)
    return event


def check(session: Session, actor: Actor, values: Plan) -> None:
    """Raise Invalid, with the field, for the first thing that cannot be stored."""
    _check_words(values)
    _check_times(values)
    if values.capacity is not None and not 1 <= values.capacity <= MOST_CAPACITY:
        raise Invalid(T("Isi jumlah tempat paling sedikit 1, atau kosongkan bila tidak dibatasi."), field="capacity")
    if values.budget is not None and values.budget < 0:
        raise Invalid(T("Anggaran tidak bisa kurang dari nol."), field="budget")
    _check_places(session, actor, values)
    if values.responsible_id and session.get(User, values.responsible_id) is None:
        raise Invalid(T("Pilih penanggung jawab dari daftar."), field="responsible_id")
    if any(one.planned is not None and not 0 <= one.planned <= MOST_COPIES for one in values.materials):
        raise Invalid(T("Jumlah bahan harus antara 0 dan %(n)s.", n=MOST_COPIES), field="materials")
    if any(tag not in set(Tag) for tag in values.tags):
        raise Invalid(T("Pilih tanda ADINDA dari daftar."), field="tags")


def _check_words(values: Plan) -> None:
    if values.kind not in set(EventKind):
        raise Invalid(T("Pilih jenis kegiatan dari daftar."), field="kind")
    if not values.title.strip():
        raise Invalid(T("Beri nama kegiatannya."), field="title")
    at_most(values.title.strip(), MAX_TITLE, "title", T("Nama kegiatan terlalu panjang. Paling banyak %(n)s huruf."))
    for name, text, most in (
        ("description", values.description, MAX_TEXT),
        ("agenda", values.agenda, MAX_TEXT),
        ("place", values.place, 200),
        ("contact", values.contact, 200),
    ):
        at_most(text, most, name)


def _check_times(values: Plan) -> None:
    if values.starts_at is None:
        raise Invalid(T("Isi tanggal dan jam mulai."), field="starts_at")
    if values.ends_at is None:
        raise Invalid(T("Isi tanggal dan jam selesai."), field="ends_at")
    for name, moment in (("starts_at", values.starts_at), ("ends_at", values.ends_at)):
        if moment.year not in YEARS:
            raise Invalid(T("Periksa tahunnya."), field=name)
    if values.ends_at < values.starts_at:
        raise Invalid(
            T("Kegiatan selesai sebelum dimulai. Perbaiki jam selesai, atau tanggalnya bila lewat tengah malam."),
            field="ends_at",
        )
    if values.ends_at - values.starts_at > LONGEST:
        raise Invalid(T("Satu kegiatan paling lama 31 hari. Untuk yang berulang, pakai pengulangan."), field="ends_at")
    if values.registration_until and values.registration_until > values.ends_at:
        raise Invalid(T("Pendaftaran ditutup paling lambat saat kegiatan selesai."), field="registration_until")


def _check_places(session: Session, actor: Actor, values: Plan) -> None:
    if values.organisation_id is None or session.get(Organisation, values.organisation_id) is None:
        raise Invalid(T("Pilih penyelenggaranya."), field="organisation_id")
    if not may_plan_for(actor, values.organisation_id):
        raise Forbidden(T("Anda hanya bisa mencatat kegiatan untuk kelompok atau organisasi Anda sendiri."))
    if values.village_code and session.get(Village, values.village_code) is None:
        raise Invalid(T("Pilih desa atau kelurahan dari daftar."), field="village_code")
    if not values.village_code and not values.place.strip():
        raise Invalid(T("Isi tempatnya: desa atau kelurahan, atau nama tempat."), field="village_code")
    if values.campaign_id and session.get(Campaign, values.campaign_id) is None:
        raise Invalid(T("Pilih program dari daftar."), field="campaign_id")
    if values.dimension_key and session.get(Dimension, values.dimension_key) is None:
        raise Invalid(T("Pilih dimensi dari daftar."), field="dimension_key")


def stored_values(values: Plan) -> dict[str, object]:
    """Return what is stored in the event's own row, tidied."""
    row = {name: getattr(values, name) for name in PLAIN_FIELDS}
    for name in ("title", "place", "contact"):
        row[name] = " ".join(row[name].split())
    for name in ("description", "agenda"):
        row[name] = row[name].replace("\r\n", "\n").strip()
    for name in ("village_code", "dimension_key", "campaign_id", "responsible_id"):
        row[name] = row[name] or None
    return row


def fill(event: Event, values: Plan) -> None:
    """Set speakers, tags and materials. Copies that were handed out stay with their material, accounts with a name."""
    named = [(" ".join(name.split())[:200], " ".join(title.split())[:200]) for name, title in values.speakers]
    accounts = _accounts(event, [name_key(name) for name, _title in named])
    event.speakers = [
        Speaker(position=number, name=name, title=title, name_key=name_key(name), user_id=accounts.get(name_key(name)))
        for number, (name, title) in enumerate(named)
        if name
    ]
    tags = {row.tag: row for row in event.tags}
    event.tags = [tags.get(str(tag)) or EventTag(tag=str(tag)) for tag in dict.fromkeys(values.tags)]
    held = {row.name.lower(): row for row in event.materials}
    event.materials = [_material(held, one) for one in values.materials if one.name.strip()] + [
        row for row in held.values() if row.handed_out is not None
    ]


def _accounts(event: Event, keys: Sequence[str]) -> dict[str, int | None]:
    """Account of each speaker by the key of the name. One whose name is only written otherwise at the same place keeps
    it; somebody else who takes that place does not get it."""
    found = {speaker.name_key: speaker.user_id for speaker in event.speakers}
    gone = {place: one for place, one in enumerate(event.speakers) if one.name_key not in keys}
    for place, key in enumerate(keys):
        before = gone.get(place)
        if before is not None and key and key not in found and _same_person(before.name_key, key):
            found[key] = before.user_id
    return found


def _same_person(one: str, other: str) -> bool:
    words, others = set(one.split()), set(other.split())
    return words <= others or others <= words or SequenceMatcher(None, one, other).ratio() >= ALIKE


def _material(held: dict[str, Material], wanted: MaterialPlan) -> Material:
    """The row of that name, taken out of `held`, or a new one."""
    name = " ".join(wanted.name.split())[:200]
    row = held.pop(name.lower(), None) or Material(name=name)
    row.name, row.planned, row.piece_id = name, wanted.planned, wanted.piece_id or row.piece_id
    return row


def facts(event: Event) -> dict[str, object]:
    """Return what the audit trail keeps of an event."""
    return {
        "title": event.title,
        "kind": event.kind,
        "organisation_id": event.organisation_id,
        "campaign_id": event.campaign_id,
        "village_code": event.village_code,
        "place": event.place,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "capacity": event.capacity,
        "registration": event.registration,
    }


def new_code() -> str:
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
