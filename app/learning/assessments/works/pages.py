"""What the pages of a participant and of a trainer share when a work is handed in."""

from app.base.media.check import Checked, check_file
from app.base.media.pages import forget_after_commit, read_upload
from app.base.web.db import db
from app.base.web.editing import release_database
from app.base.web.wiring import now, wired
from app.kernel.roles import Actor
from app.learning.assessments.works import service as works
from app.learning.assessments.works.forms import WorkForm


def hand_in_posted(form: WorkForm, actor: Actor, enrolment_id: int) -> bool:
    """Keep what was posted and return whether it is kept now; else what is wrong stands at its field.

    Files are read while nothing is locked. Whoever calls has asked who may, and asks for its records anew afterwards.
    """
    if not form.is_posted_and_valid():
        return False
    with form.catching():
        release_database()  # no write lock is held while a file is read
        file = _posted(form)
        _work, gone = works.hand_in(
            db.session, wired().storage, actor, enrolment_id, form.given(), file=file, now=now()
        )  # fmt: skip
        if gone is not None:
            forget_after_commit([gone])
        return True
    return False


def _posted(form: WorkForm) -> Checked | None:
    upload = form.file.data
    if not upload or not upload.filename:
        return None
    return check_file(read_upload(upload), upload.filename)
