"""Tell people something: a line in their inbox, and an e-mail where they have an address and want it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from app.kernel.db import insert_missing
from app.kernel.errors import NotFound
from app.kernel.roles import Actor
from app.kernel.text import T
from app.notices.models import Notice, NoticePreference
from app.people.identity import email_of
from app.people.models import User

MAX_SUBJECT = 200
MAX_KEY = 120


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
    now: datetime,
) -> bool:
    """Mail one notice to somebody without an account, and return whether it is new and can be sent.

    Nobody sees it in the app. `dedupe_key` and `path` as in `notify`; `attachment` goes along (attachments.py). An
    address that is none gets nothing.
    """
    if len(dedupe_key) > MAX_KEY - 20:
        raise ValueError(f"dedupe_key is longer than {MAX_KEY - 20} characters: {dedupe_key!r}")
    written = email_of(address)
    if written is None:
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
        "next_at": now,
    }
    return insert_missing(session, Notice, [row]) == 1


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
    """Opening a notice reads it; a second time changes nothing. Raises NotFound for somebody else's."""
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
    """Whether this person, if one of those who supervise, gets the weekly summary of what is late."""
    preference = session.get(NoticePreference, actor.id)
    if preference is None:
        preference = NoticePreference(user_id=actor.id)
        session.add(preference)
    preference.digest = wanted
    session.flush()


def prefer_email(session: Session, actor: Actor, *, wanted: bool) -> None:
    """Whether this person gets new notices by e-mail as well. What already waits to be mailed is withdrawn."""
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
