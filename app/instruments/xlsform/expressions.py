"""Skip logic between XLSForm's expressions (XPath) and conditions (instruments/logic.py).

Read: comparisons of ${name} with a text or number, selected(), and, or, not(), parentheses, count-selected() and
string-length() against nothing. Everything else raises Unreadable with a sentence.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.kernel.text import T

Condition = dict[str, Any]
MOST_TOKENS = 2000
DEEPEST = 30
TOKEN = re.compile(
    r"""\s*(?:
    (?P<ref>\$\{\s*[^}]{1,200}\s*\})
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


class Unreadable(Exception):
    """What an expression has that a condition cannot say."""

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


Resolve = Callable[[str], Target]


# --- writing ---


def xpath(
    when: Mapping[str, Any], name_of: Callable[[str, str | None], Sequence[str]], kind_of: Callable[[str], str]
) -> str:
    """`name_of(question, row)`: the names in the form; several for a whole grid."""
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
    parts = [f"${{{names[0]}}} >= {plain(when['least'])}"] if "least" in when else []
    parts += [f"${{{names[0]}}} <= {plain(when['most'])}"] if "most" in when else []
    return " and ".join(parts)


def _bracketed(text: str) -> str:
    return f"({text})" if " and " in text or " or " in text else text


def plain(number: float) -> str:
    """A number as XPath reads it: never with an exponent."""
    return str(int(number)) if number == int(number) else f"{number:.10f}".rstrip("0")


# --- reading ---


def names_in(text: str) -> list[str]:
    return [name.strip() for name in re.findall(r"\$\{([^}]*)\}", text)]


def condition(text: str, resolve: Resolve) -> Condition | None:
    """None where it is always true. Raises Unreadable; also whatever `resolve` raises."""
    found = _Parser(_tokens(text), resolve).whole()
    return found or None


def borders(text: str, *, whole: bool) -> tuple[float | None, float | None]:
    """(least, most) of a constraint on a number. Raises Unreadable."""
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
        return _joined("any", parts, _merged_options)

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        parts = [part for part in parts if part != TRUE]
        return _joined("all", parts, _merged_borders) if parts else TRUE

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
        return _counted(left.target, sign, right.value) if left.count else compared(left.target, sign, right.value)

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
            return _chosen(left.target, right.value)
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


def _counted(target: Target, sign: str, value: str) -> Condition:
    number = _number(value)
    if (sign, number) in {(">", 0), (">=", 1), ("!=", 0)}:
        return {**target.where(), "answered": True}
    if (sign, number) in {("=", 0), ("<", 1), ("<=", 0)}:
        return {"not": {**target.where(), "answered": True}}
    raise Unreadable("Banyaknya jawaban tidak bisa menjadi syarat. Sebut jawaban tertentu dengan selected().")


def compared(target: Target, sign: str, value: str) -> Condition:
    """A comparison of an answer with a text or a number."""
    if value == "" and sign in {"=", "!="}:
        answered = {**target.where(), "answered": True}
        return answered if sign == "!=" else {"not": answered}
    if target.kind == "number":
        return _of_number(target, sign, _number(value), whole=target.whole)
    if target.kind == "many":
        raise Unreadable(
            "Pertanyaan dengan beberapa jawaban dibaca dengan selected(${nama}, 'jawaban'), bukan “%(sign)s”.",
            sign=sign,
        )
    if target.kind not in {"one", "scale", "grid"}:
        raise Unreadable("Isi jawaban tulisan tidak bisa menjadi syarat; hanya apakah sudah dijawab (!= '').")
    if sign in {"=", "!="}:
        found = _chosen(target, value)
        return found if sign == "=" else {"not": found}
    if target.kind == "scale":
        return _of_number(target, sign, _number(value), whole=True)
    limit, fitting = _number(value), []
    for key in target.options.values():
        number = _number(key)
        if {"<": number < limit, ">": number > limit, "<=": number <= limit, ">=": number >= limit}[sign]:
            fitting.append(key)
    if not fitting:
        raise Unreadable("Tidak ada pilihan yang memenuhi syarat ini.")
    return {**target.where(), "is": fitting}


def _chosen(target: Target, value: str) -> Condition:
    if target.kind == "number":
        return _of_number(target, "=", _number(value), whole=target.whole)
    if value not in target.options:
        raise Unreadable("Syarat menyebut jawaban “%(option)s”, yang tidak ada pada pertanyaannya.", option=value[:40])
    return {**target.where(), "is": [target.options[value]]}


def _of_number(target: Target, sign: str, number: float, *, whole: bool) -> Condition:
    where = target.where()
    match sign:
        case ">=":
            return {**where, "least": _tidy(number)}
        case "<=":
            return {**where, "most": _tidy(number)}
        case "=":
            return {**where, "least": _tidy(number), "most": _tidy(number)}
        case "!=":
            return {"not": {**where, "least": _tidy(number), "most": _tidy(number)}}
        case ">" if whole:
            return {**where, "least": math.floor(number) + 1}
        case "<" if whole:
            return {**where, "most": math.ceil(number) - 1}
    other = {**where, "most" if sign == ">" else "least": _tidy(number)}
    return {"all": [{**where, "answered": True}, {"not": other}]}


def _number(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or abs(number) > 1e12:
        raise Unreadable("“%(value)s” bukan angka, jadi tidak bisa dibandingkan dengan < atau >.", value=value[:40])
    return number


def _tidy(number: float) -> float:
    return int(number) if number == int(number) else number


def _joined(form: str, parts: list[Condition], merge: Callable[[Condition, Condition], Condition | None]) -> Condition:
    flat: list[Condition] = []
    for part in parts:
        for one in part.get(form, [part]):
            merged = merge(flat[-1], one) if flat else None
            if merged is not None:
                flat[-1] = merged
            else:
                flat.append(one)
    return flat[0] if len(flat) == 1 else {form: flat}


def _merged_options(left: Condition, right: Condition) -> Condition | None:
    same = {**left, "is": 0} == {**right, "is": 0} and "is" in left and "is" in right
    return {**left, "is": list(dict.fromkeys([*left["is"], *right["is"]]))} if same else None


def _merged_borders(left: Condition, right: Condition) -> Condition | None:
    one, other = ("least", "most") if "least" in left else ("most", "least")
    fits = one in left and other not in left and other in right and one not in right
    same = left.get("question") == right.get("question") and left.get("row") == right.get("row")
    return {**left, **right} if fits and same and left.get("question") else None
