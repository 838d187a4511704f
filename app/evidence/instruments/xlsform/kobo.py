"""Sheets as pyxform takes them: what only Kobo's own form builder knows is written as XLSForm has it."""

from typing import Any

from app.evidence.instruments.xlsform.tables import SheetTable

SHEETS = ("survey", "choices", "settings")


def for_pyxform(tables: dict[str, SheetTable]) -> dict[str, Any]:
    found: dict[str, Any] = {"sheet_names": [name for name in SHEETS if name in tables], "fallback_form_name": "data"}
    for name in SHEETS:
        if name in tables:
            rows = tables[name].raw
            headings = list(dict.fromkeys(heading for row in rows for heading in row))
            found[name] = _plain(rows) if name == "survey" else rows
            found[f"{name}_header"] = [dict.fromkeys(headings)]
    return found


def _plain(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Kobo's rating and matrix groups as groups of select_one."""
    listed, made = "", []
    for row in rows:
        kind = " ".join(row.get("type", "").split()).lower().replace("begin ", "begin_").replace("end ", "end_")
        if kind in {"begin_score", "begin_kobomatrix"}:
            listed = row.get("kobo--score-choices", "")
        kinds = {
            "begin_score": "begin_group", "begin_kobomatrix": "begin_group", "end_score": "end_group",
            "end_kobomatrix": "end_group", "score__row": f"select_one {listed}",
        }  # fmt: skip
        plain = {name: text for name, text in row.items() if not name.startswith("kobo--")}
        made.append({**plain, "type": kinds[kind]} if kind in kinds else plain)
    return made
