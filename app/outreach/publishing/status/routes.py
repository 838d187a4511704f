"""The page of the state: one sentence first, then its causes, what goes out next, and the workers."""

from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue

from app.base.web.db import db
from app.base.web.formats import local, local_day, local_time
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings, wired
from app.kernel.roles import Actor, Can
from app.outreach.outlets.ports import Inspectable
from app.outreach.publishing import heartbeat, restored, safety
from app.outreach.publishing.blueprint import bp
from app.outreach.publishing.gate import Gate, read_gate
from app.outreach.publishing.pauses.routes import paused_now
from app.outreach.publishing.preflight.due import last_morning, next_morning
from app.outreach.publishing.status import queries, words
from app.outreach.publishing.status.causes import causes
from app.outreach.publishing.status.state import State

SHOWN_WORKERS = 6


@bp.get("/tayang/keadaan")
@allow(Can.READ_DELIVERIES)
def state() -> ResponseReturnValue:
    actor, moment = current_actor(), now()
    gate = read_gate(db.session, now=moment)
    known = _state(actor, gate, moment)
    found = causes(known)
    next_out = queries.next_out(db.session, actor, gate)
    return render_template(
        "publishing/state.html",
        summary=words.summary(found),
        tone=words.tone(found),
        causes=found,
        next_out=next_out,
        kept_back=bool(next_out) and queries.is_kept_back(db.session, next_out[0].Delivery, gate),
        last_out=queries.last_out(db.session, actor),
        workers=[(row, *words.worker_words(row, known)) for row in known.workers[:SHOWN_WORKERS]],
        more_workers=len(known.workers) - SHOWN_WORKERS,
        blocked=gate.closed or any(one.blocks for one in found),
        moment=moment,
    )


def _state(actor: Actor, gate: Gate, moment: datetime) -> State:
    session = db.session
    stops, accounts = safety.stops(session, now=moment), queries.closed_accounts(session, actor)
    closed = [row.Outlet.id for row in accounts]
    kinds = [key for key, channel in wired().channels.items() if isinstance(channel, Inspectable)]
    until = next_morning(last_morning(moment, settings().tz))
    is_copy = any(one.reason == safety.Reason.RESTORED for one in stops)
    return State(
        actor=actor,
        now=moment,
        workers=heartbeat.processes(session),
        stops=stops,
        restored=restored.counts(session, now=moment) if is_copy else None,
        pauses=paused_now(),
        accounts=accounts,
        kept=queries.kept_by_accounts(session, closed, now=moment),
        late=queries.late(session, actor, gate, now=moment),
        retrying=queries.retrying(session, actor, gate, now=moment),
        spaced=queries.spaced(session, actor, now=moment),
        stuck=queries.stuck(session, now=moment),
        decisions=queries.decisions(session, actor),
        held=queries.held(session, actor, now=moment),
        findings=queries.findings(session, actor),
        removals=queries.removals(session, actor),
        checked=queries.checked(session, actor, kinds=kinds, until=until, closed=closed),
        practice=settings().practice,
        when=lambda at: local_time(at) if local_day(at) == local_day(moment) else local(at),
    )
