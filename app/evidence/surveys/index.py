"""The list of surveys: its filters, its order and its columns."""

from sqlalchemy import func

from app.base.web.filters import number, one_of, words
from app.base.web.listing import Column, Listing, in_order_of
from app.evidence.instruments.states import SURVEYED
from app.evidence.surveys.listing import SurveyFilters
from app.evidence.surveys.models import Wave
from app.evidence.surveys.states import STAGES, STATUSES
from app.kernel.text import T

SURVEYS = Listing(
    filter_type=SurveyFilters,
    filters=(
        words(),
        one_of("keadaan", "status", STATUSES),
        one_of("tahap", "stage", STAGES),
        one_of("siapa", "audience", SURVEYED),
        number("program", "campaign_id"),
    ),
    columns=(
        Column("survei", T("Survei"), order=func.lower(Wave.name)),
        Column("program", T("Program"), order="campaign"),
        Column("waktu", T("Waktu"), order=(Wave.starts_on, Wave.ends_on), latest_first=True, css="wave-when"),
        Column("keadaan", T("Keadaan"), order=in_order_of(Wave.status, STATUSES)),
        Column("jawaban", T("Jawaban")),
        Column("tahap", T("Survei yang mana"), lambda row: STAGES[row.Wave.stage], in_order_of(Wave.stage, STAGES)),
        Column("siapa", T("Siapa yang ditanya"), lambda row: SURVEYED[row.Wave.audience], Wave.audience),
        Column("penyelenggara", T("Penyelenggara"), lambda row: row.organisation, "organisation"),
    ),
    page=("survei", "program", "waktu", "keadaan", "jawaban"),
    more=("tahap", "siapa", "penyelenggara"),
    unique=Wave.id,
)
