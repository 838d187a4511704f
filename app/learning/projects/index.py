"""The list of projects: by what it is narrowed and sorted, its columns on the page and in the file: nobody's name."""

from sqlalchemy import func

from app.base.web.filters import meaning, number, one_of, words
from app.base.web.listing import Column, Listing, in_order_of
from app.kernel.text import T
from app.learning.projects.models import Project, ProjectStatus
from app.learning.projects.queries import ProjectFilters
from app.learning.projects.states import LABELS

REAL, PRACTICE = T("Nyata"), T("Simulasi")

PROJECTS = Listing(
    filter_type=ProjectFilters,
    filters=(
        words(),
        one_of("status", "status", ProjectStatus),
        number("opd", "organisation_id"),
        number("komunitas", "group_id"),
        meaning("keadaan", "archived", {"arsip": True}, chooses=True),
    ),
    columns=(
        Column("proyek", T("Proyek"), lambda row: row.Project.name, func.lower(Project.name), in_file=T("Nama")),
        Column("tentang", T("Tentang"), lambda row: row.Project.summary),
        Column("opd", T("Untuk OPD"), lambda row: row.opd or "", "opd"),
        Column("komunitas", T("Komunitas"), lambda row: row.group_name or "", "group_name"),
        Column(
            "keadaan", T("Keadaan"), lambda row: LABELS[row.Project.status], in_order_of(Project.status, LABELS),
            css="text-nowrap",
        ),
        Column("sejak", T("Sejak"), lambda row: row.Project.status_on, Project.status_on, latest_first=True),
        Column("repositori", T("Repositori"), lambda row: row.Project.repository),
        Column("alamat", T("Alamat"), lambda row: row.Project.address),
        Column(
            "orang", T("Orang"), lambda row: row.people or None, "people", latest_first=True, in_file=T("Jumlah orang")
        ),
        Column("data", T("Data"), lambda row: PRACTICE if row.simulated else REAL),
    ),
    page=("proyek", "opd", "komunitas", "keadaan", "orang"),
    more=("sejak", "repositori", "alamat"),
    unique=Project.id,
)  # fmt: skip
