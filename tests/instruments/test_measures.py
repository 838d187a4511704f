"""What one person's answers make of each item, and when a trend line breaks."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from app.evidence.instruments.definition import read
from app.evidence.instruments.measures import MARKS, fingerprint, items, values
from tests.survey_sample import ANSWERS, DEFINITION

Change = Callable[[dict[str, Any]], object]


def counted(
    answers: dict[str, Any], codes: dict[str, list[str]] | None = None, flags: tuple[str, ...] = (), **more: Any
) -> dict[str, float | None]:
    definition = read({**copy.deepcopy(DEFINITION), **more})
    read_by = values(definition)
    return {
        item.key: value(answers, codes or {}, flags) for item, value in zip(items(definition), read_by, strict=True)
    }


def with_measure(**measure: Any) -> list[dict[str, Any]]:
    return [{"key": "m", "label": "M", **measure}]


def test_every_item_is_there_once_and_measures_come_first() -> None:
    keys = [item.key for item in items(read(DEFINITION))]
    assert len(keys) == len(set(keys))
    assert keys[:7] == ["istilah", "sebut", "kenal_idaman", "kenal_sampah", "palsu", "percaya", "nilai_percaya"]
    assert {"istilah=tahu", "sumber=kim", "kenal.palsu=tahu", "percaya=4", "kali", "p1:sampah", "~fast"} <= set(keys)
    assert {f"~{mark}" for mark in MARKS} <= set(keys)


def test_answers_become_numbers() -> None:
    found = counted(ANSWERS)
    assert found["istilah"] == 1
    assert found["kenal_idaman"] == 0
    assert found["kenal_sampah"] == 1
    assert found["palsu"] == 0
    assert found["percaya"] == 1
    assert found["nilai_percaya"] == 3
    assert found["sumber=kim"] == 1
    assert found["sumber=poster"] == 0
    assert found["kali"] is None


def test_who_was_not_asked_is_left_out() -> None:
    found = counted({**ANSWERS, "sumber": None})
    assert found["sumber=kim"] is None


def test_a_text_counts_only_once_somebody_coded_it() -> None:
    said = {**ANSWERS, "p1": "bank sampah di RT kami"}
    assert counted(said)["sebut"] is None
    assert counted(said, {"p1": ["sampah"]})["sebut"] == 1
    assert counted(said, {"p1": ["tidak"]})["sebut"] == 0
    assert counted(said, {"p1": []})["p1:sampah"] == 0
    assert counted(ANSWERS)["sebut"] == 0  # named nothing: `unasked` is 0


def test_two_of_three_right() -> None:
    parts = [{"question": "lihat", "counts": ["ya"]}, {"question": "percaya", "counts": ["4"]},
             {"question": "kenal", "row": "kim", "counts": ["dengar", "tahu"]}]  # fmt: skip
    measures = with_measure(parts=parts, least=2)
    assert counted(ANSWERS, measures=measures)["m"] == 1
    assert counted({**ANSWERS, "lihat": "tidak"}, measures=measures)["m"] == 0
    assert counted({"istilah": "tahu"}, measures=measures)["m"] is None


def test_only_those_among_whom_it_is_counted() -> None:
    measures = with_measure(question="istilah", counts=["dengar"], among={"question": "lihat", "is": ["ya"]}, unasked=0)
    assert counted(ANSWERS, measures=measures)["m"] == 1
    assert counted({**ANSWERS, "lihat": "tidak"}, measures=measures)["m"] is None


def test_unasked_stands_for_those_who_were_not_asked() -> None:
    measures = with_measure(question="sumber", counts=["kim"], unasked=0)
    assert counted({**ANSWERS, "sumber": None}, measures=measures)["m"] == 0
    assert counted(ANSWERS, measures=measures)["m"] == 1


def test_marks_are_counted() -> None:
    found = counted(ANSWERS, flags=("fast",))
    assert (found["~fast"], found["~straight"]) == (1, 0)


# --- fingerprints ---


def question(raw: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for section in raw["sections"] for one in section["questions"] if one["key"] == key)


def prints(raw: dict[str, Any]) -> dict[str, str]:
    definition = read(raw)
    return {measure.key: fingerprint(definition, measure) for measure in definition.measures}


def sample() -> dict[str, Any]:
    raw = copy.deepcopy(DEFINITION)
    raw["measures"].append({"key": "kim", "label": "Dari KIM", "question": "sumber", "counts": ["kim"]})
    raw["measures"].append({"key": "paham", "label": "Paham", "least": 2, "parts": [
        {"question": "lihat", "counts": ["ya"]}, {"question": "kenal", "row": "kim", "counts": ["tahu"]}],
        "among": {"question": "istilah", "is": ["tahu"]}})  # fmt: skip
    return raw


def broken_by(change: Change) -> set[str]:
    before, after = sample(), sample()
    change(after)
    old, new = prints(before), prints(after)
    return {key for key in old if new.get(key) != old[key]}


SAME: list[Change] = [
    lambda raw: raw.update(title="Lain", consent="Lain"),
    lambda raw: raw["sections"][0].update(title="Lain", key="lain"),
    lambda raw: question(raw, "istilah")["text"].update(kut="Kada sama"),
    lambda raw: question(raw, "istilah")["options"][0].update(text={"id": "Belum", "kut": "Balum"}),
    lambda raw: question(raw, "istilah").update(picture=3, required=False, back=True),
    lambda raw: question(raw, "istilah")["options"][2].update(right=True),
    lambda raw: question(raw, "p1")["codes"].append({"key": "baru", "text": "Baru"}),
    lambda raw: question(raw, "kenal")["rows"][0].update(dimension="smart-living", service="idaman-rt"),
    lambda raw: raw["measures"][0].update(label="Nama lain", dimension="smart-living"),
    lambda raw: raw["measures"].reverse(),
    lambda raw: question(raw, "kali").update(text="Seberapa sering?", most=10),
    lambda raw: question(raw, "istilah").update(text={"id": " Pernah mendengar istilah Smart City? "}),
]
BREAKING: list[tuple[Change, set[str]]] = [
    (lambda raw: question(raw, "istilah")["text"].update(id="Tahu istilahnya?"), {"istilah", "paham"}),
    (lambda raw: question(raw, "istilah").update(hint="Boleh menebak"), {"istilah", "paham"}),
    (lambda raw: question(raw, "istilah").update(aloud=False), {"istilah", "paham"}),
    (lambda raw: question(raw, "istilah").update(shuffle=True), {"istilah", "paham"}),
    (lambda raw: question(raw, "percaya")["options"][0].update(text="Tidak"), {"percaya", "nilai_percaya"}),
    (
        lambda raw: question(raw, "percaya")["options"].append({"key": "5", "text": "Entah"}),
        {"percaya", "nilai_percaya"},
    ),
    (lambda raw: question(raw, "kenal")["rows"][0].update(text="Idaman"), {"kenal_idaman"}),
    (lambda raw: question(raw, "kenal")["rows"][2].update(text="Kelompok informasi"), {"paham"}),
    (
        lambda raw: question(raw, "kenal").update(text="Tahukah Anda …?"),
        {"kenal_idaman", "kenal_sampah", "palsu", "paham"},
    ),
    (lambda raw: question(raw, "lihat").update(text="Pernah lihat?"), {"kim", "paham"}),
    (lambda raw: question(raw, "sumber").pop("when"), {"kim"}),
    (lambda raw: question(raw, "sumber")["options"][3].pop("exclusive"), {"kim"}),
    (lambda raw: raw["measures"][0].update(counts=["tahu"]), {"istilah"}),
    (lambda raw: raw["measures"][1].pop("unasked"), {"sebut"}),
    (lambda raw: raw["measures"][8].update(least=1), {"paham"}),
    (lambda raw: raw["measures"][8].pop("among"), {"paham"}),
    (lambda raw: raw["measures"][2].update(row="kim"), {"kenal_idaman"}),
    (lambda raw: raw["measures"][5].update(kind="mean", counts=[]), {"percaya"}),
]


@pytest.mark.parametrize("number", range(len(SAME)))
def test_what_changes_no_meaning_breaks_no_line(number: int) -> None:
    assert broken_by(SAME[number]) == set()


@pytest.mark.parametrize("number", range(len(BREAKING)))
def test_another_wording_or_counting_breaks_exactly_its_lines(number: int) -> None:
    change, expected = BREAKING[number]
    assert broken_by(change) == expected
