"""Do in the worker what files of answers wait for: one step of one file after the other."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.responses.imports.checking import check
from app.evidence.responses.imports.claims import ClaimLost, Step, claim_next
from app.evidence.responses.imports.service import KEPT_FOR
from app.evidence.responses.imports.staging import remove_files
from app.evidence.responses.imports.storing import remove_answers, store_answers, undo_import
from app.evidence.responses.models import ResponseImport
from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.errors import GaungError
from app.kernel.text import T, stored

log = logging.getLogger(__name__)

STEPS: Mapping[str, Callable[[Step, str], None]] = {
    "checking": check,
    "importing": store_answers,
    "removing": undo_import,
}
NOT_READ = T("Berkas ini tidak bisa dibaca sampai selesai. Tidak ada yang dimasukkan.")
NOT_OUT = T("Belum semua jawaban dikeluarkan. Pilih “Keluarkan lagi” sekali lagi.")


def work(sessions: "sessionmaker[Session]", clock: Clock, *, tz: str) -> int:
    """Do the next step of every file that waits; returns how many steps were done."""
    steps = 0
    while (step := claim_next(sessions, clock)) is not None:
        try:
            _do(step, tz)
        except ClaimLost:
            log.info("import %s: somebody else went on with it", step.number)
        except OperationalError:  # the database was away or busy: whoever claims it next goes on
            log.exception("import %s", step.number)
        steps += 1
    _forget_old(sessions, clock)
    return steps


def _do(step: Step, tz: str) -> None:
    try:
        STEPS[step.status](step, tz)
    except (ClaimLost, OperationalError):
        raise
    except GaungError as error:
        _give_up(step, error.sentence)
    except Exception:
        log.exception("import %s", step.number)
        _give_up(step, NOT_READ)


def _give_up(step: Step, sentence: T) -> None:
    """What came in goes out again before it is said; a file that could not be taken out is still in."""
    if step.status == "removing":
        step.finish("done", problems=[[0, "", stored(NOT_OUT)]], problem_count=1)
        return
    if step.status == "importing":
        remove_answers(step)
    step.finish("wrong", problems=[[0, "", stored(sentence)]], problem_count=1)


def _forget_old(sessions: "sessionmaker[Session]", clock: Clock) -> None:
    """Uploads that nobody took: answers of people do not stay lying about, nor what was said of them."""
    now = clock.now()
    over = ResponseImport.status.in_(("dropped", "done", "removed"))
    old = and_(ResponseImport.status.in_(("checked", "wrong")), ResponseImport.created_at < now - KEPT_FOR)
    query = select(ResponseImport.id).where(or_(over, old), ResponseImport.path != "")
    with sessions() as session:
        due = session.scalars(query).all()
    for number in due:
        with unit_of_work(sessions) as session:
            one = session.scalar(query.where(ResponseImport.id == number).with_for_update(of=ResponseImport))
            found = session.get_one(ResponseImport, number)
            if one is None:
                continue
            remove_files(Path(found.path))
            if found.status in {"checked", "wrong"}:
                found.status = "dropped"
            found.path, found.ready, found.claim = "", {}, None
            found.problems, found.finished_at = [], found.finished_at or now
