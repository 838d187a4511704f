"""A file that came with a form: told by its content, and kept for the form's next answer where it is refused."""

from pathlib import Path
from typing import NamedTuple

from flask import request

from app.base.media import service as media
from app.base.media.check import Checked, check_file
from app.base.media.models import StoredFile
from app.base.media.pages import read_upload
from app.base.media.pending_uploads import drop_pending, find_pending, keep_pending
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.guard import current_actor
from app.base.web.wiring import now, settings, wired
from app.kernel.errors import Forbidden, GaungError, Invalid, NotFound

FIELD, TOKEN = "file", "file_held"


class KeptFile(NamedTuple):
    """A file that waits for the next answer of the form."""

    token: str
    name: str


class Upload:
    """The file of this answer or, kept, of an earlier one. `wrong`: what is the matter with it.

    It is read and checked while no transaction is open.
    """

    def __init__(self) -> None:
        self.file: Checked | None = None
        self.wrong: Invalid | None = None
        self.token = request.form.get(TOKEN, "")
        given = request.files.get(FIELD)
        if given is None or not given.filename:
            self.file = find_pending(_folder(), current_actor(), self.token)
            return
        release_database()
        try:
            self.file = check_file(read_upload(given), given.filename)
        except (Forbidden, NotFound):
            raise
        except GaungError as error:
            self.wrong = Invalid(error.sentence, field=FIELD)
        drop_pending(_folder(), current_actor(), self.token)
        self.token = ""

    def store(self) -> StoredFile | None:
        """Put the file into the store; once the form is taken, `done` lets the waiting copy go."""
        if self.file is None:
            return None
        return media.keep(db.session, wired().storage, current_actor(), self.file, now=now())

    def done(self) -> None:
        drop_pending(_folder(), current_actor(), self.token)

    def kept(self) -> KeptFile | None:
        """Return what the form says of a file that need not be chosen again, or None."""
        if self.file is None:
            return None
        self.token = self.token or keep_pending(_folder(), current_actor(), self.file, now=now())
        return KeptFile(self.token, self.file.name)


def _folder() -> Path:
    folder: Path = settings().var_dir / "held"
    return folder
