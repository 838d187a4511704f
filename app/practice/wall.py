"""The practice wall (what residents would see), the switches of troubles, and a JSON API for tests."""

import email
import email.policy
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import fontpkg_plus_jakarta_sans as jakarta
from babel.dates import format_datetime
from flask import Blueprint, Flask, Response, abort, jsonify, redirect, render_template, request, send_file, url_for

from app.practice.faults import DEFAULT_SECONDS, LABELS, PLATFORM_NAMES, PLATFORMS, UnknownFault
from app.practice.store import StoredMail, StoredPost
from app.practice.wire import practice

bp = Blueprint("practice_wall", __name__)

LETTERS = Path(jakarta.ROOT) / "files" / "PlusJakartaSans[wght].ttf"
SHOWN = 60
OPENED_IN_BROWSER = ("application/pdf", "image/png", "image/jpeg")


def init_wall(app: Flask, tz: ZoneInfo, tz_label: str) -> None:
    def local(moment: datetime) -> str:
        return f"{format_datetime(moment.astimezone(tz), 'EEE, d MMM y HH.mm', locale='id')} {tz_label}"

    app.jinja_env.filters["local"] = local
    app.jinja_env.globals["_"] = _sentence


def _sentence(text: str, **values: Any) -> str:
    """The wall has one language, Indonesian; its sentences are still marked for the catalogue."""
    return text % values if values else text


@bp.get("/huruf.ttf")
def letters() -> Response:
    """Send Plus Jakarta Sans in all weights, from its own package."""
    return send_file(LETTERS, mimetype="font/ttf", max_age=86_400)


@bp.get("/healthz")
def healthz() -> Response:
    return jsonify({"ok": True})


# pages


@bp.get("/")
def show() -> str:
    wanted = request.args.get("saluran", "")
    cards = _cards()
    shown = [card for card in cards if not wanted or card["platform"] == wanted]
    counts = {name: sum(card["platform"] == name for card in cards) for name in PLATFORM_NAMES}
    return render_template(
        "practice/wall.html",
        cards=shown[:SHOWN],
        total=len(shown),
        counts=counts,
        all_count=len(cards),
        names=PLATFORM_NAMES,
        wanted=wanted,
        troubles=len(practice().faults.active()),
        mark=_mark(),
    )


def _cards() -> list[dict[str, Any]]:
    """Posts and order mails together, newest first."""
    store = practice().store
    cards = [{"platform": post.platform, "at": post.at, **_post_card(post)} for post in store.posts()]
    cards += [{"platform": "smtp", "at": mail.at, **_mail_card(mail)} for mail in store.mails()]
    return sorted(cards, key=lambda card: (card["at"], card["id"].split("_")[-1]), reverse=True)


def _post_card(post: StoredPost) -> dict[str, Any]:
    store = practice().store
    images = [
        {"url": url_for("practice_wall.image", file_id=name), "alt_text": store.alt_text(name)} for name in post.files
    ]
    return {
        "id": post.id,
        "account": post.account,
        "name": post.data.get("name", post.account),
        "text": post.text,
        "images": images,
        "link": post.data.get("link"),
    }


