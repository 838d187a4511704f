"""The commands `flask audit …`: checking the trail, and the erasing of what a person has a right to see gone."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.people.models import User
from app.base.trail import erasing
from app.base.trail.heads import parse_head
from app.base.trail.verify import Head, Verdict, verify
from app.kernel.db import unit_of_work
from app.kernel.roles import SYSTEM


def read_day(_context: Any, _option: Any, given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise click.BadParameter("Tulis tanggal sebagai TAHUN-BULAN-HARI, misalnya 2026-11-30.") from None


def read_heads(_context: Any, _option: Any, given: Sequence[str]) -> tuple[Head, ...]:
    try:
        return tuple(Head(*parse_head(text)) for text in given)
    except ValueError:
        raise click.BadParameter("Tulis segel sebagai TANGGAL:BARIS:KODE, seperti di laporan atau surel.") from None


def run_verify(
    sessions: "sessionmaker[Session]",
    *,
    now: datetime,
    tz: str,
    folder: Path,
    practice: bool,
    since: date | None,
    printed: Sequence[Head],
) -> int:
    """Print what was found; return 1 where something does not fit."""
    found = verify(sessions, now=now, tz=tz, since=since, printed=printed, folder=folder, practice=practice)
    for line in report(found, ZoneInfo(tz)):
        click.echo(line)
    return 0 if found.sound else 1


def report(found: Verdict, zone: ZoneInfo) -> list[str]:
    """Return what was found, line by line."""
    lines = [str(fault.words) for fault in found.faults]
    lines += [f"Hari tanpa jejak: {first} sampai {last}. Rantai berlanjut sesudahnya." for first, last in found.missing]
    if found.old_rows and found.old_until:
        until = found.old_until.astimezone(zone).date().isoformat()
        lines.append(f"{found.old_rows} catatan tanpa segel, sampai tanggal {until}.")
    if found.sound:
        lines.append(f"Jejak utuh sampai baris {found.last}. {found.waiting} catatan menunggu segel.")
    elif found.broken_from:
        lines.append(f"Jejak rusak mulai baris {found.broken_from}.")
    else:
        lines.append("Jejak perlu diperiksa.")
    return lines


def run_erase_name(sessions: "sessionmaker[Session]", username: str, *, now: datetime) -> None:
    with unit_of_work(sessions) as session:
        user_id = session.scalar(select(User.id).where(User.username == username))
        if user_id is None:
            raise click.ClickException("Pengguna ini tidak ada.")
        _say(erasing.erase_name(session, SYSTEM, user_id, now=now))


def run_erase_content(sessions: "sessionmaker[Session]", kind: str, number: str, *, now: datetime) -> None:
    with unit_of_work(sessions) as session:
        _say(erasing.erase_content(session, SYSTEM, kind, number, now=now))


def _say(count: int) -> None:
    click.echo(f"{count} catatan dikosongkan. Baris dan segelnya tetap ada.")
