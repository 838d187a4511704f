"""What changed between two versions: in words for the trail, and by measure, where a trend line breaks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.evidence.instruments.definition import Definition, Texts
from app.evidence.instruments.measures import fingerprint


@dataclass(frozen=True)
class Change:
    """What became of a measure from one version to the next.

    `state`: same, broken (asked or counted differently: the trend line ends here), new, gone.
    """

    key: str
    label: Texts
    state: str


def changes(before: Definition, after: Definition) -> list[Change]:
    """Compare every measure of two versions, in the order of the later one; those that are gone stand at the end."""
    found = []
    for key, measure in after.by_measure.items():
        older = before.by_measure.get(key)
        if older is None:
            state = "new"
        else:
            state = "same" if fingerprint(before, older) == fingerprint(after, measure) else "broken"
        found.append(Change(key, measure.label, state))
    gone = [one for key, one in before.by_measure.items() if key not in after.by_measure]
    return found + [Change(measure.key, measure.label, "gone") for measure in gone]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Name the parts that differ: "title", "#SECTION", a question's key, "=MEASURE", "order"."""
    old, new = dict(_parts(before)), dict(_parts(after))
    found = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    if not found and list(old) != list(new):
        found.append("order")
    return found


def _parts(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from ((name, raw.get(name)) for name in ("title", "intro", "consent", "thanks", "languages"))
    sections: Sequence[Mapping[str, Any]] = raw.get("sections") or ()
    for section in sections:
        yield f"#{section['key']}", section.get("title")
        yield from ((question["key"], question) for question in section["questions"])
    yield from ((f"={measure['key']}", measure) for measure in raw.get("measures") or ())
