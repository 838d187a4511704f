"""The office's own rubric to score groups: no national one exists. Every change is a new version, scores keep
theirs."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from app.base.people.models import User
from app.gatherings.communities.access import group_of, to_keep
from app.gatherings.communities.models import RubricScore, RubricVersion
from app.kernel import audit
from app.kernel.db import wait_for_turn
from app.kernel.errors import Invalid, NotFound, Stale
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import NOTE_TOO_LONG, at_most

HIGHEST = 4  # points for one criterion, from 0
TURN = "rubric"  # changes and scores come one after the other
MOST_CRITERIA = 20
MOST_LEVELS = 8
MOST_WEIGHT = 100
POINTS: Mapping[int, T] = {
    0: T("0 – belum ada"),
    1: T("1 – baru mulai"),
    2: T("2 – sebagian"),
    3: T("3 – baik"),
    4: T("4 – sangat baik"),
}

_FIRST = (
    # key, label, weight, what to look at
    ("legalitas", "Legalitas", 15, "Ada SK yang masih berlaku dan nomor kim.id."),
    ("pengurus", "Pengurus", 15, "Pengurus lengkap dan menjalankan tugasnya."),
    ("kegiatan", "Kegiatan rutin", 25, "Berkegiatan teratur, bukan hanya bila diminta."),
    ("media", "Media informasi", 15, "Punya saluran sendiri yang diisi: papan, grup, media sosial."),
    ("jejaring", "Jejaring", 15, "Bekerja sama dengan pemerintah desa, sekolah, atau kelompok lain."),
    ("dokumentasi", "Dokumentasi", 15, "Kegiatan dilaporkan dengan foto dan catatan."),
)
FIRST_CRITERIA: list[dict[str, Any]] = [
    {"key": key, "label": label, "weight": weight, "help": words} for key, label, weight, words in _FIRST
]
FIRST_LEVELS: list[dict[str, Any]] = [
    {"from": 0, "label": "Rintisan"},
    {"from": 40, "label": "Berkembang"},
    {"from": 65, "label": "Maju"},
    {"from": 85, "label": "Mandiri"},
]
"""What the code brings along until the office makes it its own."""


@dataclass(frozen=True)
class Rubric:
    """`id` is None for the one that the code brings along, as long as nobody used it."""

    id: int | None
    criteria: Sequence[Mapping[str, Any]]
    levels: Sequence[Mapping[str, Any]]

    @property
    def weights(self) -> int:
        return sum(int(one["weight"]) for one in self.criteria)


def in_force(session: Session) -> Rubric:
    row = session.scalar(select(RubricVersion).order_by(RubricVersion.id.desc()).limit(1))
    return Rubric(row.id, row.criteria, row.levels) if row else Rubric(None, FIRST_CRITERIA, FIRST_LEVELS)


def versions(session: Session) -> list[tuple[RubricVersion, str | None]]:
    """Return (version, name of who made it), the latest first."""
    rows = session.execute(
        select(RubricVersion, User.name)
        .outerjoin(User, User.id == RubricVersion.created_by_id)
        .order_by(RubricVersion.id.desc())
        .limit(100)
    )
    return [(version, name) for version, name in rows]


def change_rubric(
    session: Session,
    actor: Actor,
    *,
    base_id: int | None,
    criteria: Sequence[Mapping[str, Any]],
    levels: Sequence[Mapping[str, Any]],
    now: datetime,
) -> Rubric:
    """Make a new version in place of version `base_id`. `criteria`: label, weight, help and, where it stood before,
    key; `levels`: from (per cent), label. Raises Stale where somebody changed it meanwhile, Invalid (criteria, levels).
    """
    to_keep(actor)
    wait_for_turn(session, TURN)
    old = in_force(session)
    if old.id != base_id:
        raise Stale(T("Rubrik baru saja diubah orang lain. Muat ulang halaman ini, lalu ulangi perubahan Anda."))
    new_criteria, new_levels = _criteria(criteria), _levels(levels)
    if new_criteria == list(old.criteria) and new_levels == list(old.levels):
        return old
    if old.id is None:
        _store(session, old.criteria, old.levels, None, now)  # so that the history shows what was before
    row = _store(session, new_criteria, new_levels, actor.id, now)
    audit.record(
        session, actor, "rubric.changed", row, now=now,
        before={"criteria": _said(old.criteria), "levels": _said_levels(old.levels)},
        after={"criteria": _said(new_criteria), "levels": _said_levels(new_levels)},
    )  # fmt: skip
    return Rubric(row.id, row.criteria, row.levels)


def record_score(
    session: Session,
    actor: Actor,
    organisation_id: int,
    *,
    rubric_id: int | None,
    scores: Mapping[str, int | None],
    scored_on: date | None,
    note: str,
    today: date,
    now: datetime,
) -> RubricScore:
    """Record how the group stands by the rubric in force. `scores`: criterion's key → 0 to 4.

    Raises Stale where the rubric changed since the page was opened, Invalid with the field k_KEY of the criterion.
    """
    to_keep(actor)
    wait_for_turn(session, TURN)
    group = group_of(session, actor, organisation_id, lock=True)
    rubric = in_force(session)
    if rubric.id != rubric_id and not (rubric_id is None and _is_first(session, rubric)):
        raise Stale(T("Rubrik diubah sejak halaman ini dibuka. Periksa lagi nilainya, lalu simpan sekali lagi."))
    given = _points(rubric, scores)
    if scored_on is None or scored_on > today or scored_on.year < 1945:
        raise Invalid(T("Isi tanggal penilaian, paling lambat hari ini."), field="scored_on")
    at_most(note, 4000, "note", NOTE_TOO_LONG)
    version_id = rubric.id or _store(session, rubric.criteria, rubric.levels, None, now).id
    same = _same(session, organisation_id, version_id, scored_on, given, actor)
    if same is not None:
        return same
    percent = percent_of(rubric, given)
    row = RubricScore(
        group_id=group.organisation_id, rubric_id=version_id, scored_on=scored_on, scores=given, percent=percent,
        level=level_of(rubric, percent), note=note.strip(), scored_by_id=actor.id, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(
        session, actor, "rubric.scored", row, now=now,
        after={"group_id": organisation_id, "percent": percent, "level": row.level},
    )  # fmt: skip
    return row


def remove_score(session: Session, actor: Actor, organisation_id: int, score_id: int, *, now: datetime) -> None:
    """Take out a score that was entered by mistake; the trail keeps it."""
    to_keep(actor)
    group = group_of(session, actor, organisation_id)
    row = session.get(RubricScore, score_id)
    if row is None or row.group_id != organisation_id:
        raise NotFound(T("Penilaian ini tidak ada."))
    before = {"scored_on": row.scored_on.isoformat(), "percent": row.percent, "level": row.level}
    session.delete(row)
    session.flush()
    audit.record(session, actor, "rubric.score_removed", group, now=now, before=before)


def history(session: Session, organisation_id: int) -> list[tuple[RubricScore, str | None]]:
    """Return (score, name of who gave it), the latest first."""
    rows = session.execute(
        select(RubricScore, User.name)
        .join(RubricScore.rubric)
        .options(contains_eager(RubricScore.rubric))
        .outerjoin(User, User.id == RubricScore.scored_by_id)
        .where(RubricScore.group_id == organisation_id)
        .order_by(RubricScore.scored_on.desc(), RubricScore.id.desc())
        .limit(200)
    )
    return [(row, name) for row, name in rows]


def percent_of(rubric: Rubric, scores: Mapping[str, int]) -> float:
    """Return the weighted share of the points in per cent, to one decimal."""
    reached = sum(int(one["weight"]) * scores[one["key"]] for one in rubric.criteria)
    return round(100 * reached / (HIGHEST * rubric.weights), 1)


def level_of(rubric: Rubric, percent: float) -> str:
    return max((one for one in rubric.levels if one["from"] <= percent), key=lambda one: one["from"])["label"]


def _is_first(session: Session, rubric: Rubric) -> bool:
    """Whether the version in force is the one the code brings along, stored meanwhile by another score."""
    return list(rubric.criteria) == FIRST_CRITERIA and list(rubric.levels) == FIRST_LEVELS


def _same(
    session: Session, organisation_id: int, version_id: int, scored_on: date, given: Mapping[str, int], actor: Actor
) -> RubricScore | None:
    """A double click scores nothing twice."""
    rows = session.scalars(
        select(RubricScore).where(
            RubricScore.group_id == organisation_id,
            RubricScore.rubric_id == version_id,
            RubricScore.scored_on == scored_on,
            RubricScore.scored_by_id == actor.id,
        )
    )
    return next((row for row in rows if row.scores == given), None)


def _store(
    session: Session, criteria: Sequence[Mapping[str, Any]], levels: Sequence[Mapping[str, Any]], by: int | None,
    now: datetime,
) -> RubricVersion:  # fmt: skip
    row = RubricVersion(
        criteria=[dict(one) for one in criteria], levels=[dict(one) for one in levels], created_by_id=by, created_at=now
    )
    session.add(row)
    session.flush()
    return row


def _points(rubric: Rubric, scores: Mapping[str, int | None]) -> dict[str, int]:
    given = {}
    for one in rubric.criteria:
        points = scores.get(one["key"])
        if points is None or not 0 <= points <= HIGHEST:
            raise Invalid(T("Pilih nilai untuk “%(label)s”.", label=one["label"]), field=f"k_{one['key']}")
        given[one["key"]] = points
    return given


def _criteria(typed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for one in typed:
        label = " ".join(str(one.get("label", "")).split())
        if not label:
            continue
        weight, words = one.get("weight"), " ".join(str(one.get("help", "")).split())
        if len(label) > 80 or len(words) > 300:
            raise Invalid(T("Nama unsur paling banyak 80 huruf, penjelasannya 300 huruf."), field="criteria")
        if not isinstance(weight, int) or not 1 <= weight <= MOST_WEIGHT:
            raise Invalid(
                T("Bobot “%(label)s” harus angka antara 1 dan %(n)s.", label=label, n=MOST_WEIGHT), field="criteria"
            )
        taken = {other["key"] for other in made}
        made.append({"key": _key(one.get("key"), label, taken), "label": label, "weight": weight, "help": words})
    if not 1 <= len(made) <= MOST_CRITERIA:
        raise Invalid(T("Isi paling sedikit satu unsur, paling banyak %(n)s.", n=MOST_CRITERIA), field="criteria")
    if len({one["label"].casefold() for one in made}) < len(made):
        raise Invalid(T("Ada dua unsur dengan nama yang sama."), field="criteria")
    return made


def _key(given: Any, label: str, taken: set[str]) -> str:
    """The key that the criterion had, or one made of its label."""
    plain = unicodedata.normalize("NFKD", str(given or label)).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or "unsur"
    number = 2
    unique = key
    while unique in taken:
        unique, number = f"{key}_{number}", number + 1
    return unique


def _levels(typed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for one in typed:
        label, start = " ".join(str(one.get("label", "")).split()), one.get("from")
        if not label:
            continue
        if len(label) > 80:
            raise Invalid(T("Nama tingkat paling banyak 80 huruf."), field="levels")
        if not isinstance(start, int) or not 0 <= start <= 100:
            raise Invalid(T("Batas “%(label)s” harus angka antara 0 dan 100.", label=label), field="levels")
        made.append({"from": start, "label": label})
    made.sort(key=lambda one: one["from"])
    if not 1 <= len(made) <= MOST_LEVELS or made[0]["from"] != 0:
        raise Invalid(T("Isi paling sedikit satu tingkat; tingkat terbawah mulai dari 0 persen."), field="levels")
    if len({one["from"] for one in made}) < len(made) or len({one["label"].casefold() for one in made}) < len(made):
        raise Invalid(T("Ada dua tingkat dengan nama atau batas yang sama."), field="levels")
    return made


def _said(criteria: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{one['label']} ({one['weight']})" for one in criteria]


def _said_levels(levels: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{one['label']} ≥ {one['from']}%" for one in levels]
