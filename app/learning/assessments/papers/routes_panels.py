"""What tests show on the pages of training: a tab, a panel and columns of a batch, a section of the own page."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.web.formats import angka, sentence
from app.base.web.menu import may_open
from app.base.web.panels import Panel, PanelLine
from app.base.web.wiring import now
from app.evidence.instruments.models import InstrumentVersion
from app.kernel.roles import Actor
from app.learning.assessments import gain
from app.learning.assessments.models import Paper, PaperKind
from app.learning.assessments.papers.pages import cards_of, gain_values, shown_gain, shown_score
from app.learning.assessments.papers.service import KINDS
from app.learning.assessments.scores import Result, results
from app.learning.training.access import may_see_people, visible_to
from app.learning.training.models import Batch
from app.learning.training.panels import Column
from app.learning.training.states import BADGES, LABELS


def tests_panel(session: Session, actor: Actor, batch: Batch) -> Panel | None:
    """Show how many filled in what, and the gain where both tests have pairs."""
    if not may_open("assessments.index"):
        return None
    cards, everybody = cards_of(session, batch, now())
    lines = [
        PanelLine(
            title=card.label, url=card.url or url_for("assessments.index", batch_id=batch.id), badge=card.badge,
            detail=_("%(n)s dari %(all)s peserta", n=angka(card.given), all=angka(everybody)),
        )
        for card in cards
        if card.paper is not None
    ]  # fmt: skip
    return Panel(
        title=_("Penilaian"), empty=_("Tes awal, tes akhir, dan umpan balik belum disiapkan."), lines=lines,
        url=url_for("assessments.index", batch_id=batch.id), url_label=_("Buka penilaian"),
        notes=_gain_of(session, actor, batch),
    )  # fmt: skip


def _gain_of(session: Session, actor: Actor, batch: Batch) -> Sequence[str]:
    said = gain_values(session, batch, gain.batch_gain, of_all=may_see_people(actor, batch))["gain_headline"]
    return (said,) if said else ()


# --- the list of participants ---


def _column(name: str, shown: Any) -> Any:
    def cells(session: Session, batch: Batch, enrolment_ids: Sequence[int]) -> Mapping[int, Any]:
        found = results(session, [batch.id])
        wanted = ((number, getattr(found.get(number, Result()), name)) for number in enrolment_ids)
        return {number: shown(value) for number, value in wanted if value is not None}

    return cells


COLUMNS = (
    Column(30, _l("Tes awal"), _column("pre", shown_score), _column("pre", round), "%"),
    Column(31, _l("Tes akhir"), _column("post", shown_score), _column("post", round), "%"),
    Column(32, _l("Kenaikan"), _column("gain", shown_gain), _column("gain", lambda value: round(100 * value)), "%"),
)


# --- the page of an instrument ---


def papers_with(session: Session, actor: Actor, instrument_id: int) -> Mapping[int, Sequence[PanelLine]]:
    """List by version the batches that are asked what it says, the latest first."""
    query = (
        select(Paper, Batch)
        .join(Batch, Batch.id == Paper.batch_id)
        .join(InstrumentVersion, InstrumentVersion.id == Paper.instrument_version_id)
        .where(InstrumentVersion.instrument_id == instrument_id, visible_to(actor))
        .order_by(Batch.starts_on.desc(), Paper.id.desc())
    )
    found: dict[int, list[PanelLine]] = {}
    for paper, batch in session.execute(query):
        line = PanelLine(
            title=batch.name, url=url_for("assessments.index", batch_id=batch.id), on=batch.starts_on,
            badge=(BADGES[batch.status], sentence(LABELS[batch.status])), detail=_kind(paper),
        )  # fmt: skip
        found.setdefault(paper.instrument_version_id, []).append(line)
    return found


def _kind(paper: Paper) -> str:
    return sentence(KINDS[PaperKind(paper.kind)])
