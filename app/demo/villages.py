"""Practice groups, and what they did: events in every state, a question for an OPD. All of it says that it is practice.

Through the same verbs as the pages use, so that lists, trail and reach hold together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.actors import actor_of
from app.base.people.models import Organisation, User
from app.gatherings.communities import members
from app.gatherings.communities import service as groups
from app.gatherings.communities.models import GroupKind, MemberRole
from app.gatherings.events import service as events
from app.gatherings.events.models import Event, EventKind, Tag
from app.gatherings.events.registration.details import Person
from app.gatherings.events.registration.service import enter_by_hand
from app.gatherings.reports import aspirations, verification
from app.gatherings.reports import service as reports
from app.gatherings.reports.models import Aspiration, Report
from app.kernel.roles import Actor

PRACTICE = "(latihan)"
KIM_TABANG = f"KIM Contoh Tabang {PRACTICE}"
KIM_KEMBANG_JANGGUT = f"KIM Contoh Kembang Janggut {PRACTICE}"
PROGRAMMERS = f"Komunitas Programmer Kukar {PRACTICE}"
LONG_LALANG = "64.02.12.2002"  # Tabang
LONG_BELEH_MODANG = "64.02.10.2008"  # Kembang Janggut
MUARA_SALUNG = "64.02.12.2014"
NOTE = "Data contoh untuk latihan. Nama dan nomornya rekaan."
ADULTS, YOUTH = ("f", "adult"), ("m", "youth")


@dataclass(frozen=True)
class PracticeClock:
    at: datetime
    zone: ZoneInfo

    def local(self, days: int, hour: int) -> datetime:
        """Return a whole hour, so many days from today."""
        return datetime.combine(self.at.astimezone(self.zone).date() + timedelta(days=days), time(hour), self.zone)


def fill_villages(
    session: Session,
    people: Mapping[str, User],
    organisations: Mapping[str, Organisation],
    *,
    disdukcapil: Organisation,
    now: datetime,
    tz: str,
) -> None:
    """Make groups with members and their events, only where the regency has these villages."""
    moment = PracticeClock(now, ZoneInfo(tz))
    today = now.astimezone(moment.zone).date()
    actors = {name: actor_of(session, people[name], today) for name in ("editor", "kabid", "kim")}
    tabang = organisations[KIM_TABANG].id
    other = _groups(session, actors["editor"], tabang, people["kim"], moment)
    _announced(session, actors["editor"], organisations, moment)
    _planned(session, actors["kim"], tabang, moment)
    _unreported(session, actors["kim"], tabang, moment)
    _waiting(session, actors["editor"], other, moment, tz)
    _returned(session, actors, tabang, moment, tz)
    _verified(session, actors, tabang, disdukcapil, moment, tz)


def _groups(session: Session, editor: Actor, tabang: int, kartini: User, moment: PracticeClock) -> int:
    """Complete the KIM of the account `kim`, register two more groups, and give the second KIM's id."""
    now = moment.at
    groups.complete(
        session, editor, tabang,
        groups.Details(
            name=KIM_TABANG, village_code=LONG_LALANG, kim_number="KIM-LATIHAN-01", decree_number="SK/LATIHAN/01",
            decree_issuer="Kepala Desa (contoh)", founded_year=2021, contact_name=kartini.name, note=NOTE,
        ),
        now=now,
    )  # fmt: skip
    since = moment.local(-400, 8).date()
    for name, role, sex, user_id in (
        (kartini.name, MemberRole.CHAIR, "f", kartini.id),
        (f"Yusuf Contoh {PRACTICE}", MemberRole.SECRETARY, "m", None),
        (f"Dayang Contoh {PRACTICE}", MemberRole.MEMBER, "f", None),
    ):
        person = members.MemberDetails(name=name, role=role, sex=sex, starts_on=since, user_id=user_id)
        members.add_member(session, editor, tabang, person, now=now)
    second = groups.register(
        session, editor,
        groups.Details(name=KIM_KEMBANG_JANGGUT, village_code=LONG_BELEH_MODANG, founded_year=2023, note=NOTE),
        now=now,
    )  # fmt: skip
    chair = members.MemberDetails(name=f"Arifin Contoh {PRACTICE}", role=MemberRole.CHAIR, sex="m", starts_on=since)
    members.add_member(session, editor, second.organisation_id, chair, now=now)
    programmers = groups.register(
        session, editor, groups.Details(name=PROGRAMMERS, kind=GroupKind.PROGRAMMER, note=NOTE), now=now
    )  # fmt: skip
    coder = members.MemberDetails(name=f"Rani Contoh {PRACTICE}", role=MemberRole.CHAIR, sex="f", starts_on=since)
    members.add_member(session, editor, programmers.organisation_id, coder, now=now)
    return second.organisation_id


def _announced(
    session: Session, editor: Actor, organisations: Mapping[str, Organisation], moment: PracticeClock
) -> None:
    """A week ahead, with one place left: the second who registers begins the waiting list."""
    office = next(one for one in organisations.values() if one.is_office)
    event = events.plan(
        session, editor,
        events.Plan(
            kind=EventKind.BIMTEK, title=f"Bimtek menulis berita desa {PRACTICE}", organisation_id=office.id,
            starts_at=moment.local(7, 9), ends_at=moment.local(7, 12), place=f"Ruang pertemuan contoh {PRACTICE}",
            description="Contoh kegiatan untuk mencoba pendaftaran. Tidak benar-benar diadakan.",
            agenda="09.00 Pembukaan\n09.15 Menulis berita singkat\n11.00 Foto dan keterangannya",
            tags=[Tag.IMPLEMENTASI], registration=True, capacity=5, responsible_id=editor.id,
            contact=f"Erna Editor {PRACTICE}",
        ),
        now=moment.at,
    )  # fmt: skip
    events.announce(session, editor, event.id, now=moment.at)
    for number in range(1, 5):
        enter_by_hand(
            session, event, Person(name=f"Warga Contoh {number} {PRACTICE}", consent=True), now=moment.at
        )  # fmt: skip


