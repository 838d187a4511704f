"""The command line: `flask …` in the project's folder. Each command is one verb of a room, in one transaction."""

import socket
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from app.base.access.commands import factor_code
from app.base.access.factors import rotate_keys
from app.base.areas.service import load_blankspots, load_regency
from app.base.confirmations.service import rotate_sealed
from app.base.people.organisations import add_organisation
from app.base.people.roles_table import roles_table
from app.base.people.service import invite, load_roles
from app.base.trail.commands import read_day, read_heads, run_erase_content, run_erase_name, run_verify
from app.base.trail.verify import Head
from app.base.web.db import db
from app.base.web.wiring import now, settings, wired
from app.evidence.responses.simulation.commands import run_simulation, simulate_options
from app.evidence.surveys.commands import compare_command, estimate_command
from app.kernel.db import unit_of_work, writing
from app.kernel.roles import SYSTEM, Role
from app.kits.commands import check_command, import_command
from app.learning.programmes.skill_list import load_start
from app.losses import losses
from app.migrate import downgrade, upgrade
from app.outreach.campaigns.service import load_dimensions, load_services
from app.outreach.outlets.commands import examine_accounts
from app.outreach.outlets.service import rotate_credentials
from app.outreach.publishing.preflight.commands import told
from app.outreach.publishing.preflight.service import make_preflight
from app.oversight.commitments.reference import load_commitments
from config import SettingsError, overruled_practice

database = AppGroup("database", help="Migrations and reference data.")
kits = AppGroup("kits", help="Campaigns as folders of files.")
credentials = AppGroup("credentials", help="Keys of connected accounts.")
outlets = AppGroup("outlets", help="Connected accounts, and what stands in the way of posts.")
people = AppGroup("people", help="The first account of an installation.")
surveys = AppGroup("surveys", help="Figures of surveys.")
practice = AppGroup("demo", help="Practice data: an office's year, everything in it marked (latihan) or simulasi.")
audit = AppGroup("audit", help="The trail of who did what.")
surveys.add_command(estimate_command)
surveys.add_command(compare_command)


@outlets.command("doctor")
def doctor_command() -> None:
    """Say what connected accounts answer differently from what Gaung expects. It reads and never posts."""
    _check_platforms()
    found = False
    for line, finding in examine_accounts(db.sessionmaker, wired().channels, wired().vault, now=now()):
        click.echo(line)
        found = found or finding
    if found:
        raise click.exceptions.Exit(1)


@database.command("upgrade")
@click.argument("revision", default="head")
def upgrade_command(revision: str) -> None:
    """Bring the tables up to date."""
    upgrade(settings().database_url, revision)


@database.command("downgrade")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
def downgrade_command(revision: str, yes: bool) -> None:
    """Go back to REVISION ("base" for an empty database); says first what that takes away, and asks."""
    gone = losses(settings().database_url, revision)
    click.echo("\n".join(str(sentence) for sentence in gone) or "Tidak ada yang hilang.")
    if gone and not yes:
        click.confirm("Semua ini hilang untuk selamanya. Sudah ada cadangan, dan lanjutkan?", abort=True)
    downgrade(settings().database_url, revision)


@database.command("load")
def load_command() -> None:
    """Load areas, roles, dimensions, services, agreements, skills, and where there is network; what exists stays."""
    with unit_of_work(db.sessionmaker) as session:
        load_regency(session, settings().regency_code)
        load_roles(session)
        load_dimensions(session)
        load_services(session)
        load_commitments(session, settings().regency_code, wired().clock.now())
        load_start(session, wired().clock.now())
        if settings().regency_code == "64.02":
            load_blankspots(session)


@kits.command("check")
@click.argument("path", required=False, type=click.Path(path_type=Path))
def check_kits(path: Path | None) -> None:
    """Check one kit, or a folder of kits. Errors name file, line and mend."""
    text, code = check_command(
        path or settings().kits_dir, channels=wired().channels, regency_code=settings().regency_code
    )
    click.echo(text)
    raise SystemExit(code)


@kits.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--start", required=True, help="Day 0 of the campaign, e.g. 2026-11-30.")
def import_kits(path: Path, start: str) -> None:
    """Make a campaign of a kit. The same kit and start again doubles nothing."""
    try:
        day = date.fromisoformat(start)
    except ValueError:
        raise click.BadParameter("Tulis tanggal sebagai TAHUN-BULAN-HARI, misalnya 2026-11-30.") from None
    parts = wired()
    with writing(), db.sessionmaker() as session:
        text, code = import_command(
            session,
            path,
            start=day,
            storage=parts.storage,
            channels=parts.channels,
            now=parts.clock.now(),
            tz=parts.settings.tz,
            regency_code=parts.settings.regency_code,
        )
        if code == 0:
            session.commit()
    click.echo(text, err=code != 0)
    raise SystemExit(code)


