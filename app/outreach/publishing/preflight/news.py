"""Notices of what a check found: one for one cause, to the person who can mend it or who knows who can; what is the
server's goes to the admins."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.base.notices.service import notify
from app.kernel.text import T
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing import alerts
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.preflight.findings import Finding

ACCOUNT = T("Periksa akun sebelum materi tayang: %(outlet)s")
POST = T("Periksa sebelum tayang: %(title)s di %(outlet)s")
SERVER = T("Periksa sebelum materi tayang: server")

TOLD_ELSEWHERE = frozenset({"token", "paused"})
"""The closing of the account is told when it happens."""
OF_SERVER = frozenset({"mail", "public"})
"""One thing of the installation, whatever outlets and posts it meets."""
OF_OUTLET = frozenset({"outlet"})


def tell_account(session: Session, outlet: Outlet, finding: Finding, *, now: datetime) -> None:
    """Tell what an account said. The end of its keys is told on each of the days on which it is announced."""
    if finding.code in TOLD_ELSEWHERE:
        return
    if finding.code in OF_SERVER:
        _tell_server(session, outlet, finding, now=now)
        return
    occasion = finding.cause if finding.code == "ending" else f"{finding.cause}:{now:%Y%m%d}"
    body = f"{finding.sentence} {alerts.who_can_mend(session, outlet)}"
    _tell(session, alerts.people_for(session, outlet), T(ACCOUNT.msgid, outlet=outlet.name), body,
          f"/saluran/{outlet.id}", f"preflight:{outlet.id}:{occasion}", now)  # fmt: skip


def tell_delivery(
    session: Session, row: Delivery, post: Post, outlet: Outlet, finding: Finding, *, now: datetime
) -> None:
    """Tell what was found of one post at one outlet, to its author where the post has to be changed."""
    if finding.code in OF_SERVER:
        _tell_server(session, outlet, finding, now=now)
        return
    if finding.code in OF_OUTLET:
        _tell(session, alerts.people_for(session, outlet), T(ACCOUNT.msgid, outlet=outlet.name), str(finding.sentence),
              f"/saluran/{outlet.id}", f"preflight:{outlet.id}:{finding.code}:{now:%Y%m%d}", now)  # fmt: skip
        return
    people = [post.author_id] if post.author_id is not None else alerts.people_for(session, outlet)
    of_person = finding.code == "approver"
    occasion = f"{finding.cause}:{now:%Y%m}" if of_person else f"{row.id}:{finding.code}:{row.content_hash[:12]}"
    _tell(session, people, T(POST.msgid, title=post.title, outlet=outlet.name), str(finding.sentence),
          f"/materi/{post.id}", f"preflight:{occasion}", now)  # fmt: skip


def _tell_server(session: Session, outlet: Outlet, finding: Finding, *, now: datetime) -> None:
    people = [one.id for one in alerts.admins(session)] or alerts.people_for(session, outlet)
    _tell(session, people, SERVER, str(finding.sentence), "/tayang/pemeriksaan",
          f"preflight:{finding.code}:{now:%Y%m%d}", now)  # fmt: skip


def _tell(session: Session, people: list[int], subject: T, body: str, path: str, occasion: str, now: datetime) -> None:
    notify(
        session, user_ids=people, kind="preflight", subject=str(subject), body=" ".join(body.split()), path=path,
        dedupe_key=occasion, now=now,
    )  # fmt: skip
