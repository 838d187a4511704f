"""Translate skip logic between XLSForm's expressions (XPath) and conditions (instruments/logic.py).

Read: comparisons of ${name} with a text or number, selected(), and, or, not(), parentheses, count-selected() and
string-length() against nothing. Everything else raises Unreadable with a sentence.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.evidence.instruments.xlsform.comparisons import (
    Condition,
    Target,
    Unreadable,
    chosen,
    compared,
    counted,
    joined,
    merged_borders,
    merged_options,
)

MOST_TOKENS = 2000
DEEPEST = 30
TOKEN = re.compile(
    r"""(?:
    (?P<ref>\$\{[^}]{1,200}\})
  | (?P<text>"[^"]*"|'[^']*')
  | (?P<number>\d+(?:\.\d+)?|\.\d+)
  | (?P<sign><=|>=|!=|=|<|>|\(|\)|,|-|\+|\*)
  | (?P<word>[A-Za-z_][A-Za-z0-9_:-]*)
  | (?P<self>\.)
)""",
    re.VERBOSE,
)
FLIPPED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
TRUE: Condition = {}
"""Always true: no condition."""


Resolve = Callable[[str], Target]


# --- writing ---


def xpath(
    when: Mapping[str, Any], name_of: Callable[[str, str | None], Sequence[str]], kind_of: Callable[[str], str]
) -> str:
    """Write a condition as XPath.

    `name_of(question, row)`: the names in the form; several for a whole grid.
    """
    for form, word in (("all", " and "), ("any", " or ")):
        if form in when:
            return word.join(_bracketed(xpath(part, name_of, kind_of)) for part in when[form])
    if "not" in when:
        return f"not({xpath(when['not'], name_of, kind_of)})"
    names = name_of(when["question"], when.get("row"))
    if "is" in when:
        many = kind_of(when["question"]) == "many"
        pattern = "selected(${%s}, '%s')" if many else "${%s} = '%s'"
        return " or ".join(pattern % (names[0], option) for option in when["is"])
    if "answered" in when:
        return " or ".join(f"${{{name}}} != ''" for name in names)
    parts = [f"${{{names[0]}}} >= {plain_number(when['least'])}"] if "least" in when else []
    parts += [f"${{{names[0]}}} <= {plain_number(when['most'])}"] if "most" in when else []
    return " and ".join(parts)


def _bracketed(text: str) -> str:
    return f"({text})" if " and " in text or " or " in text else text


def plain_number(number: float) -> str:
    """Write a number as XPath reads it: never with an exponent."""
    return str(int(number)) if number == int(number) else f"{number:.10f}".rstrip("0")


# --- reading ---


def names_in(text: str) -> list[str]:
    return [name.strip() for name in re.findall(r"\$\{([^${}]*)\}", text)]


def condition(text: str, resolve: Resolve) -> Condition | None:
    """Read an expression as a condition; None where it is always true. Raises Unreadable and what `resolve` raises."""
    found = _Parser(_tokens(text), resolve).whole()
    return found or None


def borders(text: str, *, whole: bool) -> tuple[float | None, float | None]:
    """Return (least, most) of a constraint on a number. Raises Unreadable."""
    target = Target(".", "number", whole=whole)
    found = _Parser(_tokens(text), lambda _name: target).whole()
    if found.get("question") == "." and set(found) <= {"question", "least", "most"}:
        return found.get("least"), found.get("most")
    raise Unreadable("Batas isian ini tidak bisa dibaca. Pakai bentuk seperti “. >= 0 and . <= 99”.")


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    text = text.strip().replace("“", '"').replace("”", '"').replace("’", "'").replace("‘", "'")
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = TOKEN.match(text, at)
        if match is None or match.end() == at or len(found) > MOST_TOKENS:
            raise Unreadable("Syarat ini tidak bisa dibaca mulai dari “%(rest)s”.", rest=text[at : at + 20])
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    if not found:
        raise Unreadable("Syarat ini kosong.")
    return found


@dataclass(frozen=True)
class _Literal:
    value: str


@dataclass(frozen=True)
class _Ref:
    target: Target
    count: bool = False  # count-selected() or string-length() of it


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], resolve: Resolve) -> None:
        self.tokens, self.at, self.resolve, self.depth = tokens, 0, resolve, 0

    def whole(self) -> Condition:
        found = self._any()
        if self.at < len(self.tokens):
            raise Unreadable("Syarat ini tidak bisa dibaca mulai dari “%(rest)s”.", rest=self.tokens[self.at][1])
        return found

    def _next(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def _take(self, value: str) -> bool:
        if self._next()[1] == value and self._next()[0] in {"sign", "word"}:
            self.at += 1
            return True
        return False

    def _need(self, value: str) -> None:
        if not self._take(value):
            raise Unreadable("Tanda “%(sign)s” kurang pada syarat ini.", sign=value)

    def _any(self) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("Syarat ini bertingkat terlalu dalam. Sederhanakan.")
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        self.depth -= 1
        if any(part == TRUE for part in parts):
            return TRUE
        return joined("any", parts, merged_options)

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        parts = [part for part in parts if part != TRUE]
        return joined("all", parts, merged_borders) if parts else TRUE

    def _one(self) -> Condition:
        if self._take("("):
            inside = self._any()
            self._need(")")
            return inside
        kind, value = self._next()
        if kind == "word" and value in {"not", "selected", "true", "boolean"}:
            self.at += 1
            self._need("(")
            return self._function(value)
        left = self._operand()
        sign = self._next()[1]
        if self._next()[0] != "sign" or sign not in FLIPPED:
            raise Unreadable("Syarat ini harus membandingkan sebuah pertanyaan dengan jawabannya.")
        self.at += 1
        right = self._operand()
        if isinstance(left, _Literal) and isinstance(right, _Ref):
            left, right, sign = right, left, FLIPPED[sign]
        if not isinstance(left, _Ref) or not isinstance(right, _Literal):
            raise Unreadable(
                "Dua pertanyaan tidak bisa dibandingkan satu sama lain. Bandingkan dengan jawaban tertentu."
            )
        return counted(left.target, sign, right.value) if left.count else compared(left.target, sign, right.value)

    def _function(self, name: str) -> Condition:
        if name == "true":
            self._need(")")
            return TRUE
        if name == "selected":
            left = self._operand()
            self._need(",")
            right = self._operand()
            self._need(")")
            if not isinstance(left, _Ref) or not isinstance(right, _Literal):
                raise Unreadable("selected() harus menyebut sebuah pertanyaan dan satu jawabannya.")
            return chosen(left.target, right.value)
        inside = self._any()
        self._need(")")
        if name == "boolean":
            return inside
        if inside == TRUE:
            raise Unreadable("Syarat ini tidak pernah terpenuhi, jadi pertanyaannya tidak akan ditanyakan.")
        return {"not": inside}

    def _operand(self) -> _Literal | _Ref:
        kind, value = self._next()
        self.at += 1
        match kind:
            case "ref":
                return _Ref(self.resolve(value[2:-1].strip()))
            case "self":
                return _Ref(self.resolve("."))
            case "text":
                return _Literal(value[1:-1])
            case "number":
                return _Literal(value)
            case "sign" if value == "-" and self._next()[0] == "number":
                self.at += 1
                return _Literal("-" + self.tokens[self.at - 1][1])
            case "word" if value in {"count-selected", "string-length"} and self._take("("):
                inside = self._operand()
                self._need(")")
                if isinstance(inside, _Ref):
                    return _Ref(inside.target, count=True)
        if kind == "word":
            raise Unreadable("“%(name)s” tidak didukung dalam syarat. Pakai =, !=, <, >, selected(), and, or, not().",
                             name=value)  # fmt: skip
        raise Unreadable("Syarat ini tidak bisa dibaca di “%(rest)s”.", rest=value or "…")