@credentials.command("rotate")
def rotate_command() -> None:
    """Seal every account's keys anew with the first of GAUNG_CREDENTIAL_KEYS."""
    with unit_of_work(db.sessionmaker) as session:
        count = rotate_credentials(session, wired().vault)
        rotate_sealed(session, wired().vault)
        click.echo(f"{count} akun disegel ulang.")
        click.echo(f"{rotate_keys(session, wired().vault)} kunci kode HP disegel ulang.")


people.add_command(factor_code)


@people.command("first-admin")
@click.argument("username")
@click.argument("name")
@click.option("--office", required=True, help="Name of the communications office.")
def first_admin(username: str, name: str, office: str) -> None:
    """Make the office and its first admin; prints the one-time password."""
    now: datetime = wired().clock.now()
    with unit_of_work(db.sessionmaker) as session:
        organisation = add_organisation(session, SYSTEM, kind="opd", name=office, is_office=True, now=now)
        _, password = invite(
            session,
            SYSTEM,
            username=username,
            name=name,
            organisation_id=organisation.id,
            roles=frozenset({Role.ADMIN}),
            now=now,
        )
    click.echo(f"Nama pengguna: {username}\nKata sandi sekali pakai: {password}")


@surveys.command("simulate", short_help="Jawaban simulasi untuk sebuah survei.")
@simulate_options
def simulate(**options: Any) -> None:
    """Isi survei WAVE (nomor atau kode tautannya) dengan jawaban simulasi, dan tandai surveinya sebagai simulasi.

    Survei yang sudah punya jawaban sungguhan ditolak. Mengulang dengan benih yang sama tidak menggandakan.
    """
    run_simulation(db.sessionmaker, now=wired().clock.now(), **options)


@audit.command("verify")
@click.option("--since", callback=read_day, help="Mulai dari segel sebelum tanggal ini, misalnya 2026-11-30.")
@click.option("--head", "printed", multiple=True, callback=read_heads, help="Segel dari laporan atau surel.")
def verify_trail(since: date | None, printed: tuple[Head, ...]) -> None:
    """Baca seluruh rantai jejak dan sebutkan yang tidak cocok; berakhir dengan 1 bila ada."""
    of, moment = settings(), wired().clock.now()
    raise SystemExit(
        run_verify(
            db.sessionmaker, now=moment, tz=of.tz, folder=of.var_dir, practice=of.practice, since=since, printed=printed
        )
    )


@audit.command("erase-name")
@click.argument("username")
@click.confirmation_option(prompt="Nama orang ini dihapus dari jejak untuk selamanya. Lanjutkan?")
def erase_name(username: str) -> None:
    """Hapus nama seseorang dari semua yang pernah dikerjakannya; nomor akunnya tetap."""
    run_erase_name(db.sessionmaker, username, now=wired().clock.now())


@audit.command("erase-content")
@click.argument("kind")
@click.argument("number")
@click.confirmation_option(prompt="Isi semua catatan tentang hal ini dihapus untuk selamanya. Lanjutkan?")
def erase_content(kind: str, number: str) -> None:
    """Hapus isi (sebelum dan sesudah) dari catatan tentang sebuah hal, misalnya `trainees 12`."""
    run_erase_content(db.sessionmaker, kind, number, now=wired().clock.now())


@practice.command("load")
def load_practice() -> None:
    """Load what of the practice year is missing; what is there stays as it is."""
    from app.demo import load  # noqa: PLC0415 (every other command starts without all that it needs)

    try:
        click.echo(load(current_app._get_current_object(), settings()))  # type: ignore[attr-defined]
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@outlets.command("preflight")
def preflight_command() -> None:
    """Check all accounts, and all posts until the next morning, as the worker does; 1 where something would not go
    out."""
    _check_platforms()
    checks = make_preflight(db.sessionmaker, wired(), current_app.config["SECRET_KEY"])
    text, code = told(checks.run(everything=True))
    click.echo(text)
    raise SystemExit(code)


def _check_platforms() -> None:
    """Say whose platforms are asked. Raises ClickException where those of practice do not run: what they would be found
    to answer is written down and told."""
    of = settings()
    if overruled_practice(of):
        click.echo("Bukan latihan: yang ditanya platform sungguhan, walaupun “make run” di sini latihan.", err=True)
    if not of.practice:
        return
    click.echo(f"Latihan: yang ditanya platform latihan di {of.practice_wall_url or of.x_api_url}.", err=True)
    for address in (of.x_api_url, of.graph_url, f"smtp://{of.smtp_host}:{of.smtp_port}"):
        if not _answers(address):
            raise click.ClickException(
                f"Platform latihan tidak menjawab di {address}, jadi tidak ada yang diperiksa dan tidak ada yang "
                "dicatat. Jalankan dulu “make run”."
            )


def _answers(address: str) -> bool:
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 80), timeout=2).close()
    except OSError:
        return False
    return True


@click.command("roles")
@with_appcontext
def roles_command() -> None:
    """Print the table of docs/roles.md from the URL map."""
    click.echo(roles_table(current_app), nl=False)


def init_cli(app: Flask) -> None:
    for command in (database, kits, credentials, outlets, people, surveys, practice, audit, roles_command):
        app.cli.add_command(command)
