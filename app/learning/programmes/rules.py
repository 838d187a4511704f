"""What a person enters about a programme, and what must be true of it to be saved."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation, User
from app.evidence.instruments.models import Instrument
from app.kernel.db import wait_for_turn
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import at_most, line, paragraph
from app.learning.programmes.access import may_plan_for
from app.learning.programmes.models import Prerequisite, Programme, ScoreFrom, Skill, SkillLevel
from app.learning.programmes.queries import FOR_TESTS

LIMITS = {"title": 200, "summary": 5000, "for_whom": 500}
MOST_PEOPLE = 20
MOST_REQUIRED = 20
MAX_NAME = 200


@dataclass(frozen=True)
class Required:
    """What somebody should bring along: another programme, or a skill at a level (SkillLevel)."""

    programme_id: int | None = None
    skill_id: int | None = None
    level: int | None = None


@dataclass(frozen=True)
class TrainerPlan:
    """Who teaches: an account, or a name; `title`: office or organisation."""

    name: str = ""
    title: str = ""
    user_id: int | None = None


@dataclass(frozen=True)
class ProgrammeValues:
    """What a person enters about a programme. `min_attendance`, `min_score` and `work_share` in percent; `min_score`
    None: no score is asked for. `score_from`: a ScoreFrom."""

    title: str = ""
    organisation_id: int | None = None
    summary: str = ""
    for_whom: str = ""
    min_attendance: int | None = 75
    min_score: int | None = 60
    score_from: str = ScoreFrom.TEST
    work_share: int | None = 50
    test_instrument_id: int | None = None
    post_instrument_id: int | None = None
    prerequisites: Sequence[Required] = field(default_factory=tuple)
    trainers: Sequence[TrainerPlan] = field(default_factory=tuple)


def check_values(session: Session, actor: Actor, values: ProgrammeValues, programme: Programme | None) -> None:
    """Check what was entered about a programme. Raises Invalid with its field, Forbidden for another organisation's."""
    _check_words(values)
    _check_organisation(session, actor, values)
    _check_rule(values)
    for field_name in ("test_instrument_id", "post_instrument_id"):
        _check_test(session, actor, values, programme, field_name)
    _check_prerequisites(session, values, programme)
    _check_trainers(session, values)


TRAINER_TOO_LONG = T("Nama atau jabatan pelatih terlalu panjang. Paling banyak %(n)s huruf.")


def _check_words(values: ProgrammeValues) -> None:
    if not line(values.title):
        raise Invalid(T("Isi nama programnya."), field="title")
    for name, most in LIMITS.items():
        at_most(paragraph(getattr(values, name)), most, name)


def _check_organisation(session: Session, actor: Actor, values: ProgrammeValues) -> None:
    number = values.organisation_id
    if number is None or session.get(Organisation, number) is None:
        raise Invalid(T("Pilih penyelenggara dari daftar."), field="organisation_id")
    if not may_plan_for(actor, number):
        raise Forbidden(T("Program hanya bisa dibuat untuk organisasi Anda sendiri."))


def _check_rule(values: ProgrammeValues) -> None:
    if values.score_from not in set(ScoreFrom):
        raise Invalid(T("Pilih asal nilai dari daftar."), field="score_from")
    for name, value in (("min_attendance", values.min_attendance), ("work_share", values.work_share)):
        needed = name == "min_attendance" or values.score_from == ScoreFrom.BOTH
        if (value is None and needed) or (value is not None and not 0 <= value <= 100):
            raise Invalid(T("Isi persen antara 0 dan 100."), field=name)
    if values.min_score is not None and not 0 <= values.min_score <= 100:
        raise Invalid(T("Isi nilai antara 0 dan 100, atau kosongkan."), field="min_score")


