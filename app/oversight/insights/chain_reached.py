"""The villages that a campaign really reached, and beside them, counted nowhere, what was only ordered or aimed at."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.connectivity import UNSERVED
from app.base.areas.models import Village
from app.gatherings.reports.contacts import contacts, networks
from app.kernel.text import T
from app.outreach.posts.models import Post, PostStatus, post_villages
from app.outreach.printing import queries as printing
from app.outreach.printing.models import PrintPiece
from app.outreach.printing.reach import aimed_at
from app.oversight.insights.chain_scope import ChainScope
from app.oversight.insights.chain_steps import Amount, ChainLine, number

NOT_COUNTED = T("Ditampilkan terpisah, tidak dihitung sebagai terjangkau")
NOT_BY_MONTH = T("keadaan sekarang, tidak per bulan")
NOT_LATELY = T("tidak ada dalam dua bulan terakhir")
EVER = 3650
"""Days that the list of reached villages looks back: all of a campaign."""


def villages(session: Session, scope: ChainScope) -> list[ChainLine]:
    """Return lines of the villages that the campaign aims at and reached; what was reached elsewhere is said beside."""
    campaign = scope.campaign
    reached = set(contacts(session, scope.zone, scope.now, campaign_id=campaign.id))
    aimed = set(session.scalars(select(Village.code).where(aimed_at(campaign.id))))
    blank = {code for code, known_of in networks(session).items() if known_of[0] in UNSERVED} & aimed
    outside = len(reached - aimed)
    source: dict[str, Any] = {
        "source_label": T("Jangkauan Desa"), "endpoint": "reports.reach",
        "values": {"program": campaign.id, "keadaan": "terjangkau", "hari": EVER, "wilayah": "program"},
    }  # fmt: skip
    unserved = {**source, "values": {**source["values"], "keadaan": "blankspot-semua"}}
    nothing, months = not reached, scope.months[-2:]
    by_month = [set(contacts(session, scope.zone, scope.now, campaign_id=campaign.id, period=one)) for one in months]
    plan = scope.add_action(T("Rencanakan kegiatan"), "events.new", program=campaign.id) if nothing else None
    lines = [
        ChainLine(
            T("Desa/kelurahan terjangkau"),
            None if nothing else Amount(number(len(reached & aimed)),
                                        len(reached & aimed)),
            Amount(T("%(n)s dituju", n=number(len(aimed))), len(aimed)),
            scope.trend([len(one & aimed) for one in by_month], months),
            note=T("Ditambah %(n)s di luar wilayah program.", n=number(outside)) if outside else "",
            action=plan,
            still=NOT_LATELY,
            **source,
        )
    ]  # fmt: skip
    if blank:
        lines.append(
            ChainLine(
                T("Desa tanpa jaringan atau baru sebagian yang terjangkau"),
                None if nothing else Amount(number(len(reached & blank)), len(reached & blank)),
                Amount(T("%(n)s dituju", n=number(len(blank))), len(blank)),
                scope.trend([len(one & blank) for one in by_month], months),
                action=plan,
                still=NOT_LATELY,
                **unserved,
            )
        )
    return lines


def ordered_or_aimed(session: Session, scope: ChainScope) -> list[ChainLine]:
    """Return lines of what was only ordered or aimed at: ordered is not delivered, and aimed at is not reached."""
    short = printing.unproved_copies()
    waiting, copies = session.execute(
        select(func.count(), func.sum(short)).where(PrintPiece.campaign_id == scope.campaign.id, short > 0)
    ).one()
    aimed, posts = session.execute(
        select(func.count(post_villages.c.village_code.distinct()), func.count(Post.id.distinct()))
        .join(Post, Post.id == post_villages.c.post_id)
        .where(Post.campaign_id == scope.campaign.id, Post.status != PostStatus.CANCELLED)
    ).one()
    lines = []
    if waiting:
        lines.append(
            ChainLine(
                T("Cetakan dipesan, belum ada buktinya"),
                Amount(T("%(n)s lembar", n=number(copies)), int(copies)),
                n=T("%(n)s cetakan", n=number(waiting)),
                source_label=T("Cetakan program"),
                endpoint="printing.index",
                values={"program": scope.campaign.id, "keadaan": "unproved"},
                group=NOT_COUNTED,
                apart=True,
                still=NOT_BY_MONTH,
            )
        )
    if aimed:
        lines.append(
            ChainLine(
                T("Desa/kelurahan yang dituju unggahan"),
                Amount(number(aimed), aimed),
                n=T("%(n)s materi", n=number(posts)),
                source_label=T("Materi program"),
                endpoint="posts.index",
                values={"program": scope.campaign.id, "wilayah": "desa"},
                group=NOT_COUNTED,
                apart=True,
                still=NOT_BY_MONTH,
            )
        )
    return lines