def _planned(session: Session, kim: Actor, tabang: int, moment: PracticeClock) -> None:
    events.plan(
        session, kim,
        events.Plan(
            kind=EventKind.KIM_ACTIVITY, title=f"Rapat anggota KIM {PRACTICE}", organisation_id=tabang,
            starts_at=moment.local(4, 16), ends_at=moment.local(4, 18), village_code=LONG_LALANG, place="Balai desa",
            tags=[Tag.DISKUSI],
        ),
        now=moment.at,
    )  # fmt: skip


def _unreported(session: Session, kim: Actor, tabang: int, moment: PracticeClock) -> Event:
    event = events.plan(
        session, kim,
        events.Plan(
            kind=EventKind.KIM_ACTIVITY, title=f"Menempel poster bersama {PRACTICE}", organisation_id=tabang,
            starts_at=moment.local(-3, 9), ends_at=moment.local(-3, 11), village_code=MUARA_SALUNG,
            place="Simpang pasar desa", tags=[Tag.DISEMINASI],
        ),
        now=moment.at,
    )  # fmt: skip
    return events.mark_held(session, kim, event.id, now=moment.at)


def _waiting(session: Session, editor: Actor, kim: int, moment: PracticeClock, tz: str) -> None:
    """Keyed by the office from paper, so that somebody else has to verify it."""
    activity = reports.Activity(
        title=f"Belajar foto produk {PRACTICE}", kind=EventKind.KIM_ACTIVITY, organisation_id=kim,
        village_code=LONG_BELEH_MODANG, starts_at=moment.local(-5, 15), ends_at=moment.local(-5, 17),
        place="Balai desa",
        written=reports.ReportContent(
            counts={ADULTS: 11, YOUTH: 6}, told="Memotret produk dekat jendela, menulis nama dan harga.",
            questions=[(f"Di mana kami bisa belajar menjual lewat internet? {PRACTICE}", "")], tags=[Tag.IMPLEMENTASI],
        ),
    )  # fmt: skip
    reports.log_activity(session, editor, activity, now=moment.at, tz=tz, source="office", on_behalf=True)


def _returned(session: Session, actors: Mapping[str, Actor], tabang: int, moment: PracticeClock, tz: str) -> None:
    activity = reports.Activity(
        title=f"Bincang pengaduan lewat SP4N-LAPOR! {PRACTICE}", kind=EventKind.KIM_ACTIVITY, organisation_id=tabang,
        village_code=LONG_LALANG, starts_at=moment.local(-8, 19), ends_at=moment.local(-8, 21), place="Rumah ketua KIM",
        written=reports.ReportContent(counts={("u", "u"): 9}, tags=[Tag.DISKUSI]),
    )  # fmt: skip
    report = reports.log_activity(session, actors["kim"], activity, now=moment.at, tz=tz)
    verification.send_back(
        session, actors["editor"], report.event_id, missing=["photos"], now=moment.at,
        note=f"Fotonya belum ada. Tambahkan satu saja, lalu serahkan lagi. {PRACTICE}",
    )  # fmt: skip


def _verified(
    session: Session,
    actors: Mapping[str, Actor],
    tabang: int,
    disdukcapil: Organisation,
    moment: PracticeClock,
    tz: str,
) -> None:
    """Verified, with one question on its way to the OPD and one that it has answered."""
    asked = f"Kapan petugas datang lagi ke desa kami? {PRACTICE}"
    answered = f"Apakah mengurus surat harus ke kota? {PRACTICE}"
    activity = reports.Activity(
        title=f"Pertemuan warga: Kenal Smart City {PRACTICE}", kind=EventKind.SOCIALISATION, organisation_id=tabang,
        village_code=LONG_LALANG, starts_at=moment.local(-12, 9), ends_at=moment.local(-12, 11), place="Balai desa",
        written=reports.ReportContent(
            counts={ADULTS: 14, ("m", "adult"): 9, YOUTH: 5}, told="Enam dimensi smart city, memakai poster.",
            questions=[(asked, ""), (answered, "")], tags=[Tag.AKSES, Tag.ASPIRASI],
        ),
    )  # fmt: skip
    report: Report = reports.log_activity(session, actors["kim"], activity, now=moment.at, tz=tz)
    verification.verify(session, actors["kabid"], report.event_id, now=moment.at)
    noted = session.scalars(select(Aspiration).where(Aspiration.event_id == report.event_id)).all()
    for aspiration in noted:
        aspirations.route(
            session, actors["editor"], aspiration.id, opd_id=disdukcapil.id, due_on=None, now=moment.at, tz=tz
        )  # fmt: skip
        if aspiration.text == answered:
            text = f"Ini contoh jawaban {PRACTICE}; jawaban yang sebenarnya ditulis OPD."
            aspirations.answer(session, actors["editor"], aspiration.id, text=text, now=moment.at)
