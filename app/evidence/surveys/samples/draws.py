"""Draw the villages of a survey from what is known of their people, and keep the draw so that it can be repeated."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Connectivity, District, Village
from app.base.areas.queries import latest_statements
from app.evidence.instruments.models import SurveyAudience
from app.evidence.surveys.access import to_manage
from app.evidence.surveys.models import SampleMethod, Wave, WaveStatus
from app.evidence.surveys.statistics.planner import design_effect
from app.evidence.surveys.statistics.sampling import METHOD, MOST_SEED, Draw, Drawn, draw
from app.evidence.surveys.waves.plans import ICC, MAX_REASON, PlacePlan
from app.evidence.surveys.waves.service import set_places
from app.kernel import audit
from app.kernel.errors import Invalid, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import REASON_TOO_LONG, at_most

BLANK_SPOT, OTHER = "blankspot", "lain"
MOST_PER_VILLAGE = 1000


@dataclass(frozen=True)
class Frame:
    """Villages that can be drawn. `sizes`: code → people; `approximated`: those whose number is a share of their
    district's; `unknown`: how many villages are left out; `strata`: code → key for each way of grouping."""

    sizes: Mapping[str, int]
    approximated: frozenset[str]
    unknown: int
    strata: Mapping[str, Mapping[str, str]]

    @property
    def people(self) -> int:
        return sum(self.sizes.values())


@dataclass(frozen=True)
class DrawOptions:
    """How to draw. `seed` None: by chance. `approximate`: also villages of which only the district's people are
    known. `reason`: why it is drawn again."""

    villages: int
    per_village: int
    seed: int | None = None
    strata: str = ""
    approximate: bool = False
    reason: str = ""


def frame_of(session: Session, *, approximate: bool) -> Frame:
    """Return the villages with their people, in two queries."""
    rows = session.execute(
        select(Village.code, Village.population, District.code, District.population).join(
            District, District.code == Village.district_code
        )
    ).all()
    known = {code: people for code, people, _, _ in rows if people}
    guessed = _shares(rows) if approximate else {}
    sizes = {**guessed, **known}
    latest = latest_statements()
    bad = set(
        session.scalars(
            select(Connectivity.village_code)
            .join(latest, latest.c.id == Connectivity.id)
            .where(Connectivity.status.in_(("none", "partial")))
        )
    )
    strata = {
        "": {},
        "district": {code: district for code, _, district, _ in rows if code in sizes},
        "network": {code: BLANK_SPOT if code in bad else OTHER for code in sizes},
    }
    return Frame(sizes, frozenset(guessed), len(rows) - len(sizes), strata)


def _shares(rows: Sequence[Any]) -> dict[str, int]:
    """An equal part of what is left of the district's people for each of its villages without a number."""
    unknown: dict[str, list[str]] = {}
    left: dict[str, int] = {}
    for code, people, district, total in rows:
        left.setdefault(district, total or 0)
        if people:
            left[district] -= people
        else:
            unknown.setdefault(district, []).append(code)
    return {
        code: max(1, round(left[district] / len(codes)))
        for district, codes in unknown.items()
        if left[district] > 0
        for code in codes
    }


def draw_villages(session: Session, actor: Actor, wave_id: int, wanted: DrawOptions, *, now: datetime) -> Wave:
    """Draw the villages of a draft, with a target each, and keep how. Again: with a reason.

    Raises Invalid with its field, Refused once it was opened or where villages are not drawn.
    """
    wave = to_manage(session, actor, wave_id, lock=True)
    check_drawable(wave)
    frame = frame_of(session, approximate=wanted.approximate)
    _check(wanted, frame, again=bool(wave.draw))
    seed = secrets.randbelow(MOST_SEED) if wanted.seed is None else wanted.seed
    made = draw(list(frame.sizes.items()), wanted.villages, seed=seed, strata=frame.strata[wanted.strata])
    before = {"seed": wave.draw["seed"], "drawn": wave.draw["drawn"]} if wave.draw else None
    wave.draw = _kept(made, frame, wanted, actor, now)
    wave.strata = wanted.strata
    wave.deff = design_effect(wanted.per_village, ICC)
    set_places(wave, [_place(each, made, wanted) for each in made.drawn])
    wave.target = sum(row.target or 0 for row in wave.places)
    wave.updated_at = now
    session.flush()
    after = {"seed": seed, "drawn": wave.draw["drawn"]}
    if before:
        after["reason"] = wanted.reason.strip()
    audit.record(session, actor, "wave.drawn", wave, now=now, before=before, after=after)
    return wave


