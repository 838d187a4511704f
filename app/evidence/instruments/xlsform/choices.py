"""Lists of the sheet "choices" as options, with the names that this program gives them."""

from typing import Any

from app.evidence.instruments.definition import OPTION_KEY
from app.evidence.instruments.xlsform.tables import Notes, SheetLine, SheetTable
from app.evidence.instruments.xlsform.words import Names, key_from

Texts = dict[str, str]


class Choices:
    """Lists of the sheet "choices". `options(list)`: [{key, text, …}]; `keys(list)`: name in the form → key."""

    def __init__(self, table: SheetTable, notes: Notes) -> None:
        self._options: dict[str, list[dict[str, Any]]] = {}
        self._keys: dict[str, dict[str, str]] = {}
        self._names: dict[str, Names] = {}
        self._pictured: set[str] = set()
        for line in table.lines:
            self._add(line, notes)

    def _add(self, line: SheetLine, notes: Notes) -> None:
        listed, name = line["list_name"], line["name"]
        if not listed or not name:
            if line.cells:
                notes.trouble(
                    "choices", line.number, "list_name" if not listed else "name", "Isi sel ini, atau hapus barisnya."
                )
            return
        names = self._names.setdefault(listed, Names())
        wanted = name if OPTION_KEY.match(name) else key_from(name, option=True)
        key = names.free(wanted, most=40)
        if key != name and listed not in {"tempat", "kelompok_umur"}:
            notes.remark("choices", line.number, "name", "Nama “%(old)s” menjadi “%(new)s”.", old=name, new=key)
        if line.texts("media::image") and listed not in self._pictured:
            self._pictured.add(listed)
            notes.remark("choices", line.number, "media::image", "Gambar pada pilihan tidak ikut; hanya tulisannya.")
        flags = {flag: True for flag in ("exclusive", "other", "fixed", "right") if line.says(f"gaung_{flag}")}
        self._options.setdefault(listed, []).append({"key": key, "text": texts_of(line, "label", name), **flags})
        self._keys.setdefault(listed, {}).setdefault(name, key)

    def __contains__(self, listed: str) -> bool:
        return listed in self._options

    def options(self, listed: str) -> list[dict[str, Any]]:
        return [dict(option) for option in self._options.get(listed, ())]

    def keys(self, listed: str) -> dict[str, str]:
        return dict(self._keys.get(listed, {}))

    def names(self, listed: str) -> list[str]:
        return list(self._keys.get(listed, {}))


def texts_of(line: SheetLine, column: str, instead: str = "") -> Texts:
    """Return the texts of a line without those that were filled in for want of a translation."""
    texts = line.texts(column)
    mark = "" if column == "label" else f".{column}"
    filled = {name.removesuffix(mark) for name in line["gaung_untranslated"].split() if not mark or name.endswith(mark)}
    texts = {code: text for code, text in texts.items() if code not in filled or text != texts.get("id")}
    return texts or ({"id": instead} if instead else {})
