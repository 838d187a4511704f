"""The matrix of skills by OPD or district, and who can do one of them, and where."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.areas.queries import district_choices
from app.base.web.db import db
from app.base.web.formats import angka, sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.noting import shows_contacts, writes_down_itself
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.kernel import audit
from app.kernel.errors import NotFound
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.kernel.text import T
from app.learning.programmes.models import Skill, SkillLevel
from app.learning.programmes.states import LEVELS
from app.learning.skills import matrix as service
from app.learning.skills import who_can
from app.learning.skills.blueprint import bp
from app.learning.skills.exports import columns, person_cells
from app.learning.skills.matrix import NOWHERE, By, Cell, Matrix, Unit
from app.learning.skills.who_can import NONE, PersonFilters
from app.learning.training.pages_files import table, wants_text
from app.learning.training.practice import shows_practice

BY: dict[str, By] = {"opd": "opd", "kecamatan": "district"}
GAPS, ALL = "celah", ""
FILTER = {"opd": "opd", "district": "kecamatan"}
"""The name of the filter that narrows the list of people to one unit."""


@bp.get("/pelatihan/keterampilan")
@allow(Can.READ_TRAINING)
def matrix() -> ResponseReturnValue:
    found = service.matrix(db.session, _by())
    shown = _narrowed(found)
    return render_template(
        "skills/matrix.html",
        found=found,
        shown=shown,
        unit_name=unit_name,
        unit_query=lambda unit: f"?{FILTER[found.by]}={who_can.unit_filter(unit.key)}",
        urls={skill.id: url_for("skills.who_can", skill_id=skill.id) for skill in shown.skills},
        said=_words(),
        groups=_runs(shown.skills),
        group_choices=[
            ("", _("Semua kelompok")),
            *((one, one) for one in dict.fromkeys(s.group for s in found.skills)),
        ],
        empty_units=found.empty_units(),
        unable=[skill for skill in found.skills if not found.of_skill(skill).able],
        units=sum(unit.key != NOWHERE for unit in found.units),
        people=sum(unit.people for unit in found.units),
    )


class _Said(NamedTuple):
    """The figures of a cell as they are written; "" where there is nobody."""

    able: str
    coaching: str
    basic: str


def _words() -> Callable[[Cell], _Said]:
    """Every number is put into words once: there are hundreds of cells on the page."""

    @cache
    def able(n: int) -> str:
        return angka(n) if n else ""

    @cache
    def coaching(n: int) -> str:
        return _("%(n)s melatih", n=angka(n)) if n else ""

    @cache
    def basic(n: int) -> str:
        return _("%(n)s dasar", n=angka(n)) if n else ""

    return lambda cell: _Said(able(cell.able), coaching(cell.coaching), basic(cell.basic))


@bp.get("/pelatihan/keterampilan/berkas")
@allow(Can.READ_TRAINING)
def matrix_file() -> ResponseReturnValue:
    """Download the matrix as it is filtered, without any name: XLSX, or CSV with `?bentuk=csv`."""
    shown = _narrowed(service.matrix(db.session, _by()))
    titles = [_("OPD") if shown.by == "opd" else _("Kecamatan"), _("Peserta"), _("Kelompok keterampilan"),
              _("Keterampilan"), *(sentence(LEVELS[level]) for level in SkillLevel),
              _("Mandiri atau lebih")]  # fmt: skip
    rows: list[list[Any]] = []
    for unit in shown.units:
        nobody = not (unit.trainees or unit.people)  # then nothing is known, which is not 0
        for skill in shown.skills:
            cell = shown.cell(unit, skill)
            counts = [cell.basic, cell.independent, cell.coaching, cell.able]
            rows.append([unit_name(shown.by, unit), unit.trainees or _("belum ada peserta"), skill.group, skill.name,
                         *([None] * len(counts) if nobody else counts)])  # fmt: skip
    return table(_("Keterampilan"), "keterampilan", titles, rows, practice=shown.practice, as_text=wants_text())


def unit_name(by: By, unit: Unit) -> str:
    if unit.key != NOWHERE:
        return unit.name
    return _("Di luar OPD (warga, KIM, usaha)") if by == "opd" else _("Desa belum dicatat")


def _by() -> By:
    return BY.get(request.args.get("menurut", ""), "opd")


def _narrowed(found: Matrix) -> Matrix:
    """As the filters say. The words look for a skill or a unit: where they fit skills, these stay, else the units."""
    group = request.args.get("kelompok", "")
    words = " ".join(request.args.get("q", "").lower().split())
    skills = [skill for skill in found.skills if not group or skill.group == group]
    units = list(found.units)
    if words:
        fitting = [skill for skill in skills if words in skill.name.lower()]
        named = [unit for unit in units if words in unit_name(found.by, unit).lower()]
        skills, units = (fitting, units) if fitting else (skills if named else [], named)
    narrowed = found.narrowed(skills, units)
    if request.args.get("tampil") == GAPS:
        return found.narrowed(skills, narrowed.empty_units() if skills else [])
    return narrowed


def _runs(skills: Sequence[Skill]) -> list[tuple[str, int]]:
    """(group, how many columns) in the order of the columns."""
    runs: list[tuple[str, int]] = []
    for skill in skills:
        if runs and runs[-1][0] == skill.group:
            runs[-1] = (skill.group, runs[-1][1] + 1)
        else:
            runs.append((skill.group, 1))
    return runs


def person_filters(*, level: int = SkillLevel.BASIC) -> PersonFilters:
    """Read what the address or the form narrows a list of people to; what means nothing counts as not given."""
    given = request.values
    opd = given.get("opd", "")
    return PersonFilters(
        q=given.get("q", "")[:200],
        opd=opd if opd == NONE or number_of("opd", given) else "",
        district=given.get("kecamatan", "")[:13],
        skill_id=number_of("keterampilan", given),
        level=_level(given.get("tingkat", ""), level),
    )


def _level(text: str, usual: int) -> int:
    return int(text) if text in {str(int(level)) for level in SkillLevel} else usual


def unit_choices() -> dict[str, Any]:
    """Return the choices of the filters by OPD and by district."""
    opds = [(unit.key, unit.name) for unit in service.units(db.session, "opd") if unit.key != NOWHERE]
    return {
        "opd_choices": [("", _("Semua OPD")), *opds, (NONE, _("Di luar OPD"))],
        "district_choices": [
            ("", _("Semua kecamatan")),
            *district_choices(db.session, settings().regency_code),
            (NONE, _("Belum dicatat")),
        ],
    }


def level_choices() -> list[tuple[str, str]]:
    words = {
        SkillLevel.BASIC: _("Dasar atau lebih"),
        SkillLevel.INDEPENDENT: _("Mandiri atau lebih"),
        SkillLevel.COACHING: _("Mampu melatih"),
    }
    return [(str(int(level)), text) for level, text in words.items()]


@bp.get("/pelatihan/keterampilan/<int:skill_id>", endpoint="who_can")
@allow(Can.READ_TRAINING)
@shows_contacts("skills")
def who_can_page(skill_id: int) -> ResponseReturnValue:
    skill, given, actor = _skill(skill_id), person_filters(level=SkillLevel.INDEPENDENT), current_actor()
    practice = shows_practice(db.session)
    query = who_can.select_capable(actor, skill_id, given, practice=practice)
    every = replace(given, level=SkillLevel.BASIC)
    return render_template(
        "skills/who_can.html",
        skill=skill,
        page=paginate(db.session, query, number_of("hal") or 1, rows=True),
        filters=given,
        practice=practice,
        unnamed=who_can.count_unnamed(db.session, actor, skill_id, given, practice=practice),
        learners=_learners(skill_id, every, given, practice),
        level_choices=level_choices(),
        **unit_choices(),
    )


def _learners(skill_id: int, every: PersonFilters, given: PersonFilters, practice: bool) -> int:
    """How many more have the skill, below the level that is asked for."""
    if given.level == SkillLevel.BASIC:
        return 0
    actor = current_actor()
    queries = [who_can.select_capable(actor, skill_id, one, practice=practice) for one in (every, given)]
    count = [paginate(db.session, query, size=1, rows=True).total for query in queries]
    return count[0] - count[1]


@bp.post("/pelatihan/keterampilan/<int:skill_id>/berkas")
@allow(Can.READ_TRAINING)
@risky()
@writes_down_itself()
def who_can_file(skill_id: int) -> ResponseReturnValue:
    """Download who can do a skill: by a post, since taking names away is written down. Contacts only of those whose
    page opens for this person."""
    skill, given, actor = _skill(skill_id), person_filters(level=SkillLevel.INDEPENDENT), current_actor()
    contacts, practice = request.form.get("kontak") == "1", shows_practice(db.session)
    rows = db.session.execute(who_can.select_capable(actor, skill_id, given, practice=practice)).all()
    audit.record(
        db.session,
        actor,
        "skill.people_exported",
        skill,
        now=now(),
        after={"people": len(rows), "with_contact": contacts},
    )
    titles = [*columns(sentence, contacts=contacts), _("Tingkat"), _("Bukti terakhir")]
    lines = [
        [*person_cells(row, contacts=contacts, shown=row.opens), sentence(LEVELS[row.level]), row.on] for row in rows
    ]
    name = f"siapa bisa {skill.name}"
    return table(_("Siapa bisa"), name, titles, lines, practice=practice, as_text=wants_text())


def _skill(skill_id: int) -> Skill:
    skill = db.session.get(Skill, skill_id)
    if skill is None:
        raise NotFound(T("Keterampilan ini tidak ada."))
    return skill
