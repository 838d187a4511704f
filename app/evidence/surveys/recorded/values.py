"""Values that a person enters about a survey that was done elsewhere, and whether they can be stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.connectivity import Precision
from app.base.media import service as media
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.states import SURVEYED
from app.evidence.surveys.models import RecordedResult
from app.kernel.errors import Invalid, NotFound
from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign, Dimension
from app.outreach.campaigns.rules import visible as visible_campaigns

MOST_ANSWERS = 40
MOST_ASKED = 10_000_000
LIMITS = {"title": 200, "method": 300, "question": 500, "finding": 5000, "source": 500, "answer": 300}
"""Letters."""


@dataclass(frozen=True)
class Answer:
    """One answer of a recorded result.

    `count`: how many gave it, None where nobody knows. `counts`: it counts for the measure.
    """

    text: str
    count: int | None = None
    counts: bool = False


@dataclass(frozen=True)
class ResultValues:
    """What a person enters. `organisation_id` None: their own, or the office. `precision`: year, month, day."""

    title: str
    done_on: date | None
    precision: str = Precision.DAY
    audience: str = SurveyAudience.RESIDENTS
    campaign_id: int | None = None
    organisation_id: int | None = None
    method: str = ""
    asked: int | None = None
    question: str = ""
    answers: Sequence[Answer] = ()
    several: bool = False
    finding: str = ""
    measure_key: str | None = None
    dimension_key: str | None = None
    source: str = ""
    file_id: int | None = None


def check(
    session: Session, actor: Actor, values: ResultValues, *, today: date, kept: RecordedResult | None = None
) -> None:
    """Raise Invalid, with the field, for the first thing that cannot be stored. `kept`: what stands there already."""
    _check_words(values)
    if values.done_on is None:
        raise Invalid(T("Isi paling sedikit tahun pelaksanaannya."), field="year")
    if values.done_on > today:
        raise Invalid(
            T("Tanggal ini belum terjadi. Yang dicatat di sini adalah survei yang sudah selesai."), field="year"
        )
    if values.precision not in set(Precision):
        raise Invalid(T("Pilih tanggal, bulan, atau tahun saja."), field="year")
    if values.audience not in SURVEYED:
        raise Invalid(T("Pilih siapa yang ditanya: warga atau ASN."), field="audience")
    if values.asked is not None and not 1 <= values.asked <= MOST_ASKED:
        raise Invalid(
            T("Jumlah yang ditanya paling sedikit 1. Kosongkan bila tidak diketahui."), field="asked"
        )  # fmt: skip
    _check_answers(values)
    _check_references(session, actor, values, kept)


def _check_words(values: ResultValues) -> None:
    if not values.title.strip():
        raise Invalid(T("Beri nama survei ini, misalnya “Tinjauan 2021”."), field="title")
    if not values.source.strip():
        raise Invalid(T("Tulis sumbernya: nama laporan, surat, atau alamat berita."), field="source")
    for name in ("title", "method", "question", "finding", "source"):
        if len(getattr(values, name)) > LIMITS[name]:
            raise Invalid(T("Terlalu panjang. Paling banyak %(n)s huruf.", n=LIMITS[name]), field=name)
    if not (values.finding.strip() or any(answer.text.strip() for answer in values.answers)):
        raise Invalid(
            T("Tulis apa yang ditemukan, dengan kata-kata sumbernya, atau isi jawabannya satu per satu."),
            field="finding",
        )


def _check_answers(values: ResultValues) -> None:
    answers = values.answers
    if len(answers) > MOST_ANSWERS:
        raise Invalid(T("Paling banyak %(n)s jawaban.", n=MOST_ANSWERS), field="answers")
    texts = [answer.text.strip() for answer in answers]
    if not all(texts):
        raise Invalid(T("Ada jumlah tanpa jawabannya. Tulis bunyi jawabannya, atau kosongkan."), field="answers")
    if len({text.casefold() for text in texts}) < len(texts):
        raise Invalid(T("Ada jawaban yang tertulis dua kali. Gabungkan jumlahnya."), field="answers")
    if any(len(text) > LIMITS["answer"] for text in texts):
        raise Invalid(T("Terlalu panjang. Paling banyak %(n)s huruf.", n=LIMITS["answer"]), field="answers")
    known = [answer.count for answer in answers if answer.count is not None]
    if any(not 0 <= count <= MOST_ASKED for count in known):
        raise Invalid(T("Jumlah jawaban tidak boleh kurang dari nol."), field="answers")
    if values.asked is None:
        return
    over = max(known, default=0) if values.several else sum(known)
    if over > values.asked:
        raise Invalid(
            T(
                "Jumlah jawaban (%(sum)s) melebihi yang ditanya (%(asked)s). Periksa angkanya, atau centang “boleh "
                "lebih dari satu jawaban”.",
                sum=over, asked=values.asked,
            ),
            field="answers",
        )  # fmt: skip


def _check_references(session: Session, actor: Actor, values: ResultValues, kept: RecordedResult | None) -> None:
    new_campaign = values.campaign_id is not None and (kept is None or kept.campaign_id != values.campaign_id)
    if new_campaign and not session.scalar(
        select(Campaign.id).where(Campaign.id == values.campaign_id, visible_campaigns(actor))
    ):
        raise Invalid(T("Pilih program dari daftar."), field="campaign_id")
    if values.dimension_key and session.get(Dimension, values.dimension_key) is None:
        raise Invalid(T("Pilih dimensi dari daftar."), field="dimension_key")
    if values.file_id is not None and (kept is None or kept.file_id != values.file_id):
        try:
            media.file_of(session, actor, values.file_id)
        except NotFound as error:
            raise Invalid(T("Berkas ini tidak ditemukan. Unggah sekali lagi."), field="file_id") from error
