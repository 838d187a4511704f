"""Practice data that `make run` fills a new installation with: areas, reference data, kits, and one account per role.

Everything is idempotent: what exists already is left as the office has it.
"""

import gc
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.base.areas.service import load_blankspots, load_regency
from app.base.people.models import Organisation, User
from app.base.people.roles import LABELS
from app.base.people.service import invite, load_roles
from app.base.web.wiring import Wiring
from app.demo.fill_year import fill_year
from app.demo.surveys import fill_surveys
from app.demo.training import fill_training
from app.demo.villages import KIM_TABANG, LONG_LALANG, fill_villages
from app.demo.year_escalations import escalate_year
from app.gatherings.communities.models import Group
from app.kernel.db import unit_of_work
from app.kernel.roles import SYSTEM, Position, Role
from app.kits.kit import find_kits
from app.kits.programmes import import_for_organisation
from app.kits.service import import_kit
from app.kits.service import prepare as prepare_kit
from app.learning.programmes.skill_list import load_start
from app.migrate import upgrade
from app.outreach.campaigns.models import Campaign
from app.outreach.campaigns.service import load_dimensions, load_services
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.publishing.generation import Generation
from app.outreach.publishing.heartbeat import forget
from app.oversight.commitments.reference import load_commitments
from app.practice.accounts import PRACTICE_CREDENTIALS, PRACTICE_SETTINGS
from app.worker import sessions_of
from config import Settings, SettingsError


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    roles: frozenset[Role]
    organisation: str
    position: Position | None = None
    title: str | None = None


OFFICE = "Dinas Komunikasi dan Informatika"
DISDUKCAPIL = "Dinas Kependudukan dan Pencatatan Sipil"
BIDANG = "Bidang Pengelolaan Informasi dan Komunikasi Publik"
ORGANISATIONS = (
    # kind, name, short name, parent, e-mail
    ("opd", OFFICE, "Diskominfo", None, None),
    ("bidang", BIDANG, "Bidang PIKP", OFFICE, None),
    ("opd", DISDUKCAPIL, "Disdukcapil", None, None),
    ("opd", "Dinas Pariwisata", None, None, None),
    ("opd", "Dinas Koperasi dan UKM", None, None, None),
    ("opd", "RSUD Aji Batara Agung Dewa Sakti", "RSUD ABADI", None, None),
    ("opd", "Dinas Lingkungan Hidup dan Kehutanan", "DLHK", None, None),
    ("kim", KIM_TABANG, None, None, None),
    ("newspaper", "Koran Latihan", None, None, "iklan@koran-latihan.example"),
    ("printer", "Percetakan Latihan", None, None, "pesanan@percetakan-latihan.example"),
)
VILLAGES = {KIM_TABANG: LONG_LALANG}  # a KIM proves for its own village only
PEOPLE = (
    Person("editor", "Erna Editor", frozenset({Role.EDITOR}), BIDANG),
    Person("kontributor", "Koko Kontributor", frozenset({Role.CONTRIBUTOR}), BIDANG),
    Person("kabid", "Karim Kabid", frozenset({Role.APPROVER}), BIDANG, Position.KABID, "Kepala Bidang PIKP"),
    Person("kadis", "Dewi Kadis", frozenset({Role.APPROVER, Role.VIEWER}), OFFICE, Position.KADIS, "Kepala Dinas"),
    Person("manajer", "Mira Manajer", frozenset({Role.VIEWER}), OFFICE),
    Person("opd", "Oki Kontak OPD", frozenset({Role.OPD_CONTACT}), DISDUKCAPIL),
    Person("kim", "Kartini Anggota KIM", frozenset({Role.COMMUNITY}), KIM_TABANG),
    Person("pelatih", "Pandu Pelatih", frozenset({Role.TRAINER}), BIDANG),
    Person("pencacah", "Citra Pencacah", frozenset({Role.ENUMERATOR}), BIDANG),
    Person("admin", "Ade Admin", frozenset({Role.ADMIN}), OFFICE),
)
USERNAMES = [person.username for person in PEOPLE]
OUTLETS = (
    # kind, name, handle, vendor
    ("x", "X Diskominfo (latihan)", "@latihan_kukar", None),
    ("facebook", "Facebook Diskominfo (latihan)", "Kukar Cerdas (Simulasi)", None),
    ("instagram", "Instagram Diskominfo (latihan)", "@latihan.kukar", None),
    ("newspaper", "Koran Latihan", None, "Koran Latihan"),
    ("printer", "Percetakan Latihan", None, "Percetakan Latihan"),
    ("office_printer", "Cetak sendiri di kantor", None, None),
    ("whatsapp", "Grup WhatsApp Kecamatan", None, None),
)


def prepare(settings: Settings) -> str:
    """Bring the database up to date, fill what is missing, and return the sign-ins as lines to print."""
    upgrade(settings.database_url)
    app = create_app(settings)
    sessions, filled = sessions_of(app), False
    with app.app_context(), unit_of_work(sessions) as session:
        forget(session)
        load_start(session, app.extensions["wiring"].clock.now())
        load_commitments(session, settings.regency_code, app.extensions["wiring"].clock.now())
        if session.scalar(select(User.id).limit(1)) is None:
            Generation.forget(settings.var_dir)  # the database was made anew beside what an older one left
            load_reference(session, settings)
            if settings.practice and settings.env != "production":
                with _nothing_to_collect():
                    fill(session, app, settings)
                filled = True
    if filled:
        escalate_year(app, settings)
    if not settings.practice or settings.env == "production":
        return ""
    return sign_ins(settings.demo_password)


def load_reference(session: Session, settings: Settings) -> None:
    """Load what every installation has: areas, roles, dimensions, and the register of connectivity where it is
    known."""
    load_regency(session, settings.regency_code)
    load_roles(session)
    load_dimensions(session)
    if settings.regency_code == "64.02":
        load_blankspots(session)


