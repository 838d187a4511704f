"""The admin's page of who did what."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.sheets import CSV
from app.base.trail import checking, queries
from app.base.trail.blueprint import bp
from app.base.trail.export import csv_lines, json_lines
from app.base.trail.heads import group_hash
from app.base.trail.queries import Place, TrailFilters
from app.base.trail.sentences import SUBJECTS, action_label, field_label, subject_label, trail_value
from app.base.web.db import db, writes_nothing
from app.base.web.editing import release_database
from app.base.web.files import NOBODY
from app.base.web.formats import sentence, zone
from app.base.web.guard import allow, risky
from app.base.web.noting import takes_away
from app.base.web.query import kept_args
from app.base.web.wiring import now, settings
from app.kernel.roles import Can

JSON_LINES = "application/x-ndjson"
MOST_AT_ONCE = 50_000
"""Rows that are read while somebody waits for the page, about a second; else the worker's reading counts."""


@bp.get("/pengguna/jejak")
@allow(Can.ADMINISTER)
def entries() -> ResponseReturnValue:
    wanted = read_filters(request.args)
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
        state=checking.read_state(db.session, now=now()),
        group_hash=group_hash,
        most_at_once=MOST_AT_ONCE,
    )


@bp.post("/pengguna/jejak/periksa")
@allow(Can.ADMINISTER)
@writes_nothing
def check() -> ResponseReturnValue:
    """Read the chain now; the result stands on the page."""
    of = settings()
    if checking.read_state(db.session, now=now()).sealed > MOST_AT_ONCE:
        flash(_("Jejak ini panjang, dan diperiksa sendiri setiap enam jam. Lihat hasilnya di atas daftar."), "info")
        return redirect(url_for(".entries"), 303)
    release_database()  # the result is kept in a transaction of its own
    checking.check(db.sessionmaker, now=now(), tz=of.tz, folder=of.var_dir, practice=of.practice)
    return redirect(url_for(".entries"), 303)


@bp.post("/pengguna/jejak/unduh.jsonl")
@allow(Can.ADMINISTER)
@risky()
@writes_nothing
@takes_away("audit_entries")
def json_file() -> ResponseReturnValue:
    return _file(json_lines(db.sessionmaker, read_filters(request.form)), JSON_LINES, "jsonl")


@bp.post("/pengguna/jejak/unduh.csv")
@allow(Can.ADMINISTER)
@risky()
@writes_nothing
@takes_away("audit_entries")
def csv_file() -> ResponseReturnValue:
    return _file(csv_lines(db.sessionmaker, read_filters(request.form)), CSV, "csv")


def _file(parts: Iterator[bytes], mime: str, ending: str) -> Response:
    """Goes out while it is read: a trail may be long."""
    name = "jejak" if read_filters(request.form).everything else "jejak-sebagian"
    answer = Response(parts, content_type=mime)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    answer.headers["Cache-Control"] = NOBODY
    return answer


def read_filters(args: Any) -> TrailFilters:
    """Return what the address asks for; a day that is none is as good as not given."""
    first, last = _day(args.get("dari", "")), _day(args.get("sampai", ""))
    return TrailFilters(
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
