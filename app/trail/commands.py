"""`flask audit …`: checking the trail, and the erasing of what a person has a right to see gone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.kernel.db import unit_of_work
from app.kernel.roles import SYSTEM
from app.people.models import User
from app.trail import erasing
from app.trail.heads import parse_head
from app.trail.verify import Head, Verdict, verify
from app.web.db import db
from app.web.formats import local_day
from app.web.wiring import now, settings

audit = AppGroup("audit", help="The trail of who did what.")


def _day(_context: Any, _option: Any, given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise click.BadParameter("Tulis tanggal sebagai TAHUN-BULAN-HARI, misalnya 2026-11-30.") from None


def _heads(_context: Any, _option: Any, given: tuple[str, ...]) -> tuple[Head, ...]:
    try:
        return tuple(Head(*parse_head(text)) for text in given)
    except ValueError:
        raise click.BadParameter("Tulis segel sebagai TANGGAL:BARIS:KODE, seperti di laporan atau surel.") from None


@audit.command("verify")
@click.option("--since", callback=_day, help="Mulai dari segel sebelum tanggal ini, misalnya 2026-11-30.")
@click.option("--head", "printed", multiple=True, callback=_heads, help="Segel dari laporan atau surel.")
def verify_command(since: date | None, printed: tuple[Head, ...]) -> None:
    """Baca seluruh rantai jejak dan sebutkan yang tidak cocok. Berakhir dengan 1 bila ada yang tidak cocok."""
    of = settings()
    found = verify(
        db.sessionmaker, now=now(), tz=of.tz, since=since, printed=printed, folder=of.var_dir, practice=of.practice
    )
    for line in report(found):
        click.echo(line)
    raise SystemExit(0 if found.sound else 1)


def report(found: Verdict) -> list[str]:
    """What was found, line by line."""
    lines = [str(fault.words) for fault in found.faults]
    lines += [f"Hari tanpa jejak: {first} sampai {last}. Rantai berlanjut sesudahnya." for first, last in found.missing]
    if found.old_rows and found.old_until:
        lines.append(f"{found.old_rows} catatan tanpa segel, sampai tanggal {local_day(found.old_until).isoformat()}.")
    if found.sound:
        lines.append(f"Jejak utuh sampai baris {found.last}. {found.waiting} catatan menunggu segel.")
    else:
        broken = f"Jejak rusak mulai baris {found.broken_from}." if found.broken_from else "Jejak perlu diperiksa."
        lines.append(broken)
    return lines


def _erasing(count: Callable[[Any], int]) -> None:
    with unit_of_work(db.sessionmaker) as session:
        n = count(session)
    click.echo(f"{n} catatan dikosongkan. Baris dan segelnya tetap ada.")


@audit.command("erase-name")
@click.argument("username")
@click.confirmation_option(prompt="Nama orang ini dihapus dari jejak untuk selamanya. Lanjutkan?")
def erase_name(username: str) -> None:
    """Hapus nama seseorang dari semua yang pernah dikerjakannya; nomor akunnya tetap."""

    def run(session: Any) -> int:
        user_id = session.scalar(select(User.id).where(User.username == username))
        if user_id is None:
            raise click.ClickException("Pengguna ini tidak ada.")
        return erasing.erase_name(session, SYSTEM, user_id, now=now())

    _erasing(run)


@audit.command("erase-content")
@click.argument("kind")
@click.argument("number")
@click.confirmation_option(prompt="Isi semua catatan tentang hal ini dihapus untuk selamanya. Lanjutkan?")
def erase_content(kind: str, number: str) -> None:
    """Hapus isi (sebelum dan sesudah) dari catatan tentang sebuah hal, misalnya `trainees 12`."""
    _erasing(lambda session: erasing.erase_content(session, SYSTEM, kind, number, now=now()))
