"""Names of people as clashes and doubles are looked for."""

import re
import unicodedata

TITLES = re.compile(
    r"\b(prof|dr|drs|dra|drg|ir|h|hj|s\.?\w{1,3}|m\.?\w{1,3}|bapak|ibu|pak|bu)\.(?=\s|,|$)|\b(bapak|ibu|pak|bu)\b",
    re.IGNORECASE,
)


def name_key(name: str) -> str:
    """Small letters without titles, marks and accents: "Dr. H. Ahmad Yani, M.Si." → "ahmad yani"."""
    plain = unicodedata.normalize("NFKD", name.split(",", maxsplit=1)[0])
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = TITLES.sub(" ", plain)
    return " ".join(re.sub(r"[^\w\s]", " ", plain).lower().split())


def masked(name: str) -> str:
    """Enough for its bearer and too little for anybody else: "Siti Aminah" → "S••• A•••"."""
    return " ".join(f"{word[0]}•••" for word in name.split())
