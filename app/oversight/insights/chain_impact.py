"""The sixth step of a chain: figures from the services' own books, recorded by hand, beside the campaign, and never as
its effect."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Stale
from app.kernel.roles import Actor
from app.kernel.slots import Slot
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.campaigns import rules
from app.outreach.campaigns.models import Campaign, Service
from app.oversight.insights.chain_scope import ChainScope
from app.oversight.insights.chain_steps import ChainLine, ChainStep, Trend, Words, day, measured, number
from app.oversight.insights.models import ImpactFigure

CONTRIBUTION = T(
    "Angka ini dari catatan layanan sendiri. Program ini boleh disebut ikut berkontribusi bersama hal lain, bukan "
    "satu-satunya sebab."
)
ALLOWED = Slot[Callable[[Session, ChainScope], Words]]("insights.allowed")
"""What a design with a comparison group allows to say of a campaign ("" for nothing): said in the place of
CONTRIBUTION. Nothing else in this step speaks of an effect."""
LENGTHS = {"what": 200, "unit": 40, "source": 300}
MOST_POINTS = 12
STALE = T(
    "Angka ini baru saja diubah orang lain, jadi isian Anda belum tersimpan. Bandingkan dengan keadaan terakhir, lalu "
    "simpan sekali lagi."
)


@dataclass(frozen=True)
class FigureValues:
    """What a person enters. `service_id` None: of no single service."""

    what: str
    value: float | None
    on: date | None
    source: str
    unit: str = ""
    service_id: int | None = None


# --- the step ---


def impact(session: Session, scope: ChainScope) -> ChainStep:
    """Return the step with the figures of services."""
    rows = figures(session, scope.campaign.id)
    allowed = next((words for words in (say(session, scope) for say in ALLOWED) if words), "")
    lines = [_line(service, series, scope) for service, series in _series(rows)]
    said: list[Words] = [T("Pendaftaran, transaksi, atau pemakaian layanannya belum dicatat.")]
    if lines:
        newest = rows[0][0]
        said = [
            T("%(what)s: %(n)s per %(day)s.",
              what=lines[0].label, n=number(newest.value), day=day(newest.on)),
            allowed or CONTRIBUTION,
        ]  # fmt: skip
    return ChainStep(
        "impact",
        T("Pemakaian layanan"),
        T("Pendaftaran dan transaksi menurut catatan layanan yang dikenalkan."),
        lines,
        said,
        scope.edit_action(T("Catat angka layanan"), "insights.new_figure") if scope.may_edit or not lines else None,
    )


def figures(session: Session, campaign_id: int) -> list[tuple[ImpactFigure, str]]:
    """Return (figure, its service's name or nothing), the latest first."""
    rows = session.execute(
        select(ImpactFigure, Service.name)
        .outerjoin(Service, Service.id == ImpactFigure.service_id)
        .where(ImpactFigure.campaign_id == campaign_id)
        .order_by(ImpactFigure.on.desc(), ImpactFigure.id.desc())
    )
    return [(row.ImpactFigure, row.name or "") for row in rows]


def _series(rows: Sequence[tuple[ImpactFigure, str]]) -> list[tuple[str, list[ImpactFigure]]]:
    """(service, figures of one thing counted there, the latest first)."""
    found: dict[tuple[Any, ...], tuple[str, list[ImpactFigure]]] = {}
    for row, service in rows:
        key = (row.service_id, row.what.casefold(), row.unit.casefold())
        found.setdefault(key, (service, []))[1].append(row)
    return list(found.values())


def _line(service: str, series: list[ImpactFigure], scope: ChainScope) -> ChainLine:
    newest = series[0]
    return ChainLine(
        f"{service}: {newest.what}" if service else newest.what,
        measured(newest.value, newest.unit),
        trend=_trend(series),
        n=T("per %(day)s", day=day(newest.on)),
        source_label=newest.source,
        endpoint="insights.figures",
        values={"campaign_id": scope.campaign.id},
        still=T("baru satu kali dicatat"),
    )


def _trend(series: list[ImpactFigure]) -> Trend | None:
    """Against the one before. A difference and no verdict: a book has no interval."""
    if len(series) < 2:
        return None
    newest, before = series[:2]
    change = newest.value - before.value
    size = f"+{number(change)}" if change > 0 else number(change)
    told = T("%(size)s sejak %(day)s (%(before)s)", size=size, day=day(before.on), before=number(before.value))
    return Trend(told, [(one.on, one.value) for one in reversed(series[:MOST_POINTS])])


# --- recording ---


def record(
    session: Session, actor: Actor, campaign_id: int, values: FigureValues, *, today: date, now: datetime
) -> ImpactFigure:
    """Record a figure. Raises Invalid with its field; Forbidden, Refused, NotFound as a change of the campaign does."""
    campaign = rules.find_to_edit(session, actor, campaign_id, None)
    _check(campaign, values, today)
    figure = ImpactFigure(campaign_id=campaign.id, recorded_by_id=actor.id, recorded_at=now, **_columns(values))
    session.add(figure)
    session.flush()
    audit.record(session, actor, "insights.figure_recorded", figure, now=now, after=facts(figure))
    return figure


def edit(
    session: Session, actor: Actor, campaign_id: int, figure_id: int, values: FigureValues, *, seen: int | None,
    today: date, now: datetime,
) -> ImpactFigure:  # fmt: skip
    """Change a figure. `seen`: the version on the person's screen. Raises Stale where somebody was quicker."""
    campaign = rules.find_to_edit(session, actor, campaign_id, None)
    figure = find(session, campaign.id, figure_id)
    if seen is not None and seen != figure.version:
        raise Stale(STALE)
    _check(campaign, values, today, kept=figure.service_id)
    before = facts(figure)
    for name, value in _columns(values).items():
        setattr(figure, name, value)
    try:
        session.flush()
    except StaleDataError as error:
        raise Stale(STALE) from error
    audit.record(session, actor, "insights.figure_edited", figure, now=now, before=before, after=facts(figure))
    return figure


def remove(session: Session, actor: Actor, campaign_id: int, figure_id: int, *, now: datetime) -> None:
    campaign = rules.find_to_edit(session, actor, campaign_id, None)
    figure = find(session, campaign.id, figure_id)
    audit.record(session, actor, "insights.figure_removed", figure, now=now, before=facts(figure))
    session.delete(figure)
    session.flush()


def find(session: Session, campaign_id: int, figure_id: int) -> ImpactFigure:
    figure = session.get(ImpactFigure, figure_id)
    if figure is None or figure.campaign_id != campaign_id:
        raise NotFound(T("Angka ini tidak ada lagi di program ini. Muat ulang halamannya."))
    return figure


def facts(figure: ImpactFigure) -> dict[str, Any]:
    names = ("campaign_id", "service_id", "what", "unit", "value", "source")
    return {**{name: getattr(figure, name) for name in names}, "on": figure.on.isoformat()}


def _columns(values: FigureValues) -> dict[str, Any]:
    return {
        "service_id": values.service_id,
        "what": " ".join(values.what.split()),
        "unit": " ".join(values.unit.split()),
        "value": values.value,
        "on": values.on,
        "source": values.source.strip(),
    }


def _check(campaign: Campaign, values: FigureValues, today: date, kept: int | None = None) -> None:
    if not values.what.strip():
        raise Invalid(T("Tulis apa yang dihitung, misalnya “pendaftar baru”."), field="what")
    if values.value is None or not isfinite(values.value) or values.value < 0:
        raise Invalid(T("Isi angka nol atau lebih, misalnya 40."), field="value")
    if values.on is None:
        raise Invalid(T("Isi tanggal angka ini."), field="on")
    if values.on > today:
        raise Invalid(T("Tanggal ini belum tiba. Catat angkanya sesudah ada."), field="on")
    if not values.source.strip():
        raise Invalid(T("Tulis dari mana angkanya, misalnya “laporan bulanan Disdukcapil”."), field="source")
    for field, most in LENGTHS.items():
        at_most(getattr(values, field), most, field)
    offered = {kept, None, *(service.id for service in campaign.services)}
    if values.service_id not in offered:
        raise Invalid(T("Pilih layanan dari daftar layanan program ini."), field="service_id")
