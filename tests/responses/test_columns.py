"""Columns of files: which are answers, and which only were worked out from them."""

from app.evidence.instruments import definition
from app.evidence.responses.codebook import codebook
from app.evidence.responses.columns import recognised
from tests.survey_sample import DEFINITION

SAMPLE = definition.read(DEFINITION)


def test_a_measure_of_our_own_file_is_never_read_as_an_answer() -> None:
    titles = ["tempat", "kenal.sampah", "populasi", "ukuran.istilah", "ukuran.kenal_sampah", "Ukuran.p1"]
    found, strange = recognised(SAMPLE, titles)
    assert [column.name for column in found.values()] == ["tempat", "kenal.sampah"]
    assert strange == []


def test_the_codebook_says_what_a_measure_counts() -> None:
    lines = list(codebook(SAMPLE, ["populasi"], measures=True))
    first = next(place for place, line in enumerate(lines) if line[0] == "ukuran.kenal_sampah")
    assert lines[first][1:] == ("Mengenal Bank Sampah", "ukuran, dihitung dari jawaban", "1", "ya")
    assert [line[3] for line in lines[first : first + 3]] == ["1", "0", ""]
    assert not any(line[0].startswith("ukuran.") for line in codebook(SAMPLE, []))
