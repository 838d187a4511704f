"""What the pages of tests are made of: cards of papers, and what a batch learnt in plain sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.base.web.formats import angka, sentence
from app.base.web.menu import may_open
from app.kernel.text import T
from app.learning.assessments.models import Paper, PaperKind
from app.learning.assessments.papers.panels import RESULT_PAGES
from app.learning.assessments.papers.service import KINDS, STATES, PaperState, state_of, why_early
from app.learning.assessments.papers.turnout import PaperQuestions, count_turnout, first_start, questions_of_versions
from app.learning.assessments.person_gain import LEAST
from app.learning.assessments.scores import Pairs, pairs_of
from app.learning.training.models import Batch

if TYPE_CHECKING:
    from app.learning.assessments.gain import Gain

BADGES = {PaperState.WAITING: "muted", PaperState.PLANNED: "info", PaperState.OPEN: "wait", PaperState.CLOSED: "ok"}
ICONS = {PaperState.WAITING: "circle-dashed", PaperState.PLANNED: "clock", PaperState.OPEN: "lock-open",
         PaperState.CLOSED: "lock"}  # fmt: skip
ABOUT = {
    PaperKind.PRE: T("Sebelum pertemuan pertama: apa yang sudah diketahui peserta."),
    PaperKind.POST: T("Sesudah pertemuan terakhir: apa yang sekarang diketahui."),
    PaperKind.FEEDBACK: T("Tanpa nama: pelatih, materi, dan tempat."),
    PaperKind.AFTER_3: T("Masih dipakai? Apa yang sudah dibuat?"),
    PaperKind.AFTER_12: T("Apa yang masih dipakai sesudah setahun?"),
}


@dataclass(frozen=True)
class Card:
    """One kind of paper on the page of a batch. `badge`: (kind, words, icon) of ui.badge; `url`: its results."""

    kind: str
    label: str
    about: str
    paper: Paper | None
    state: str
    badge: tuple[str, str, str]
    given: int
    asked: PaperQuestions | None
    url: str | None
    early: str = ""  # why it is too early to open it


def cards_of(session: Session, batch: Batch, now: datetime) -> tuple[list[Card], int]:
    """Return (the cards in order, participants)."""
    papers, given, everybody = count_turnout(session, batch)
    asked = questions_of_versions(session, [paper.instrument_version_id for paper in papers.values()])
    cards = [_card(kind, papers.get(kind), given.get(kind, 0), asked, now) for kind in PaperKind]
    why = why_too_early(session, papers, batch.id, now)
    return [replace(card, early=why) if card.kind == PaperKind.POST else card for card in cards], everybody


def why_too_early(session: Session, papers: Mapping[str, Paper], batch_id: int, now: datetime) -> str:
    """Say why it is too early to open the test after; empty where it is not."""
    if PaperKind.POST not in papers:
        return ""
    why = why_early(papers, PaperKind.POST, first_start(session, batch_id), now)
    return sentence(why) if why is not None else ""


def _card(kind: PaperKind, paper: Paper | None, given: int, asked: Any, now: datetime) -> Card:
    state = state_of(paper, now) if paper else ""
    badge = paper_badge(paper, now) if paper else ("muted", _("Belum disiapkan"), "circle-dashed")
    return Card(
        kind=kind, label=sentence(KINDS[kind]), about=sentence(ABOUT[kind]), paper=paper, state=state, badge=badge,
        given=given, asked=asked.get(paper.instrument_version_id) if paper else None,
        url=result_url(paper) if paper else None,
    )  # fmt: skip


def paper_badge(paper: Paper, now: datetime) -> tuple[str, str, str]:
    state = state_of(paper, now)
    return BADGES[state], sentence(STATES[state]), ICONS[state]


def result_url(paper: Paper) -> str | None:
    """Return where this person reads what was answered; None where it is not for them."""
    endpoint = RESULT_PAGES.get(paper.kind, "")
    if endpoint:
        return url_for(endpoint, batch_id=paper.batch_id) if may_open(endpoint) else None
    return url_for("assessments.paper", paper_id=paper.id) if may_open("assessments.paper") else None


def gain_values(session: Session, batch: Batch, gain_of: Any, *, of_all: bool) -> dict[str, Any]:
    """Return what the batch learnt, for `assessments/gain.html`. `gain_of`: gain.batch_gain, which only a view loads.

    `of_all`: for who may read each participant's marks. To anybody else a mean of fewer than LEAST says nothing: it
    would be somebody's own mark.
    """
    pairs = pairs_of(session, batch.id)
    if pairs.pairs and not (of_all or len(pairs.pairs) >= LEAST):
        return {"gain": gain_of([]), "pairs": pairs, "gain_headline": too_few(), "gain_notes": []}
    found: Gain = gain_of(pairs.pairs)
    return {
        "gain": found,
        "pairs": pairs,
        "gain_headline": gain_headline(found),
        "gain_notes": gain_notes(found, pairs),
    }


def too_few() -> str:
    return _("Angkanya tampil mulai %(n)s peserta yang mengikuti kedua tes, supaya nilai seseorang tidak terbaca.",
             n=LEAST)  # fmt: skip


def gain_headline(gain: "Gain") -> str:
    """Say what the batch learnt in one sentence; empty where nobody took both tests."""
    if gain.n == 0:
        return ""
    means = _(
        "Nilai rata-rata %(n)s peserta yang mengikuti kedua tes: %(before)s%% sebelum, %(after)s%% sesudah.",
        before=_percent(gain.before), after=_percent(gain.after), n=angka(gain.n),
    )  # fmt: skip
    verdict = str(gain.verdict)
    if verdict == "too_few":
        return f"{means} {_('Belum cukup peserta untuk menilai angkatan ini (paling sedikit %(n)s).', n=LEAST)}"
    if verdict == "full_before":
        return f"{means} {_('Tes awal sudah benar semua, jadi kenaikannya tidak bisa dilihat dengan tes ini.')}"
    if verdict == "nearly_full":
        return f"{means} {_('Kenaikannya belum bisa dihitung: hampir semua sudah tahu sejak tes awal.')}"
    if verdict == "uncertain":
        return f"{means} {_('Kenaikannya belum bisa dipastikan: perbedaan sebesar ini bisa terjadi karena kebetulan.')}"
    if verdict == "fell":
        fell = _("Nilainya turun %(n)s poin. Periksa soalnya, lalu bicarakan dengan pelatih.",
                 n=_percent(-(gain.change or 0)))  # fmt: skip
        return f"{means} {fell}"
    words = {"low": _("rendah"), "medium": _("sedang"), "high": _("tinggi")}[verdict]
    return _(
        "Kenaikan hasil belajar %(verdict)s: dari yang belum dikuasai sebelum pelatihan, %(share)s%% dikuasai "
        "sesudahnya%(range)s.",
        verdict=words, share=_percent(100 * (gain.estimate or 0)), range=_range(gain),
    )  # fmt: skip


def _range(gain: "Gain") -> str:
    if gain.low is None or gain.high is None:
        return ""
    low, high = (_percent(100 * limit) for limit in (gain.low, gain.high))
    return _(" (kemungkinan antara %(low)s%% dan %(high)s%%, dari %(n)s peserta)", low=low, high=high, n=angka(gain.n))


def gain_notes(gain: "Gain", pairs: Pairs) -> list[str]:
    """List the change in points, who is left out and why, as sentences."""
    said = []
    if gain.change is not None and gain.change_low is not None and gain.change_high is not None:
        low, high = _percent(gain.change_low), _percent(gain.change_high)
        said.append(
            _("Perubahan nilai rata-rata: %(change)s poin persen (antara %(low)s dan %(high)s).",
              change=_signed(gain.change), low=low, high=high)
        )  # fmt: skip
    if gain.full:
        said.append(_("%(n)s peserta sudah benar semua pada tes awal.", n=angka(gain.full)))
    if pairs.left_out and gain.n:
        parts = [
            (pairs.only_before, _("%(n)s hanya tes awal", n=angka(pairs.only_before))),
            (pairs.only_after, _("%(n)s hanya tes akhir", n=angka(pairs.only_after))),
            (pairs.neither, _("%(n)s belum mengikuti keduanya", n=angka(pairs.neither))),
        ]
        why = ", ".join(words for number, words in parts if number)
        said.append(_("%(n)s peserta tidak ikut dihitung: %(why)s.", n=angka(pairs.left_out), why=why))
    return said


def _percent(value: float | None) -> str:
    return angka(None if value is None else round(value) + 0)


def _signed(value: float) -> str:
    return f"+{_percent(value)}" if round(value) > 0 else _percent(value).replace("-", "−")


def shown_score(value: float | None) -> str:
    """Format a percentage of a test or a work; "–" where there is none."""
    return "–" if value is None else f"{angka(round(value))}%"


def shown_gain(value: float | None) -> str:
    """Format a gain of one person as a percentage; a minus for who fell back."""
    if value is None:
        return "–"
    return f"{'−' if round(100 * value) < 0 else ''}{angka(abs(round(100 * value)))}%"
