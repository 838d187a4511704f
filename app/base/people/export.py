"""The list of users as a spreadsheet file."""

from collections.abc import Callable, Iterable

from app.base.documents.sheets import as_csv
from app.base.people.identity import shown_phone
from app.base.people.models import User
from app.base.people.roles import LABELS, POSITIONS
from app.kernel.roles import Position, Role

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
    columns = PLAIN + PERSONAL if personal else PLAIN
    return as_csv([title for title, _ in columns], ([read(user) for _, read in columns] for user in users))
