"""Translate comparisons of an XLSForm's expressions into conditions, and join these without nesting more."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.kernel.text import T

Condition = dict[str, Any]


class Unreadable(Exception):
    """Raised for what an expression has that a condition cannot say."""

    def __init__(self, msgid: str, **params: Any) -> None:
        super().__init__(msgid)
        self.sentence = T(msgid, **params)


@dataclass(frozen=True)
class Target:
    """What a name of the form means here. `options`: name in the form → key."""

    question: str
    kind: str
    row: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True

    def where(self) -> Condition:
        return {"question": self.question} if self.row is None else {"question": self.question, "row": self.row}


def counted(target: Target, sign: str, value: str) -> Condition:
    number = number_in(value)
    if (sign, number) in {(">", 0), (">=", 1), ("!=", 0)}:
        return {**target.where(), "answered": True}
    if (sign, number) in {("=", 0), ("<", 1), ("<=", 0)}:
        return {"not": {**target.where(), "answered": True}}
    raise Unreadable("Banyaknya jawaban tidak bisa menjadi syarat. Sebut jawaban tertentu dengan selected().")


def compared(target: Target, sign: str, value: str) -> Condition:
    """Make the condition of an answer compared with a text or a number. Raises Unreadable."""
    if value == "" and sign in {"=", "!="}:
        answered = {**target.where(), "answered": True}
        return answered if sign == "!=" else {"not": answered}
    if target.kind == "number":
        return of_number(target, sign, number_in(value), whole=target.whole)
    if target.kind == "many":
        raise Unreadable(
            "Pertanyaan dengan beberapa jawaban dibaca dengan selected(${nama}, 'jawaban'), bukan “%(sign)s”.",
            sign=sign,
        )
    if target.kind not in {"one", "scale", "grid"}:
        raise Unreadable("Isi jawaban tulisan tidak bisa menjadi syarat; hanya apakah sudah dijawab (!= '').")
    if sign in {"=", "!="}:
        found = chosen(target, value)
        return found if sign == "=" else {"not": found}
    if target.kind == "scale":
        return of_number(target, sign, number_in(value), whole=True)
    limit, fitting = number_in(value), []
    for key in target.options.values():
        number = number_in(key)
        if {"<": number < limit, ">": number > limit, "<=": number <= limit, ">=": number >= limit}[sign]:
            fitting.append(key)
    if not fitting:
        raise Unreadable("Tidak ada pilihan yang memenuhi syarat ini.")
    return {**target.where(), "is": fitting}


def chosen(target: Target, value: str) -> Condition:
    if target.kind == "number":
        return of_number(target, "=", number_in(value), whole=target.whole)
    if value not in target.options:
        raise Unreadable("Syarat menyebut jawaban “%(option)s”, yang tidak ada pada pertanyaannya.", option=value[:40])
    return {**target.where(), "is": [target.options[value]]}


def of_number(target: Target, sign: str, number: float, *, whole: bool) -> Condition:
    where = target.where()
    match sign:
        case ">=":
            return {**where, "least": tidy(number)}
        case "<=":
            return {**where, "most": tidy(number)}
        case "=":
            return {**where, "least": tidy(number), "most": tidy(number)}
        case "!=":
            return {"not": {**where, "least": tidy(number), "most": tidy(number)}}
        case ">" if whole:
            return {**where, "least": math.floor(number) + 1}
        case "<" if whole:
            return {**where, "most": math.ceil(number) - 1}
    other = {**where, "most" if sign == ">" else "least": tidy(number)}
    return {"all": [{**where, "answered": True}, {"not": other}]}


def number_in(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or abs(number) > 1e12:
        raise Unreadable("“%(value)s” bukan angka, jadi tidak bisa dibandingkan dengan < atau >.", value=value[:40])
    return number


def tidy(number: float) -> float:
    return int(number) if number == int(number) else number


def joined(form: str, parts: list[Condition], merge: Callable[[Condition, Condition], Condition | None]) -> Condition:
    flat: list[Condition] = []
    for part in parts:
        for one in part.get(form, [part]):
            merged = merge(flat[-1], one) if flat else None
            if merged is not None:
                flat[-1] = merged
            else:
                flat.append(one)
    return flat[0] if len(flat) == 1 else {form: flat}


def merged_options(left: Condition, right: Condition) -> Condition | None:
    same = {**left, "is": 0} == {**right, "is": 0} and "is" in left and "is" in right
    return {**left, "is": list(dict.fromkeys([*left["is"], *right["is"]]))} if same else None


def merged_borders(left: Condition, right: Condition) -> Condition | None:
    one, other = ("least", "most") if "least" in left else ("most", "least")
    fits = one in left and other not in left and other in right and one not in right
    same = left.get("question") == right.get("question") and left.get("row") == right.get("row")
    return {**left, **right} if fits and same and left.get("question") else None
