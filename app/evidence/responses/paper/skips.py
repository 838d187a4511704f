"""Write skip logic in words, for whoever asks from paper."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.evidence.instruments.definition import Definition, GridRow, Option, Question, say
from app.evidence.instruments.logic import holds

MANY = 2
"""So many options are named one by one."""
END = 0
"""Stands for "the end" where a number of a question is expected."""


def numbers(definition: Definition) -> dict[str, int]:
    """Map questions' keys to their numbers on paper; a note has none."""
    asked = (question.key for question in definition.questions if question.kind != "note")
    return {key: number for number, key in enumerate(asked, 1)}


def only_if(definition: Definition, when: Mapping[str, Any] | None, language: str = "id") -> str:
    """Say a condition in words, as in: no. 3 dijawab “Ya”; empty where there is none."""
    if not when:
        return ""
    if "all" in when:
        return " dan ".join(_part(definition, one, language) for one in when["all"])
    if "any" in when:
        return " atau ".join(_part(definition, one, language) for one in when["any"])
    if "not" in when:
        inner = when["not"]
        if "is" in inner or "answered" in inner:
            return _single(definition, inner, language, "tidak ")
        return f"tidak demikian: {only_if(definition, inner, language)}"
    return _single(definition, when, language)


def _part(definition: Definition, when: Mapping[str, Any], language: str) -> str:
    words = only_if(definition, when, language)
    return f"({words})" if "all" in when or "any" in when else words


def _single(definition: Definition, when: Mapping[str, Any], language: str, negation: str = "") -> str:
    question = definition.by_key[when["question"]]
    name = f"no. {numbers(definition)[question.key]}"
    if "row" in when:
        name += f" “{_text(question.rows, when['row'], language)}”"
    if "is" in when:
        rest = [option for option in question.options if option.key not in when["is"]]
        if "row" not in when and not negation and len(when["is"]) > MANY and _says_the_same(question, rest):
            left = " atau ".join(f"“{say(option.text, language)}”" for option in rest)
            return f"{name} dijawab selain {left}"
        chosen = " atau ".join(f"“{_text(question.options, str(key), language)}”" for key in when["is"])
        return f"{name} {negation}dijawab {chosen}"
    least, most = when.get("least"), when.get("most")
    if least is not None and most is not None:
        return f"{name} berisi {least:g} sampai {most:g}"
    if least is not None:
        return f"{name} paling sedikit {least:g}"
    if most is not None:
        return f"{name} paling banyak {most:g}"
    return f"{name} {negation}diisi"


def _says_the_same(question: Question, rest: "list[Option]") -> bool:
    """Whether "anything but the rest" says what a long list of options says."""
    return 0 < len(rest) <= MANY and (question.kind != "many" or all(option.exclusive for option in rest))


def _text(parts: "tuple[Option, ...] | Any", key: str, language: str) -> str:
    part: Option | GridRow | None = next((one for one in parts if one.key == key), None)
    return say(part.text, language) if part else key


def jumps(definition: Definition, question: Question) -> list[tuple[tuple[str, ...], int]]:
    """List where answers to this question leave others out.

    As [(options' keys, number of the question that follows, or END)].
    """
    if question.kind not in {"one", "scale"}:
        return []
    order = definition.questions
    after = order[order.index(question) + 1 :]
    targets: dict[int, list[str]] = {}
    for option in question.options:
        follows = _follows(definition, question, option.key, after)
        if follows is not None:
            targets.setdefault(follows, []).append(option.key)
    return [(tuple(keys), target) for target, keys in targets.items()]


def _follows(definition: Definition, question: Question, option: str, after: "tuple[Question, ...]") -> int | None:
    """The number of the first question that this answer leads to, None where it leaves nothing out."""
    left_out = False
    for one in after:
        if not (_asks_only(one.when, question.key) and not holds(one.when, {question.key: option})):
            if not left_out:
                return None
            number = numbers(definition).get(one.key)
            if number is not None:
                return number
        elif one.kind != "note":
            left_out = True
    return END if left_out else None


def _asks_only(when: Mapping[str, Any] | None, key: str) -> bool:
    return bool(when) and set(_questions(when or {})) == {key}


def _questions(when: Mapping[str, Any]) -> Iterator[str]:
    for name in ("all", "any"):
        for one in when.get(name, ()):
            yield from _questions(one)
    if "not" in when:
        yield from _questions(when["not"])
    if "question" in when:
        yield when["question"]
