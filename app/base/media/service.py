"""Keep files, and find them for who may read them."""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.check import Checked, check_file
from app.base.media.holders import readable
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.kernel.errors import NotFound
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import at_most, line

MAX_ALT_TEXT = 1000  # characters; X takes no more


def store(
    session: Session,
    storage: Storage,
    actor: Actor,
    data: bytes,
    name: str,
    *,
    now: datetime,
    check: Callable[[bytes, str], Checked] = check_file,
    alt_text: str | None = None,
    organisation_id: int | None = None,
) -> StoredFile:
    """Check a file by its content and keep it. Raises Invalid with a sentence.

    `check`: `check_file` takes an image (jpeg, png, webp, gif) or a PDF, `check_image`, `check_pdf` one of them.
    """
    checked = check(data, name)
    return keep(session, storage, actor, checked, now=now, alt_text=alt_text, organisation_id=organisation_id)


def keep(
    session: Session,
    storage: Storage,
    actor: Actor,
    checked: Checked,
    *,
    now: datetime,
    alt_text: str | None = None,
    organisation_id: int | None = None,
) -> StoredFile:
    """Keep what was checked before; the slow part is over, so this may stand inside a transaction."""
    file = StoredFile(
        sha256=storage.put(checked.data),
        mime=checked.mime,
        size=len(checked.data),
        width=checked.width,
        height=checked.height,
        name=checked.name,
        alt_text=_clean_alt_text(alt_text),
        uploaded_by_id=actor.id,
        organisation_id=organisation_id if organisation_id is not None else actor.organisation_id,
        created_at=now,
    )
    session.add(file)
    session.flush()
    return file


def files_of(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, StoredFile]:
    """Return by their id those of these files that this person may read, and so use in a form."""
    if not ids:
        return {}
    files = session.scalars(select(StoredFile).where(StoredFile.id.in_(ids))).all()
    found = readable(session, actor, files)
    return {file.id: file for file in files if file.id in found}


def readable_file(session: Session, actor: Actor, file_id: int | None) -> StoredFile | None:
    """Return the file that a form posts, for showing it again: None where none is posted, or it is not for this
    person."""
    return files_of(session, actor, [file_id]).get(file_id) if file_id is not None else None


def file_of(session: Session, actor: Actor, file_id: int) -> StoredFile:
    """Return the file, if this person may read it. Else raises NotFound."""
    return _there(readable_file(session, actor, file_id))


def file_by_key(session: Session, actor: Actor, key: str) -> StoredFile:
    """Return the file of an address, if this person may read it. Else raises NotFound, as for one that is not there."""
    file = session.scalar(select(StoredFile).where(StoredFile.key == key))
    return _there(file if file is not None and readable(session, actor, [file]) else None)


def _there(file: StoredFile | None) -> StoredFile:
    if file is None:
        raise NotFound(T("Berkas ini tidak ada, atau bukan untuk Anda."))
    return file


def _clean_alt_text(alt_text: str | None) -> str | None:
    text = line(alt_text)
    too_long = T(
        "Teks alternatif terlalu panjang (%(count)s huruf); paling banyak %(limit)s. Ringkas isinya.",
        count=len(text),
        limit=MAX_ALT_TEXT,
    )
    return at_most(text, MAX_ALT_TEXT, "alt_text", too_long) or None
