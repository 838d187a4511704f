"""Take in made-up answers like any others, into a wave that holds nothing else."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.evidence.instruments.definition import Definition
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.places import place_names
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.models import Response
from app.evidence.responses.quality import marks
from app.evidence.responses.service import check_known, content_hash, values_of
from app.evidence.responses.simulation.people import People, Person, Setting, Truth
from app.evidence.responses.tally import fold
from app.evidence.surveys.models import Mode, Wave, WaveStatus
from app.kernel import audit
from app.kernel.db import insert_missing
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.numbers import read_int
from app.kernel.roles import Actor
from app.kernel.site import site_of
from app.kernel.text import T

AT_ONCE = 1000
DEFAULT_ANSWERS = 400
LEAST_SHARE, MOST_SHARE = 0.0, 1.0
PARTS = ("icc", "hasty", "straight", "twice")
Work = Callable[[], AbstractContextManager[Session]]
"""Opens one transaction of its own."""


def simulate(
    session: Session, actor: Actor, wave: Wave, people: People, numbers: range, *, now: datetime
) -> int:  # fmt: skip
    """Take these people in; returns how many were new. Everything is checked as real answers are.

    Raises Refused for a wave that is not open or holds real answers.
    """
    mark_simulated(session, actor, wave, now=now)
    definition = definition_of(session, wave.instrument_version_id)
    places = frozenset(people.places)
    taken = 0
    for first in range(numbers.start, numbers.stop, AT_ONCE):
        some = range(first, min(first + AT_ONCE, numbers.stop))
        rows = [_row(wave, definition, people.person(number), places, now) for number in some]
        taken += insert_missing(session, Response, rows)
    return taken


def simulate_in_steps(
    work: Work, actor: Actor, wave_id: int, people: People, many: int, *, now: datetime
) -> Iterator[tuple[int, int]]:
    """Simulate a thousand people in each transaction, and count them.

    Yields after each: (people, new ones) so far.
    """
    taken = 0
    for first in range(0, many, AT_ONCE):
        last = min(first + AT_ONCE, many)
        with work() as session:
            wave = session.get_one(Wave, wave_id)
            taken += simulate(session, actor, wave, people, range(first, last), now=now)
            fold(session, wave)  # takes more at once than came
        yield last, taken


def mark_simulated(session: Session, actor: Actor, wave: Wave, *, now: datetime) -> None:
    """Mark everything in this wave as simulated from now on. Raises Refused."""
    session.refresh(wave, with_for_update=True)
    if wave.status != WaveStatus.OPEN:
        raise Refused(T("Survei ini tidak sedang berjalan. Buka dahulu, lalu simulasikan."))
    if wave.simulated:
        return
    if session.scalar(select(Response.uuid).where(Response.wave_id == wave.id).limit(1)) is not None:
        raise Refused(T("Survei ini sudah punya jawaban sungguhan. Simulasi tidak dicampur dengan jawaban sungguhan."))
    wave.simulated = True
    session.flush()
    audit.record(session, actor, "wave.simulated", wave, now=now)


def people_of(
    session: Session, wave: Wave, truth: Truth, *, seed: int, mode: str | None = None, now: datetime
) -> People:
    """Make the people whom this wave would ask. Raises Invalid for a mode or a measure that it does not have."""
    definition = definition_of(session, wave.instrument_version_id)
    unknown = [key for key in truth.shares if key not in definition.by_measure]
    if unknown:
        known = ", ".join(measure.key for measure in definition.measures if measure.kind == "share")
        raise Invalid(T("Ukuran “%(key)s” tidak ada. Yang bisa dipakai: %(known)s.", key=unknown[0], known=known))
    if mode is not None and mode not in wave.modes:
        raise Invalid(T("Survei ini tidak menerima jawaban dengan cara ini."))
    modes = [mode] if mode else [one for one in wave.modes if one != Mode.IMPORT] or list(wave.modes)
    zone = ZoneInfo(site_of(session).tz)
    today = now.astimezone(zone).date()
    first, last = _days(wave, today)
    setting = Setting(
        code=wave.code, places=_places(session, wave), modes=modes, first=first, last=last, zone=zone,
        groups={group: float(number) for group, number in wave.quotas.items() if number},
    )  # fmt: skip
    return People(definition, setting, truth, seed=seed)


def _days(wave: Wave, today: date) -> tuple[date, date]:
    """The days of the wave that have passed, yesterday where none has."""
    last = min(wave.ends_on, today - timedelta(days=1))
    return min(wave.starts_on, last), last


def _places(session: Session, wave: Wave) -> dict[str, float]:
    """The planned places by their target, or all there are by their people."""
    if wave.places:
        return {row.place: float(row.target or row.size or 1) for row in wave.places}
    known = dict.fromkeys(place_names(session, wave.audience), 1.0)
    if wave.audience == SurveyAudience.RESIDENTS:
        sizes = dict(session.execute(select(Village.code, Village.population)).tuples().all())
        some = [size for size in sizes.values() if size]
        usual = sum(some) / len(some) if some else 1.0
        known = {place: float(sizes.get(place) or usual) for place in known}
    if not known:
        raise Invalid(T("Belum ada tempat yang bisa ditanya."))
    return known


def _row(
    wave: Wave, definition: Definition, person: Person, places: frozenset[str], now: datetime
) -> dict[str, Any]:  # fmt: skip
    sent = person.sent
    answers, problems = check_known(wave, definition, sent, places)
    if problems:
        raise Invalid(problems[0].sentence, field=problems[0].field)
    flags = marks(definition, answers, sent.started_at, sent.ended_at) + (["repeat"] if person.twice else [])
    at = sent.ended_at or now
    return {**values_of(None, wave, sent, content_hash(sent), flags, min(at, now)), "answers": answers,
            "codes": {key: list(codes) for key, codes in person.codes.items()}}  # fmt: skip


def find_wave(session: Session, named: str) -> Wave:
    """Return a wave by its number or by the code of its address. Raises NotFound."""
    number = read_int(named)
    wave = session.get(Wave, number) if number is not None else None
    wave = wave or session.scalar(select(Wave).where(Wave.code == named))
    if wave is None:
        raise NotFound(T("Survei ini tidak ada."))
    return wave


def read_truth(path: Path | None, lifts: Mapping[str, float], definition: Definition) -> Truth:
    """Read what is planted: a YAML file, and points on top of it.

    The file is {measures: {KEY: share}, icc, hasty, straight, twice}.

    Raises Invalid.
    """
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8")) if path else {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Invalid(
            T("Berkas ini tidak bisa dibaca. Tulis YAML: measures, lalu KEY: bagian antara 0 dan 1.")
        ) from error
    said = {} if said is None else said
    if not isinstance(said, dict) or not set(said) <= {"measures", *PARTS}:
        raise Invalid(
            T("Isian berkas ini tidak dikenal. Yang bisa dipakai: measures, %(names)s.", names=", ".join(PARTS))
        )
    shares = {str(key): _share(str(key), value) for key, value in (said.get("measures") or {}).items()}
    base = Truth(shares, **{name: _share(name, said[name]) for name in PARTS if name in said})
    for key, points in lifts.items():
        measure = definition.by_measure.get(key)
        if measure is None:
            raise Invalid(T("Ukuran “%(key)s” tidak ada.", key=key))
        shares[key] = min(MOST_SHARE, max(LEAST_SHARE, base.of(definition, measure) + points))
    return base


def _share(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not LEAST_SHARE <= value <= MOST_SHARE:
        raise Invalid(T("“%(name)s” harus berupa bagian antara 0 dan 1.", name=name))
    return float(value)
