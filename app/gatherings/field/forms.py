"""Turn the page's form, posted without a script, into the record that the script would send.

frontend/src/field/form.js reads the same names.
"""

from typing import Any

from werkzeug.datastructures import MultiDict

from app.gatherings.events.models import AgeBand, Sex
from app.kernel.numbers import read_int

COUNTED = tuple((band, sex) for band in AgeBand if band != AgeBand.UNKNOWN for sex in (Sex.FEMALE, Sex.MALE))


def record_of(form: MultiDict[str, str], photos: list[str]) -> dict[str, Any]:
    """Return the record of a posted form. Numbers that are no numbers stay text: reading the record answers them."""
    return {
        "uuid": form.get("uuid", ""),
        "kind": "activity",
        "organisation_id": _number(form.get("organisation_id", "")),
        "photos": photos,
        "content": {
            "event_id": _number(form.get("event_id", "")),
            "title": form.get("title", ""),
            "event_kind": form.get("event_kind", ""),
            "date": form.get("date", ""),
            "start": form.get("start", ""),
            "end": form.get("end", ""),
            "village_code": form.get("village_code", ""),
            "place": form.get("place", ""),
            "counts": _counts(form),
            "total": _number(form.get("total", "")),
            "materials": _materials(form),
            "questions": _questions(form),
            "tags": form.getlist("tags"),
            "campaign_id": _number(form.get("campaign_id", "")),
            "told": form.get("told", ""),
        },
    }


def _number(text: str) -> Any:
    text = text.strip().replace(".", "")
    number = read_int(text, most=10**15 - 1)
    return number if number is not None else (text or None)


def _counts(form: MultiDict[str, str]) -> dict[str, Any]:
    counts = {f"{sex}.{band}": _number(form.get(f"people.{sex}.{band}", "")) for band, sex in COUNTED}
    return {key: value for key, value in counts.items() if value is not None}


def _materials(form: MultiDict[str, str]) -> list[dict[str, Any]]:
    rows = []
    for piece in form.getlist("piece"):
        number, _, name = piece.partition(":")
        rows.append({"name": name, "copies": _number(form.get(f"copies.{number}", "")), "piece_id": _number(number)})
    names, copies = form.getlist("material"), form.getlist("copies")
    for position, name in enumerate(names):
        if name.strip():
            count = copies[position] if position < len(copies) else ""
            rows.append({"name": name, "copies": _number(count), "piece_id": None})
    return rows


def _questions(form: MultiDict[str, str]) -> list[dict[str, str]]:
    asked, answers = form.getlist("asked"), form.getlist("answer")
    pairs = zip(asked, answers + [""] * len(asked), strict=False)
    return [{"asked": one, "answer": answer} for one, answer in pairs if one.strip() or answer.strip()]
