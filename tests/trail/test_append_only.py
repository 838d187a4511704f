"""Nothing in the trail changes but the seal, once, and what is erased in the defined way."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.roles import SYSTEM
from tests.world import World

SEAL = "UPDATE audit_entries SET number = 7, hash = 'h', actor_salt = 's', content_salt = 't' WHERE id = :id"
ERASE = "UPDATE audit_entries SET before = NULL, after = NULL, content_salt = NULL, content_digest = 'd' WHERE id = :id"


@pytest.fixture
def entry(world: World, session: Session, clock: FrozenClock) -> AuditEntry:
    audit.record(session, SYSTEM, "user.edited", world.office(), now=clock.now(), before={"name": "A"}, after={"n": 1})
    session.commit()
    return session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()


def run(session: Session, statement: str, entry: AuditEntry) -> None:
    session.execute(text(statement), {"id": entry.id})
    session.commit()


def refused(session: Session, statement: str, entry: AuditEntry) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text(statement), {"id": entry.id})
    session.rollback()


def test_the_seal_goes_on_once(session: Session, entry: AuditEntry) -> None:
    run(session, SEAL, entry)
    for change in ("number = 8", "number = NULL", "hash = 'x'", "actor_salt = 'x'", "content_salt = NULL"):
        refused(session, f"UPDATE audit_entries SET {change} WHERE id = :id", entry)


@pytest.mark.parametrize(
    "change", ["action = 'x'", "actor_id = 99", "at = '2020-01-01 00:00:00'", "subject_id = '9'", "after = NULL",
               "actor_name = ''", "before = '{}'", "id = 999"]
)  # fmt: skip
def test_no_field_changes_before_or_after_the_seal(session: Session, entry: AuditEntry, change: str) -> None:
    refused(session, f"UPDATE audit_entries SET {change} WHERE id = :id", entry)
    run(session, SEAL, entry)
    refused(session, f"UPDATE audit_entries SET {change} WHERE id = :id", entry)


def test_a_content_is_erased_with_its_salt_and_never_comes_back(session: Session, entry: AuditEntry) -> None:
    run(session, SEAL, entry)
    refused(session, ERASE.replace("content_salt = NULL, ", ""), entry)
    refused(session, ERASE.replace("after = NULL, ", ""), entry)
    run(session, ERASE, entry)
    refused(session, "UPDATE audit_entries SET before = '{}' WHERE id = :id", entry)
    refused(session, "UPDATE audit_entries SET content_digest = 'x' WHERE id = :id", entry)
    refused(session, "UPDATE audit_entries SET content_salt = 'x' WHERE id = :id", entry)
    run(
        session, "UPDATE audit_entries SET actor_name = '', actor_salt = NULL, actor_digest = 'd' WHERE id = :id", entry
    )


def test_no_row_goes_away_or_comes_in_its_place(session: Session, entry: AuditEntry) -> None:
    refused(session, "DELETE FROM audit_entries WHERE id = :id", entry)
    columns = "at, actor_id, actor_name, action, subject_kind, subject_id, before, after"
    copy = f"INTO audit_entries (id, {columns}) SELECT id, {columns} FROM audit_entries WHERE id = :id"
    if session.get_bind().dialect.name == "sqlite":
        refused(session, f"INSERT OR REPLACE {copy}", entry)
    else:
        refused(session, "TRUNCATE audit_entries", entry)
        with pytest.raises(IntegrityError, match="duplicate key"):
            session.execute(text(f"INSERT {copy}"), {"id": entry.id})
