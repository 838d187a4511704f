"""Plan a survey, open it, close it. Opening freezes the questions: answers are given to exactly those words."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.instruments.checks import check as findings
from app.evidence.instruments.models import InstrumentVersion
from app.evidence.instruments.service import freeze
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import SampleMethod, Wave, WavePlace, WaveStatus
from app.evidence.surveys.states import MOVES, STATUSES
from app.evidence.surveys.waves.plans import (
    LONGEST,
    MAX_REASON,
    PLAIN,
    WHILE_OPEN,
    PlacePlan,
    Plan,
    check,
    facts,
    plan_of,
    today_of,
)
from app.kernel import audit
from app.kernel.errors import Invalid, Refused, Stale
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.transitions import move
from app.kernel.typed import REASON_TOO_LONG, at_most

__all__ = ["PlacePlan", "Plan", "cancel_wave", "close_wave", "edit", "open_wave", "plan", "plan_of", "reopen_wave"]

CODE_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another
CODE_LENGTH = 8


def new_code() -> str:
    """Make a public address that nobody guesses: it is printed, typed and scanned."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def plan(session: Session, actor: Actor, values: Plan, *, now: datetime) -> Wave:
    """Make a draft. Raises Invalid with its field, Forbidden for another organisation's."""
    check(session, actor, values)
    wave = Wave(
        code=new_code(), status=WaveStatus.DRAFT, created_by_id=actor.id, created_at=now, updated_at=now,
        modes=[], quotas={}, margins={},
    )  # fmt: skip
    fill(wave, values)
    session.add(wave)
    session.flush()
    audit.record(session, actor, "wave.planned", wave, now=now, after=facts(wave))
    return wave


def edit(session: Session, actor: Actor, wave_id: int, values: Plan, *, seen: int | None = None, now: datetime) -> Wave:
    """Change the plan: all of a draft; of an open one the end, target, quotas, margins, name, purpose, BPS number.

    `seen`: the version that the person had before them. Raises Stale, Invalid with its field, Refused once closed.
    """
    wave = to_manage(session, actor, wave_id, lock=True)
    if seen is not None and seen != wave.version:
        raise Stale(T("Rencana ini baru saja diubah orang lain. Periksa dahulu, lalu simpan lagi."))
    if wave.status not in (WaveStatus.DRAFT, WaveStatus.OPEN):
        raise Refused(T("Survei ini sudah ditutup atau dibatalkan, jadi rencananya tidak bisa diubah."))
    if wave.status == WaveStatus.OPEN:
        kept = plan_of(wave)
        values = replace(kept, places=None, **{name: getattr(values, name) for name in WHILE_OPEN})
    check(session, actor, values, wave)
    before, held = facts(wave), plan_of(wave)
    fill(wave, values)
    _drop_unfit(wave, held)
    if plan_of(wave) == held:
        return wave
    wave.updated_at = now
    session.flush()
    after = facts(wave)
    names = [name for name in after if after[name] != before[name]]
    audit.record(
        session, actor, "wave.edited", wave, now=now, before={name: before[name] for name in names},
        after={name: after[name] for name in names},
    )  # fmt: skip
    return wave


def _drop_unfit(wave: Wave, held: Plan) -> None:
    """Places and a draw that do not go with the way of choosing places any more."""
    if wave.method != SampleMethod.PPS and wave.draw is not None:
        wave.draw = None
    drawn_differently = SampleMethod.PPS in {held.method, wave.method} and held.method != wave.method
    untouched = plan_of(wave).places == held.places
    if wave.method == SampleMethod.OPEN or (untouched and (drawn_differently or held.audience != wave.audience)):
        wave.places = []


def fill(wave: Wave, values: Plan) -> None:
    """Put the planned values into the wave."""
    for name in PLAIN:
        value = getattr(values, name)
        value = value.strip() if isinstance(value, str) else value
        if getattr(wave, name) != value:
            setattr(wave, name, value)
    for name, wanted in (
        ("modes", list(dict.fromkeys(values.modes))),
        ("quotas", {group: n for group, n in values.quotas.items() if n}),
        ("margins", {kind: dict(rows) for kind, rows in values.margins.items() if rows}),
    ):
        if getattr(wave, name) != wanted:
            setattr(wave, name, wanted)
    if values.places is not None:
        set_places(wave, values.places)


def set_places(wave: Wave, places: Sequence[PlacePlan]) -> None:
    """Set the places in this order; rows that stay are kept."""
    known = {row.place: row for row in wave.places}
    rows = []
    for position, each in enumerate(places):
        row = known.get(each.place) or WavePlace(place=each.place)
        row.position, row.target, row.size = position, each.target, each.size
        row.stratum, row.probability = each.stratum, each.probability
        rows.append(row)
    if rows != wave.places:
        wave.places = rows


