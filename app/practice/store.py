"""What the practice platforms hold, in one SQLite file that outlives a restart."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.kernel.clock import Clock

FIRST_ID = 1_990_000_000_000_000_000
"""Ids look like the platforms' own: 19 digits, growing."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS ids (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE IF NOT EXISTS posts (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, account TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL,
    data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, mime TEXT NOT NULL, bytes BLOB NOT NULL, alt_text TEXT NOT NULL,
    at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS uploads (id TEXT PRIMARY KEY, mime TEXT NOT NULL, total INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (
    upload_id TEXT NOT NULL, segment INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (upload_id, segment));
CREATE TABLE IF NOT EXISTS containers (id TEXT PRIMARY KEY, at TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS mails (
    id TEXT PRIMARY KEY, sender TEXT NOT NULL, recipients TEXT NOT NULL, raw BLOB NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
    platform TEXT NOT NULL, kind TEXT NOT NULL, scope TEXT NOT NULL, seconds REAL NOT NULL, remaining INTEGER,
    PRIMARY KEY (platform, kind));
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, at TEXT NOT NULL);
"""
CONTENT = ("posts", "files", "uploads", "chunks", "containers", "mails", "faults", "nonces")


@dataclass(frozen=True)
class StoredPost:
    """What residents see. `data` is the platform's own extra fields; `files` are ids in picture order."""

    id: str
    platform: str
    account: str
    text: str
    at: datetime
    data: Mapping[str, Any]

    @property
    def files(self) -> list[str]:
        return list(self.data.get("files", ()))


@dataclass(frozen=True)
class StoredFile:
    id: str
    platform: str
    mime: str
    content: bytes
    alt_text: str
    at: datetime


@dataclass(frozen=True)
class StoredMail:
    id: str
    sender: str
    recipients: list[str]
    raw: bytes
    at: datetime


class Store:
    """One connection behind a lock: a practice server has a handful of callers at most."""

    def __init__(self, path: Path | str, clock: Clock) -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.clock = clock
        self._lock = threading.RLock()
        self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    def write(self, statement: str, *values: Any) -> int:
        """Run one statement and say how many rows it changed."""
        with self._lock:
            return self._db.execute(statement, values).rowcount

    def now(self) -> datetime:
        return self.clock.now()

    def new_id(self) -> str:
        with self._lock:
            return str(FIRST_ID + int(self._db.execute("INSERT INTO ids DEFAULT VALUES").lastrowid or 0))

    def reset(self) -> None:
        """Forget all posts, mails and faults; ids go on growing."""
        with self.transaction() as db:
            for table in CONTENT:
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the tuple above

    # posts

    def add_post(self, platform: str, account: str, text: str, *, post_id: str, data: Mapping[str, Any]) -> StoredPost:
        at = self.now()
        values = (post_id, platform, account, text, at.isoformat(), json.dumps(data))
        self.write("INSERT INTO posts (id, platform, account, text, at, data) VALUES (?, ?, ?, ?, ?, ?)", *values)
        return StoredPost(post_id, platform, account, text, at, data)

    def posts(self, platform: str | None = None) -> list[StoredPost]:
        """Return the posts, newest first."""
        where = "WHERE platform = ?" if platform else ""
        found = self.rows(
            f"SELECT id, platform, account, text, at, data FROM posts {where} ORDER BY rowid DESC",  # noqa: S608
            *([platform] if platform else []),
        )
        return [
            StoredPost(row[0], row[1], row[2], row[3], datetime.fromisoformat(row[4]), json.loads(row[5]))
            for row in found
        ]

    def post(self, post_id: str) -> StoredPost | None:
        return next((post for post in self.posts() if post.id == post_id), None)

    def delete_post(self, post_id: str) -> None:
        self.write("DELETE FROM posts WHERE id = ?", post_id)

    # files

    def add_file(self, platform: str, mime: str, content: bytes, *, alt_text: str = "", file_id: str = "") -> str:
        identity = file_id or self.new_id()
        values = (identity, platform, mime, content, alt_text, self.now().isoformat())
        self.write("INSERT INTO files (id, platform, mime, bytes, alt_text, at) VALUES (?, ?, ?, ?, ?, ?)", *values)
        return identity

    def file(self, file_id: str) -> StoredFile | None:
        found = self.rows("SELECT id, platform, mime, bytes, alt_text, at FROM files WHERE id = ?", file_id)
        if not found:
            return None
        row = found[0]
        return StoredFile(row[0], row[1], row[2], row[3], row[4], datetime.fromisoformat(row[5]))

    def alt_text(self, file_id: str) -> str:
        found = self.rows("SELECT alt_text FROM files WHERE id = ?", file_id)
        return str(found[0][0]) if found else ""

    # Instagram containers

    def save_container(self, container_id: str, data: Mapping[str, Any]) -> None:
        self.write(
            "INSERT INTO containers (id, at, data) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET data = excluded.data",
            container_id,
            self.now().isoformat(),
            json.dumps(data),
        )

    def container(self, container_id: str) -> tuple[datetime, dict[str, Any]] | None:
        found = self.rows("SELECT at, data FROM containers WHERE id = ?", container_id)
        return (datetime.fromisoformat(found[0][0]), json.loads(found[0][1])) if found else None

    # mail

    def add_mail(self, sender: str, recipients: list[str], raw: bytes) -> str:
        identity = self.new_id()
        values = (identity, sender, json.dumps(recipients), raw, self.now().isoformat())
        self.write("INSERT INTO mails (id, sender, recipients, raw, at) VALUES (?, ?, ?, ?, ?)", *values)
        return identity

    def mails(self) -> list[StoredMail]:
        """Return the mails, newest first."""
        found = self.rows("SELECT id, sender, recipients, raw, at FROM mails ORDER BY rowid DESC")
        return [StoredMail(row[0], row[1], json.loads(row[2]), row[3], datetime.fromisoformat(row[4])) for row in found]
