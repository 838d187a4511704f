"""Skip logic, and whether answers fit what was asked.

A condition is plain data, so that the page, the phone, XLSForm and this module mean the same by it:

    {"question": "p2", "is": ["ya"]}                 chosen, or among the chosen
    {"question": "p5", "row": "bank", "is": ["tahu"]}
    {"question": "n", "least": 1, "most": 5}         a number, borders included
    {"question": "p8", "answered": true}
    {"all": […]} {"any": […]} {"not": {…}}

A question that was not asked, or not answered, fulfils nothing but a `not`. frontend/src/survey/logic.js is the same
in the browser; tests/instruments/logic_cases.json holds both to it.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.evidence.instruments.definition import MOST_OTHER, MOST_TEXT, Definition, Question
from app.kernel.text import T

Answers = dict[str, Any]
NUMBER = re.compile(r"\A[-+]?(\d+(\.\d*)?|\.\d+)\Z", re.ASCII)
THOUSANDS = re.compile(r"\A[-+]?\d{1,3}(\.\d{3})+\Z", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """What is wrong with an answer. `field`: the question's key, or "place", "sex", "age_band"."""

    field: str
    sentence: T


def holds(when: Mapping[str, Any] | None, answers: Mapping[str, Any]) -> bool:
    """Decide whether a condition is true of these answers."""
    if not when:
        return True
    if "all" in when:
        return all(holds(one, answers) for one in when["all"])
    if "any" in when:
        return any(holds(one, answers) for one in when["any"])
    if "not" in when:
        return not holds(when["not"], answers)
    answer = answers.get(when["question"])
    if "row" in when:
        answer = answer.get(when["row"]) if isinstance(answer, Mapping) else None
    if answer is None or answer in ("", []):
        return False
    if "is" in when:
        given = answer if isinstance(answer, list) else [answer]
        return any(str(one) in when["is"] for one in given)
    if "least" in when or "most" in when:
        number = number_of(answer)
        return (
            number is not None
            and number >= when.get("least", float("-inf"))
            and number <= when.get("most", float("inf"))
        )
    return bool(when.get("answered", True))


