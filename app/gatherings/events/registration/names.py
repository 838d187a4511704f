"""Names of people: reduced to a key for comparing, and masked for showing."""

import re
import unicodedata

TITLES = re.compile(
    r"\b(prof|dr|drs|dra|drg|ir|h|hj|s\.?\w{1,3}|m\.?\w{1,3}|bapak|ibu|pak|bu)\.(?=\s|,|$)|\b(bapak|ibu|pak|bu)\b",
    re.IGNORECASE,
)


def name_key(name: str) -> str:
    """Return a name in small letters without titles, marks and accents: "Dr. H. Ahmad Yani, M.Si." → "ahmad yani"."""
    plain = unicodedata.normalize("NFKD", name.split(",", maxsplit=1)[0])
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = TITLES.sub(" ", plain)
    return " ".join(re.sub(r"[^\w\s]", " ", plain).lower().split())


def masked(name: str) -> str:
    """Return a name that its bearer knows and nobody else can tell: "Siti Aminah" → "S••• A•••"."""
    return " ".join(f"{word[0]}•••" for word in name.split())
