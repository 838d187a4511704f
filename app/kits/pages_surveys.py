"""The page of a kit: its surveys, whatever shape their files are in."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.base.web.formats import angka, sentence
from app.evidence.instruments.definition import say, texts_of
from app.evidence.instruments.states import AUDIENCES
from app.evidence.surveys.states import STAGES
from app.kits.reading import Document


def survey_overview(document: Document) -> dict[str, Any]:
    """Return what the page shows of a survey: its name, whom it asks how many questions, and when."""
    data: Mapping[str, Any] = document.data if isinstance(document.data, dict) else {}
    audience = AUDIENCES.get(str(data.get("audience")))
    asked = [sentence(audience)] if audience else []
    questions = sum(len(_list(section, "questions")) for section in _list(data, "sections"))
    return {
        "title": say(texts_of(data.get("title"))) or document.file,
        "about": ", ".join([*asked, _("%(n)s pertanyaan", n=angka(questions))]),
        "when": [_when(row) for row in _list(data, "waves")],
    }


def _list(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects of a list, none where it is no list."""
    value = data.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _when(row: Mapping[str, Any]) -> str:
    stage = STAGES.get(str(row.get("stage")))
    name, day = sentence(stage) if stage else "", row.get("day")
    if not isinstance(day, int):
        return name
    if day < 0:
        return _("%(name)s: %(n)s hari sebelum mulai", name=name, n=angka(-day))
    return _("%(name)s: hari ke-%(n)s", name=name, n=angka(day + 1))