def open_wave(session: Session, actor: Actor, wave_id: int, *, now: datetime) -> Wave:
    """Let people answer from now on, and freeze the questions. Raises Refused where something is missing."""
    wave = to_manage(session, actor, wave_id, lock=True)
    version = _held_version(session, wave)
    for sentence in missing(session, wave, today_of(session, now)):
        raise Refused(sentence)
    move(wave, MOVES, WaveStatus.OPEN, STATUSES)
    freeze(session, version, now)
    wave.opened_at = wave.updated_at = now
    session.flush()
    audit.record(session, actor, "wave.opened", wave, now=now, after=facts(wave))
    return wave


def _held_version(session: Session, wave: Wave) -> InstrumentVersion:
    """Its questions as they are now: who is saving them at this moment is waited for, and nobody else begins to."""
    query = select(InstrumentVersion).where(InstrumentVersion.id == wave.instrument_version_id).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def missing(session: Session, wave: Wave, today: date) -> list[T]:
    """List what keeps a draft from being opened, as sentences."""
    version = session.get_one(InstrumentVersion, wave.instrument_version_id)
    found = []
    if findings(version.definition):
        found.append(T("Daftar pertanyaannya masih punya kesalahan. Perbaiki dahulu, lalu buka surveinya."))
    if version.instrument.audience != wave.audience:
        found.append(T("Daftar pertanyaannya untuk kelompok lain (warga atau ASN). Pilih yang sesuai."))
    if not wave.modes:
        found.append(T("Pilih paling sedikit satu cara menjawab."))
    if wave.ends_on < today:
        found.append(T("Masa surveinya sudah lewat. Ubah hari terakhirnya dahulu."))
    if wave.method == SampleMethod.PPS and not wave.draw:
        found.append(T("Undi dahulu desanya."))
    elif wave.method != SampleMethod.OPEN and not wave.places:
        found.append(T("Pilih dahulu tempat yang didatangi."))
    return found


def close_wave(session: Session, actor: Actor, wave_id: int, *, now: datetime) -> Wave:
    """Take no new answers; those given before still arrive from phones without signal for a while."""
    wave = to_manage(session, actor, wave_id, lock=True)
    move(wave, MOVES, WaveStatus.CLOSED, STATUSES)
    wave.closed_at = wave.updated_at = now
    session.flush()
    audit.record(session, actor, "wave.closed", wave, now=now)
    return wave


def reopen_wave(
    session: Session, actor: Actor, wave_id: int, *, reason: str, ends_on: date | None = None, now: datetime
) -> Wave:
    """Take answers again. A period that is over needs a new last day. Raises Invalid (reason, ends_on), Refused."""
    wave = to_manage(session, actor, wave_id, lock=True)
    why = _reason(reason)
    if wave.status != WaveStatus.CLOSED:
        raise Refused(T("Hanya survei yang sudah ditutup yang bisa dibuka lagi."))
    if wave.erased_at is not None:
        raise Refused(T("Jawaban satuan survei ini sudah dihapus sesuai masa simpan, jadi tidak bisa dibuka lagi."))
    last = ends_on or wave.ends_on
    if last < today_of(session, now):
        raise Invalid(T("Masa surveinya sudah lewat. Isi hari terakhir yang baru."), field="ends_on")
    if last < wave.starts_on or last - wave.starts_on > LONGEST:
        raise Invalid(T("Periksa hari terakhirnya."), field="ends_on")
    before = facts(wave)
    move(wave, MOVES, WaveStatus.OPEN, STATUSES)
    wave.ends_on, wave.closed_at, wave.updated_at = last, None, now
    session.flush()
    audit.record(
        session, actor, "wave.reopened", wave, now=now, before={"ends_on": before["ends_on"]},
        after={"ends_on": last.isoformat(), "reason": why},
    )  # fmt: skip
    return wave


def cancel_wave(session: Session, actor: Actor, wave_id: int, *, reason: str, now: datetime) -> Wave:
    """Call a survey off; nothing reminds of it any more. Raises Invalid (reason), Refused once it was opened."""
    wave = to_manage(session, actor, wave_id, lock=True)
    why = _reason(reason)
    move(wave, MOVES, WaveStatus.CANCELLED, STATUSES)
    wave.cancel_reason, wave.updated_at = why, now
    session.flush()
    audit.record(session, actor, "wave.cancelled", wave, now=now, after={"reason": why})
    return wave


def _reason(text: str) -> str:
    why = text.strip()
    if not why:
        raise Invalid(T("Tulis alasannya."), field="reason")
    at_most(why, MAX_REASON, "reason", REASON_TOO_LONG)
    return why
