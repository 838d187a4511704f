"""The list of groups: its filters and sorting, its columns on the page and in the file.

In a file there are no names of people, no phone numbers and no addresses.
"""

from sqlalchemy import func

from app.base.people.models import Organisation
from app.base.web.filters import code, meaning, one_of, words
from app.base.web.formats import local_day
from app.base.web.listing import Column, Listing
from app.gatherings.communities.queries import GroupFilters
from app.gatherings.communities.states import ACTIVITIES, COMPLETENESS, KINDS, SHORT_KINDS
from app.kernel.text import T

RESTING = "istirahat"

GROUPS = Listing(
    filter_type=GroupFilters,
    filters=(
        words(),
        one_of("jenis", "kind", KINDS),
        code("kecamatan", "district"),
        one_of("aktivitas", "activity", ACTIVITIES),
        code("tingkat", "level"),
        one_of("kelengkapan", "completeness", COMPLETENESS),
        meaning("keadaan", "rest", {RESTING: RESTING}, chooses=True),
    ),
    columns=(
        Column(
            "kelompok", T("Kelompok"), lambda row: row.Organisation.name, func.lower(Organisation.name),
            in_file=T("Nama"),
        ),
        Column("jenis", T("Jenis"), lambda row: SHORT_KINDS.get(row.group_kind) or row.group_kind, "group_kind"),
        Column("nomor", T("Nomor kim.id"), lambda row: row.kim_number or "", "kim_number"),
        Column("kode", T("Kode desa"), lambda row: row.Village.code if row.Village else ""),
        Column(
            "desa", T("Desa"), lambda row: row.Village.name if row.Village else "", "village_name",
            in_file=T("Desa atau kelurahan"),
        ),
        Column("kecamatan", T("Kecamatan"), lambda row: row.District.name if row.District else "", "district_name"),
        Column(
            "aktivitas", T("Aktivitas"), lambda row: ACTIVITIES[row.activity], ("recent", "last"), latest_first=True
        ),
        Column("baru", T("Kegiatan dalam %(n)s hari"), lambda row: row.recent),
        Column(
            "terakhir", T("Kegiatan terakhir"), lambda row: row.last and local_day(row.last), "last", latest_first=True
        ),
        Column("tingkat", T("Tingkat"), lambda row: row.level or "", "level"),
        Column("dinilai", T("Tanggal penilaian"), lambda row: row.scored_on, "scored_on", latest_first=True),
        Column(
            "data", T("Data"), lambda row: COMPLETENESS[row.completeness], "completeness", in_file=T("Kelengkapan data")
        ),
    ),
    page=("kelompok", "desa", "aktivitas", "terakhir", "tingkat", "data"),
    more=("jenis", "nomor", "kecamatan", "dinilai"),
    unique=Organisation.id,
)  # fmt: skip
