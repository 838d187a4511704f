"""Open data of places: districts, villages with their last contact, the register of networks, programmes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from sqlalchemy import select

from app.base.areas import queries as areas
from app.base.areas.connectivity import ConnectivityStatus, Precision
from app.base.areas.models import Connectivity, Village
from app.base.documents.sheets import SheetRow
from app.base.people.models import Organisation
from app.evidence.surveys.statistics.publication import LEAST_CELL
from app.gatherings.reports.contacts import SOURCES, Source, contacts
from app.kernel.text import T
from app.learning.skills import villages_reached
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.campaigns.rules import STATUS_LABELS
from app.oversight.recaps.open_set import ExportScope, Field, Resource

NETWORK: Mapping[str, str | T] = {
    ConnectivityStatus.NONE: T("tanpa jaringan"),
    ConnectivityStatus.PARTIAL: T("sebagian"),
    ConnectivityStatus.SERVED: T("dilaporkan terlayani"),
}
PRECISIONS: Mapping[str, str | T] = {
    Precision.YEAR: T("tahunnya"),
    Precision.MONTH: T("bulannya"),
    Precision.DAY: T("tanggalnya"),
}
KINDS: Mapping[str, str | T] = {"desa": T("desa"), "kelurahan": T("kelurahan"), "desa_adat": T("desa adat")}
DISTRICT = ("kecamatan", "kode_kecamatan")
VILLAGE = ("desa", "kode_desa")
CAMPAIGN = ("program", "id_program")


def _districts(making: ExportScope) -> Iterator[SheetRow]:
    for row in areas.districts(making.session, making.regency_code):
        one = row.district
        yield one.code, one.name, row.villages, row.kelurahan, one.population, one.population_source


def _told() -> list[Source]:
    """The sources of contact, but training only where it tells of no single person."""
    last_days = partial(villages_reached.last_days, least=LEAST_CELL)
    return [replace(one, last_days=last_days) if one is villages_reached.TRAINING else one for one in SOURCES]


def _villages(making: ExportScope) -> Iterator[SheetRow]:
    last = contacts(making.session, making.zone, making.now, sources=_told())
    query = areas.villages(making.regency_code).order_by(None).order_by(Village.code)
    for village, district, said in making.session.execute(query):
        contact = last.get(village.code)
        yield (
            village.code, village.name, village.kind, district.code, village.population,
            contact.on if contact else None, " ".join(one.key for one in contact.sources) if contact else None,
            said.status if said else None, said.as_of if said else None,
        )  # fmt: skip


def _networks(making: ExportScope) -> Iterator[SheetRow]:
    query = select(Connectivity).order_by(Connectivity.village_code, Connectivity.as_of, Connectivity.id)
    for one in making.session.scalars(query.where(Connectivity.village_code.startswith(f"{making.regency_code}."))):
        yield one.village_code, one.as_of, one.status_text, one.as_of_precision, one.status, one.provider, one.source


def _campaigns(making: ExportScope) -> Iterator[SheetRow]:
    query = select(Campaign, Organisation.name).join(Organisation, Organisation.id == Campaign.organisation_id)
    for one, owner in making.session.execute(query.order_by(Campaign.id)):
        yield one.id, one.name, owner, one.starts_on, one.ends_on, one.status


DISTRICTS = Resource(
    "kecamatan", T("Kecamatan"), T("Kecamatan dengan jumlah desanya dan penduduknya."), ["kode_kecamatan"],
    [
        Field("kode_kecamatan", "string", T("Kode Kemendagri."), required=True),
        Field("nama", "string", T("Nama kecamatan."), required=True),
        Field("jumlah_desa", "integer", T("Desa dan kelurahan."), required=True),
        Field("jumlah_kelurahan", "integer", T("Di antaranya kelurahan."), required=True),
        Field("penduduk", "integer", T("Jumlah penduduk yang dicatat kantor.")),
        Field("sumber_penduduk", "string", T("Dari mana angka penduduknya.")),
    ],
    _districts,
)  # fmt: skip
VILLAGES = Resource(
    "desa", T("Desa dan kelurahan"),
    T("Kapan tiap desa terakhir dijangkau, dan keadaan jaringannya menurut keterangan terakhir. Dijangkau: kegiatan "
      "berlangsung di sana, cetakan terbukti terpasang di sana, atau ada peserta pelatihan dari sana, paling sedikit "
      f"{LEAST_CELL} orang."),
    ["kode_desa"],
    [
        Field("kode_desa", "string", T("Kode Kemendagri."), required=True),
        Field("nama", "string", T("Nama; nama yang sama bisa ada di kecamatan lain."), required=True),
        Field("jenis", "string", T("Jenisnya."), required=True, choices=KINDS),
        Field("kode_kecamatan", "string", T("Kecamatannya."), required=True, refers=DISTRICT),
        Field("penduduk", "integer", T("Jumlah penduduk yang dicatat kantor.")),
        Field("kontak_terakhir", "date", T("Hari terakhir desa ini dijangkau; kosong bila belum pernah dicatat.")),
        Field("kontak_lewat", "string", T("Dengan apa, dipisahkan spasi: ")),
        Field("jaringan", "string", T("Keadaan menurut keterangan terakhir; kosong bila tidak ada keterangan."),
              choices=NETWORK),
        Field("jaringan_per", "date", T("Tanggal keterangan itu. Ketepatannya ada di tabel jaringan.")),
    ],
    _villages,
)  # fmt: skip
NETWORKS = Resource(
    "jaringan", T("Keterangan jaringan desa"),
    T("Setiap keterangan tentang jaringan sebuah desa, dengan tanggal dan sumbernya. Yang terbaru berlaku."),
    ["kode_desa", "per", "keterangan"],
    [
        Field("kode_desa", "string", T("Desanya."), required=True, refers=VILLAGE),
        Field("per", "date", T("Keadaan per tanggal ini."), required=True),
        Field("keterangan", "string", T("Kalimat sumbernya."), required=True),
        Field("ketepatan", "string", T("Yang diketahui dari tanggalnya."), required=True, choices=PRECISIONS),
        Field("jaringan", "string", T("Keadaannya."), required=True, choices=NETWORK),
        Field("penyedia", "string", T("Penyedia jaringan.")),
        Field("sumber", "string", T("Surat, laporan, atau berita."), required=True),
    ],
    _networks,
)  # fmt: skip
CAMPAIGNS = Resource(
    "program", T("Program sosialisasi"), T("Program yang dirujuk tabel lain."), ["id_program"],
    [
        Field("id_program", "integer", T("Nomor program di aplikasi."), required=True),
        Field("nama", "string", T("Nama program."), required=True),
        Field("penyelenggara", "string", T("Organisasi pemilik program."), required=True),
        Field("mulai", "date", T("Hari pertama."), required=True),
        Field("selesai", "date", T("Hari terakhir."), required=True),
        Field("keadaan", "string", T("Keadaannya."), required=True,
              choices={str(one): STATUS_LABELS[one] for one in CampaignStatus}),
    ],
    _campaigns,
)  # fmt: skip


def places() -> list[Resource]:
    """Return the tables of places. Sources of contact come from rooms above reports, so they are named when the set is
    made."""
    said = "; ".join(f"{one.key} = {one.label}" for one in SOURCES)
    fields = [
        Field(one.name, one.kind, T(f"Dengan apa, dipisahkan spasi: {said}.")) if one.name == "kontak_lewat" else one
        for one in VILLAGES.fields
    ]
    villages = Resource(VILLAGES.name, VILLAGES.title, VILLAGES.about, VILLAGES.key, fields, VILLAGES.rows)
    return [DISTRICTS, villages, NETWORKS, CAMPAIGNS]
