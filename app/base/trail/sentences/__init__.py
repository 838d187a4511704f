"""The audit trail in sentences. Each room says its own in `trail_words.py`."""

from collections.abc import Callable
from typing import Any

from app.base.trail.sentences.fields import FIELDS
from app.base.trail.sentences.values import FREE, VALUES
from app.kernel.audit import AuditEntry
from app.kernel.slots import Slot, SlotMap
from app.kernel.text import T, restored

__all__ = [
    "ACTIONS",
    "FIELDS",
    "OF_ROOMS",
    "SUBJECTS",
    "VALUES",
    "action_label",
    "field_label",
    "subject_label",
    "trail_value",
]

ACTIONS = SlotMap[str, T]("trail.actions")
"""By the action, or by the record's table and the action where the action alone does not say what."""
SUBJECTS = SlotMap[str, T]("trail.subjects")
"""What a record is called, by its table."""
OF_ROOMS = Slot[Callable[[str, str], T | None]]("trail.values")
"""What a room lists in a table of its own: the word for a code, by the record's table and the code."""


def action_label(entry: AuditEntry) -> T | str:
    return ACTIONS.get(entry.action) or ACTIONS.get(f"{entry.subject_kind}.{entry.action}") or entry.action


def subject_label(kind: str) -> T | str:
    return SUBJECTS.get(kind, kind)


def field_label(name: str) -> T | str:
    return FIELDS.get(name, name.replace("_", " "))


def trail_value(value: Any, field: str = "", kind: str = "") -> T | str:
    """Return a value of an entry in words. `field`: what it is the value of. `kind`: the record's table."""
    if value is None or value == "":
        return T("kosong")
    if isinstance(value, bool):
        return T("ya") if value else T("tidak")
    if isinstance(value, list):
        return ", ".join(str(trail_value(item, field, kind)) for item in value)
    if isinstance(value, dict):
        said = [str(trail_value(item, field, kind)) for item in value.values()
                if item is not None and not isinstance(item, bool)]  # fmt: skip
        return " ".join(said) or T("kosong")
    if field == "problem":
        return restored(str(value))
    return str(value) if field in FREE else _words(str(value), field, kind)


def _words(code: str, field: str, kind: str) -> T | str:
    found = VALUES.get(f"{kind}.{code}") or VALUES.get(f"{field}.{code}") or VALUES.get(code)
    found = found or next((words for room in OF_ROOMS if (words := room(kind, code))), None)
    if found is None and field == "what" and ":" in code:  # a provider of sign-in and what went wrong there
        provider, _colon, fault = code.partition(":")
        return f"{provider}: {VALUES.get(fault, fault)}"
    return found or code
