"""X API v2 on loopback: posts, own timeline, media. Shapes after docs.x.com (2026-11)."""

import base64
import binascii
import hashlib
import html
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

import twitter_text
from flask import Blueprint, Response, jsonify, request

from app.practice import accounts
from app.practice.faults import Kind, Scope
from app.practice.figures import figures_of, is_deleted
from app.practice.mailbox import HOST
from app.practice.store import StoredPost
from app.practice.strict import unlisted_by_x
from app.practice.wire import lose_reply, parse_time, practice

bp = Blueprint("practice_x", __name__, url_prefix="/2")

MAX_IMAGES = 4
MAX_IMAGE_BYTES = 5 * 1024 * 1024
MAX_CHUNK_BYTES = 5 * 1024 * 1024
MAX_ALT_TEXT = 1000
POSTS_PER_WINDOW = 100
WINDOW = timedelta(minutes=15)
IMAGE_MIMES = {"image/jpeg", "image/png", "image/webp", "image/gif"}
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
DUPLICATE_WITHIN = timedelta(hours=24)


class Refusal(Exception):
    """An answer other than 2xx, as a problem document (RFC 7807)."""

    def __init__(self, status: int, title: str, detail: str, *, kind: str = "about:blank", **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"title": title, "detail": detail, "type": kind, "status": status, **more}


def forbidden(detail: str) -> Refusal:
    return Refusal(403, "Forbidden", detail)


def invalid(message: str, parameter: str, value: str) -> Refusal:
    return Refusal(
        400,
        "Invalid Request",
        "One or more parameters to your request was invalid.",
        kind="https://api.twitter.com/2/problems/invalid-request",
        errors=[{"parameters": {parameter: [value[:200]]}, "message": message}],
    )


