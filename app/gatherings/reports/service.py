"""Write down what came of an event, and hand it in. Verifying: `verification.py`; aspirations: `aspirations.py`."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import rapidfuzz
from sqlalchemy import Row, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.gatherings.events.access import to_manage
from app.gatherings.events.headcount import Counts, set_headcount
from app.gatherings.events.models import Event, EventStatus, EventTag, Material, Tag
from app.gatherings.events.service import Plan, record_held
from app.gatherings.events.states import LABELS, MOVES, TOOK_PLACE
from app.gatherings.reports.models import Agreement, Aspiration, AspirationStatus, Report, ReportWriter
from app.kernel import audit
from app.kernel.errors import Invalid, Refused, Stale
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.transitions import move
from app.kernel.typed import at_most

RECEIPT_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
MOST_LINES = 50
MOST_TEXT = 20_000
LONG_AGO = timedelta(days=60)
SAME_HOURS = timedelta(hours=1)
"""Two people remember the hours of one gathering this differently."""
ALIKE = 80  # of 100, for titles
CLOCK_TOLERANCE = 600  # seconds a device's clock may be off before a verifier is told


@dataclass(frozen=True)
class ReportContent:
    """What somebody writes down about an event that took place.

    `questions`: (what was asked, the answer given on the spot or ""). `materials`: (name, copies, print piece's id).
    `agreements`: (what, who, until when). None leaves a part as it is. `replaces`: the numbers of the questions that
    stood on the form; only these are taken away where `questions` lacks them (None: all).
    """

    counts: Counts | None = None
    told: str | None = None
    notes: str | None = None
    questions: Sequence[tuple[str, str]] | None = None
    agreements: Sequence[tuple[str, str, date | None]] | None = None
    materials: Sequence[tuple[str, int | None, int | None]] | None = None
    tags: Sequence[str] | None = None
    spj: Mapping[str, bool] | None = None
    replaces: Collection[int] | None = None


@dataclass(frozen=True)
class Device:
    """The writer's clock: when it was written there, and how many seconds that clock stood ahead of ours."""

    at: datetime | None = None
    skew: int | None = None


@dataclass(frozen=True)
class Activity:
    """A gathering that nobody had planned here, written down afterwards. Times are aware."""

    title: str
    kind: str
    organisation_id: int
    village_code: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    campaign_id: int | None = None
    written: ReportContent = field(default_factory=ReportContent)


def log_activity(
    session: Session,
    actor: Actor,
    activity: Activity,
    *,
    now: datetime,
    tz: str,
    source: str = "phone",
    receipt: str | None = None,
    device: Device | None = None,
    on_behalf: bool = False,
) -> Report:
    """Record an event with its report, handed in at once. Raises Invalid with its field, Forbidden.

    A day that has not come yet, or a clock that is off, is kept and flagged: what was done must not be lost.
    """
    event = record_held(
        session,
        actor,
        Plan(
            kind=activity.kind, title=activity.title, organisation_id=activity.organisation_id,
            starts_at=activity.starts_at, ends_at=activity.ends_at, village_code=activity.village_code,
            place=activity.place, campaign_id=activity.campaign_id, tags=activity.written.tags or (),
        ),
        now=now,
    )  # fmt: skip
    report = begin_report(
        session, actor, event, now=now, source=source, receipt=receipt, device=device, on_behalf=on_behalf
    )
    write(session, actor, report, activity.written, now=now)
    submit(session, actor, report, now=now, tz=tz)
    return report


def begin_report(
    session: Session,
    actor: Actor,
    event: Event,
    *,
    now: datetime,
    source: str = "web",
    receipt: str | None = None,
    device: Device | None = None,
    on_behalf: bool = False,
) -> Report:
    """Return the report of an event, made at its first use. An event whose time has come is marked as held by that."""
    found = session.get(Report, event.id)
    if found is not None:
        return found
    if event.status in (EventStatus.PLANNED, EventStatus.ANNOUNCED):
        if event.starts_at > now:
            raise Refused(T("Kegiatan ini belum dimulai. Laporannya dibuat sesudah berlangsung."))
        move(event, MOVES, EventStatus.HELD, LABELS)
    elif event.status not in TOOK_PLACE:
        raise Refused(T("Kegiatan ini dibatalkan atau digabung, jadi tidak dilaporkan."))
    report = Report(
        event_id=event.id, receipt=receipt or new_receipt(), source=source, on_behalf=on_behalf,
        recorded_by_id=actor.id, recorded_at=now, device_at=device.at if device else None,
        device_skew=device.skew if device else None, told="", notes="", spj={}, flags=[], missing=[], not_twins=[],
        carried={},
    )  # fmt: skip
    report.event = event
    session.add(report)
    session.flush()
    return report


def to_write(session: Session, actor: Actor, event_id: int, *, now: datetime, seen: str | None = None) -> Report:
    """Return the report for this person to change. `seen`: what `seen_mark` gave when it was opened.

    Raises NotFound, Forbidden, Refused once it was verified, Stale where somebody saved since.
    """
    event = to_manage(session, actor, event_id, lock=True)
    check_seen(session, event, seen)
    for_others = actor.of_office and event.organisation_id not in actor.organisation_ids
    report = begin_report(session, actor, event, now=now, on_behalf=for_others)
    check_open(event)
    return report


def check_open(event: Event) -> None:
    """Raise Refused where its report is not to be written any more."""
    if event.status == EventStatus.VERIFIED:
        raise Refused(T("Laporan ini sudah diperiksa kantor. Minta kantor mengembalikannya bila ada yang salah."))
    if event.status in (EventStatus.CANCELLED, EventStatus.MERGED):
        raise Refused(T("Kegiatan ini dibatalkan atau digabung, jadi tidak dilaporkan."))


def seen_mark(event: Event, report: Report | None) -> str:
    """Return a mark of what a person looks at: it changes with every save of the event or its report."""
    return f"{event.version}.{report.version if report else 0}"


def check_seen(session: Session, event: Event, seen: str | None) -> None:
    """Raise Stale unless this is what the person looked at; None does not ask."""
    if seen is not None and seen != seen_mark(event, session.get(Report, event.id)):
        raise Stale(
            T(
                "Laporan ini sudah diubah orang lain sejak Anda membukanya, jadi belum disimpan. "
                "Isian Anda masih ada di bawah; bandingkan dengan yang tersimpan, lalu simpan lagi."
            )
        )


def write(session: Session, actor: Actor, report: Report, written: ReportContent, *, now: datetime) -> None:
    """Replace the parts that are given. Aspirations that were routed or answered by an OPD stay.

    Raises Invalid (told, notes, materials) for what is too long: nothing is cut.
    """
    event = report.event
    if written.counts is not None:
        set_headcount(session, event, written.counts)
    if written.told is not None:
        report.told = _text(written.told, "told")
    if written.notes is not None:
        report.notes = _text(written.notes, "notes")
    if written.tags is not None:
        _tag(event, written.tags)
    if written.materials is not None:
        _hand_out(event, written.materials)
    if written.agreements is not None:
        _agree(report, written.agreements)
    if written.questions is not None:
        _note_questions(session, actor, event, written.questions, now, written.replaces)
    if written.spj is not None:
        report.spj = {key: bool(value) for key, value in written.spj.items()}
    event.updated_at = now
    note_writers(report, {actor.id})
    flag_modified(report, "told")  # every save makes a new version, also one of the headcount alone
    session.flush()


def note_writers(report: Report, user_ids: Collection[int | None]) -> None:
    """Remember who wrote words and numbers in the report."""
    known = {row.user_id for row in report.writers}
    report.writers.extend(ReportWriter(user_id=one) for one in user_ids if one is not None and one not in known)


def check_enough(report: Report) -> None:
    """Raise Invalid where nobody could verify anything: neither how many came nor what was told."""
    if report.event.people is None and not report.told:
        raise Invalid(
            T("Isi dulu jumlah orang yang datang atau apa yang disampaikan. Sesudah itu laporan bisa diserahkan."),
            field="told",
        )


def submit(session: Session, actor: Actor, report: Report, *, now: datetime, tz: str) -> None:
    """Hand the report in; what a verifier should look at is flagged. Again after a return, or to correct it."""
    event = report.event
    if event.status != EventStatus.REPORTED:
        move(event, MOVES, EventStatus.REPORTED, LABELS)
    report.submitted_at = now
    report.flags = flags_of(session, report, now, ZoneInfo(tz))
    event.updated_at = now
    session.flush()
    audit.record(
        session, actor, "report.submitted", event, now=now, after={"receipt": report.receipt, "people": event.people}
    )


def flags_of(session: Session, report: Report, now: datetime, zone: ZoneInfo) -> list[str]:
    event, flags = report.event, []
    if report.device_skew is not None and abs(report.device_skew) > CLOCK_TOLERANCE:
        flags.append("clock")
    if event.starts_at.astimezone(zone).date() > now.astimezone(zone).date():
        flags.append("future")
    elif now - event.ends_at > LONG_AGO:
        flags.append("past")
    if event.starts_at <= now < event.ends_at:
        flags.append("running")
    if event.capacity and event.people and event.people > event.capacity:
        flags.append("over_capacity")
    if not report.told:
        flags.append("no_minutes")
    return flags + [f"twin:{twin}" for twin in find_twins(session, event, zone, report.not_twins)]


def find_twins(session: Session, event: Event, zone: ZoneInfo, not_twins: Sequence[int] = ()) -> list[int]:
    """Return ids of events that are perhaps the same gathering: of the same day and place, at nearly the same hours or
    by nearly the same name. A group that does two things in one village on one day is not asked about them.

    `not_twins`: those of which a person said that they are others.
    """
    return [
        other.id
        for other in same_day(session, event, zone)
        if other.id not in not_twins and (_near_in_time(event, other) or _alike(event.title, other.title))
    ]


def same_day(session: Session, event: Event, zone: ZoneInfo) -> Sequence[Row[int, str, datetime, datetime]]:
    """Return rows (id, title, starts_at, ends_at) of the other events of the same organisation and village on that
    local day: those that it may be merged with."""
    near = session.execute(
        select(Event.id, Event.title, Event.starts_at, Event.ends_at)
        .where(
            Event.id != event.id,
            Event.organisation_id == event.organisation_id,
            Event.village_code == event.village_code,
            Event.status.in_((*TOOK_PLACE, EventStatus.ANNOUNCED, EventStatus.PLANNED)),
            Event.starts_at.between(event.starts_at - timedelta(days=1), event.starts_at + timedelta(days=1)),
        )
        .order_by(Event.id)
    )
    day = event.starts_at.astimezone(zone).date()
    return [row for row in near if row.starts_at.astimezone(zone).date() == day]


def _near_in_time(event: Event, other: Row[int, str, datetime, datetime]) -> bool:
    return event.starts_at < other.ends_at + SAME_HOURS and other.starts_at < event.ends_at + SAME_HOURS


def _alike(title: str, other: str) -> bool:
    return rapidfuzz.fuzz.token_set_ratio(title, other, processor=rapidfuzz.utils.default_process) >= ALIKE


def new_receipt() -> str:
    """Return a new receipt: four signs, a dash, four signs, to be read out over a phone."""
    signs = "".join(secrets.choice(RECEIPT_SIGNS) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def _text(text: str, field: str | None = None) -> str:
    return _short(text.replace("\r\n", "\n").strip(), MOST_TEXT, field)


def _line(text: str, most: int = 500, field: str | None = None) -> str:
    return _short(" ".join(text.split()), most, field)


def _short(words: str, most: int, field: str | None) -> str:
    at_most(words, most, field, T("“%(start)s…” terlalu panjang. Paling banyak %(n)s huruf.", start=words[:40]))
    return words


def _check_lines(given: int, held: int) -> None:
    """As many as stand there already are never too many: records that were merged may have more."""
    if given > max(MOST_LINES, held):
        raise Invalid(T("Paling banyak %(n)s baris untuk satu bagian. Gabungkan yang sejenis.", n=MOST_LINES))


def _agree(report: Report, agreements: Sequence[tuple[str, str, date | None]]) -> None:
    wanted = [line for line in agreements if line[0].strip()]
    _check_lines(len(wanted), len(report.agreements))
    report.agreements = [
        Agreement(position=number, what=_line(what), owner=_line(owner, 200), due_on=due_on)
        for number, (what, owner, due_on) in enumerate(wanted)
    ]


def _tag(event: Event, tags: Sequence[str]) -> None:
    wanted = [str(tag) for tag in dict.fromkeys(tags) if tag in set(Tag)]
    held = {row.tag: row for row in event.tags}
    event.tags = [held.get(tag) or EventTag(tag=tag) for tag in wanted]


def _hand_out(event: Event, materials: Sequence[tuple[str, int | None, int | None]]) -> None:
    """Copies handed out; what was planned stays beside it."""
    planned = {row.name.lower(): row for row in event.materials}
    kept = []
    _check_lines(len(materials), len(event.materials))
    for written, copies, piece_id in materials:
        name = _line(written, 200, "materials")
        if not name:
            continue
        if copies is not None and not 0 <= copies <= 1_000_000:
            raise Invalid(T("Jumlah bahan yang dibagikan harus antara 0 dan 1.000.000."), field="materials")
        row = planned.get(name.lower()) or Material(name=name)
        row.handed_out = copies
        row.piece_id = piece_id or row.piece_id
        kept.append(row)
    event.materials = kept + [row for row in event.materials if row.planned is not None and row not in kept]


def _note_questions(
    session: Session,
    actor: Actor,
    event: Event,
    questions: Sequence[tuple[str, str]],
    now: datetime,
    replaces: Collection[int] | None,
) -> None:
    """Replace the questions that nobody has taken up; one taken up stays, and its text is not noted twice."""
    held = session.scalars(select(Aspiration).where(Aspiration.event_id == event.id)).all()
    fixed = {row.text for row in held if is_taken_up(row)}
    wanted = {_text(asked): _text(answer) for asked, answer in questions if asked.strip()}
    free = {row.text: row for row in held if not is_taken_up(row)}
    _check_lines(len(wanted), len(free))
    for row in free.values():
        if row.text not in wanted and (replaces is None or row.id in replaces):
            session.delete(row)
    for asked, answer in wanted.items():
        if asked in fixed:
            continue
        row = free.get(asked) or Aspiration(
            event_id=event.id, organisation_id=event.organisation_id, village_code=event.village_code, text=asked,
            status=AspirationStatus.NOTED, created_at=now,
        )  # fmt: skip
        session.add(row)
        if (row.answer or "") != answer:
            row.answer = answer or None
            row.status = AspirationStatus.ANSWERED if answer else AspirationStatus.NOTED
            row.answered_at = now if answer else None
            row.answered_by_id = actor.id if answer else None
            row.told_back_at = None


def is_taken_up(row: Aspiration) -> bool:
    """Decide whether the office or an OPD did something with it, so that the writer of the report changes it no
    more."""
    routed = row.opd_id is not None or row.routed_at is not None
    return routed or row.official or row.status == AspirationStatus.CLOSED
