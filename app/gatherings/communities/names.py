"""Compare names of groups and numbers of decrees, to find duplicates."""

import re
import unicodedata

import rapidfuzz

KIND_WORDS = re.compile(
    r"\b(kelompok informasi masyarakat|komunitas informasi masyarakat|k\.?\s?i\.?\s?m\.?|kelompok|komunitas|desa|"
    r"kelurahan|kecamatan|kec|kel)\b\.?"
)
BRACKETED = re.compile(r"\([^()]*\)")  # "(latihan)", "(Loa Kulu)"
ALIKE = 85  # of 100, in the same village
ALIKE_IN_DISTRICT = 90
ALIKE_ANYWHERE = 95


def core_name(name: str) -> str:
    """Return a name in small letters without accents, marks and what every group is called: "K.I.M. Lembur Kuring" →
    "lembur kuring"."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).lower()
    plain = KIND_WORDS.sub(" ", BRACKETED.sub(" ", plain).strip() or plain)
    words = " ".join(re.sub(r"[^\w\s]", " ", plain).split())
    return words or " ".join(re.sub(r"[^\w\s]", " ", name.lower()).split())


def likeness(first: str, second: str) -> float:
    """Return how alike two core names are, 0 to 100; the order of the words does not matter."""
    if first.replace(" ", "") == second.replace(" ", ""):
        return 100.0
    return float(rapidfuzz.fuzz.token_sort_ratio(first, second))


def are_alike(
    first: str, second: str, village: tuple[str | None, str | None], district: tuple[str | None, str | None]
) -> bool:
    """Decide whether two core names may be of the same group. `village`, `district`: the codes of both, None where not
    known."""
    found = likeness(first, second)
    if village[0] and village[0] == village[1]:
        return found >= ALIKE
    if district[0] and district[0] == district[1]:
        # in neighbouring villages names like "Maju 1" and "Maju 2" are meant; only nearly the same is shown
        return found >= ALIKE_IN_DISTRICT
    return None in village and found >= ALIKE_ANYWHERE


def decree_key(number: str | None) -> str:
    """Return the number of an SK as it is compared: "141 / 05 / 2026" and "141/05/2026" are one."""
    return "".join(sign for sign in (number or "").casefold() if sign.isalnum() or sign == "/")
