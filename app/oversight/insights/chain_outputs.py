"""The third step of a chain: what was done. Posts and print, events and training, and the villages that were
reached."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event
from app.gatherings.events.queries import UNCOUNTED
from app.gatherings.events.reach import took_place
from app.gatherings.events.states import UPCOMING
from app.kernel.site import site_of
from app.kernel.text import T
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus
from app.learning.training.practice import OFFERED
from app.outreach.outlets.kinds import PRINT
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post, PostStatus, Variant
from app.outreach.printing.models import OrderStatus, PrintOrder, PrintPiece, Proof
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.oversight.insights import chain_figures, chain_reached
from app.oversight.insights.chain_scope import ChainScope
from app.oversight.insights.chain_steps import Amount, ChainLine, ChainStep, Words, number
from app.oversight.insights.chain_time import seconds_between

ON_TIME = 3600
"""Seconds after its planned time within which a post went out on time: many outlets are served by a person."""


def outputs(session: Session, scope: ChainScope) -> ChainStep:
    posts, reached = _posts(session, scope), chain_reached.villages(session, scope)
    lines = [
        posts,
        _proofs(session, scope),
        *_events(session, scope),
        _training(session, scope),
        *reached,
        *chain_figures.visits(session, scope, social=True),
        *chain_figures.reach(session, scope),
        *chain_reached.ordered_or_aimed(session, scope),
    ]
    village = reached[0]
    said: list[Words] = []
    if village.actual is not None and village.target is not None:
        said = [T("%(n)s dari %(all)s desa/kelurahan sasaran sudah terjangkau.",
                  n=village.actual.number, all=village.target.number)]  # fmt: skip
    return ChainStep("outputs", T("Keluaran"), T("Yang dikerjakan, dan desa yang benar-benar didatangi."), lines, said)


# --- posts ---


def _posts(session: Session, scope: ChainScope) -> ChainLine:
    """At outlets other than print; a post at two outlets counts twice, as it is published twice."""
    seconds = seconds_between(Delivery.due_at, Delivery.sent_at)
    sent = Delivery.status == S.SENT
    on_time = and_(sent, seconds <= ON_TIME)
    found = session.execute(
        select(
            func.count(),
            _count(on_time), _count(and_(sent, seconds > ON_TIME)), _count(Delivery.status == S.MISSED),
            _count(Delivery.status == S.FAILED), _count(Delivery.status == S.UNKNOWN),
            *scope.monthly(Delivery.due_at, case((on_time, 1), else_=0)),
        )
        .select_from(Delivery)
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(Post.campaign_id == scope.campaign.id, Outlet.kind.not_in(PRINT), Delivery.status != S.CANCELLED)
    ).one()  # fmt: skip
    unplanned, overdue = _without_delivery(session, scope)
    planned, timely, late, missed, failed, unknown = found[0] + unplanned, *found[1:6]
    source = {"program": scope.campaign.id}
    if not planned:
        return ChainLine(
            T("Unggahan terbit tepat waktu"),
            source_label=T("Penayangan"), endpoint="publishing.index", values=source,
            action=scope.add_action(T("Tulis materi"), "posts.new", program=scope.campaign.id),
        )  # fmt: skip
    return ChainLine(
        T("Unggahan terbit tepat waktu"),
        Amount(T("%(n)s unggahan", n=number(timely)), timely),
        Amount(T("%(n)s direncanakan", n=number(planned)), planned),
        scope.trend(found[6:]),
        source_label=T("Penayangan"),
        endpoint="publishing.index",
        values=source,
        note=_told(
            [
                (late, T("%(n)s terlambat", n=number(late))),
                (missed, T("%(n)s terlewat", n=number(missed))),
                (failed, T("%(n)s gagal", n=number(failed))),
                (unknown, T("%(n)s belum pasti terbit", n=number(unknown))),
                (overdue, T("%(n)s lewat waktunya tanpa persetujuan", n=number(overdue))),
                (1, T("%(n)s belum waktunya atau sedang dikirim",
                      n=number(planned - timely - late - missed - failed - unknown - overdue))
                 if planned > timely + late + missed + failed + unknown + overdue else ""),
            ]
        ),
    )  # fmt: skip


def _without_delivery(session: Session, scope: ChainScope) -> tuple[int, int]:
    """(places of posts that have a time and are not approved yet, those of them whose time is over)."""
    row = session.execute(
        select(func.count(), _count(Post.scheduled_at < scope.now))
        .select_from(Variant)
        .join(Post, Post.id == Variant.post_id)
        .join(Outlet, Outlet.id == Variant.outlet_id)
        .where(
            Post.campaign_id == scope.campaign.id,
            Post.status != PostStatus.CANCELLED,
            Post.scheduled_at.is_not(None),
            Outlet.kind.not_in(PRINT),
            ~exists().where(Delivery.post_id == Variant.post_id, Delivery.outlet_id == Variant.outlet_id),
        )
    ).one()
    return row[0], row[1]


def _told(parts: Sequence[tuple[int, Words]]) -> Words:
    """What there is any of, in one sentence."""
    words = [str(words) for count, words in parts if count and words]
    return T("%(parts)s.", parts=", ".join(words)) if words else ""


# --- print ---


def _proofs(session: Session, scope: ChainScope) -> ChainLine:
    proved = session.execute(
        select(func.sum(Proof.copies), func.count(), *scope.monthly(Proof.placed_on, Proof.copies))
        .join(PrintPiece, PrintPiece.id == Proof.piece_id)
        .where(PrintPiece.campaign_id == scope.campaign.id, Proof.withdrawn_at.is_(None))
    ).one()
    ordered = session.scalar(
        select(func.sum(PrintOrder.copies))
        .join(PrintPiece, PrintPiece.id == PrintOrder.piece_id)
        .where(PrintPiece.campaign_id == scope.campaign.id, PrintOrder.status != OrderStatus.CANCELLED)
    )
    copies = int(proved[0] or 0)
    return ChainLine(
        T("Lembar terbukti terpasang atau dibagikan"),
        Amount(T("%(n)s lembar", n=number(copies)), copies) if copies else None,
        Amount(T("%(n)s lembar dipesan", n=number(ordered)), ordered) if ordered else None,
        scope.trend(proved[2:]) if copies else None,
        n=T("%(n)s bukti berfoto", n=number(proved[1])) if copies else "",
        source_label=T("Bukti terpasang"),
        endpoint="printing.proofs",
        values={"program": scope.campaign.id},
        action=None if copies else scope.add_action(T("Catat bukti"), "printing.prove"),
    )


# --- events and training ---


def _events(session: Session, scope: ChainScope) -> list[ChainLine]:
    """Of this campaign alone: another one's event in the same village and month is that one's."""
    held = took_place(scope.now, practice=site_of(session).practice)
    found = session.execute(
        select(
            func.count(), _count(held), func.sum(case((held, Event.people))), func.count(case((held, Event.people))),
            _count(and_(Event.status.in_(UPCOMING), Event.ends_at >= scope.now)),
            _count(and_(Event.status.in_(UPCOMING), Event.ends_at < scope.now)),
            *scope.monthly(Event.starts_at, case((held, 1), else_=0)),
            *scope.monthly(Event.starts_at, case((held, func.coalesce(Event.people, 0)), else_=0)),
        ).where(Event.campaign_id == scope.campaign.id, Event.status.not_in(UNCOUNTED))
    ).one()  # fmt: skip
    every, took, people, counted, ahead, silent = found[:6]
    many = len(scope.months)
    source = {"program": scope.campaign.id}
    plan = scope.add_action(T("Rencanakan kegiatan"), "events.new", program=scope.campaign.id)
    return [
        ChainLine(
            T("Kegiatan berlangsung"),
            Amount(T("%(n)s kegiatan", n=number(took)), took) if every else None,
            Amount(T("%(n)s direncanakan", n=number(every)), every) if every else None,
            scope.trend(found[6 : 6 + many]),
            source_label=T("Kegiatan"),
            endpoint="events.index",
            values=source,
            note=_told(
                [
                    (ahead, T("%(n)s akan datang", n=number(ahead))),
                    (silent, T("%(n)s sudah lewat dan belum dilaporkan", n=number(silent))),
                ]
            ),
            action=None if every else plan,
        ),
        ChainLine(
            T("Kehadiran menurut hitungan kegiatan"),
            Amount(T("%(n)s kunjungan", n=number(people)), int(people)) if counted else None,
            trend=scope.trend(found[6 + many :]) if counted else None,
            n=T("%(n)s dari %(all)s kegiatan dihitung", n=number(counted), all=number(took)) if counted else "",
            source_label=T("Kegiatan"),
            endpoint="events.index",
            values=source,
            note=T("Yang datang dua kali terhitung dua kali.") if counted else "",
            action=None if counted or not took else scope.add_action(T("Isi laporan kegiatan"), "reports.index"),
        ),
    ]


def _training(session: Session, scope: ChainScope) -> ChainLine:
    """Real batches; only where there is none, practice, which then is called so."""
    accepted = (
        select(func.count())
        .where(Enrolment.batch_id == Batch.id, Enrolment.status == EnrolmentStatus.ACCEPTED)
        .correlate(Batch)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Batch.simulated, func.count(), func.sum(Batch.capacity), func.sum(accepted), func.min(Batch.id))
        .where(Batch.campaign_id == scope.campaign.id, Batch.status.in_(OFFERED))
        .group_by(Batch.simulated)
        .order_by(Batch.simulated)
    ).all()
    if not rows:
        return ChainLine(
            T("Tempat pelatihan terpakai"),
            source_label=T("Pelatihan"), endpoint="training.index",
            action=scope.add_action(T("Buat angkatan"), "training.new", sosialisasi=scope.campaign.id),
        )  # fmt: skip
    practice, batches, places, people, first = rows[0]
    alone = batches == 1
    return ChainLine(
        T("Tempat pelatihan terpakai"),
        Amount(T("%(n)s peserta diterima", n=number(people)), int(people)),
        Amount(T("%(n)s tempat", n=number(places)), int(places)),
        n=T("%(n)s angkatan", n=number(batches)),
        source_label=T("Pelatihan"),
        endpoint="training.show" if alone else "campaigns.show",
        values={"batch_id": first} if alone else {"campaign_id": scope.campaign.id, "_anchor": "materi"},
        note=T("Simulasi: angkatan untuk latihan.") if practice else "",
        still=T("seluruh angkatan, tidak per bulan"),
    )


def _count(condition: ColumnElement[bool]) -> Any:
    return func.count(case((condition, 1)))