def _check_test(
    session: Session, actor: Actor, values: ProgrammeValues, programme: Programme | None, name: str
) -> None:
    number = getattr(values, name)
    if number is None or (programme is not None and getattr(programme, name) == number):
        return
    row = session.get(Instrument, number)
    usable = row is not None and row.audience == FOR_TESTS and row.archived_at is None
    if row is None or not usable or not (actor.of_office or row.organisation_id in actor.organisation_ids):
        raise Invalid(T("Pilih daftar pertanyaan untuk peserta pelatihan dari daftar."), field=name)


def _check_trainers(session: Session, values: ProgrammeValues) -> None:
    if len(values.trainers) > MOST_PEOPLE:
        raise Invalid(T("Paling banyak %(n)s pelatih dalam satu program.", n=MOST_PEOPLE), field="trainers")
    wanted = {one.user_id for one in values.trainers if one.user_id is not None}
    known = set(session.scalars(select(User.id).where(User.id.in_(wanted)))) if wanted else set()
    for one in values.trainers:
        if one.user_id is not None and one.user_id not in known:
            raise Invalid(T("Pilih akun pelatih dari daftar."), field="trainers")
        if one.user_id is None and not line(one.name):
            raise Invalid(T("Isi nama pelatihnya, atau kosongkan barisnya."), field="trainers")
        for words in (line(one.name), line(one.title)):
            at_most(words, MAX_NAME, "trainers", TRAINER_TOO_LONG)
    if len([one.user_id for one in values.trainers if one.user_id]) > len(wanted):
        raise Invalid(T("Seorang pelatih cukup dicantumkan sekali."), field="trainers")


def _check_prerequisites(session: Session, values: ProgrammeValues, programme: Programme | None) -> None:
    rows = values.prerequisites
    if len(rows) > MOST_REQUIRED:
        raise Invalid(T("Paling banyak %(n)s prasyarat.", n=MOST_REQUIRED), field="prerequisites")
    programmes = [one.programme_id for one in rows if one.programme_id is not None]
    skills = [one.skill_id for one in rows if one.skill_id is not None]
    if len(programmes) + len(skills) != len(rows) or any(one.programme_id and one.skill_id for one in rows):
        raise Invalid(T("Pilih program atau keterampilan untuk setiap prasyarat."), field="prerequisites")
    if len(set(programmes)) < len(programmes) or len(set(skills)) < len(skills):
        raise Invalid(T("Ada prasyarat yang ditulis dua kali."), field="prerequisites")
    if any(one.skill_id is not None and one.level not in set(SkillLevel) for one in rows):
        raise Invalid(T("Pilih tingkat untuk setiap keterampilan prasyarat."), field="prerequisites")
    _check_known(session, programmes, skills)
    if programmes and programme is not None:
        _check_no_circle(session, programme, programmes)


def _check_known(session: Session, programmes: Sequence[int], skills: Sequence[int]) -> None:
    known = session.scalars(select(Programme.id).where(Programme.id.in_(programmes))).all() if programmes else []
    if len(known) < len(programmes):
        raise Invalid(T("Program prasyarat itu tidak ada. Pilih dari daftar."), field="prerequisites")
    learnt = session.scalars(select(Skill.id).where(Skill.id.in_(skills))).all() if skills else []
    if len(learnt) < len(skills):
        raise Invalid(T("Keterampilan prasyarat itu tidak ada. Pilih dari daftar."), field="prerequisites")


def _check_no_circle(session: Session, programme: Programme, wanted: Sequence[int]) -> None:
    """Nobody could ever begin with programmes that wait for each other."""
    wait_for_turn(session, "programme prerequisites")
    needs: dict[int, list[int]] = {}
    for one, other in session.execute(
        select(Prerequisite.programme_id, Prerequisite.requires_id).where(Prerequisite.requires_id.is_not(None))
    ):
        needs.setdefault(one, []).append(other or 0)
    waiting, seen = list(wanted), set()
    while waiting:
        number = waiting.pop()
        if number == programme.id:
            raise Invalid(
                T("Prasyarat ini melingkar: program itu menunggu program ini lebih dahulu. Hapus salah satunya."),
                field="prerequisites",
            )
        if number not in seen:
            seen.add(number)
            waiting += needs.get(number, [])
