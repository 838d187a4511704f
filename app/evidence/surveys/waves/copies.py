"""Make a survey from another: after a campaign what was asked before it, or the same again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.evidence.instruments.access import may_plan_for
from app.evidence.surveys.access import get
from app.evidence.surveys.models import SampleMethod, Stage, Wave, WaveStatus
from app.evidence.surveys.states import STAGES
from app.evidence.surveys.waves.plans import MAX_NAME, Plan, plan_of
from app.evidence.surveys.waves.service import plan, set_places
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Actor
from app.kernel.text import T


def copied_plan(wave: Wave, *, stage: str, starts_on: date) -> Plan:
    """Return the plan of `wave` once more from that day, as long as it was.

    Places are visited again; an after survey is compared with it. What belongs to one round alone (BPS number,
    simulated) is left out.
    """
    follows = stage in (Stage.AFTER, Stage.FOLLOWUP)
    kept = plan_of(wave)
    return replace(
        kept,
        name=_named(wave.name, stage),
        stage=stage,
        starts_on=starts_on,
        ends_on=starts_on + (wave.ends_on - wave.starts_on),
        before_id=wave.id if follows else None,
        same_places=follows and bool(wave.places),
        bps_number="",
        simulated=wave.simulated if follows else False,  # simulated answers are only compared with simulated ones
    )


def _named(name: str, stage: str) -> str:
    """“Survei awal Bank Sampah” becomes “Survei sesudah Bank Sampah”."""
    word = str(STAGES[stage])
    for other in STAGES.values():
        if name.lower().startswith(str(other).lower()):
            return (word + name[len(str(other)) :])[:MAX_NAME]
    return f"{word}: {name}"[:MAX_NAME]


def copy_wave(session: Session, actor: Actor, wave_id: int, *, stage: str, starts_on: date, now: datetime) -> Wave:
    """Make a draft with the same plan and the same places. Raises Invalid, Forbidden, NotFound."""
    source = get(session, actor, wave_id)
    if not may_plan_for(actor, source.organisation_id):
        raise Forbidden(T("Survei ini hanya bisa disalin oleh penyelenggaranya atau staf kantor."))
    if stage not in set(Stage):
        raise Invalid(T("Pilih survei ini survei awal, sesudah, lanjutan, atau tersendiri."), field="stage")
    if source.status == WaveStatus.CANCELLED and stage in (Stage.AFTER, Stage.FOLLOWUP):
        stage = Stage.SINGLE
    values = copied_plan(source, stage=stage, starts_on=starts_on)
    return make_copy(session, actor, source, values, now=now)


def make_copy(session: Session, actor: Actor, source: Wave, values: Plan, *, now: datetime) -> Wave:
    """Make the draft of `values`, with the draw of `source` where its villages are visited again."""
    places: Sequence[object] = values.places or ()
    wave = plan(session, actor, replace(values, places=None), now=now)
    if places and values.places:
        set_places(wave, values.places)
    if wave.method == SampleMethod.PPS and source.draw:
        wave.draw = dict(source.draw)
    session.flush()
    return wave
