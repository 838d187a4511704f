"""The worker, `python -m app.worker`: one process that ticks the ledger, mails notices and runs the routines.

APScheduler drives the routines; the posts themselves live in the ledger, so that a stop at any moment loses nothing.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from gunicorn.systemd import sd_notify
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.base.access.delays import sweep_delays
from app.base.access.ending import sweep_sign_ins
from app.base.confirmations.settling import settle_due
from app.base.media.pending_uploads import sweep_pending
from app.base.notices.mailer import send_due
from app.base.notices.service import notify_address
from app.base.trail.checking import check, was_checked
from app.base.trail.heads import head_mail_waits, next_head_mail
from app.base.trail.sealing import seal
from app.base.web.addresses import paths
from app.base.web.wiring import Wiring
from app.evidence.responses.bursts.holding import forget_origins, gather
from app.evidence.responses.imports.steps import work as work_on_imports
from app.evidence.responses.retention import erase_answers, sweep_uploads
from app.evidence.responses.tally import fold_all
from app.evidence.surveys.waves.proposals import propose_after
from app.evidence.surveys.waves.reminders import remind_surveys
from app.gatherings.communities.imports import forget_old
from app.gatherings.events.registration.news import note_failed_mail
from app.gatherings.events.reminders import remind_due
from app.gatherings.events.retention import erase_expired
from app.gatherings.field.photos import sweep
from app.gatherings.reports.reminders import remind_late, remind_reports
from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.kernel.limits import sweep_counts
from app.kernel.private import keep_private
from app.kernel.told import Told
from app.kernel.witnesses import running_seconds
from app.learning.assessments.followups import service as followups
from app.learning.assessments.retention import sweep_files
from app.learning.training.participants import news
from app.learning.training.retention import erase_letters, erase_trainees
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.measuring import measure_due
from app.outreach.publishing.outgoing import make_packer
from app.outreach.publishing.post_numbers import learn_numbers
from app.outreach.publishing.preflight.service import make_preflight
from app.outreach.publishing.removal.work import remove_due
from app.outreach.publishing.safeguards import Safeguards
from app.outreach.publishing.self_audit.hourly import audit_accounts, audit_ledger, is_first
from app.outreach.publishing.spacing.queries import Spacing
from app.oversight.control.digest import send_weekly
from app.oversight.control.escalation import escalate
from app.starting import NotReady, check_database
from config import SettingsError

log = logging.getLogger(__name__)

MAIL_EVERY = 10  # seconds
MEASURE_EVERY = 60  # seconds
REMOVE_EVERY = 3  # seconds; a wrong post is taken down at once
PREFLIGHT_EVERY = 30  # seconds; accounts and posts themselves are due each morning and half an hour before
TALLY_EVERY = 30  # seconds; until then pages add what waits themselves
IMPORTS_EVERY = 2  # seconds
SEAL_EVERY = 20  # seconds
CHECK_MINUTE, CHECK_HOURS = 50, "*/6"
SETTLE_EVERY = 30  # seconds; changes that nobody stopped take effect
FILES_WAIT = 5  # seconds
STOP_WITHIN = 100  # seconds; the unit kills after 120
START_WITHIN, ASK_EVERY = 60.0, 2.0  # seconds; a database that starts with the machine takes its time
REMIND_EVERY = 10  # minutes
ERASE_MINUTE = 20
AUDIT_MINUTE = 35
FOLLOW_MINUTE = 40
ESCALATE_MINUTE = 25
REMIND_HOURS = "7-16"  # local; nobody is told twice, so that a worker that was down at seven misses nothing


def sessions_of(app: Flask) -> "sessionmaker[Session]":
    """Return a maker of sessions outside of requests, on the application's engine."""
    with app.app_context():
        made: sessionmaker[Session] = app.extensions["sqlalchemy"].sessionmaker
    return made


def make_dispatcher(app: Flask, on_round: Callable[[], None] = lambda: None) -> Dispatcher:
    wiring: Wiring = app.extensions["wiring"]
    settings = wiring.settings
    return Dispatcher(
        sessions=sessions_of(app),
        channels=wiring.channels,
        packer=make_packer(sessions_of(app), wiring, app.config["SECRET_KEY"]),
        vault=wiring.vault,
        clock=wiring.clock,
        public_url=settings.public_url,
        safeguards=Safeguards.of(settings.var_dir, ask_time=wiring.ask_time),
        threads=settings.send_threads,
        spacing=Spacing.of(settings),
        on_round=on_round,
    )


