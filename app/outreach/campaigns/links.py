"""Short links `/t/CODE`: a fixed target, and a count of visits that knows nothing about the visitor."""

import hashlib
import logging
import secrets
from datetime import date, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy import Engine, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.kernel.db import SQLITE_BUSY_SECONDS, insert_missing, writing
from app.kernel.errors import Invalid
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.campaigns.models import LinkVisits, ShortLink

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread on paper: no 0 o 1 l i
CODE_LENGTH = 7
MAX_TARGET = 2000
MAX_PURPOSE = 80
PATIENCE_MS = 300

logger = logging.getLogger(__name__)


def check_target(target: str) -> str:
    """Give the address without surrounding blanks, or raise Invalid: http(s), with a host, without a password."""
    target = target.strip()
    try:
        parts = urlsplit(target)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    blank = any(character.isspace() or ord(character) < 32 for character in target)
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None or "\\" in target or blank:
        raise Invalid(
            T("Tautan harus alamat lengkap yang diawali https://, misalnya https://kukarkab.go.id."), field="link_url"
        )
    at_most(target, MAX_TARGET, "link_url", T("Tautan terlalu panjang. Paling banyak %(n)s karakter."))
    return target


def shorten(
    session: Session,
    *,
    purpose: str,
    target: str,
    campaign_id: int | None = None,
    village_code: str | None = None,
    source: str = "",
    medium: str = "",
    now: datetime,
) -> ShortLink:
    """Return the short link of this purpose ("post:12:3") to this address; the same call again gives the same code.

    A code that left the house never changes its target. The same purpose with another target gets a further code,
    kept under "PURPOSE@DIGEST"; the old one goes on leading where it led. `source` and `medium` become utm_source and
    utm_medium (an outlet's kind; "social", "print"). Raises Invalid for an address that is not http(s).
    """
    target = check_target(target)
    found = _of_purpose(session, purpose)
    if found is not None and found.target != target:
        purpose = f"{purpose}@{hashlib.sha256(target.encode()).hexdigest()[:12]}"
        found = _of_purpose(session, purpose)
    if found is not None:
        return found
    if len(purpose) > MAX_PURPOSE:
        raise ValueError(f"purpose {purpose!r} is longer than {MAX_PURPOSE}")
    row = {
        "purpose": purpose,
        "target": target,
        "campaign_id": campaign_id,
        "village_code": village_code,
        "source": source,
        "medium": medium,
        "created_at": now,
    }
    for _attempt in range(5):
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        # nothing comes in when the code is taken or when another worker was first with this purpose
        insert_missing(session, ShortLink, [row | {"code": code}])
        found = _of_purpose(session, purpose)
        if found is not None:
            return found
    raise RuntimeError("no free short code found")


def _of_purpose(session: Session, purpose: str) -> ShortLink | None:
    return session.scalar(select(ShortLink).where(ShortLink.purpose == purpose))


def find_link(session: Session, code: str) -> ShortLink | None:
    """Return the link of a code as a person may have typed it (capitals are fine), or None."""
    return session.get(ShortLink, code.strip().lower())


def visit(session: Session, code: str, day: date) -> None:
    """Count one visit of an existing code on this local day; atomic, so that no visit is lost between workers."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(LinkVisits).values(code=code, day=day, count=1)
    session.execute(
        statement.on_conflict_do_update(index_elements=["code", "day"], set_={"count": LinkVisits.count + 1})
    )


def count_visit(engine: Engine, code: str, day: date, *, patience_ms: int = PATIENCE_MS) -> bool:
    """Count one visit in a transaction of its own and say whether it was counted.

    The visitor must not wait for a busy database: after `patience_ms` the count is given up, never the redirect.
    """
    on_sqlite = engine.dialect.name == "sqlite"
    with writing(), engine.connect() as connection:
        if on_sqlite:
            _set_busy_timeout(connection.connection, patience_ms)  # before BEGIN IMMEDIATE waits for the lock
        try:
            with Session(bind=connection) as session:
                if not on_sqlite:
                    session.execute(text(f"SET LOCAL lock_timeout = {int(patience_ms)}"))
                visit(session, code, day)
                session.commit()
        except OperationalError:
            logger.warning("visit of %s not counted: database busy", code)
            return False
        finally:
            if on_sqlite:
                _set_busy_timeout(connection.connection, SQLITE_BUSY_SECONDS * 1000)
    return True


def _set_busy_timeout(dbapi_connection: object, milliseconds: int) -> None:
    cursor = dbapi_connection.cursor()  # type: ignore[attr-defined]
    cursor.execute(f"PRAGMA busy_timeout={int(milliseconds)}")
    cursor.close()


def target_with_utm(link: ShortLink, campaign_slug: str) -> str:
    """Return the link's address with utm_source, utm_medium and utm_campaign, unless it carries its own."""
    parts = urlsplit(link.target)
    present = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    printed = link.purpose.startswith("piece:")
    wanted = {
        "utm_source": link.source or ("cetakan" if printed else "gaung"),
        "utm_medium": link.medium or ("print" if printed else "social"),
        "utm_campaign": campaign_slug,
    }
    extra = urlencode({name: value for name, value in wanted.items() if value and name not in present})
    query = "&".join(part for part in (parts.query, extra) if part)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, parts.fragment))
