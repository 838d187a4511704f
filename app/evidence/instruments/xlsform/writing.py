"""Write a version of an instrument as an XLSForm, for Kobo and ODK; reading.py reads it back without loss."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.base.documents.sheets import Sheet, workbook
from app.evidence.instruments.definition import (
    AGE_BANDS,
    SEXES,
    Definition,
    Option,
    Question,
    Section,
    Texts,
    canonical_measure,
)
from app.evidence.instruments.states import AGE_WORDS, SEX_WORDS
from app.evidence.instruments.xlsform.expressions import plain_number, xpath
from app.evidence.instruments.xlsform.words import (
    ABOUT,
    CODES,
    EXTRA_CHOICE_COLUMNS,
    EXTRA_COLUMNS,
    FRAME,
    MEASURES,
    TEXTS,
    YES,
    Names,
    heading,
)
from app.kernel.text import T

Row = dict[str, Any]
TYPES = {"one": "select_one", "many": "select_multiple", "scale": "select_one", "text": "text", "note": "note"}
ABOUT_WORDS = {
    "tempat": T("Desa/kelurahan atau OPD"),
    "jenis_kelamin": T("Jenis kelamin"),
    "kelompok_umur": T("Kelompok umur"),
}
SKIP_BY_SHEET = T("Jangan bacakan pilihan jawabannya.")


def write(definition: Definition, *, form_id: str, version: str, places: Mapping[str, str] | None = None) -> bytes:
    """Return the XLSX file. `places`: code → name of where may be answered; without it the code is typed."""
    return workbook(_Form(definition, places or {}).sheets(form_id, version))


class _Form:
    def __init__(self, definition: Definition, places: Mapping[str, str]) -> None:
        self.definition = definition
        self.places = places
        self.labels = {language: f"label::{heading(language)}" for language in definition.languages}
        self.hints = {language: f"hint::{heading(language)}" for language in definition.languages}
        self._name_everything()

    def _name_everything(self) -> None:
        questions = self.definition.questions
        names = Names([*(question.key for question in questions), *ABOUT, *FRAME])
        self.rows = {
            (question.key, row.key): names.free(f"{question.key}_{row.key}")
            for question in questions
            for row in question.rows
        }
        self.others = {
            (question.key, option.key): names.free(f"{question.key}__{option.key}")
            for question in questions
            for option in question.options
            if option.other
        }
        self.groups = {section.key: names.free(f"bagian_{section.key}") for section in self.definition.sections}

    def sheets(self, form_id: str, version: str) -> Iterator[Sheet]:
        labels = list(self.labels.values())
        guidance = [f"guidance_hint::{heading(language)}" for language in self.labels]
        survey = ["type", "name", *labels, *self.hints.values(), "required", "relevant", "constraint", "appearance",
                  "parameters", *guidance, *EXTRA_COLUMNS]  # fmt: skip
        yield _sheet("survey", survey, self._survey(guidance))
        yield _sheet("choices", ["list_name", "name", *labels, *EXTRA_CHOICE_COLUMNS], self._choices())
        settings = {
            "form_title": self.definition.title.get("id", ""), "form_id": form_id, "version": version,
            "default_language": heading("id"),
        }  # fmt: skip
        yield _sheet("settings", list(settings), [settings])
        yield _sheet(CODES, ["question", "name", *labels, "dimension", "right"], self._codes())
        measure = ("key", *labels, "kind", "question", "row", "counts", "parts", "least", "among", "unasked",
                   "dimension", "decoy")  # fmt: skip
        yield _sheet(MEASURES, measure, self._measures())
        yield _sheet(TEXTS, ["name", *labels], [{"name": "title", **self._label(self.definition.title)}])

    def _label(self, texts: Texts) -> Row:
        return {self.labels[language]: text for language, text in texts.items() if language in self.labels}

    def _shown(self, texts: Texts, hint: Texts | None = None) -> Row:
        """Texts that a form shows: where there is no translation the Indonesian stands, else Kobo shows a "-"."""
        row: Row = {}
        missing = []
        for columns, said, mark in ((self.labels, texts, ""), (self.hints, hint or {}, ".hint")):
            for language, column in columns.items():
                if said:
                    row[column] = said.get(language) or said.get("id", "")
                    missing += [] if said.get(language) else [language + mark]
        return {**row, "gaung_untranslated": " ".join(missing) or None}

    def _survey(self, guidance: Sequence[str]) -> Iterator[Row]:
        for name in ("gaung_intro", "gaung_consent"):
            yield from self._frame(name)
        yield from self._about()
        for section in self.definition.sections:
            yield {
                "type": "begin_group", "name": self.groups[section.key], **self._shown(section.title),
                "gaung_kind": "section", "gaung_key": section.key,
            }  # fmt: skip
            yield from self._section(section, guidance)
            yield {"type": "end_group", "name": self.groups[section.key]}
        yield from self._frame("gaung_thanks")

    def _frame(self, name: str) -> Iterator[Row]:
        texts: Texts = getattr(self.definition, FRAME[name])
        if texts:
            yield {"type": "note", "name": name, **self._shown(texts)}

    def _about(self) -> Iterator[Row]:
        kinds = ("select_one tempat" if self.places else "text", "select_one jenis_kelamin", "select_one kelompok_umur")
        for name, kind in zip(ABOUT, kinds, strict=True):
            yield {"type": kind, "name": name, **self._shown({"id": str(ABOUT_WORDS[name])}), "required": YES}

    def _section(self, section: Section, guidance: Sequence[str]) -> Iterator[Row]:
        for question in section.questions:
            row = self._question(question)
            if not question.aloud:
                row |= {**dict.fromkeys(guidance, str(SKIP_BY_SHEET)), "gaung_aloud": "no"}
            yield row
            if question.kind == "grid":
                yield from self._grid_rows(question)
            yield from self._lines_to_write_on(question)

    def _question(self, question: Question) -> Row:
        when = self._when(question)
        row: Row = {
            "name": question.key, **self._shown(question.text, question.hint), **when,
            "gaung_kind": question.kind,
            "gaung_back": None if question.back else "no",
            "gaung_picture": question.picture,
            "gaung_impersonal": YES if question.impersonal else None,
            "gaung_points": None if question.points == 1 else question.points,
        }  # fmt: skip
        if question.kind == "grid":
            return row | {
                "type": "begin_group", "appearance": "table-list", "gaung_shuffle": YES if question.shuffle else None,
            }  # fmt: skip
        if question.kind == "number":
            row |= {"type": "integer" if question.whole else "decimal", "constraint": _borders(question)}
        else:
            kind = TYPES[question.kind]
            row["type"] = f"{kind} {question.key}" if question.options else kind
        row["required"] = YES if question.required else None
        if question.kind == "scale":
            row["appearance"] = "likert"
        if question.shuffle:
            row["parameters"] = "randomize=true"
        alone = [option.key for option in question.options if option.exclusive]
        if alone:
            row["constraint"] = " and ".join(f"not(selected(., '{key}') and count-selected(.) > 1)" for key in alone)
        return row

    def _when(self, question: Question) -> Row:
        if not question.when:
            return {}
        return {
            "relevant": xpath(question.when, self._names, lambda key: self.definition.by_key[key].kind),
            "gaung_when": json.dumps(question.when, ensure_ascii=False, sort_keys=True),
        }

    def _names(self, question: str, row: str | None) -> Sequence[str]:
        if row is not None:
            return [self.rows[question, row]]
        rows = self.definition.by_key[question].rows
        return [self.rows[question, one.key] for one in rows] if rows else [question]

    def _grid_rows(self, question: Question) -> Iterator[Row]:
        for row in question.rows:
            yield {
                "type": f"select_one {question.key}", "name": self.rows[question.key, row.key], **self._shown(row.text),
                "required": YES if question.required else None, "gaung_kind": "row", "gaung_key": row.key,
                "gaung_dimension": row.dimension, "gaung_service": row.service,
                "gaung_decoy": YES if row.decoy else None,
            }  # fmt: skip
        yield {"type": "end_group", "name": question.key}

    def _lines_to_write_on(self, question: Question) -> Iterator[Row]:
        for option in question.options:
            if option.other:
                test = "selected(${%s}, '%s')" if question.kind == "many" else "${%s} = '%s'"
                yield {
                    "type": "text", "name": self.others[question.key, option.key], **self._shown(option.text),
                    "relevant": test % (question.key, option.key), "gaung_kind": "other",
                    "gaung_key": f"{question.key}/{option.key}",
                }  # fmt: skip

    def _choices(self) -> Iterator[Row]:
        for code, name in self.places.items():
            yield {"list_name": "tempat", "name": code, **self._shown({"id": name})}
        for name, keys, words in (("jenis_kelamin", SEXES, SEX_WORDS), ("kelompok_umur", AGE_BANDS, AGE_WORDS)):
            for key in keys:
                yield {"list_name": name, "name": key, **self._shown({"id": str(words[key])})}
        for question in self.definition.questions:
            for option in question.options:
                flags = {
                    f"gaung_{flag}": YES for flag in ("exclusive", "other", "fixed", "right") if getattr(option, flag)
                }
                yield {"list_name": question.key, "name": option.key, **self._shown(option.text), **flags}

    def _codes(self) -> Iterator[Row]:
        for question in self.definition.questions:
            for code in question.codes:
                yield self._code(question, code)

    def _code(self, question: Question, code: Option) -> Row:
        return {
            "question": question.key, "name": code.key, **self._label(code.text), "dimension": code.dimension,
            "right": YES if code.right else None,
        }  # fmt: skip

    def _measures(self) -> Iterator[Row]:
        for measure in self.definition.measures:
            raw = canonical_measure(measure)
            row: Row = {**raw, **self._label(measure.label), "counts": " ".join(measure.counts)}
            for name in ("parts", "among"):
                row[name] = json.dumps(raw[name], ensure_ascii=False) if name in raw else None
            row["decoy"] = YES if measure.decoy else None
            row.pop("label", None)
            yield row


def _borders(question: Question) -> str | None:
    parts = [] if question.least is None else [f". >= {plain_number(question.least)}"]
    parts += [] if question.most is None else [f". <= {plain_number(question.most)}"]
    return " and ".join(parts) or None


def _sheet(name: str, columns: Sequence[str], rows: Iterator[Row] | list[Row]) -> Sheet:
    return Sheet(name, columns, [[row.get(column) for column in columns] for row in rows])
