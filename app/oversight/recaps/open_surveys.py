"""Open data of surveys: which were held, and their figures by dimension and district.

The figures are those of the results pages (app/evidence/results), rounded as there and hidden by the same rule
(docs/decisions/018-what-is-hidden.md): one group at a time, district only. Only surveys that are closed, so that a
figure that was published does not change any more.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from app.base.documents.sheets import Cell, SheetRow
from app.evidence.instruments.definition import say
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.states import AUDIENCES
from app.evidence.results import words
from app.evidence.results.cells import Survey, surveys_of
from app.evidence.results.figures import VOLUNTEERS, Figure, Part, State, figure, groups, parts_of
from app.evidence.results.rounding import rounded
from app.evidence.surveys.models import SampleMethod, Stage, Wave, WaveStatus
from app.evidence.surveys.states import METHODS, STAGES
from app.evidence.surveys.statistics.publication import LEAST_CELL, LEAST_GROUP
from app.kernel.numbers import are_digits
from app.kernel.text import T
from app.oversight.recaps.open_acts import DIMENSION, OF_CAMPAIGN, SIMULATED
from app.oversight.recaps.open_set import ExportScope, Field, Resource

AT_ONCE = 20  # surveys that are held in memory together
ASKED = (SurveyAudience.RESIDENTS, SurveyAudience.CIVIL_SERVANTS)
DIGITS = 2
STATES = {
    State.SHOWN: T("ditampilkan"),
    State.NONE: T("belum ada jawaban"),
    State.FEW: T(f"belum cukup: kurang dari {LEAST_GROUP} jawaban"),
    State.SMALL: T(f"kurang dari {LEAST_CELL} orang, atau semua kecuali kurang dari {LEAST_CELL} orang"),
    State.PAIRED: T("tidak ditampilkan, supaya jawaban perorangan tidak bisa dihitung"),
    State.UNCODED: T("jawaban tulisan belum dikode"),
}


def _waves(making: ExportScope) -> Sequence[Wave]:
    query = select(Wave).where(Wave.status == WaveStatus.CLOSED, Wave.audience.in_(ASKED))
    if not making.practice:
        query = query.where(Wave.simulated.is_(False))
    return making.session.scalars(query.order_by(Wave.starts_on, Wave.id)).all()


def _surveys(making: ExportScope) -> Iterator[Survey]:
    waves = _waves(making)
    for audience in ASKED:
        same = [wave for wave in waves if wave.audience == audience]
        for first in range(0, len(same), AT_ONCE):
            yield from surveys_of(making.session, same[first : first + AT_ONCE])


def _held(making: ExportScope) -> Iterator[SheetRow]:
    for one in _surveys(making):
        wave, people = one.wave, int(one.cells.people.sum())
        yield (
            wave.code, wave.name, wave.audience, wave.stage, wave.campaign_id, wave.starts_on, wave.ends_on,
            wave.method, None if 0 < people < LEAST_CELL else people, wave.bps_number or None, wave.simulated,
        )  # fmt: skip


def _figures(making: ExportScope) -> Iterator[SheetRow]:
    for survey in _surveys(making):
        sample, volunteers = parts_of(survey)
        part = sample or volunteers
        if part is not None:
            yield from _of_survey(survey, part, making.regency_code)


def _of_survey(survey: Survey, part: Part, whole: str) -> Iterator[SheetRow]:
    for index, item in enumerate(survey.items):
        if item.group != "measure" or item.decoy:
            continue
        found = {whole: figure(part, index)}
        if survey.districts:
            found |= {code: one for code, one in groups(part, index, "district").items() if one.n}
        for code, one in found.items():
            yield (survey.wave.code, item.key, code, item.dimension, say(item.label), item.kind, *_told(one),
                   part.design is not None, survey.wave.simulated)  # fmt: skip


def _told(one: Figure) -> tuple[Cell, ...]:
    """n as the pages tell it: of one to four people, and where it would tell what is hidden, not at all."""
    known = are_digits(words.answered(one).removeprefix("sekitar ").replace(".", ""))
    limits = (None if value is None else float(rounded(value, DIGITS)) for value in (one.value, one.low, one.high))
    return str(one.state), *limits, one.n if known else None, one.about


SURVEYS = Resource(
    "survei", T("Survei yang sudah ditutup"), T("Survei warga dan pegawai yang diadakan lewat aplikasi."),
    ["kode_survei"],
    [
        Field("kode_survei", "string", T("Kode survei."), required=True),
        Field("nama", "string", T("Nama survei."), required=True),
        Field("ditanya", "string", T("Siapa yang ditanya."), required=True,
              choices={str(one): AUDIENCES[one] for one in ASKED}),
        Field("tahap", "string", T("Tahapnya."), required=True, choices={str(one): STAGES[one] for one in Stage}),
        OF_CAMPAIGN,
        Field("mulai", "date", T("Hari pertama."), required=True),
        Field("selesai", "date", T("Hari terakhir."), required=True),
        Field("cara_memilih", "string", T("Bagaimana penjawab dipilih."), required=True,
              choices={str(one): METHODS[one] for one in SampleMethod}),
        Field("jawaban", "integer", T("Banyaknya jawaban; kosong bila 1 sampai 4.")),
        Field("nomor_bps", "string", T("Nomor rekomendasi BPS (Romantik), bila ada.")),
        SIMULATED,
    ],
    _held,
)  # fmt: skip
FIGURES = Resource(
    "angka-survei", T("Angka survei menurut dimensi dan kecamatan"),
    T("Angka yang sama dengan halaman hasil survei, dan disembunyikan dengan aturan yang sama. Tanpa desa: desa tidak "
      "punya angka pengenalan sendiri."),
    ["kode_survei", "ukuran", "kode_wilayah"],
    [
        Field("kode_survei", "string", T("Surveinya."), required=True, refers=("survei", "kode_survei")),
        Field("ukuran", "string", T("Sebutan ukurannya."), required=True),
        Field("kode_wilayah", "string", T("Kode Kemendagri: kabupaten/kota untuk seluruh penjawab, atau kecamatannya."),
              required=True),
        DIMENSION,
        Field("keterangan_ukuran", "string", T("Ukurannya dengan kata-kata.")),
        Field("jenis", "string", T("Jenis angkanya."), required=True,
              choices={"share": T("bagian dari penjawab, 0 sampai 1"), "mean": T("rata-rata")}),
        Field("keadaan", "string", T("Apakah angkanya ditampilkan."), required=True,
              choices={str(key): word for key, word in STATES.items()}),
        Field("nilai", "number", T("Hasil dari jawaban, dengan bobot.")),
        Field("batas_bawah", "number", T("Batas bawah rentang 95 persen.")),
        Field("batas_atas", "number", T("Batas atas rentang 95 persen.")),
        Field("n", "integer", T("Berapa orang menjawab; kosong bila 1 sampai 4, atau bila akan membuka yang "
                                "disembunyikan.")),
        Field("dibulatkan", "boolean", T("true: n dan angkanya dibulatkan supaya tidak membuka yang disembunyikan."),
              required=True),
        Field("sampel", "boolean", T(f"false: {VOLUNTEERS}."), required=True),
        SIMULATED,
    ],
    _figures,
)  # fmt: skip
