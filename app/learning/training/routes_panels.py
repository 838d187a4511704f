"""What the pages of lower rooms tell of batches: a campaign, an event, the public agenda."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from app.base.web.formats import angka, sentence
from app.base.web.menu import may_open
from app.base.web.panels import Panel, PanelLine
from app.gatherings.events import panels as events
from app.gatherings.events.models import Event, EventKind
from app.kernel.roles import Actor, Can
from app.learning.programmes.models import Programme
from app.learning.training.access import may_see_people, visible_to
from app.learning.training.batches.announcing import is_public
from app.learning.training.batches.listing import batches_where
from app.learning.training.models import Batch, BatchSession, BatchStatus
from app.learning.training.states import BADGES, LABELS
from app.outreach.campaigns.models import Campaign

SHOWN = 6
TAUGHT = (EventKind.TRAINING, EventKind.BIMTEK)


def campaign_batches(session: Session, actor: Actor, campaign: Campaign) -> Panel | None:
    """Show the batches of a campaign; None where batches are not for this person."""
    return _batches(
        session,
        actor,
        Batch.campaign_id == campaign.id,
        title=_l("Pelatihan"),
        empty=_l("Belum ada pelatihan untuk program ini."),
        new={"sosialisasi": campaign.id},
    )


def programme_batches(session: Session, actor: Actor, programme: Programme) -> Panel | None:
    """Show the batches of a programme of training; None where batches are not for this person."""
    return _batches(
        session,
        actor,
        Batch.programme_id == programme.id,
        title=_l("Angkatan"),
        url=url_for("training.index", program=programme.id),  # the page's own button plans a new one
    )


def _batches(
    session: Session,
    actor: Actor,
    wanted: ColumnElement[bool],
    *,
    title: Any,
    empty: Any = None,
    url: str | None = None,
    new: dict[str, Any] | None = None,
) -> Panel | None:
    """`new`: what the form of a new batch is opened with; None where there is to be none."""
    if not may_open("training.index"):
        return None
    total = session.scalar(select(func.count()).select_from(Batch).where(wanted, visible_to(actor)))
    may_plan = new is not None and may_open("training.new") and actor.can(Can.PLAN_TRAINING)
    if not total and not may_plan:
        return None
    rows = session.execute(batches_where(actor, wanted).limit(SHOWN)).all()
    return Panel(
        title=title,
        empty=empty,
        total=total or 0,
        lines=[_line(row) for row in rows],
        url=url,
        new_url=url_for("training.new", **(new or {})) if may_plan else None,
        new_label=_l("Buat angkatan"),
    )


def _line(row: Any) -> PanelLine:
    batch: Batch = row.Batch
    return PanelLine(
        title=batch.name,
        url=url_for("training.show", batch_id=batch.id),
        on=batch.starts_on,
        badge=(BADGES[batch.status], sentence(LABELS[batch.status])),
        detail=_("%(n)s dari %(most)s peserta", n=angka(row.accepted), most=angka(batch.capacity)),
    )


def batch_of_event(session: Session, actor: Actor, event: Event) -> Panel | None:
    """Show of which batch this event is a session."""
    if event.kind not in TAUGHT:
        return None
    batch = session.scalar(
        select(Batch).join(BatchSession, BatchSession.batch_id == Batch.id).where(BatchSession.event_id == event.id)
    )
    if batch is None:
        return None
    seen = session.scalar(select(Batch.id).where(Batch.id == batch.id, visible_to(actor))) is not None
    opened = seen and may_open("training.show")
    return Panel(
        title=_l("Bagian dari pelatihan"),
        empty=batch.name,
        total=0,
        lines=[PanelLine(batch.name, url_for("training.show", batch_id=batch.id), badge=_badge(batch))]
        if opened
        else [],
        url=url_for("training.sessions", batch_id=batch.id) if opened else None,
        url_label=_l("Semua pertemuannya"),
        notes=[] if is_public(batch) else [_("Tidak tampil di agenda publik: hanya pesertanya yang dikabari.")],
    )


def _badge(batch: Batch) -> tuple[str, str]:
    return BADGES[batch.status], sentence(LABELS[batch.status])


def is_session(session: Session, event: Event) -> bool:
    """Return whether an event is a session, which is reported by its batch, with attendance and marks."""
    if event.kind not in TAUGHT:
        return False
    return session.scalar(select(BatchSession.id).where(BatchSession.event_id == event.id)) is not None


def lead_to_batch(session: Session, rows: Sequence[Row[Any]]) -> Mapping[int, events.Door]:
    """Lead whoever wants to come to a session to the place in the whole batch."""
    ids = [row.id for row in rows if row.kind in TAUGHT]
    if not ids:
        return {}
    found = session.execute(
        select(BatchSession.event_id, Batch.code, Batch.status)
        .join(Batch, Batch.id == BatchSession.batch_id)
        .where(BatchSession.event_id.in_(ids))
    )
    return {event_id: _door(code, status) for event_id, code, status in found}


def _door(code: str, status: str) -> events.Door:
    url = url_for("training.public", code=code)
    if status == BatchStatus.OPEN:
        return events.Door(_l("Bagian dari pelatihan: daftar untuk semua pertemuannya"), url, _l("Lihat pelatihannya"))
    return events.Door(_l("Hanya untuk peserta pelatihannya"), url, _l("Lihat pelatihannya"))


def people_of_batch(session: Session, actor: Actor, event: Event) -> events.Door | None:
    """Lead whoever enters people at a session to its batch: with one place in all sessions, counted by its quotas."""
    if event.kind not in TAUGHT:
        return None
    batch = session.scalar(
        select(Batch).join(BatchSession, BatchSession.batch_id == Batch.id).where(BatchSession.event_id == event.id)
    )
    if batch is None:
        return None
    seen = may_see_people(actor, batch) and may_open("training.participants")
    words = _("Ini pertemuan “%(batch)s”. Orangnya ditambahkan sebagai peserta angkatan itu, supaya punya tempat di "
              "semua pertemuannya.", batch=batch.name)  # fmt: skip
    return events.Door(
        words, url_for("training.participants", batch_id=batch.id) if seen else None, _("Peserta angkatan")
    )
