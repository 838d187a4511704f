"""The list of users as a spreadsheet file."""

import csv
import io
from collections.abc import Callable, Iterable

from app.kernel.roles import Position, Role
from app.people.identity import shown_phone
from app.people.models import User
from app.people.roles import LABELS, POSITIONS

Column = tuple[str, Callable[[User], str]]

PLAIN: tuple[Column, ...] = (
    ("Nomor", lambda user: str(user.id)),
    ("Organisasi", lambda user: user.organisation.name),
    ("Peran", lambda user: ", ".join(str(LABELS[Role(row.name)]) for row in user.roles)),
    ("Jabatan", lambda user: str(POSITIONS[Position(user.position)]) if user.position else ""),
    ("Aktif", lambda user: "ya" if user.active else "tidak"),
    ("Tahun dibuat", lambda user: str(user.created_at.year) if user.created_at else ""),
)
PERSONAL: tuple[Column, ...] = (
    ("Nama", lambda user: user.name),
    ("Nama pengguna", lambda user: user.username),
    ("Nomor telepon", lambda user: shown_phone(user.phone)),
    ("Surel", lambda user: user.email or ""),
)


def users_csv(users: Iterable[User], *, personal: bool) -> bytes:
    """Semicolons and a byte order mark, as Excel with Indonesian settings opens it."""
    columns = PLAIN + PERSONAL if personal else PLAIN
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow([title for title, _ in columns])
    for user in users:
        writer.writerow([_harmless(read(user)) for _, read in columns])
    return sheet.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    """A cell that begins like a formula is text: spreadsheets would run it."""
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