class Clockwork:
    """The scheduler and the dispatcher of one process."""

    def __init__(self, app: Flask, on_round: Callable[[], None] = lambda: None) -> None:
        self._wiring: Wiring = app.extensions["wiring"]
        self._sessions = sessions_of(app)
        self._address = paths(app)
        self._dispatcher = make_dispatcher(app, on_round)
        self._preflight = make_preflight(self._sessions, self._wiring, app.config["SECRET_KEY"])
        self._thread = threading.Thread(target=self._dispatcher.run, name="dispatcher", daemon=True)
        # a thread of its own: a large file takes longer than the time between two looks
        self._stopped = threading.Event()
        self._files = threading.Thread(target=self._imports, name="imports", daemon=True)
        self._leaps = threading.Thread(target=self._follow_leaps, name="leaps", daemon=True)
        self._scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})

    def start(self) -> None:
        self._thread.start()
        self._files.start()
        self._leaps.start()
        self._dispatcher.wake()  # the next whole second may be a second away, and pages wait for a sign of life
        add = self._scheduler.add_job
        add(self._dispatcher.wake, CronTrigger(second="*", timezone="UTC"), id="tick", misfire_grace_time=None)
        mailing = IntervalTrigger(seconds=MAIL_EVERY)
        add(self._mail, mailing, id="mail", misfire_grace_time=None, next_run_time=Clock().now())
        add(self._measure, IntervalTrigger(seconds=MEASURE_EVERY), id="measure", misfire_grace_time=None)
        add(self._remove, IntervalTrigger(seconds=REMOVE_EVERY), id="remove", misfire_grace_time=None)
        add(self._check_ahead, IntervalTrigger(seconds=PREFLIGHT_EVERY), id="preflight", misfire_grace_time=None)
        add(self._tally, IntervalTrigger(seconds=TALLY_EVERY), id="tally", misfire_grace_time=None)
        add(self._seal, IntervalTrigger(seconds=SEAL_EVERY), id="seal", misfire_grace_time=None)
        checking = CronTrigger(hour=CHECK_HOURS, minute=CHECK_MINUTE, timezone="UTC")
        add(self._check_trail, checking, id="check-trail", misfire_grace_time=None)
        add(self._settle, IntervalTrigger(seconds=SETTLE_EVERY), id="settle", misfire_grace_time=None)
        remind = CronTrigger(hour=REMIND_HOURS, minute=10, timezone=self._wiring.settings.tz)
        add(self._remind, remind, id="remind-reports", misfire_grace_time=None)
        add(self._remind_surveys, remind, id="remind-surveys", misfire_grace_time=None)
        follow = CronTrigger(hour=REMIND_HOURS, minute=FOLLOW_MINUTE, timezone=self._wiring.settings.tz)
        add(self._follow_up, follow, id="follow-up", misfire_grace_time=None)
        add(self._digest, remind, id="digest", misfire_grace_time=None)
        escalating = CronTrigger(hour=REMIND_HOURS, minute=ESCALATE_MINUTE, timezone=self._wiring.settings.tz)
        add(self._escalate, escalating, id="escalate", misfire_grace_time=None)
        add(self._remind_people, IntervalTrigger(minutes=REMIND_EVERY), id="remind-people", misfire_grace_time=None)
        # every hour: one fixed hour of the night would never come for a worker that sleeps then
        hourly = CronTrigger(minute=ERASE_MINUTE, timezone="UTC")
        auditing = CronTrigger(minute=AUDIT_MINUTE, timezone="UTC")
        add(self._audit, auditing, id="audit", misfire_grace_time=None)
        add(self._erase, hourly, id="erase", misfire_grace_time=None)
        add(self._sweep, hourly, id="sweep", misfire_grace_time=None)
        self._scheduler.start()

    def stop(self, within: float = STOP_WITHIN) -> bool:
        """Let nothing more leave, then end the routines; calls under way finish and are settled.

        Return False where something is still at work after so many seconds: ending the process loses nothing of it.
        """
        until = time.monotonic() + within
        self._stopped.set()
        self._dispatcher.stop()
        routines = threading.Thread(target=self._scheduler.shutdown, name="shutdown", daemon=True)
        routines.start()
        self._files.join(FILES_WAIT)  # a file that is under way then is gone on with after the next start
        for part in (self._thread, routines):
            part.join(max(0.0, until - time.monotonic()))
        return not (self._thread.is_alive() or routines.is_alive())

    def _follow_leaps(self) -> None:
        """Give every routine its next time anew where the clock leapt: the scheduler would wait for the old one."""
        apart = time.time() - running_seconds()
        while not self._stopped.wait(1):
            before, apart = apart, time.time() - running_seconds()
            if abs(apart - before) > 1:
                for job in self._scheduler.get_jobs():
                    trigger = job.trigger
                    if isinstance(trigger, IntervalTrigger):  # it counts from its own start
                        trigger = IntervalTrigger(seconds=trigger.interval_length)
                    job.reschedule(trigger)

    def _remind(self) -> None:
        now = self._wiring.clock.now()
        remind_reports(self._sessions, now=now)
        remind_late(self._sessions, now=now, tz=self._wiring.settings.tz)

    def _remind_surveys(self) -> None:
        now, tz = self._wiring.clock.now(), self._wiring.settings.tz
        propose_after(self._sessions, now=now, tz=tz)
        remind_surveys(self._sessions, now=now, tz=tz)

    def _follow_up(self) -> None:
        followups.due(self._sessions, now=self._wiring.clock.now())

    def _escalate(self) -> None:
        settings = self._wiring.settings
        days = (settings.escalate_head_days, settings.escalate_agency_days)
        escalate(self._sessions, now=self._wiring.clock.now(), tz=settings.tz, days=days, address=self._address)

    def _digest(self) -> None:
        settings, now = self._wiring.settings, self._wiring.clock.now()
        send_weekly(
            self._sessions, now=now, tz=settings.tz, regency_code=settings.regency_code, site=settings.public_url,
            address=self._address,
        )  # fmt: skip

    def _remind_people(self) -> None:
        remind_due(self._sessions, now=self._wiring.clock.now())

    def _erase(self) -> None:
        days, now = self._wiring.settings.personal_days, self._wiring.clock.now()
        with unit_of_work(self._sessions) as session:
            erase_expired(session, personal_days=days, now=now)
            forget_old(session, now=now)
        with unit_of_work(self._sessions) as session:
            trainee_days = self._wiring.settings.trainee_days
            erase_trainees(session, personal_days=days, trainee_days=trainee_days, now=now)
        erase_letters(self._sessions, self._wiring.storage, personal_days=days, now=now)
        erase_answers(self._sessions, answer_days=self._wiring.settings.answer_days, now=now)
        forget_origins(self._sessions, now=now)
        sweep_uploads(self._sessions, self._wiring.settings.var_dir / "imports", now=now)

    def _sweep(self) -> None:
        with unit_of_work(self._sessions) as session:
            sweep_sign_ins(session, now=self._wiring.clock.now())
        sweep_counts(self._sessions, now=self._wiring.clock.now())
        sweep_delays(self._sessions, now=self._wiring.clock.now())
        sweep(self._sessions, self._wiring.storage, now=self._wiring.clock.now())
        sweep_files(self._sessions, self._wiring.storage)
        sweep_pending(self._wiring.settings.var_dir / "held", now=self._wiring.clock.now())

    def _imports(self) -> None:
        while not self._stopped.wait(IMPORTS_EVERY):
            try:
                work_on_imports(self._sessions, self._wiring.clock, tz=self._wiring.settings.tz)
            except Exception:
                log.exception("imports")

    def _measure(self) -> None:
        wiring = self._wiring
        learn_numbers(self._sessions, wiring.channels, wiring.vault, wiring.clock)
        measure_due(self._sessions, wiring.channels, wiring.vault, wiring.clock, stopping=self._stopped.is_set)

    def _check_ahead(self) -> None:
        self._preflight.run(stopping=self._stopped.is_set)

    def _audit(self) -> None:
        wiring = self._wiring
        if not is_first(self._sessions, wiring.clock):
            return
        audit_ledger(self._sessions, wiring.clock)
        audit_accounts(
            self._sessions, wiring.channels, wiring.vault, wiring.clock, public_url=wiring.settings.public_url,
            stopping=self._stopped.is_set,
        )  # fmt: skip

    def _remove(self) -> None:
        wiring, stopping = self._wiring, self._stopped.is_set
        remove_due(self._sessions, wiring.channels, wiring.vault, wiring.clock, stopping=stopping)

    def _settle(self) -> None:
        settle_due(self._sessions, vault=self._wiring.vault, now=self._wiring.clock.now())

    def _tally(self) -> None:
        gather(self._sessions, now=self._wiring.clock.now())
        fold_all(self._sessions)

    def _seal(self) -> None:
        settings, now = self._wiring.settings, self._wiring.clock.now()
        seal(self._sessions, now=now, tz=settings.tz, folder=settings.var_dir)
        if not was_checked(self._sessions):
            self._check_trail()
        if settings.trail_mail:
            mail_head(self._sessions, settings.trail_mail, now=now)

    def _check_trail(self) -> None:
        settings = self._wiring.settings
        check(
            self._sessions, now=self._wiring.clock.now(), tz=settings.tz, folder=settings.var_dir,
            practice=settings.practice,
        )  # fmt: skip

    def _mail(self) -> None:
        clock = self._wiring.clock
        send_due(
            self._sessions, self._wiring.settings, clock, lost=partial(_unreached, now=clock.now()),
            stopping=self._stopped.is_set,
        )  # fmt: skip


