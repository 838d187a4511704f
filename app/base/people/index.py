"""The list of users: by what it is narrowed and sorted, its columns on the page and in the files.

Names and contacts are only in the file that is asked for with them.
"""

from sqlalchemy import func, select

from app.base.people.identity import shown_phone
from app.base.people.models import Organisation, User
from app.base.people.queries import UserFilters
from app.base.people.roles import LABELS, POSITIONS
from app.base.web.filters import code, meaning, number, words
from app.base.web.formats import sentence
from app.base.web.listing import Column, Listing
from app.kernel.roles import Position, Role
from app.kernel.text import T

ORGANISATION = select(func.lower(Organisation.name)).where(Organisation.id == User.organisation_id).scalar_subquery()
STATES = {"active": "active", "closed": "closed", "": ""}

USERS = Listing(
    filter_type=UserFilters,
    filters=(
        words(),
        code("peran", "role"),
        number("organisasi", "organisation_id"),
        meaning("keadaan", "state", STATES, chooses=True),
    ),
    columns=(
        Column("nomor", T("Nomor"), lambda user: str(user.id)),
        Column("organisasi", T("Organisasi"), lambda user: user.organisation.name, ORGANISATION, labelled=False),
        Column(
            "peran", T("Peran"), lambda user: ", ".join(sentence(LABELS[Role(row.name)]) for row in user.roles),
            labelled=False,
        ),
        Column("jabatan", T("Jabatan"), lambda user: POSITIONS[Position(user.position)] if user.position else ""),
        Column("aktif", T("Aktif"), lambda user: T("ya") if user.active else T("tidak")),
        Column("tahun", T("Tahun dibuat"), lambda user: str(user.created_at.year) if user.created_at else ""),
        Column(
            "nama", T("Nama"), lambda user: user.name, func.lower(User.name), personal=True, css="fw-normal"
        ),
        Column("pengguna", T("Nama pengguna"), lambda user: user.username, personal=True),
        Column("telepon", T("Nomor telepon"), lambda user: shown_phone(user.phone), personal=True),
        Column("surel", T("Surel"), lambda user: user.email or "", personal=True),
        Column("masuk", T("Terakhir masuk"), order=User.last_seen_at, latest_first=True, labelled=False),
        Column("keadaan", T("Keadaan"), labelled=False),
    ),
    page=("nama", "organisasi", "peran", "masuk", "keadaan"),
    more=("jabatan", "tahun"),
    unique=User.id,
)  # fmt: skip
