"""The page of a kit: its programmes of training, whatever shape their files are in."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.base.web.formats import angka
from app.kits.kit import Kit
from app.kits.reading import Document


def programme_overview(document: Document, kit: Kit) -> dict[str, Any]:
    """Return what the page shows of a programme: its name, for whom, how long, its modules, and what belongs to it."""
    data = _map(document.data)
    modules = _maps(data.get("modules"))
    return {
        "title": str(data.get("title") or document.file),
        "for_whom": str(data.get("for_whom") or ""),
        "about": _about(data, modules, kit),
        "modules": [{"title": str(one.get("title") or ""), "about": _length(_minutes(one))} for one in modules],
    }


def _about(data: Mapping[str, Any], modules: Sequence[Mapping[str, Any]], kit: Kit) -> str:
    parts = [_("%(n)s modul", n=angka(len(modules))), _length(sum(map(_minutes, modules)))]
    criteria = len(_maps(data.get("criteria")))
    if criteria:
        parts.append(_("rubrik %(n)s kriteria", n=angka(criteria)))
    asked = data.get("test")
    if isinstance(asked, str):
        asked = next((one.data for one in kit.tests if one.file == asked), None)
    questions = sum(len(_maps(section.get("questions"))) for section in _maps(_map(asked).get("sections")))
    if questions:
        parts.append(_("tes %(n)s soal", n=angka(questions)))
    return ", ".join(part for part in parts if part)


def _minutes(module: Mapping[str, Any]) -> int:
    minutes = module.get("minutes")
    return minutes if isinstance(minutes, int) else 0


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(n)s menit", n=angka(rest)) if rest else ""
    if not rest:
        return _("%(n)s jam", n=angka(hours))
    return _("%(hours)s jam %(minutes)s menit", hours=angka(hours), minutes=angka(rest))


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _maps(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list, none where it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