def requires_signature(scope: Scope) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Ask for a right signature first, then apply the troubles that are switched on for such calls."""

    def mark(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def checked(**values: Any) -> Response:
            parts = practice()
            target = request.full_path.rstrip("?")
            expired = parts.faults.take("x", scope, Kind.EXPIRED)
            sent = (request.method, target, request.get_data(), dict(request.headers))
            if expired or not parts.oauth.is_signed(*sent, f"http://{HOST}:{request.environ['SERVER_PORT']}"):
                raise Refusal(401, "Unauthorized", "Unauthorized")
            parts.faults.slow_down("x", scope)
            limited = parts.faults.take("x", scope, Kind.RATE_LIMIT)
            if limited:
                raise _too_many(int(parts.store.now().timestamp() + limited.seconds))
            if parts.faults.take("x", scope, Kind.SERVER_ERROR):
                raise Refusal(500, "Internal Server Error", "Something is broken.")
            return view(**values)

        return checked

    return mark


def _too_many(reset: int) -> Refusal:
    refusal = Refusal(429, "Too Many Requests", "Too Many Requests")
    refusal.body["reset"] = reset
    return refusal


@bp.errorhandler(Refusal)
def _refused(refusal: Refusal) -> Response:
    reset = refusal.body.pop("reset", None)
    answer = jsonify(refusal.body)
    answer.status_code = refusal.status
    answer.content_type = "application/problem+json"
    if reset is not None:
        answer.headers["x-rate-limit-limit"] = str(POSTS_PER_WINDOW)
        answer.headers["x-rate-limit-remaining"] = "0"
        answer.headers["x-rate-limit-reset"] = str(reset)
    return answer


@bp.before_request
def _strict() -> None:
    if practice().strict:
        body = request.get_json(silent=True)
        name, words = unlisted_by_x(request.method, request.path, request.args, body if isinstance(body, dict) else {})
        if name:
            raise invalid(words, name, request.args.get(name, ""))


@bp.after_request
def _transaction_id(answer: Response) -> Response:
    answer.headers["x-transaction-id"] = hashlib.sha256(practice().store.new_id().encode()).hexdigest()[:16]
    return answer


def _json() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise invalid("The body is not a JSON object", "body", "")
    return body


# posts


@bp.post("/tweets")
@requires_signature(Scope.PUBLISH)
def create_tweet() -> Response:
    parts = practice()
    body = _json()
    text = body.get("text") or ""
    media_ids = (body.get("media") or {}).get("media_ids") or []
    _check_tweet(text, media_ids)
    recent = [post for post in parts.store.posts("x") if post.at > parts.store.now() - WINDOW]
    if len(recent) >= POSTS_PER_WINDOW:
        raise _too_many(int((recent[-1].at + WINDOW).timestamp()))
    if parts.faults.take("x", Scope.PUBLISH, Kind.DUPLICATE) or _is_duplicate(text, media_ids):
        raise forbidden(DUPLICATE)
    post_id = parts.store.new_id()
    post = parts.store.add_post(
        "x", accounts.X_USERNAME, text, post_id=post_id, data={"files": list(media_ids), "name": accounts.X_NAME}
    )
    if parts.faults.take("x", Scope.PUBLISH, Kind.REPLY_LOST):
        return lose_reply()
    shown = _shown(post)
    answer = jsonify({"data": {"id": post.id, "text": shown["text"], "edit_history_tweet_ids": [post.id]}})
    answer.status_code = 201
    answer.headers["x-rate-limit-limit"] = str(POSTS_PER_WINDOW)
    answer.headers["x-rate-limit-remaining"] = str(POSTS_PER_WINDOW - len(recent) - 1)
    answer.headers["x-rate-limit-reset"] = str(int((parts.store.now() + WINDOW).timestamp()))
    return answer


def _check_tweet(text: Any, media_ids: Any) -> None:
    if not isinstance(text, str) or not isinstance(media_ids, list):
        raise invalid("The request is malformed", "text", str(text))
    if not text and not media_ids:
        raise invalid("text or media is required", "text", "")
    if len(text) > 10_000 or (text and not twitter_text.parse_tweet(text).valid):
        raise forbidden("Your Tweet text is too long.")
    if len(media_ids) > MAX_IMAGES:
        raise invalid("size must be between 1 and 4", "media.media_ids", str(media_ids))
    store = practice().store
    for media_id in media_ids:
        if not isinstance(media_id, str) or not store.file(media_id):
            raise invalid("Your media IDs are invalid.", "media.media_ids", str(media_id))


def _is_duplicate(text: str, media_ids: list[str]) -> bool:
    """The same words again within a day; pictures of other ids do not make it another post."""
    store = practice().store
    return any(
        post.text == text and bool(post.files) == bool(media_ids) and post.at > store.now() - DUPLICATE_WITHIN
        for post in store.posts("x")
    )


def _wrapped(seed: str) -> str:
    return f"https://t.co/{hashlib.sha256(seed.encode()).hexdigest()[:10]}"


def _shown(post: StoredPost) -> dict[str, Any]:
    """The post as X hands it out: links wrapped by t.co, a link to its pictures at the end, `&<>` escaped."""
    text, urls, offset = post.text, [], 0
    for found in twitter_text.extract_urls_with_indices(post.text):
        start, end = (index + offset for index in found["indices"])
        short = _wrapped(post.id + found["url"])
        text = text[:start] + short + text[end:]
        offset += len(short) - (end - start)
        bare = found["url"].split("://", 1)[-1]
        urls.append(
            {
                "start": start,
                "end": start + len(short),
                "url": short,
                "expanded_url": found["url"] if "://" in found["url"] else f"http://{found['url']}",
                "display_url": bare if len(bare) < 27 else bare[:26] + "…",
            }
        )
    if post.files:
        short = _wrapped(post.id)
        start = len(text) + 1 if text else 0
        text = f"{text} {short}" if text else short
        for number, media_id in enumerate(post.files, 1):
            urls.append(
                {
                    "start": start,
                    "end": len(text),
                    "url": short,
                    "expanded_url": f"https://x.com/{accounts.X_USERNAME}/status/{post.id}/photo/{number}",
                    "display_url": f"pic.x.com/{short[-10:]}",
                    "media_key": f"3_{media_id}",
                }
            )
    return {"text": html.escape(text, quote=False), "urls": urls}


@bp.get("/users/me")
@requires_signature(Scope.READ)
def me() -> Response:
    identity = {"id": accounts.X_USER_ID, "name": accounts.X_NAME, "username": accounts.X_USERNAME}
    answer = jsonify({"data": identity})
    answer.headers["x-access-level"] = (
        "read" if practice().faults.take("x", Scope.READ, Kind.NARROWED) else "read-write"
    )
    return answer


@bp.get("/users/<user_id>/tweets")
@requires_signature(Scope.READ)
def timeline(user_id: str) -> Response:
    if user_id != accounts.X_USER_ID:
        raise Refusal(404, "Not Found Error", f"Could not find user with id: [{user_id}].")
    try:
        start = parse_time(request.args["start_time"]) if "start_time" in request.args else None
        limit = int(request.args.get("max_results", "10"))
        skip = int(request.args.get("pagination_token", "0"))
    except ValueError as error:
        raise invalid("A parameter cannot be read", "start_time", request.args.get("start_time", "")) from error
    if not 5 <= limit <= 100:
        raise invalid("max_results must be between 5 and 100", "max_results", str(limit))
    fields = _fields()
    found = [post for post in practice().store.posts("x") if start is None or post.at >= start]
    page = found[skip : skip + limit]
    meta: dict[str, Any] = {"result_count": len(page)}
    if page:
        meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
    if len(found) > skip + limit:
        meta["next_token"] = str(skip + limit)
    body: dict[str, Any] = {"meta": meta}
    if page:
        body["data"] = [_listed(post, fields) for post in page]
    return jsonify(body)


@bp.get("/tweets/<post_id>")
@requires_signature(Scope.READ)
def one_tweet(post_id: str) -> Response:
    post = practice().store.post(post_id)
    if post is None or post.platform != "x" or is_deleted("x"):
        problem = {
            "title": "Not Found Error",
            "detail": f"Could not find tweet with id: [{post_id}].",
            "type": "https://api.twitter.com/2/problems/resource-not-found",
            "resource_type": "tweet",
            "resource_id": post_id,
        }
        return jsonify({"errors": [problem]})
    fields = _fields()
    return jsonify({"data": _listed(post, fields) | _counted(post, fields)})


@bp.delete("/tweets/<post_id>")
@requires_signature(Scope.PUBLISH)
def delete_tweet(post_id: str) -> Response:
    """Delete a post of the account."""
    parts = practice()
    post = parts.store.post(post_id)
    if post is None or post.platform != "x":
        raise Refusal(404, "Not Found Error", f"Could not find tweet with id: [{post_id}].")
    parts.store.delete_post(post_id)
    if parts.faults.take("x", Scope.PUBLISH, Kind.REPLY_LOST):
        return lose_reply()
    return jsonify({"data": {"deleted": True}})


def _fields() -> set[str]:
    """Which fields of a post are asked for, by the older or the newer name."""
    return set(request.args.get("post.fields", request.args.get("tweet.fields", "")).split(","))


def _counted(post: StoredPost, fields: set[str]) -> dict[str, Any]:
    found = figures_of(post)
    public = {
        "repost_count": found.shares // 2,
        **({} if practice().strict else {"retweet_count": found.shares // 2}),
        "quote_count": found.shares - found.shares // 2,
        "reply_count": found.comments,
        "like_count": found.reactions,
        "bookmark_count": found.saves,
        "impression_count": found.views,
    }
    own = {"impression_count": found.views, "url_link_clicks": found.clicks, "user_profile_clicks": found.clicks // 3}
    return {name: value for name, value in (("public_metrics", public), ("non_public_metrics", own)) if name in fields}


def _listed(post: StoredPost, fields: set[str]) -> dict[str, Any]:
    shown = _shown(post)
    entry: dict[str, Any] = {"id": post.id, "text": shown["text"], "edit_history_tweet_ids": [post.id]}
    if "created_at" in fields:
        entry["created_at"] = post.at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if "entities" in fields and (shown["urls"] or practice().strict):
        entry["entities"] = {"urls": shown["urls"] or None}  # OpenAPI 2.167 allows both
    return entry


# media


def _media_answer(media_id: str, size: int) -> Response:
    data = {"id": media_id, "media_key": f"3_{media_id}", "size": size, "expires_after_secs": 86_400}
    return jsonify({"data": data})


def _keep_image(content: bytes, mime: str, media_id: str = "") -> Response:
    if mime not in IMAGE_MIMES or not _looks_like(content, mime):
        raise invalid("The media type is not recognized.", "media_type", mime)
    if len(content) > MAX_IMAGE_BYTES:
        raise invalid(f"File size exceeds {MAX_IMAGE_BYTES} bytes.", "media", str(len(content)))
    store = practice().store
    return _media_answer(store.add_file("x", mime, content, file_id=media_id), len(content))


def _looks_like(content: bytes, mime: str) -> bool:
    return _sniff(content) == mime


def _sniff(content: bytes) -> str:
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"GIF8"):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "application/octet-stream"


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(cast("str", text), validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise invalid("media is not base64", "media", str(text)) from error


@bp.post("/media/upload")
@requires_signature(Scope.UPLOAD)
def upload() -> Response:
    """Take a picture in one request: `media` in base64, `media_category` tweet_image."""
    body = _json()
    if body.get("media_category") != "tweet_image":
        raise invalid("media_category is not one of the enumeration", "media_category", str(body.get("media_category")))
    content = _decoded(body.get("media"))
    return _keep_image(content, body.get("media_type") or _sniff(content))


@bp.post("/media/upload/initialize")
@requires_signature(Scope.UPLOAD)
def initialize() -> Response:
    body = _json()
    mime, total = body.get("media_type"), body.get("total_bytes")
    if mime not in IMAGE_MIMES or not isinstance(total, int) or not 0 < total <= MAX_IMAGE_BYTES:
        raise invalid("media_type or total_bytes is invalid", "total_bytes", str(total))
    store = practice().store
    media_id = store.new_id()
    store.write("INSERT INTO uploads VALUES (?, ?, ?)", media_id, mime, total)
    return _media_answer(media_id, 0)


@bp.post("/media/upload/<media_id>/append")
@requires_signature(Scope.UPLOAD)
def append(media_id: str) -> Response:
    """Take a segment as JSON (base64) or as a multipart file; the same segment again replaces itself."""
    _upload_of(media_id)
    if "media" in request.files:
        content, segment = request.files["media"].read(), request.form.get("segment_index", type=int)
    else:
        body = _json()
        content, segment = _decoded(body.get("media")), body.get("segment_index")
    if not isinstance(segment, int) or not 0 <= segment <= 999 or len(content) > MAX_CHUNK_BYTES:
        raise invalid("segment_index or media is invalid", "segment_index", str(segment))
    practice().store.write("INSERT OR REPLACE INTO chunks VALUES (?, ?, ?)", media_id, segment, content)
    return jsonify({"data": {"expires_at": int((practice().store.now() + timedelta(days=1)).timestamp())}})


@bp.post("/media/upload/<media_id>/finalize")
@requires_signature(Scope.UPLOAD)
def finalize(media_id: str) -> Response:
    mime, total = _upload_of(media_id)
    store = practice().store
    rows = store.rows("SELECT segment, bytes FROM chunks WHERE upload_id = ? ORDER BY segment", media_id)
    content = b"".join(row[1] for row in rows)
    if [row[0] for row in rows] != list(range(len(rows))) or len(content) != total:
        raise invalid("Segments do not add up to the size provided in INIT.", "media_id", media_id)
    known = store.file(media_id)
    return _media_answer(media_id, total) if known else _keep_image(content, mime, media_id)


def _upload_of(media_id: str) -> tuple[str, int]:
    rows = practice().store.rows("SELECT mime, total FROM uploads WHERE id = ?", media_id)
    if not rows:
        raise invalid("media_id is not known", "media_id", media_id)
    return rows[0][0], rows[0][1]


@bp.get("/media/upload")
@requires_signature(Scope.UPLOAD)
def upload_status() -> Response:
    media_id = request.args.get("media_id", "")
    kept = practice().store.file(media_id)
    if not kept:
        raise invalid("media_id is not known", "media_id", media_id)
    data = {"id": media_id, "media_key": f"3_{media_id}", "processing_info": {"state": "succeeded"}}
    return jsonify({"data": data})


@bp.post("/media/metadata")
@requires_signature(Scope.UPLOAD)
def metadata() -> Response:
    """Take the alternative text, `{"id": …, "metadata": {"alt_text": {"text": …}}}`: at most 1,000 characters, before
    the post is made."""
    body = _json()
    media_id = str(body.get("id"))
    text = ((body.get("metadata") or {}).get("alt_text") or {}).get("text")
    store = practice().store
    if not store.file(media_id):
        raise invalid("media id is not known", "id", media_id)
    if not isinstance(text, str) or not 0 < len(text) <= MAX_ALT_TEXT:
        raise invalid("alt_text is invalid", "metadata.alt_text.text", str(text))
    store.write("UPDATE files SET alt_text = ? WHERE id = ?", text, media_id)
    return jsonify({"data": {"id": media_id, "associated_metadata": {"alt_text": {"text": text}}}})
