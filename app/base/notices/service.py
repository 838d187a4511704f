"""Tell people something: a line in their inbox, and an e-mail where they have an address and want it."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from app.base.notices.models import Notice, NoticePreference
from app.base.people.identity import email_of
from app.base.people.models import User
from app.kernel.db import insert_missing
from app.kernel.errors import NotFound
from app.kernel.roles import Actor
from app.kernel.text import T

MAX_SUBJECT = 200
MAX_KEY = 120
UNOPENED = timedelta(days=1)
"""So long a second mail to an address that somebody typed waits for the first to be opened."""


def notify(
    session: Session,
    *,
    user_ids: Collection[int],
    kind: str,
    subject: T | str,
    body: T | str,
    path: str | None = None,
    dedupe_key: str,
    now: datetime,
) -> int:
    """Give each of these people one notice and return how many are new.

    `dedupe_key` names the occasion ("delivery:12:failed", at most 100 characters): a person is told of it once,
    however often this is called and by however many processes. `path` is a page of this site. People who left
    (not active) get nothing; one without an e-mail address, or who wants none, gets the inbox line only.
    """
    if len(dedupe_key) > MAX_KEY - 20:
        raise ValueError(f"dedupe_key is longer than {MAX_KEY - 20} characters: {dedupe_key!r}")
    people = session.execute(
        select(User.id, User.email, NoticePreference.email)
        .outerjoin(NoticePreference, NoticePreference.user_id == User.id)
        .where(User.id.in_(set(user_ids)), User.active)
    ).all()
    rows = []
    for user_id, address, wants in people:
        mailed = bool(address) and wants is not False
        rows.append(
            {
                "user_id": user_id,
                "kind": kind,
                "subject": " ".join(str(subject).split())[:MAX_SUBJECT],
                "body": str(body),
                "path": path,
                "dedupe_key": f"{dedupe_key}:u{user_id}",
                "created_at": now,
                "email_status": "queued" if mailed else "none",
                "next_at": now if mailed else None,
            }
        )
    return insert_missing(session, Notice, rows)


def notify_address(
    session: Session,
    *,
    address: str,
    kind: str,
    subject: T | str,
    body: T | str,
    path: str | None = None,
    attachment: str | None = None,
    dedupe_key: str,
    asked: bool = False,
    now: datetime,
) -> bool:
    """Mail one notice to somebody without an account, and return whether it is new and can be sent.

    Nobody sees it in the app. `dedupe_key` and `path` as in `notify`; `attachment` goes along (attachments.py). An
    address that is none gets nothing. `asked`: whoever typed the address brought it about, maybe a stranger to it: a
    second one waits until the first was opened, for a day at most, and a third is not made while one waits.
    """
    if len(dedupe_key) > MAX_KEY - 20:
        raise ValueError(f"dedupe_key is longer than {MAX_KEY - 20} characters: {dedupe_key!r}")
    written = email_of(address)
    if written is None:
        return False
    due = next_mail_at(session, written, now=now) if asked else now
    if due is None:
        return False
    row = {
        "address": written,
        "kind": kind,
        "subject": " ".join(str(subject).split())[:MAX_SUBJECT],
        "body": str(body),
        "path": path,
        "attachment": attachment,
        "dedupe_key": f"{dedupe_key}:a",
        "created_at": now,
        "email_status": "queued",
        "next_at": due,
    }
    return insert_missing(session, Notice, [row]) == 1


def next_mail_at(session: Session, address: str, *, now: datetime) -> datetime | None:
    """Return when one more mail that was asked for may go to this address; None while another waits already."""
    mails = session.execute(
        select(Notice.created_at, Notice.read_at, Notice.next_at, Notice.email_status).where(
            Notice.address == address, Notice.created_at > now - UNOPENED
        )
    ).all()
    if not mails or any(one.read_at is not None for one in mails):
        return now
    if any(one.email_status == "queued" and one.next_at is not None and one.next_at > now for one in mails):
        return None
    return min(one.created_at for one in mails) + UNOPENED


def mark_opened(session: Session, path: str, *, now: datetime) -> bool:
    """Note that whoever got a mail opened its link: what waited for that goes out. False where it was known."""
    unread = select(Notice.address).where(Notice.path == path, Notice.address.is_not(None), Notice.read_at.is_(None))
    address = session.scalar(unread.limit(1))
    if address is None:
        return False
    session.execute(update(Notice).where(Notice.path == path, Notice.address == address).values(read_at=now))
    waiting = (Notice.address == address, Notice.email_status == "queued", Notice.next_at > now)
    session.execute(update(Notice).where(*waiting).values(next_at=now))
    return True


def forget_addresses(session: Session, *, before: datetime) -> int:
    """Delete what went, or was to go, to people without an account before this moment, and return how many."""
    return _forget(session, Notice.created_at < before)


def forget_occasions(session: Session, prefixes: Collection[str]) -> int:
    """Delete what goes or went to people without an account, where the `dedupe_key` begins so; return how many.

    What still waits is never mailed.
    """
    return _forget(session, or_(*(Notice.dedupe_key.startswith(prefix, autoescape=True) for prefix in prefixes)))


def _forget(session: Session, which: ColumnElement[bool]) -> int:
    query = delete(Notice).where(Notice.user_id.is_(None), which).returning(Notice.id)
    return len(session.execute(query, execution_options={"synchronize_session": False}).all())


def mark_read(session: Session, actor: Actor, notice_id: int, *, now: datetime) -> Notice:
    """Mark a notice as read; a second time changes nothing. Raises NotFound for somebody else's."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.user_id != actor.id:
        raise NotFound(T("Pemberitahuan ini tidak ada."))
    if notice.read_at is None:
        notice.read_at = now
        session.flush()
    return notice


def mark_all_read(session: Session, actor: Actor, *, now: datetime) -> None:
    session.execute(
        update(Notice).where(Notice.user_id == actor.id, Notice.read_at.is_(None)).values(read_at=now),
        execution_options={"synchronize_session": False},
    )


def prefer_digest(session: Session, actor: Actor, *, wanted: bool) -> None:
    """Set whether this person, if one of those who supervise, gets the weekly summary of what is late."""
    preference = session.get(NoticePreference, actor.id)
    if preference is None:
        preference = NoticePreference(user_id=actor.id)
        session.add(preference)
    preference.digest = wanted
    session.flush()


def prefer_email(session: Session, actor: Actor, *, wanted: bool) -> None:
    """Set whether this person gets new notices by e-mail as well. What already waits to be mailed is withdrawn."""
    preference = session.get(NoticePreference, actor.id)
    if preference is None:
        preference = NoticePreference(user_id=actor.id)
        session.add(preference)
    preference.email = wanted
    if not wanted:
        session.execute(
            update(Notice)
            .where(Notice.user_id == actor.id, Notice.email_status == "queued")
            .values(email_status="none", next_at=None),
            execution_options={"synchronize_session": False},
        )
    session.flush()