def named_in(when: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the questions that a condition names."""
    if not when:
        return
    for part in [*when.get("all", ()), *when.get("any", ()), *([when["not"]] if "not" in when else ())]:
        yield from named_in(part)
    if "question" in when:
        yield when["question"]


def number_of(answer: Any) -> float | None:
    """Return a number, also of a scale's key; None for anything else."""
    if isinstance(answer, bool) or not isinstance(answer, (int, float, str)):
        return None
    if isinstance(answer, str) and not NUMBER.match(answer.strip()):
        return None
    try:
        return float(answer)
    except OverflowError:
        return None


def asked(definition: Definition, answers: Mapping[str, Any]) -> Iterator[Question]:
    """Yield the questions that somebody with these answers is asked, in order; notes too.

    A question looks only at answers to questions that were themselves asked and stand before it.
    """
    known: Answers = {}
    for question in definition.questions:
        if holds(question.when, known):
            yield question
            if question.key in answers:
                known[question.key] = answers[question.key]


def clean(
    definition: Definition, given: Mapping[str, Any], *, blank: Collection[str] = ()
) -> tuple[Answers, list[Problem]]:
    """Return the answers to what was asked in canonical form, and what is wrong with them; all else is dropped.

    `blank`: required questions that were left open on paper or in a file: nobody can be asked again.
    """
    answers: Answers = {}
    problems: list[Problem] = []
    for question in definition.questions:
        if question.kind == "note" or not holds(question.when, answers):
            continue
        forced = replace(question, required=False) if question.key in blank else question
        answer, problem = read_answer(forced, given.get(question.key))
        if problem is not None:
            problems.append(Problem(question.key, problem))
        if answer is None:
            continue
        answers[question.key] = answer
        for option in question.options:
            words = given.get(f"{question.key}/{option.key}")
            fits = option.other and option.key in _keys(answer)
            if fits and isinstance(words, str) and words.strip() and is_readable(words):
                answers[f"{question.key}/{option.key}"] = " ".join(words.split())[:MOST_OTHER]
    return answers, problems


def _keys(answer: Any) -> Sequence[str]:
    return answer if isinstance(answer, list) else [str(answer)]


def read_answer(question: Question, given: Any) -> tuple[Any, T | None]:
    """Return (answer in its canonical form or None, what is wrong or None)."""
    if isinstance(given, str):
        given = given.strip()
    if given is None or given in ("", []) or given == {}:
        return None, MISSING[question.kind] if question.required else None
    match question.kind:
        case "one" | "scale":
            return _one(question, given)
        case "many":
            return _many(question, given)
        case "number":
            return _number(question, given)
        case "text":
            return _text(given)
        case _:
            return _grid(question, given)


MISSING: Mapping[str, T] = {
    "one": T("Pilih satu jawaban."),
    "scale": T("Pilih satu angka."),
    "many": T("Pilih paling sedikit satu jawaban."),
    "number": T("Isi angkanya."),
    "text": T("Isi jawabannya."),
    "grid": T("Pilih satu jawaban untuk tiap baris."),
}
STRANGE = T("Jawaban ini tidak ada dalam daftar. Pilih salah satu yang tersedia.")


def _one(question: Question, given: Any) -> tuple[Any, T | None]:
    key = str(given) if isinstance(given, (str, int)) and not isinstance(given, bool) else ""
    return (key, None) if key in question.by_option else (None, STRANGE)


def _many(question: Question, given: Any) -> tuple[Any, T | None]:
    chosen = {str(one) for one in given} if isinstance(given, (list, tuple)) else {str(given)}
    if not chosen <= set(question.option_keys):
        return None, STRANGE
    alone = [key for key in chosen if question.by_option[key].exclusive]
    if alone and len(chosen) > 1:
        text = question.by_option[alone[0]].text.get("id", "")
        return None, T("“%(text)s” tidak bisa dipilih bersama jawaban lain.", text=text)
    return [key for key in question.option_keys if key in chosen], None


def _number(question: Question, given: Any) -> tuple[Any, T | None]:
    if isinstance(given, str):
        if question.whole and THOUSANDS.match(given):  # 1.000 is a thousand to whoever wrote it
            given = given.replace(".", "")
        given = given.replace(",", ".")
    number = number_of(given)
    if number is None or not math.isfinite(number):
        return None, T("Tulis angka saja, misalnya 12.")
    if question.whole and number != int(number):
        return None, T("Tulis angka bulat, tanpa koma.")
    least, most = question.least, question.most
    if (least is not None and number < least) or (most is not None and number > most):
        return None, T(
            "Angka ini di luar batas. Isi antara %(least)s dan %(most)s.", least=_border(least), most=_border(most)
        )
    return (int(number) if question.whole else number), None


def _border(number: float | None) -> str:
    return "…" if number is None else f"{number:g}".replace(".", ",")


def is_readable(text: str) -> bool:
    """Decide whether a text can be stored and shown: no NUL, no half of a sign."""
    return not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text)


def _text(given: Any) -> tuple[Any, T | None]:
    if not isinstance(given, str) or not is_readable(given):
        return None, T("Tulis jawabannya dengan kata-kata.")
    text = given.replace("\r\n", "\n").strip()
    if len(text) > MOST_TEXT:
        return None, T("Jawaban ini terlalu panjang. Paling banyak %(n)s huruf.", n=MOST_TEXT)
    return text or None, None


def _grid(question: Question, given: Any) -> tuple[Any, T | None]:
    if not isinstance(given, Mapping):
        return None, STRANGE
    rows = [row.key for row in question.rows]
    values = {str(row): str(option) for row, option in given.items() if option not in (None, "")}
    if not set(values) <= set(rows) or not set(values.values()) <= set(question.option_keys):
        return None, STRANGE
    if question.required and len(values) < len(rows):
        return None, MISSING["grid"]
    return ({row: values[row] for row in rows if row in values} or None), None
