"""What platforms and short links say of a campaign's posts. Each platform stands for itself: somebody who saw a post at
two of them is one person, so nothing here is added up over platforms."""

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from app.kernel.text import T
from app.outreach.campaigns.models import LinkVisits, ShortLink
from app.outreach.outlets.kinds import KINDS, PRINT, SOCIAL
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing import figures
from app.outreach.publishing.models import Delivery, DeliveryStatus, Measurement, MeasureState
from app.oversight.insights.chain_scope import ChainScope
from app.oversight.insights.chain_steps import UNAVAILABLE, Amount, ChainLine, Words, number

SHOWN = ("views", "reach")
ENGAGED = ("reactions", "comments", "shares")
PLATFORMS = T("Angka tiap saluran, tidak dijumlahkan: orang yang sama bisa melihat keduanya")
MEDIA = {"social": T("Tautan di unggahan dibuka"), "print": T("Kode QR cetakan dibuka"), "": T("Tautan lain dibuka")}
SINCE_SENT = T("sejak terbit; saluran tidak memberinya per bulan")
LEAST_SHARE = 0.001
"""A rate below is told as "kurang dari 0,1 %"."""


def reach(session: Session, scope: ChainScope) -> list[ChainLine]:
    """Return lines of showings and accounts of each platform, as it gave them last."""
    lines = []
    for one in figures.of_campaign(session, scope.campaign.id):
        if one.kind in PRINT:
            continue
        kind = KINDS[one.kind].name
        for name in SHOWN if one.kind in SOCIAL else SHOWN[:1]:
            total = one.counts[name].total
            given = T("%(n)s dari %(all)s unggahan", n=number(one.counts[name].of), all=number(one.sent))
            lines.append(
                ChainLine(
                    T("%(kind)s: %(what)s", kind=kind, what=_small(figures.LABELS[name])),
                    UNAVAILABLE if total is None else Amount(number(total), total),
                    n=given if total is not None else "",
                    source_label=T("Angka sesudah terbit"),
                    endpoint="publishing.figures_of_campaign",
                    values={"campaign_id": scope.campaign.id},
                    group=PLATFORMS,
                    still=SINCE_SENT,
                )
            )
    return lines


def engagement(session: Session, scope: ChainScope) -> list[ChainLine]:
    """Return lines of reactions, comments and shares of each platform; as a rate only over posts where these and the
    showings were given."""
    counts = [getattr(Measurement, name) for name in ENGAGED]
    engaged = counts[0] + counts[1] + counts[2]  # NULL where one of them is
    both = and_(engaged.is_not(None), Measurement.views > 0)
    rows = session.execute(
        select(
            Outlet.kind,
            func.count(Delivery.id.distinct()),
            func.sum(engaged),
            func.count(engaged),
            func.sum(case((both, engaged))),
            func.sum(case((both, Measurement.views))),
        )
        .select_from(Delivery)
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .outerjoin(Measurement, and_(Measurement.delivery_id == Delivery.id, Measurement.latest))
        .where(
            Post.campaign_id == scope.campaign.id,
            func.coalesce(Delivery.status, "") == DeliveryStatus.SENT,  # not by the index of states: all ever sent
            Outlet.kind.in_(SOCIAL),
        )
        .group_by(Outlet.kind)
        .order_by(Outlet.kind)
    ).all()
    gone = _deleted(session, scope) if rows else {}
    return [_engaged(*row, gone=gone.get(row[0], 0), scope=scope) for row in rows]


def _engaged(
    kind: str,
    sent: int,
    total: int | None,
    of: int,
    part: int | None,
    views: int | None,
    *,
    gone: int,
    scope: ChainScope,
) -> ChainLine:
    rate = part / views if part is not None and views else None
    actual = UNAVAILABLE
    if total is not None:
        actual = Amount(T("%(n)s tanggapan", n=number(total)), int(total))
    if rate is not None:
        share = "< 0,1" if 0 < rate < LEAST_SHARE else number(round(100 * rate, 1))
        actual = Amount(T("%(rate)s %% dari tayangan", rate=share), round(100 * rate, 1))
    counted = T("%(n)s dari %(all)s unggahan", n=number(of), all=number(sent)) if of else ""
    notes = []
    if total is not None:
        what = T("%(n)s suka, komentar, dan bagikan.", n=number(total))
        notes.append(str(what) if rate is not None else str(T("Tayangannya tidak diberikan, jadi tanpa persentase.")))
    if gone:
        notes.append(str(T("%(n)s unggahan sudah dihapus di salurannya; angkanya yang terakhir.", n=number(gone))))
    return ChainLine(
        T("%(kind)s: tanggapan", kind=KINDS[kind].name),
        actual,
        n=counted,
        source_label=T("Angka sesudah terbit"),
        endpoint="publishing.figures_of_campaign",
        values={"campaign_id": scope.campaign.id},
        note=" ".join(notes),
        group=PLATFORMS,
        still=SINCE_SENT,
    )


def _deleted(session: Session, scope: ChainScope) -> dict[str, int]:
    """Kind of outlet → deliveries that somebody took down at the platform."""
    query = (
        select(Outlet.kind, func.count(Delivery.id.distinct()))
        .select_from(Measurement)
        .join(Delivery, Delivery.id == Measurement.delivery_id)
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(Post.campaign_id == scope.campaign.id, Measurement.state == MeasureState.GONE)
        .group_by(Outlet.kind)
    )
    return dict(session.execute(query).tuples().all())


def visits(session: Session, scope: ChainScope, *, social: bool) -> list[ChainLine]:
    """Return lines of how often links were opened, by medium: those in posts (`social`), or printed codes and all
    others."""
    opened = func.coalesce(func.sum(LinkVisits.count), 0)
    wanted = ShortLink.medium == "social" if social else ShortLink.medium != "social"
    rows = session.execute(
        select(
            ShortLink.medium,
            func.count(ShortLink.code.distinct()),
            opened,
            *scope.monthly(LinkVisits.day, LinkVisits.count),
        )
        .outerjoin(LinkVisits, LinkVisits.code == ShortLink.code)
        .where(ShortLink.campaign_id == scope.campaign.id, wanted)
        .group_by(ShortLink.medium)
        .order_by(ShortLink.medium.desc())
    ).all()
    return [
        ChainLine(
            MEDIA.get(medium, MEDIA[""]),
            Amount(T("%(n)s kali", n=number(count)), int(count)),
            trend=scope.trend(months),
            n=T("%(n)s tautan", n=number(links)),
            source_label=T("Tautan dan QR"),
            endpoint="publishing.figures_of_campaign",
            values={"campaign_id": scope.campaign.id, "_anchor": "tautan"},
            note=T("Berapa kali dibuka, bukan berapa orang."),
        )
        for medium, links, count, *months in rows
    ]


def _small(words: T) -> Words:
    text = str(words)
    return text[:1].lower() + text[1:]
