"""Panels on the page of a survey: the answers that came in, and how to share it."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.base.web.formats import angka, sentence
from app.base.web.panels import Panel
from app.evidence.responses import queries
from app.evidence.responses.bursts.detection import held_count
from app.evidence.surveys.access import may_manage
from app.evidence.surveys.models import Mode, Wave, WaveStatus
from app.evidence.surveys.states import MODES
from app.kernel.roles import Actor


def answers_panel(session: Session, actor: Actor, wave: Wave) -> Panel | None:
    if wave.status in {WaveStatus.DRAFT, WaveStatus.CANCELLED} or not may_manage(actor, wave):
        return None
    by_mode = queries.counted_by_mode(session, wave)
    waiting, suspected_repeats = queries.waiting_conflicts(session, wave), queries.suspected_repeat_count(session, wave)
    aside, held = queries.set_aside_count(session, wave), held_count(session, wave)
    notes = [f"{sentence(MODES[mode])}: {angka(n)}" for mode, n in sorted(by_mode.items(), key=lambda one: -one[1])]
    if suspected_repeats:
        notes.append(_("%(n)s jawaban diduga ulangan.", n=angka(suspected_repeats)))
    if held:
        notes.append(_("%(n)s jawaban ditahan karena datang beruntun, belum dihitung.", n=angka(held)))
    if aside:
        notes.append(_("%(n)s jawaban dikesampingkan, tidak dihitung.", n=angka(aside)))
    if wave.erased_at is not None:
        notes.append(_("Jawaban perorangan sudah dihapus; jumlahnya tetap ada."))
    return Panel(
        title=_("Jawaban yang masuk"),
        empty=_("Belum ada jawaban."),
        url=url_for(_page(waiting, held), wave_id=wave.id),
        url_label=_("Putuskan") if waiting else _("Periksa yang ditahan") if held else _("Lihat jawaban"),
        state=_state(waiting, held, suspected_repeats, sum(by_mode.values())),
        notes=notes,
    )


def _page(waiting: int, held: int) -> str:
    return "responses.conflicts" if waiting else "responses.held" if held else "responses.answers"


def _state(waiting: int, held: int, suspected_repeats: int, total: int) -> tuple[str, str]:
    if waiting:
        return "warn", _("%(n)s jawaban punya dua versi", n=angka(waiting))
    if held:
        return "warn", _("%(n)s jawaban ditahan", n=angka(held))
    if suspected_repeats:
        return "wait", _("%(n)s diduga ulangan", n=angka(suspected_repeats))
    return ("ok", _("Tidak ada yang perlu diputuskan")) if total else ("muted", _("Belum ada jawaban"))


def share_panel(_session: Session, actor: Actor, wave: Wave) -> Panel | None:
    wanted = wave.status in {WaveStatus.DRAFT, WaveStatus.OPEN} and Mode.LINK in wave.modes
    if not wanted or not may_manage(actor, wave):
        return None
    return Panel(
        title=_("Tautan dan QR"),
        empty=_("Tautan sudah ada."),
        url=url_for("responses.share", wave_id=wave.id),
        url_label=_("Bagikan survei"),
        state=("ok", _("Bisa dibuka")) if wave.status == WaveStatus.OPEN else ("muted", _("Berlaku sesudah dibuka")),
        notes=[_("Untuk yang mau mengisi sendiri: hasilnya gambaran awal, bukan sampel acak.")],
    )
