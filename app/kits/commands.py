"""The work and the output of `flask kits check` and `flask kits import`; the command line only prints it."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.base.media.storage import Storage
from app.kernel.errors import GaungError
from app.kernel.roles import SYSTEM
from app.kernel.text import T
from app.kits.check import check_all, errors
from app.kits.kit import find_kits, read_kit
from app.kits.programmes import import_for_organisation
from app.kits.reading import Finding
from app.kits.service import import_kit, prepare


def check_command(
    path: Path, *, channels: Mapping[str, Any] | None = None, regency_code: str | None = None
) -> tuple[str, int]:
    """Check one kit or every kit in a folder and return (text, exit code). 0: no errors, 1: errors, 2: no kit."""
    results = check_all(path, channels=channels, regency_code=regency_code)
    if not results:
        return str(
            T("Tidak ada paket di %(path)s: berkas campaign.yaml atau programmes/ tidak ditemukan.", path=path)
        ), 2
    lines: list[str] = []
    for folder, findings in results.items():
        lines.append(f"{folder.name}: {summary(findings)}")
        lines.extend(f"  {_word(finding)} {finding}" for finding in findings)
    return "\n".join(lines), int(any(errors(findings) for findings in results.values()))


def summary(findings: list[Finding]) -> T:
    wrong, notes = len(errors(findings)), len(findings) - len(errors(findings))
    if wrong:
        return T("%(wrong)s hal perlu diperbaiki, %(notes)s catatan", wrong=wrong, notes=notes)
    if notes:
        return T("siap dipakai, %(notes)s isian perlu dilengkapi", notes=notes)
    return T("siap dipakai")


def _word(finding: Finding) -> str:
    return str(T("salah") if finding.level == "error" else T("catatan"))


def import_command(
    session: Session,
    path: Path,
    *,
    start: date,
    storage: Storage,
    channels: Mapping[str, Any] | None = None,
    now: datetime,
    tz: str,
    regency_code: str | None = None,
) -> tuple[str, int]:
    """Import one kit or every kit in a folder and return (text, exit code); the caller commits when the code is 0."""
    folders = find_kits(path)
    if not folders:
        return str(
            T("Tidak ada paket di %(path)s: berkas campaign.yaml atau programmes/ tidak ditemukan.", path=path)
        ), 2
    lines: list[str] = []
    for folder in folders:
        try:
            if read_kit(folder).is_training:
                lines += _programmes(session, folder, storage=storage, now=now)
                continue
            result = import_kit(
                session,
                SYSTEM,
                folder,
                start=start,
                storage=storage,
                channels=channels,
                now=now,
                tz=tz,
                regency_code=regency_code,
            )
        except GaungError as error:
            return "\n".join([*lines, f"{folder.name}: {error.sentence}"]), 1
        if result.created:
            told = T(
                "program “%(name)s” dibuat, mulai %(start)s: %(posts)s materi, %(pieces)s cetakan, "
                "%(events)s kegiatan, %(waves)s survei, %(programmes)s program pelatihan",
                name=result.campaign.name,
                start=start.isoformat(),
                posts=len(result.posts),
                pieces=len(result.pieces),
                events=len(result.events),
                waves=len(result.waves),
                programmes=len(result.programmes),
            )
        else:
            told = T("sudah ada sejak sebelumnya, mulai %(start)s: tidak ada yang diubah", start=start.isoformat())
        lines.append(f"{folder.name}: {told}")
        lines.extend(f"  {sentence}" for sentence in result.skipped)
    return "\n".join(lines), 0


def _programmes(session: Session, folder: Path, *, storage: Storage, now: datetime) -> list[str]:
    """What is said of a kit that carries programmes of training alone."""
    result = import_for_organisation(session, SYSTEM, prepare(folder), storage=storage, now=now)
    told = T("%(made)s program pelatihan dibuat", made=len(result.made))
    if not result.made:
        told = T("program pelatihannya sudah ada sejak sebelumnya: tidak ada yang diubah")
    return [f"{folder.name}: {told}", *(f"  {sentence}" for sentence in result.skipped)]