def _parsed(mail: StoredMail) -> EmailMessage:
    message = email.message_from_bytes(mail.raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what policy.default makes
    return message


def _mail_card(mail: StoredMail) -> dict[str, Any]:
    message = _parsed(mail)
    body = message.get_body(preferencelist=("plain",))
    attachments = [
        {
            "name": part.get_filename() or "berkas",
            "mime": part.get_content_type(),
            "size": len(part.get_payload(decode=True) or b""),
            "url": url_for("practice_wall.attachment", mail_id=mail.id, number=number),
        }
        for number, part in enumerate(message.iter_attachments())
    ]
    return {
        "id": mail.id,
        "message_id": str(message["Message-ID"] or ""),
        "subject": str(message["Subject"] or ""),
        "sender": mail.sender,
        "recipients": mail.recipients,
        "text": body.get_content() if body else "",
        "attachments": attachments,
    }


@bp.get("/berkas/<file_id>")
def image(file_id: str) -> Response:
    kept = practice().store.file(file_id)
    if kept is None:
        abort(404)
    return Response(kept.content, mimetype=kept.mime)


@bp.get("/surel/<mail_id>/<int:number>")
def attachment(mail_id: str, number: int) -> Response:
    mail = next((mail for mail in practice().store.mails() if mail.id == mail_id), None)
    parts = list(_parsed(mail).iter_attachments()) if mail else []
    if number >= len(parts):
        abort(404)
    part = parts[number]
    mime = part.get_content_type()
    answer = Response(part.get_payload(decode=True) or b"", mimetype=mime)
    shown = "inline" if mime in OPENED_IN_BROWSER else "attachment"
    answer.headers.set("Content-Disposition", shown, filename=part.get_filename() or "berkas")
    return answer


@bp.get("/gangguan")
def troubles() -> str:
    active = {(fault.platform, fault.kind): fault for fault in practice().faults.active()}
    return render_template(
        "practice/troubles.html",
        platforms=PLATFORMS,
        names=PLATFORM_NAMES,
        labels=LABELS,
        seconds=DEFAULT_SECONDS,
        active=active,
        troubles=len(active),
        problem=request.args.get("salah"),
    )


@bp.post("/gangguan")
def set_trouble() -> Any:
    """Switch a trouble: platform, kind, times ("" = until switched off, 0 = off), seconds ("" = default)."""
    form = request.form
    try:
        practice().faults.set(
            form.get("platform", ""),
            form.get("kind", ""),
            times=int(form["times"]) if form.get("times") else None,
            seconds=float(form["seconds"]) if form.get("seconds") else None,
        )
    except ValueError:
        return redirect(url_for(".troubles", salah="1"), 303)
    return redirect(url_for(".troubles") + f"#{form.get('platform', '')}", 303)


@bp.post("/kosongkan")
def empty() -> Any:
    practice().store.reset()
    return redirect(url_for(".show"), 303)


# JSON, for tests and for the page's own look whether something is new


def _mark() -> str:
    store = practice().store
    rows = store.rows("SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM mails)")
    return f"{rows[0][0]}-{rows[0][1]}"


@bp.get("/api/mark")
def api_mark() -> Response:
    return jsonify({"mark": _mark()})


@bp.get("/api/posts")
def api_posts() -> Response:
    """Return the posts, newest first: platform, id, account, text, link, created_at, images (url, alt_text)."""
    wanted = request.args.get("platform")
    return jsonify(
        [
            {"platform": post.platform, "created_at": post.at.isoformat(), **_post_card(post)}
            for post in practice().store.posts(wanted)
        ]
    )


@bp.get("/api/mails")
def api_mails() -> Response:
    """Return the mails, newest first.

    Each: id, message_id, subject, sender, recipients, text, attachments (name, mime, size, url).
    """
    return jsonify([{"created_at": mail.at.isoformat(), **_mail_card(mail)} for mail in practice().store.mails()])


@bp.get("/api/faults")
def api_faults() -> Response:
    return jsonify([fault.__dict__ for fault in practice().faults.active()])


@bp.post("/api/faults")
def api_set_fault() -> Any:
    """Switch a trouble by JSON.

    Fields: platform, kind, times (null: until off; 0: off), seconds, scope (publish, upload, read, any).
    """
    body = request.get_json(silent=True) or {}
    known = {key: body[key] for key in ("times", "seconds", "scope") if key in body}
    try:
        practice().faults.set(str(body.get("platform")), str(body.get("kind")), **known)
    except (UnknownFault, TypeError) as error:
        return jsonify({"error": str(error)}), 422
    return jsonify([fault.__dict__ for fault in practice().faults.active()])


@bp.post("/api/reset")
def api_reset() -> Response:
    practice().store.reset()
    return jsonify({"ok": True})
