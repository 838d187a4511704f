"""Whether what went out said the same and was approved in time."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, exists, func, or_, select

from app.kernel.audit import AuditEntry
from app.kernel.paging import Page, paginate
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign, KeyMessage
from app.outreach.posts.access import visible_to
from app.outreach.posts.models import Post, PostStatus
from app.outreach.publishing.models import Delivery, DeliveryStatus
from app.oversight.scorecard.approvals import approved_at, median, working_hours
from app.oversight.scorecard.changes import day_of, format_number
from app.oversight.scorecard.measures import PERCENT, Button, Measure, MeasureResult, Record, ScorecardScope, share
from app.oversight.scorecard.models import MessageCheck


def scheduled_in(scope: ScorecardScope) -> ColumnElement[bool]:
    first, end = scope.borders
    return and_(Post.scheduled_at >= first, Post.scheduled_at < min(end, scope.now), visible_to(scope.actor))


def went_out() -> ColumnElement[bool]:
    return exists(select(Delivery.id).where(Delivery.post_id == Post.id, Delivery.status == DeliveryStatus.SENT))


def is_read() -> ColumnElement[bool]:
    """Return the condition that somebody noted what the post carries, and it is still the same content."""
    return and_(MessageCheck.post_id == Post.id, MessageCheck.content_hash == Post.content_hash)


def sent_posts(scope: ScorecardScope) -> Select[Any]:
    """Select rows of (Post, campaign's name, MessageCheck or None): what went out in the period, what nobody read
    first."""
    found: Any = (
        select(Post, Campaign.name.label("campaign"), MessageCheck)
        .join(Campaign, Campaign.id == Post.campaign_id)
        .outerjoin(MessageCheck, is_read())
        .where(scheduled_in(scope), went_out())
        .order_by(MessageCheck.post_id.is_not(None), Post.scheduled_at.desc(), Post.id.desc())
    )
    listed: Select[Any] = found
    return listed


def find_messages(scope: ScorecardScope) -> MeasureResult:
    """Compute the share of posts that carry a key message. It is a range: posts that nobody read may carry one or
    not."""
    sent, read, carry, without = scope.session.execute(
        select(
            func.count(Post.id),
            func.count(MessageCheck.post_id),
            func.count(case((MessageCheck.message != "", 1))),
            func.count(case((~exists(select(KeyMessage.id).where(KeyMessage.campaign_id == Post.campaign_id)), 1))),
        )
        .select_from(Post)
        .outerjoin(MessageCheck, is_read())
        .where(scheduled_in(scope), went_out())
    ).one()
    page = Button(T("Catat pesan kunci materi"), "scorecard.messages", {"periode": str(scope.period)})
    if not sent:
        return MeasureResult(unsure=T("belum ada materi yang terbit pada periode ini"))
    if not read:
        return MeasureResult(
            n=0, missing=T("pesan kunci pada %(n)s materi yang terbit", n=sent), do_missing=page,
            more=_without(without),
        )  # fmt: skip
    left = sent - read
    return MeasureResult(
        share(carry, read), read, carry,
        low=share(carry, sent), high=share(carry + left, sent),
        missing=T("pesan kunci pada %(n)s dari %(all)s materi", n=left, all=sent) if left else None,
        do_missing=page if left else None,
        more=_without(without),
        raises=T("%(n)s materi tidak memuat pesan kunci. Tulis pesan kunci sejak draf.", n=read - carry)
        if read > carry else T("Periksa materi yang belum dibaca."),
        do=Button(T("Lihat materinya"), "scorecard.data", {"indikator": "messages", "periode": str(scope.period),
                                                       "tampil": "kurang"}) if read > carry else page,
    )  # fmt: skip


def _without(number_of: int) -> T | None:
    return T("%(n)s materi dari program yang belum punya pesan kunci", n=number_of) if number_of else None


def message_records(scope: ScorecardScope, only_lacking: bool, page: int, size: int) -> Page[Record]:
    """Return the posts that were read: the others stand on the page where one notes it."""
    query = sent_posts(scope).where(MessageCheck.post_id.is_not(None))
    if only_lacking:
        query = query.where(MessageCheck.message == "")
    found = paginate(scope.session, query, page, size, rows=True)
    rows = [
        Record(
            post.title, check.message or T("Tidak memuat pesan kunci %(campaign)s", campaign=campaign),
            bool(check.message), "posts.show", {"post_id": post.id},
        )
        for post, campaign, check in found.items
    ]  # fmt: skip
    return Page(rows, found.total, found.number, found.size)


def _moved_at(post_id: Any, moment: Any) -> ColumnElement[bool]:
    """Approved only after its planned time, when the approver had to name a new one (posts/approval.py)."""
    return exists(
        select(AuditEntry.id).where(
            AuditEntry.subject_kind == Post.__tablename__,
            AuditEntry.subject_id == cast(post_id, String),
            AuditEntry.action == "post.rescheduled",
            AuditEntry.at == moment,
        )
    )


def _planned(scope: ScorecardScope) -> ColumnElement[bool]:
    submitted = or_(Post.status == PostStatus.APPROVED, Post.status == PostStatus.IN_REVIEW)
    return and_(scheduled_in(scope), submitted, Post.submitted_at.is_not(None))


def _judged(scope: ScorecardScope) -> Any:
    """Rows (id, planned, approved, in_time) of the posts that were to be approved."""
    every = (
        select(Post.id, Post.scheduled_at.label("planned"), Post.status, approved_at().label("approved"))
        .where(_planned(scope))
        .subquery()
    )
    in_time = and_(
        every.c.status == PostStatus.APPROVED, every.c.approved < every.c.planned,
        ~_moved_at(every.c.id, every.c.approved),
    )  # fmt: skip
    return select(every.c.id, every.c.planned, every.c.approved, case((in_time, 1), else_=0).label("in_time"))


def find_in_time(scope: ScorecardScope) -> MeasureResult:
    rows = scope.session.execute(_judged(scope)).all()
    met, n = sum(row.in_time for row in rows), len(rows)
    if not n:
        return MeasureResult(unsure=T("belum ada materi yang diajukan untuk tayang pada periode ini"))
    ahead = median([working_hours(row.approved, row.planned, scope.zone) for row in rows if row.in_time])
    return MeasureResult(
        share(met, n), n, met,
        more=T("biasanya %(hours)s jam kerja sebelum tayang", hours=format_number(ahead, 1))
        if ahead is not None else None,
        raises=T("%(n)s materi disetujui sesudah waktu tayangnya. Ajukan lebih awal, atau tunjuk Plh.", n=n - met)
        if met < n else None,
        do=Button(
            T("Lihat materinya"), "scorecard.data",
            {"indikator": "in_time", "periode": str(scope.period), "tampil": "kurang"},
        ) if met < n else None,
    )  # fmt: skip


def in_time_records(scope: ScorecardScope, only_lacking: bool, page: int, size: int) -> Page[Record]:
    judged = _judged(scope).subquery()
    query = (
        select(Post, judged.c.in_time, judged.c.approved)
        .join(judged, judged.c.id == Post.id)
        .order_by(judged.c.in_time, Post.scheduled_at.desc(), Post.id.desc())
    )
    if only_lacking:
        query = query.where(judged.c.in_time == 0)
    found = paginate(scope.session, query, page, size, rows=True)
    rows = [Record(post.title, _times(scope, post, approved), bool(met), "posts.show", {"post_id": post.id})
            for post, met, approved in found.items]  # fmt: skip
    return Page(rows, found.total, found.number, found.size)


def _times(scope: ScorecardScope, post: Post, approved: Any) -> T:
    planned = day_of(post.scheduled_at.astimezone(scope.zone).date()) if post.scheduled_at else ""
    if approved is None or post.status != PostStatus.APPROVED:
        return T("Waktu tayang %(planned)s, belum disetujui", planned=planned)
    return T("Tayang %(planned)s, disetujui %(approved)s", planned=planned,
             approved=day_of(approved.astimezone(scope.zone).date()))  # fmt: skip


CONSISTENCY = (
    Measure(
        key="messages", label=T("Materi memuat pesan kunci"), unit=PERCENT, target=80,
        formula=T(
            "Materi yang terjadwal dan terbit pada periode ini dan menurut pembacanya memuat salah satu pesan kunci "
            "programnya, dibagi materi yang sudah dibaca. Satu materi dihitung sekali untuk semua salurannya. Yang "
            "belum dibaca membuat rentang: mungkin memuat, mungkin tidak."
        ),
        counted=T("%(met)s dari %(n)s materi yang sudah dibaca"), listed=T("Materi yang sudah dibaca"),
        lacking=T("Tanpa pesan kunci"), find=find_messages, records=message_records,
    ),
    Measure(
        key="in_time", label=T("Disetujui sebelum waktu tayang"), unit=PERCENT, target=90,
        formula=T(
            "Materi yang diajukan dengan waktu tayang pada periode ini yang sudah lewat, dan disetujui lengkap "
            "sebelum waktu itu, dibagi semua yang diajukan. Yang waktunya harus dipindah karena persetujuannya "
            "terlambat dihitung terlambat."
        ),
        counted=T("%(met)s dari %(n)s materi"), listed=T("Materi yang diajukan"), lacking=T("Terlambat disetujui"),
        find=find_in_time, records=in_time_records,
    ),
)  # fmt: skip
