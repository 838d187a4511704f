"""Codebook of a file of answers: what every column means, for whoever has not seen the questionnaire."""

from collections.abc import Iterator, Sequence

from app.evidence.instruments.definition import Definition, Option, Question, say
from app.evidence.instruments.states import AGE_WORDS, KIND_WORDS, SEX_WORDS
from app.evidence.responses.columns import (
    AGE_BAND,
    DISTRICT,
    ENDED,
    LANGUAGE,
    MEASURE,
    MODE,
    PLACE,
    SEX,
    STARTED,
    UUID,
    Column,
    columns,
)
from app.evidence.surveys.states import MODES
from app.kernel.text import T

TITLES = (T("Kolom"), T("Arti"), T("Jenis"), T("Isi"), T("Arti isi"))
CodebookLine = tuple[str, str, str, str, str]
"""Column, its meaning, its kind, a value, what the value means; the first three only on the first line of a column."""

ABOUT: dict[str, T] = {
    UUID: T("Nomor jawaban. Jawaban dengan nomor yang sama dihitung sekali."),
    MODE: T("Cara menjawab"),
    PLACE: T("Kode desa atau kelurahan (Kemendagri), atau opd:nomor"),
    "nama_tempat": T("Nama desa, kelurahan, atau OPD"),
    DISTRICT: T("Kecamatan"),
    SEX: T("Jenis kelamin"),
    AGE_BAND: T("Kelompok umur"),
    LANGUAGE: T("Bahasa"),
    STARTED: T("Mulai menjawab, waktu setempat"),
    ENDED: T("Selesai menjawab, waktu setempat"),
    "tanda": T("Tanda mutu: fast terlalu cepat, straight semua sama, decoy mengenal layanan yang tidak ada, repeat "
               "diduga ulangan, late terlambat, blank ada yang tidak dijawab, clock jam HP tidak cocok"),
    "bobot": T("Bobot jawaban dalam hasil survei"),
    "strata": T("Strata sampel"),
    "klaster": T("Klaster sampel (desa); kosong bila setiap orang satu satuan"),
    "populasi": T("Jumlah pegawai OPD; kosong bila tidak diketahui atau survei warga"),
    "petugas": T("Yang mewawancarai atau mengetik"),
    "simulasi": T("“ya”: jawaban buatan untuk latihan, bukan jawaban orang"),
}  # fmt: skip
VALUES: dict[str, dict[str, T]] = {SEX: dict(SEX_WORDS), AGE_BAND: dict(AGE_WORDS), MODE: dict(MODES)}


def codebook(
    definition: Definition, about: Sequence[str], *, texts: bool = True, measures: bool = False
) -> Iterator[CodebookLine]:
    """Yield the lines for these columns of the person, all columns of the answers, and of the `measures`."""
    for name in about:
        meaning = str(ABOUT[name])
        values = [(key, str(words)) for key, words in VALUES.get(name, {}).items()]
        yield from _lines(name, meaning, str(T("tentang jawaban")), values)
    for column in columns(definition, texts=texts):
        yield from _of_column(definition, column)
    for measure in definition.measures if measures else ():
        share = [("1", str(T("ya"))), ("0", str(T("tidak"))), ("", str(T("tidak dihitung dalam ukuran ini")))]
        values = share if measure.kind == "share" else []
        yield from _lines(
            f"{MEASURE}{measure.key}", say(measure.label), str(T("ukuran, dihitung dari jawaban")), values
        )


def _of_column(definition: Definition, column: Column) -> Iterator[CodebookLine]:
    question = definition.by_key[column.question or ""]
    meaning, kind = say(question.text), str(KIND_WORDS[question.kind])
    values: list[tuple[str, str]] = []
    if column.part == "row":
        row = next(one for one in question.rows if one.key == column.detail)
        meaning = f"{meaning} {say(row.text)}"
        meaning += str(T(" (layanan yang tidak ada, untuk memeriksa)")) if row.decoy else ""
        values = _options(question.options)
    elif column.part == "other":
        option = question.by_option[column.detail or ""]
        meaning, kind = f"{meaning} “{say(option.text)}”", str(T("yang ditulis"))
    elif column.part == "code":
        kind, values = str(T("kode, beberapa dipisah spasi")), _options(question.codes)
    else:
        values = _values(question)
    yield from _lines(column.name, meaning, kind, values)


def _values(question: Question) -> list[tuple[str, str]]:
    values = _options(question.options)
    if question.kind == "many":
        values.append(("", str(T("beberapa dipisah spasi"))))
    if question.kind == "number":
        values.append((_range(question), str(T("angka bulat") if question.whole else T("angka"))))
    return values


def _range(question: Question) -> str:
    borders = ("…" if border is None else f"{border:g}" for border in (question.least, question.most))
    return "–".join(borders)


def _options(options: Sequence[Option]) -> list[tuple[str, str]]:
    return [(option.key, say(option.text)) for option in options]


def _lines(name: str, meaning: str, kind: str, values: Sequence[tuple[str, str]]) -> Iterator[CodebookLine]:
    if not values:
        yield (name, meaning, kind, "", "")
        return
    for place, (key, words) in enumerate(values):
        yield (name, meaning, kind, key, words) if place == 0 else ("", "", "", key, words)