def mail_head(sessions: "sessionmaker[Session]", address: str, *, now: datetime) -> None:
    """Mail the seal of the last day that is over, once; looked up without the write lock."""
    with sessions() as session:
        if not head_mail_waits(session):
            return
    with unit_of_work(sessions) as session:
        mail = next_head_mail(session)
        if mail is not None:
            notify_address(
                session, address=address, kind="trail", subject=mail.subject, body=mail.body,
                dedupe_key=mail.dedupe_key, now=now,
            )  # fmt: skip


def _unreached(session: Session, dedupe_key: str, address: str, *, now: datetime) -> None:
    """A mail was lost for good; each room knows its own."""
    note_failed_mail(session, dedupe_key, address, now=now)
    news.note_unreached(session, dedupe_key, address)


class Signals:
    """What the process is told from outside: to end, or (under systemd) to begin anew with the code as it is now."""

    def __init__(self) -> None:
        self.ended, self.anew = Told(), False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        if "NOTIFY_SOCKET" in os.environ:  # elsewhere SIGHUP is a terminal that was closed
            signal.signal(signal.SIGHUP, self._begin_anew)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.ended.set()

    def _begin_anew(self, _number: int, _frame: FrameType | None) -> None:
        self.anew = True
        self.ended.set()


class Rounds:
    """Tells the log and systemd of the first round that worked, and systemd of each one: it ends a worker without."""

    def __init__(self) -> None:
        self._up = False

    def __call__(self) -> None:
        sd_notify("WATCHDOG=1", log)
        if not self._up:
            self._up = True
            sd_notify("READY=1", log)
            log.info("worker is up")


