"""Keep files, and say whose they are."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel.errors import Invalid, NotFound
from app.kernel.roles import Actor
from app.kernel.text import T
from app.media.check import Checked, check_file
from app.media.models import StoredFile
from app.media.storage import Storage

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


def file_of(session: Session, actor: Actor, file_id: int) -> StoredFile:
    """The file, if it is of the actor's organisation or the actor works in the office. Else raises NotFound."""
    file = session.get(StoredFile, file_id)
    if file is None or not (actor.of_office or file.organisation_id in actor.organisation_ids):
        raise NotFound(T("Berkas ini tidak ada, atau bukan milik instansi Anda."))
    return file


def _clean_alt_text(alt_text: str | None) -> str | None:
    text = " ".join((alt_text or "").split())
    if len(text) > MAX_ALT_TEXT:
        raise Invalid(
            T(
                "Teks alternatif terlalu panjang (%(count)s huruf); paling banyak %(limit)s. Ringkas isinya.",
                count=len(text),
                limit=MAX_ALT_TEXT,
            ),
            field="alt_text",
        )
    return text or None