def load(app: Flask, settings: Settings) -> str:
    """Put in what of the practice data is not there yet, and return the sign-ins. For `flask demo load`.

    Raises SettingsError where this is not for practice: nothing is written then.
    """
    if not settings.practice or settings.env == "production":
        raise SettingsError("Data latihan hanya untuk mode latihan (GAUNG_PRACTICE=1), bukan untuk kantor sungguhan.")
    with app.app_context(), unit_of_work(sessions_of(app)) as session:
        load_start(session, app.extensions["wiring"].clock.now())
        load_commitments(session, settings.regency_code, app.extensions["wiring"].clock.now())
        load_reference(session, settings)
        with _nothing_to_collect():
            fill(session, app, settings)
    escalate_year(app, settings)
    return sign_ins(settings.demo_password)


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """What is made lives until the commit: looking for garbage in between costs a sixth of the time and finds none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def fill(session: Session, app: Flask, settings: Settings) -> None:
    """Make demo organisations, people, practice accounts, kits from next Monday, what groups did in villages, surveys,
    training, and the year that ends today. What is there already stays."""
    wiring: Wiring = app.extensions["wiring"]
    now = wiring.clock.now()
    print("Menyiapkan data latihan…", file=sys.stderr)
    if not settings.demo_password:
        raise SettingsError("GAUNG_DEMO_PASSWORD is missing; `make run` makes one in var/secrets.env.")
    organisations = _organisations(session, settings)
    load_services(session)
    people = _people(session, organisations, settings.demo_password, now)
    _outlets(session, organisations, people, wiring)
    session.flush()
    _kits(session, wiring, settings, now)
    if settings.regency_code == "64.02" and session.get(Group, organisations[KIM_TABANG].id) is None:
        disdukcapil = organisations[DISDUKCAPIL]
        fill_villages(session, people, organisations, disdukcapil=disdukcapil, now=now, tz=settings.tz)
    fill_surveys(session, people, today=now.astimezone(ZoneInfo(settings.tz)).date(), now=now)
    fill_training(session, people, organisations, storage=wiring.storage, now=now, tz=settings.tz)
    fill_year(
        session, people, organisations, storage=wiring.storage, now=now, tz=settings.tz, public_url=settings.public_url
    )  # fmt: skip


def _kits(session: Session, wiring: Wiring, settings: Settings, now: datetime) -> None:
    """Each kit once, whatever day it began."""
    start = next_monday(now.astimezone(ZoneInfo(settings.tz)).date())
    there = set(session.scalars(select(Campaign.kit_key)))
    for folder in find_kits(settings.kits_dir):
        if folder.name in there:
            continue
        prepared = prepare_kit(folder, channels=wiring.channels, regency_code=settings.regency_code)
        if prepared.kit.is_training:
            import_for_organisation(session, SYSTEM, prepared, storage=wiring.storage, now=now)
        elif prepared.kit.key not in there:
            import_kit(
                session, SYSTEM, prepared, start=start, storage=wiring.storage, channels=wiring.channels,
                tz=settings.tz, regency_code=settings.regency_code, now=now,
            )  # fmt: skip


def next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def _people(
    session: Session, organisations: Mapping[str, Organisation], password: str, now: datetime
) -> dict[str, User]:
    people = {user.username: user for user in session.scalars(select(User).where(User.username.in_(USERNAMES)))}
    for person in PEOPLE:
        if person.username in people:
            continue
        user, _ = invite(
            session,
            SYSTEM,
            username=person.username,
            name=person.name,
            organisation_id=organisations[person.organisation].id,
            roles=person.roles,
            position=person.position,
            title=person.title,
            password=password,
            now=now,
        )
        people[person.username] = user
    return people


def _organisations(session: Session, settings: Settings) -> Mapping[str, Organisation]:
    names = [row[1] for row in ORGANISATIONS]
    made = {one.name: one for one in session.scalars(select(Organisation).where(Organisation.name.in_(names)))}
    for kind, name, short_name, parent, email in ORGANISATIONS:
        if name in made:
            continue
        organisation = Organisation(
            kind=kind,
            name=name,
            short_name=short_name,
            parent_id=made[parent].id if parent else None,
            email=email,
            village_code=VILLAGES.get(name) if settings.regency_code == "64.02" else None,
            is_office=name == OFFICE,
        )
        session.add(organisation)
        session.flush()
        made[name] = organisation
    return made


def _outlets(
    session: Session, organisations: Mapping[str, Organisation], people: Mapping[str, Any], wiring: Wiring
) -> None:
    now = wiring.clock.now()
    there = set(session.scalars(select(Outlet.name)))
    for kind, name, handle, vendor in OUTLETS:
        if name in there:
            continue
        credentials = PRACTICE_CREDENTIALS.get(kind)
        session.add(
            Outlet(
                kind=kind,
                name=name,
                handle=handle,
                organisation_id=organisations[OFFICE].id,
                vendor_id=organisations[vendor].id if vendor else None,
                responsible_id=people["editor"].id,
                status=OutletStatus.CONNECTED,
                settings=dict(PRACTICE_SETTINGS.get(kind, {})),
                credentials=wiring.vault.seal(dict(credentials)) if credentials else None,
                practice=True,
                checked_at=now,
                created_at=now,
            )
        )


def sign_ins(password: str) -> str:
    rows = [f"    {person.username:<12} {person.name}, {_roles(person)}" for person in PEOPLE]
    return "\n".join(["  Akun latihan (kata sandi semuanya: " + password + ")", *rows, ""])


def _roles(person: Person) -> str:
    return ", ".join(str(LABELS[role]) for role in sorted(person.roles))
