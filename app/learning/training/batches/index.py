"""The list of batches: by what it is narrowed and sorted, and its columns."""

from sqlalchemy import func

from app.base.web.filters import meaning, number, one_of, words
from app.base.web.listing import Column, Listing, in_order_of
from app.kernel.text import T
from app.learning.programmes.models import Programme
from app.learning.training.batches.listing import BatchFilters
from app.learning.training.models import Batch, BatchStatus
from app.learning.training.states import LABELS

BATCHES = Listing(
    filter_type=BatchFilters,
    filters=(
        words(),
        one_of("keadaan", "status", BatchStatus),
        number("program", "programme_id"),
        number("penyelenggara", "organisation_id"),
        number("tahun", "year", 2000, 2100),
        meaning("pelatih", "own", {"saya": True}),
    ),
    columns=(
        Column("angkatan", T("Angkatan"), order=func.lower(Batch.name)),
        Column("waktu", T("Waktu"), order=(Batch.starts_on, Batch.ends_on), latest_first=True),
        Column("tempat", T("Tempat"), order=("village", Batch.place)),
        Column("keadaan", T("Keadaan"), order=in_order_of(Batch.status, LABELS)),
        Column("peserta", T("Peserta"), order=("accepted", "applied"), latest_first=True),
        Column("program", T("Program"), lambda row: row.Batch.programme.title, func.lower(Programme.title)),
        Column("penyelenggara", T("Penyelenggara"), lambda row: row.organisation, "organisation"),
    ),
    page=("angkatan", "waktu", "tempat", "keadaan", "peserta"),
    more=("program", "penyelenggara"),
    unique=Batch.id,
)