def check_drawable(wave: Wave) -> None:
    """Raise Refused once it was opened, or where villages are not drawn."""
    if wave.status != WaveStatus.DRAFT:
        raise Refused(T("Undian hanya bisa dibuat selama survei masih disiapkan."))
    if wave.method != SampleMethod.PPS or wave.audience != SurveyAudience.RESIDENTS:
        raise Refused(T("Survei ini tidak memakai undian desa. Ubah dahulu cara memilih tempatnya."))


def _check(wanted: DrawOptions, frame: Frame, *, again: bool) -> None:
    if not frame.sizes:
        raise Invalid(
            T(
                "Jumlah penduduk desa belum dicatat, jadi belum bisa diundi. Catat dahulu, atau pakai perkiraan dari "
                "penduduk kecamatan."
            ),
            field="villages",
        )
    if not 1 <= wanted.villages <= len(frame.sizes):
        raise Invalid(T("Isi banyaknya desa antara 1 dan %(n)s.", n=len(frame.sizes)), field="villages")
    if not 1 <= wanted.per_village <= MOST_PER_VILLAGE:
        raise Invalid(T("Isi jawaban tiap desa antara 1 dan %(n)s.", n=MOST_PER_VILLAGE), field="per_village")
    if wanted.seed is not None and not 0 <= wanted.seed < MOST_SEED:
        raise Invalid(T("Isi angka awal undian dengan paling banyak sembilan angka."), field="seed")
    if wanted.strata not in frame.strata:
        raise Invalid(T("Pilih pembagiannya dari daftar."), field="strata")
    groups = len(set(frame.strata[wanted.strata].values()))
    if wanted.villages < groups:
        raise Invalid(
            T("Ada %(n)s kelompok desa dan setiap kelompok harus terwakili. Undi paling sedikit %(n)s desa.", n=groups),
            field="villages",
        )
    if again and not wanted.reason.strip():
        raise Invalid(T("Tulis mengapa desanya diundi ulang."), field="reason")
    at_most(wanted.reason.strip(), MAX_REASON, "reason", REASON_TOO_LONG)


def _place(each: Drawn, made: Draw, wanted: DrawOptions) -> PlacePlan:
    """A village that is certain to be in is larger than the others' interval: more of its people are asked."""
    interval = next((step.interval for step in made.steps if step.stratum == each.stratum), None)
    target = wanted.per_village
    if each.certain and interval:
        target = max(target, min(MOST_PER_VILLAGE, ceil(target * each.size / interval)))
    return PlacePlan(each.place, target, each.size, each.stratum, each.probability)


def _kept(made: Draw, frame: Frame, wanted: DrawOptions, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "seed": made.seed,
        "method": METHOD,
        "frame": [list(row) for row in sorted(frame.sizes.items())],
        "drawn": [each.place for each in made.drawn],
        "strata": dict(frame.strata[wanted.strata]),
        "clusters": wanted.villages,
        "per_village": wanted.per_village,
        "approximated": sorted(frame.approximated),
        "left_out": frame.unknown,
        "at": now.isoformat(),
        "by": actor.name,
    }


def repeat_draw(kept: Mapping[str, Any]) -> Draw:
    """Repeat the draw that a wave keeps from its seed and frame. Raises ValueError where it cannot be drawn."""
    frame = [(str(place), int(size)) for place, size in kept["frame"]]
    clusters = int(kept.get("clusters") or len(kept["drawn"]))
    return draw(frame, clusters, seed=int(kept["seed"]), strata=kept.get("strata") or None)


def is_repeatable(kept: Mapping[str, Any]) -> bool:
    """Decide whether seed and frame give the villages that were kept: nobody exchanged one afterwards."""
    try:
        return [each.place for each in repeat_draw(kept).drawn] == list(kept["drawn"])
    except (KeyError, TypeError, ValueError):
        return False