def wait_for_database(app: Flask, ended: Told) -> None:
    """Wait a minute for a database that does not answer yet. Raises NotReady."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    until = time.monotonic() + START_WITHIN
    while not ended.is_set():
        try:
            return check_database(engine)
        except NotReady as error:
            if error.lasting or time.monotonic() > until:
                raise
            log.warning("%s", error)
        ended.wait(ASK_EVERY)
    return None


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    signals = Signals()
    try:
        app = create_app()
        keep_private(app.extensions["wiring"].settings.var_dir)
        wait_for_database(app, signals.ended)
    except (NotReady, SettingsError, OSError) as error:
        log.error("%s", error)  # one sentence: nobody reads a trace for it
        return 1
    clockwork = Clockwork(app, Rounds())
    clockwork.start()
    signals.ended.wait()
    sd_notify("STOPPING=1", log)
    finished = clockwork.stop()
    if not finished:
        log.warning("something was still at work after %s seconds; it is taken up at the next start", STOP_WITHIN)
    logging.shutdown()
    if signals.anew:
        os.execv(sys.executable, [sys.executable, "-m", "app.worker"])  # noqa: S606
    if not finished:
        os._exit(0)  # threads that hang would hold the interpreter
    return 0


if __name__ == "__main__":
    sys.exit(main())
