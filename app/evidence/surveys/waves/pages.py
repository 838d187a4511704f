"""Shared parts of the page of a survey: its next step, the words of its history, what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.base.trail.sentences import action_label
from app.base.web.formats import angka, sentence
from app.base.web.menu import link, may_open
from app.evidence.instruments.definition import Definition, say
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.pages import language_name, progress
from app.evidence.surveys.models import Mode, SampleMethod, Wave, WaveStatus
from app.kernel.audit import AuditEntry
from app.kernel.text import T

SHARING = ("responses.share", "responses.links", "responses.sharing")
RESULTS = ("results.wave", "results.show", "results.index")
PARTS: dict[str, T] = {
    "name": T("nama"),
    "stage": T("survei yang mana"),
    "audience": T("siapa yang ditanya"),
    "campaign_id": T("program"),
    "before_id": T("pembanding"),
    "instrument_version_id": T("daftar pertanyaan"),
    "modes": T("cara menjawab"),
    "starts_on": T("hari pertama"),
    "ends_on": T("hari terakhir"),
    "target": T("sasaran jawaban"),
    "method": T("cara memilih tempat"),
    "places": T("tempat"),
    "quotas": T("jatah"),
    "bps_number": T("nomor BPS"),
}
"""What of a plan the trail keeps (plans.facts)."""


@dataclass(frozen=True)
class Step:
    """The one primary action of the page. `key` names it, so that it does not stand among the others too."""

    key: str
    url: str
    label: str
    icon: str


def first_reachable(endpoints: Sequence[str], wave: Wave) -> str:
    """Return the address of the first of these pages that this installation has and this person may open."""
    return next((link(name, wave_id=wave.id) for name in endpoints if may_open(name)), "")


def next_step(wave: Wave, today: date, *, may_manage: bool) -> Step | None:
    """Return what is to be done with it now; None for nothing."""
    if may_manage and wave.status == WaveStatus.DRAFT:
        if wave.method == SampleMethod.PPS and not wave.draw:
            return Step("draw", url_for("surveys.draw", wave_id=wave.id), _("Undi desa"), "dice-5")
        if wave.method == SampleMethod.LIST and not wave.places:
            return Step("places", url_for("surveys.places", wave_id=wave.id), _("Pilih tempat"), "map-pin")
        return Step("open", url_for("surveys.open_survey", wave_id=wave.id), _("Buka survei"), "player-play")
    if may_manage and wave.status == WaveStatus.OPEN and wave.ends_on < today:
        return Step("close", url_for("surveys.close_survey", wave_id=wave.id), _("Tutup survei"), "lock")
    shared = first_reachable(SHARING, wave)
    if wave.status == WaveStatus.OPEN and Mode.LINK in wave.modes and shared:
        return Step("share", shared, _("Bagikan tautan"), "share")
    results = first_reachable(RESULTS, wave)
    if wave.status in (WaveStatus.OPEN, WaveStatus.CLOSED) and results:
        return Step("results", results, _("Lihat hasil"), "chart-dots")
    return None


def history_lines(entries: Sequence[AuditEntry]) -> list[tuple[AuditEntry, str, str]]:
    """Return (entry, what was done, what changed by it) of each."""
    return [(entry, sentence(action_label(entry)), changed_parts(entry)) for entry in entries]


def changed_parts(entry: AuditEntry) -> str:
    """Say in words what an edit changed; empty for all else."""
    if entry.action == "wave.margins_set":
        return ", ".join(_changed_numbers(entry.before or {}, entry.after or {}))
    if entry.action != "wave.edited" or not entry.before:
        return ""
    return ", ".join(sentence(PARTS.get(name, name)) for name in entry.before)


def _changed_numbers(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Quotas and the people that answers are weighed by: which of them, with their sums before and after."""
    for words, old, new in (
        (_("jatah"), before.get("quotas", {}), after.get("quotas", {})),
        *(
            (words, before.get("margins", {}).get(kind, {}), after.get("margins", {}).get(kind, {}))
            for kind, words in (
                ("sex_age", _("penduduk menurut umur dan jenis kelamin")),
                ("district", _("penduduk tiap kecamatan")),
            )
        ),
    ):
        if old != new:
            sums = [angka(sum(rows.values())) if rows else _("belum diisi") for rows in (old, new)]
            yield _("%(what)s (semula %(before)s, sekarang %(after)s)", what=words, before=sums[0], after=sums[1])


def unfinished(definition: Definition) -> list[str]:
    """List what is missing of the texts, to be said before people answer to them."""
    found = [
        sentence
        for texts, sentence in (
            (definition.intro, _("Kata pengantar belum ditulis.")),
            (definition.consent, _("Kalimat persetujuan belum ditulis.")),
            (definition.thanks, _("Ucapan terima kasih belum ditulis.")),
        )
        if not say(texts)
    ]
    for code in definition.languages[1:]:
        done, total = progress(definition, code)
        if done < total:
            found.append(
                _("Bahasa %(name)s: %(done)s dari %(total)s teks sudah diterjemahkan.", name=language_name(code),
                  done=angka(done), total=angka(total))
            )  # fmt: skip
    return found


def lacks_bps_number(wave: Wave) -> bool:
    """Decide whether the number of BPS is missing from a survey that may need one."""
    return (
        wave.audience == SurveyAudience.RESIDENTS
        and not wave.bps_number
        and wave.status in (WaveStatus.DRAFT, WaveStatus.OPEN)
        and not wave.simulated
    )


def about_places(wave: Wave) -> dict[str, Any]:
    """Count the places and what they ask for in sum."""
    targets = [row.target for row in wave.places]
    return {"count": len(wave.places), "target": sum(n or 0 for n in targets) or None}
