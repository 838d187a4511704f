"""The list of events: its filters and sorting, its columns on the page and in the file.

In a file there is nobody's name or number: contact, speakers and registrations stay out.
"""

from datetime import datetime

from sqlalchemy import func

from app.base.web.filters import code, meaning, number, one_of, words
from app.base.web.formats import sentence, zone
from app.base.web.listing import Column, Listing, in_order_of
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.events.queries import EventFilters
from app.gatherings.events.states import KINDS, LABELS, TAGS
from app.kernel.text import T


def _time(moment: datetime) -> str:
    """Return a moment as spreadsheets sort it, on the regency's clock."""
    return moment.astimezone(zone()).strftime("%Y-%m-%d %H:%M")


EVENTS = Listing(
    filter_type=EventFilters,
    filters=(
        words(),
        one_of("status", "status", EventStatus),
        one_of("jenis", "kind", KINDS),
        number("program", "campaign_id"),
        code("kecamatan", "district_code"),
        code("desa", "village_code"),
        number("kelompok", "organisation_id"),
        meaning("waktu", "period", {"mendatang": "upcoming", "lewat": "past"}),
    ),
    columns=(
        Column("kegiatan", T("Kegiatan"), lambda row: row.Event.title, func.lower(Event.title)),
        Column("jenis", T("Jenis"), lambda row: KINDS.get(row.Event.kind), in_order_of(Event.kind, KINDS)),
        Column("keadaan", T("Keadaan"), lambda row: LABELS[row.Event.status], in_order_of(Event.status, LABELS)),
        Column(
            "waktu",
            T("Waktu"),
            lambda row: _time(row.Event.starts_at),
            Event.starts_at,
            latest_first=True,
            in_file=T("Mulai"),
        ),
        Column("selesai", T("Selesai"), lambda row: _time(row.Event.ends_at)),
        Column("desa", T("Desa/kelurahan"), lambda row: row.village),
        Column("kecamatan", T("Kecamatan"), lambda row: row.district, ("district", "village")),
        Column("tempat", T("Tempat"), lambda row: row.Event.place, ("village", Event.place)),
        Column("penyelenggara", T("Penyelenggara"), lambda row: row.organisation, "organisation"),
        Column("program", T("Program"), lambda row: row.campaign, "campaign"),
        Column("adinda", T("ADINDA"), lambda row: ", ".join(sentence(TAGS.get(tag.tag)) for tag in row.Event.tags)),
        Column("kapasitas", T("Tempat tersedia"), lambda row: row.Event.capacity),
        Column("terdaftar", T("Terdaftar"), lambda row: row.registered),
        Column(
            "peserta",
            T("Peserta"),
            lambda row: row.Event.people,
            (Event.people, "registered"),
            latest_first=True,
            in_file=T("Hadir"),
        ),
        Column("anggaran", T("Anggaran (Rp)"), lambda row: row.Event.budget, Event.budget, latest_first=True),
    ),
    page=("kegiatan", "waktu", "tempat", "keadaan", "peserta"),
    more=("jenis", "penyelenggara", "program", "kecamatan", "adinda", "anggaran"),
    unique=Event.id,
)  # fmt: skip
