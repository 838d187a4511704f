"""What practice participants did: tests, works, feedback, certificates, and what became of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from app.base.people.models import Organisation
from app.demo.people import DISDUKCAPIL, FOREST, Learner
from app.demo.room import Room
from app.demo.villages import PRACTICE
from app.demo.villages import PROGRAMMERS as COMMUNITY
from app.evidence.instruments.definition import Question, read
from app.evidence.instruments.models import InstrumentVersion
from app.gatherings.communities.models import Group
from app.learning.assessments.models import Paper, PaperKind
from app.learning.assessments.papers import service as papers
from app.learning.assessments.papers import taking
from app.learning.assessments.works import marks
from app.learning.assessments.works import service as work_service
from app.learning.certificates.facts import Signer
from app.learning.certificates.issuing import issue
from app.learning.programmes.models import Skill, SkillLevel
from app.learning.programmes.rubric import active_criteria
from app.learning.projects import service as projects
from app.learning.projects.models import ProjectStatus
from app.learning.skills import evidence
from app.learning.training.models import Batch, Enrolment

People = Sequence[tuple[Learner, Enrolment]]
BEFORE, AFTER = (PaperKind.PRE, 0), (PaperKind.POST, 1)
SIGNER = Signer(f"Dewi Kadis {PRACTICE}", "Kepala Dinas Komunikasi dan Informatika", "Tenggarong")
TITLES = (
    "Halaman syarat layanan kependudukan", "Catatan setoran Bank Sampah", "Daftar hadir kegiatan desa",
    "Buku tamu kantor", "Peta tempat wisata", "Jadwal posyandu",
)  # fmt: skip
BUILT = (
    "Catatan setoran Bank Sampah untuk petugas, dipakai dua kelompok.",
    "Halaman syarat layanan yang dipakai di loket.",
)
WISHES = ("Waktu praktik ditambah.", "Internet di ruang latihan perlu lebih cepat.", "")


def test(room: Room, batch: Batch, people: People, which: tuple[PaperKind, int], luck: Random) -> None:
    """Make the test of all who were there on the first or the last day."""
    kind, place = which
    day = batch.starts_on if kind == PaperKind.PRE else batch.ends_on
    here = [one for one in people if kind == PaperKind.PRE or one[0].came > 6]
    paper = _paper(room, batch, kind, day)
    for learner, enrolment in here:
        given = {
            question.key: _choice(question, learner.able[place], luck) for question in _asked(room, paper)
        }  # fmt: skip
        moment = room.at(day, 14) + timedelta(minutes=luck.randint(6, 18))
        taking.hand_in(room.session, paper, enrolment, given, started_at=room.at(day, 14), now=moment)
    papers.close_paper(room.session, room.editor, paper.id, now=room.at(day, 18))


def _paper(room: Room, batch: Batch, kind: PaperKind, day: date) -> Paper:
    paper = papers.prepare(room.session, room.editor, batch.id, kind, now=room.at(day, 8))
    return papers.open_paper(room.session, room.editor, paper.id, now=room.at(day, 9))


def _asked(room: Room, paper: Paper) -> Sequence[Question]:
    return read(room.session.get_one(InstrumentVersion, paper.instrument_version_id).definition).questions


def _choice(question: Question, able: float, luck: Random) -> str:
    right = [option.key for option in question.options if option.right]
    wrong = [option.key for option in question.options if not option.right]
    return luck.choice(right if luck.random() < able else wrong)


def works(room: Room, batch: Batch, people: People) -> None:
    """Hand works in a week before the end and mark them on the last day, in halves."""
    criteria = active_criteria(room.session, batch.programme_id)
    for number, (learner, enrolment) in enumerate(people):
        given = work_service.HandIn(
            title=f"{TITLES[number % len(TITLES)]} {PRACTICE}", link=f"https://kode.example/latihan/{number + 1}"
        )
        handed = room.at(batch.ends_on - timedelta(days=7))
        work, _gone = work_service.hand_in(
            room.session, room.storage, work_service.PARTICIPANT, enrolment.id, given, now=handed
        )  # fmt: skip
        points = {
            one.id: f"{min(one.most, round((learner.able[2] * one.most + (place % 3 - 1) / 2) * 2) / 2):g}"
            for place, one in enumerate(criteria)
        }
        marking = marks.Marking(
            points, comment="Rapikan petunjuk pemasangannya, lalu coba bersama dua orang lagi.", version=work.version
        )
        marks.mark(room.session, room.editor, batch.id, enrolment.id, marking, now=room.at(batch.ends_on, 17))


def feedback(room: Room, batch: Batch, people: People, luck: Random) -> None:
    """Take feedback: most are content; place and internet get less."""
    day = batch.ends_on
    paper = _paper(room, batch, PaperKind.FEEDBACK, day)
    asked = _asked(room, paper)
    for _learner, enrolment in people:
        given = {question.key: _opinion(question, luck) for question in asked}
        said = {key: value for key, value in given.items() if value}
        taking.take(room.session, paper, enrolment, said, started_at=None, now=room.at(day, 17))
    papers.close_paper(room.session, room.editor, paper.id, now=room.at(day + timedelta(days=1)))


def _opinion(question: Question, luck: Random) -> str:
    if question.kind == "scale":
        return luck.choice("3345" if question.key.startswith("tempat") else "44555")
    if question.kind == "text":
        return luck.choice(WISHES) if question.key == "perbaikan" else ""
    return luck.choice([option.key for option in question.options][: 2 if question.key == "ajak" else 3])


def certificates(room: Room, batch: Batch, finished: datetime) -> None:
    issue(room.session, room.editor, batch.id, signer=SIGNER, now=finished + timedelta(days=1))


def followup_answers(room: Room, batch: Batch, people: People, luck: Random) -> None:
    """Take the answers of three months after the end, as far as that is past."""
    day = min(batch.ends_on + timedelta(days=92), room.today - timedelta(days=1))
    paper = _paper(room, batch, PaperKind.AFTER_3, day)
    for number, (_learner, enrolment) in enumerate(people):
        given = _news(number, luck)
        taking.hand_in(room.session, paper, enrolment, given, started_at=None, now=room.at(day, 12))


def _news(number: int, luck: Random) -> Mapping[str, Any]:
    built = number % 3 == 0
    news: dict[str, Any] = {
        "aktif": "ya" if number % 4 else "kadang", "pakai": luck.choice(("hari", "minggu", "minggu", "bulan")),
        "mandiri": "melatih" if number in (0, 2) else "sendiri" if number % 3 else "dibantu",
        "buat": "ya" if built else "belum", "mengajari": "ya" if number in (0, 2, 5) else "belum",
        "hambatan": [luck.choice(("waktu", "internet", "dukungan"))] if number % 3 else ["tidak_ada"],
    }  # fmt: skip
    return news | ({"buat_apa": BUILT[number % len(BUILT)]} if built else {})


def observations(room: Room, people: People) -> None:
    """Note observations of two people who were seen teaching others."""
    skills = {one.key: one.id for one in room.session.scalars(select(Skill))}
    seen = (
        (0, "web", "Memandu dua peserta baru membuat formulir sampai jadi, tanpa mengambil alih papan tiknya."),
        (2, "basis-data", "Menjelaskan rancangan tabel kepada kelompok lain dan membimbing perbaikannya."),
        (2, "kerja-tim-kode", "Melatih tiga orang menyelesaikan konflik Git sampai mereka bisa sendiri."),
    )
    for number, key, note in seen:
        row = evidence.Observation(skills[key], SkillLevel.COACHING, room.today - timedelta(days=20), note)
        trainee = people[number][1].trainee_id
        evidence.observe(room.session, room.editor, trainee, row, today=room.today, now=room.now)


def projects_of(room: Room, batch: Batch, people: People) -> None:
    """Make two projects of a batch: one that is used, and one that is being built."""
    community = room.session.scalar(
        select(Organisation.id)
        .join(Group, Group.organisation_id == Organisation.id)
        .where(Organisation.name == COMMUNITY)
    )
    rows = (
        ("Catatan Setoran Bank Sampah", FOREST, ProjectStatus.IN_USE, 40, (0, 10, 11),
         "Petugas mencatat setoran tiap warga dan mencetak rekap bulanannya. Contoh untuk latihan."),
        ("Syarat Layanan di HP", DISDUKCAPIL, ProjectStatus.BUILDING, 25, (2, 3, 1),
         "Satu halaman ringan berisi syarat tiap layanan, terbaca juga saat sinyal lemah. Contoh untuk latihan."),
    )  # fmt: skip
    for number, (name, opd, status, days, members, summary) in enumerate(rows):
        values = projects.ProjectValues(
            name=f"{name} {PRACTICE}", summary=summary, organisation_id=room.organisations[opd].id,
            group_id=community, batch_id=batch.id, repository=f"https://kode.example/latihan/proyek-{number + 1}",
            status=status, status_on=room.today - timedelta(days=days),
        )  # fmt: skip
        made = projects.record(room.session, room.editor, values, today=room.today, now=room.now)
        for one in members:
            projects.add_member(room.session, room.editor, made.id, people[one][1].trainee_id, now=room.now)
