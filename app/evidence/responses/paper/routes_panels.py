"""Panel on the page of a survey about its paper forms."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.base.web.formats import angka
from app.base.web.panels import Panel
from app.evidence.responses.paper.mismatches import KeyingProgress, keying_progress
from app.evidence.surveys.access import may_manage
from app.evidence.surveys.models import Mode, Wave, WaveStatus
from app.kernel.roles import Actor, Can


def paper_panel(session: Session, actor: Actor, wave: Wave) -> Panel | None:
    if Mode.PAPER not in wave.modes or wave.status == WaveStatus.CANCELLED:
        return None
    state, manages = keying_progress(session, actor, wave), may_manage(actor, wave)
    may_key = wave.sheets and actor.can(Can.KEY_PAPER)
    return Panel(
        title=_("Formulir kertas"),
        empty=_("Belum ada formulir bernomor yang disiapkan."),
        url=url_for("responses.keying", wave_id=wave.id) if may_key else None,
        url_label=_("Ketik formulir"),
        new_url=url_for("responses.paper", wave_id=wave.id) if manages else None,
        new_label=_("Siapkan formulir"),
        new_icon="printer",
        state=_paper_state(wave, state),
        notes=_paper_notes(wave, state),
    )


def _paper_state(wave: Wave, state: KeyingProgress) -> tuple[str, str]:
    if not wave.sheets:
        return "muted", _("Belum disiapkan")
    if state.differing:
        return "warn", _("%(n)s lembar diketik berbeda", n=angka(state.differing))
    if state.keyed < state.printed:
        return "wait", _("%(n)s lembar belum diketik", n=angka(state.printed - state.keyed))
    return "ok", _("Semua lembar sudah diketik")


def _paper_notes(wave: Wave, state: KeyingProgress) -> list[str]:
    if not wave.sheets:
        return []
    notes = [
        _("%(printed)s lembar disiapkan, %(keyed)s sudah diketik.", printed=angka(state.printed),
          keyed=angka(state.keyed))
    ]  # fmt: skip
    if wave.double_keying:
        notes.append(_("%(n)s lembar cocok pada ketikan kedua.", n=angka(state.checked)))
    return notes
