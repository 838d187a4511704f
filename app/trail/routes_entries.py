"""The admin's page of who did what."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.kernel.roles import Role
from app.trail import queries
from app.trail.blueprint import bp
from app.trail.queries import Place, Wanted
from app.trail.sentences import SUBJECTS, action_label, field_label, subject_label, trail_value
from app.web.db import db
from app.web.formats import sentence, zone
from app.web.guard import allow
from app.web.query import kept_args


@bp.get("/pengguna/jejak")
@allow(Role.ADMIN)
def entries() -> ResponseReturnValue:
    wanted = wanted_of(request.args)
    page = queries.entries(db.session, wanted, before=_place("sebelum"), after=_place("sesudah"))
    return render_template(
        "trail/entries.html",
        page=page,
        wanted=wanted,
        subjects=sorted(((kind, sentence(label)) for kind, label in SUBJECTS.items()), key=lambda kind: kind[1]),
        action_label=action_label,
        field_label=field_label,
        subject_label=subject_label,
        trail_value=trail_value,
        names=queries.subject_names(db.session, page.items),
        actors=queries.actor_names(db.session, page.items),
        kept=kept_args("sebelum", "sesudah"),
        place=_written,
    )


def wanted_of(args: Any) -> Wanted:
    """What the address asks for; a day that is none is as good as not given."""
    first, last = _day(args.get("dari", "")), _day(args.get("sampai", ""))
    return Wanted(
        person=args.get("q", "").strip()[:100],
        action=args.get("perbuatan", "").strip()[:100],
        kind=args.get("bagian", ""),
        subject_id=args.get("nomor", "").strip()[:40],
        since=_midnight(first) if first else None,
        until=_midnight(last + timedelta(days=1)) if last else None,
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2999 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), zone()).astimezone(UTC)


def _place(name: str) -> Place | None:
    moment, _sep, number = request.args.get(name, "").partition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)), int(number[:12])
    except (ValueError, OverflowError):
        return None


def _written(place: Place) -> str:
    return f"{place[0].astimezone(UTC).replace(tzinfo=None).isoformat()}_{place[1]}"
