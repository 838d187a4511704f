"""Files of a form that could not be saved yet: they wait for its next answer, for a day, in a folder.

A file belongs to who sent it; its token is in the form, and opens it for nobody else.
"""

import json
import os
import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from app.base.media.check import Checked
from app.kernel.roles import Actor

LIFE = timedelta(days=1)
_TOKEN = re.compile(r"[0-9a-f]{32}")


def keep_pending(folder: Path, actor: Actor, file: Checked, *, now: datetime) -> str:
    """Keep a file that was checked before; return its token."""
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(16)
    facts = {"mime": file.mime, "name": file.name, "width": file.width, "height": file.height}
    path = folder / f"{actor.id}.{token}"
    path.touch(mode=0o600)
    path.write_bytes(json.dumps(facts).encode() + b"\n" + file.data)
    os.utime(path, (now.timestamp(), now.timestamp()))
    return token


def find_pending(folder: Path, actor: Actor, token: str) -> Checked | None:
    """Return the file; None where it is not there any more, or not of this person."""
    path = _path(folder, actor, token)
    if path is None or not path.is_file():
        return None
    facts, _line, data = path.read_bytes().partition(b"\n")
    return Checked(data=data, **json.loads(facts))


def drop_pending(folder: Path, actor: Actor, token: str) -> None:
    path = _path(folder, actor, token)
    if path is not None:
        path.unlink(missing_ok=True)


def sweep_pending(folder: Path, *, now: datetime) -> int:
    """Remove what nobody came back for; return how many."""
    before, done = (now - LIFE).timestamp(), 0
    for found in folder.glob("*.*"):
        if found.stat().st_mtime < before:
            found.unlink(missing_ok=True)
            done += 1
    return done


def _path(folder: Path, actor: Actor, token: str) -> Path | None:
    return folder / f"{actor.id}.{token}" if _TOKEN.fullmatch(token) else None
