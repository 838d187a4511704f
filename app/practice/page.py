"""The Graph of a Facebook Page on loopback: photos, feed, published posts. After developers.facebook.com (v26.0)."""

import json
import re
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.practice import accounts
from app.practice.faults import Kind, Scope
from app.practice.figures import figures_of, is_deleted
from app.practice.graph import (
    TOKENS,
    GraphError,
    graph_time,
    hide,
    init_graph,
    insights_of,
    no_such_account,
    no_such_object,
    parameters,
    requires_token,
    select_fields,
    token_owner,
)
from app.practice.instagram import instagram_insights, instagram_node
from app.practice.store import StoredPost
from app.practice.wire import lose_reply, parse_time, practice, wall_link

bp = Blueprint("practice_page", __name__, url_prefix="/<any_version:version>")
init_graph(bp)

MAX_MESSAGE = 63_206
MAX_PHOTO_BYTES = 10 * 1024 * 1024
PAGE = {"id": accounts.PAGE_ID, "name": accounts.PAGE_NAME, "category": "Government organization"}
RIGHTS = {
    "facebook": ("pages_manage_posts", "pages_read_engagement", "pages_show_list"),
    "instagram": ("instagram_content_publish", "instagram_basic", "pages_show_list"),
}
IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}


def _own(page_id: str) -> None:
    if page_id not in {accounts.PAGE_ID, "me"}:
        raise no_such_account(page_id)


@bp.post("/<page_id>/photos")
@requires_token("facebook", Scope.UPLOAD)
def photos(page_id: str) -> Response:
    """Take a photo: `source` as a file; `published=false` keeps it off the Page until a feed post attaches it."""
    _own(page_id)
    values = parameters()
    upload = next(iter(request.files.values()), None)
    if upload is None:
        raise GraphError(324, "(#324) Requires upload file")
    content = upload.read()
    mime = next((mime for start, mime in IMAGES.items() if content.startswith(start)), None)
    if mime is None or len(content) > MAX_PHOTO_BYTES:
        raise GraphError(100, "(#100) Invalid image file")
    store = practice().store
    photo_id = store.add_file("facebook", mime, content, alt_text=values.get("alt_text_custom", ""))
    answer = {"id": photo_id}
    if str(values.get("published", "true")).lower() not in {"false", "0"}:
        answer["post_id"] = _publish(values.get("caption") or values.get("message") or "", [photo_id], None).id
    return jsonify(answer)


@bp.post("/<page_id>/feed")
@requires_token("facebook", Scope.PUBLISH)
def feed(page_id: str) -> Response:
    _own(page_id)
    values = parameters()
    message, link = values.get("message") or "", values.get("link")
    attached = _attached(values)
    if not message and not attached and not link:
        raise GraphError(100, "(#100) A post needs a message, a link or an attachment")
    if len(message) > MAX_MESSAGE:
        raise GraphError(100, "(#100) Param message is too long")
    store = practice().store
    for photo_id in attached:
        kept = store.file(photo_id)
        if kept is None or kept.platform != "facebook":
            raise GraphError(100, f"(#100) No permission to attach media_fbid {photo_id}")
    newest = next(iter(store.posts("facebook")), None)
    if newest and newest.text == message and not attached and not newest.files:
        raise GraphError(506, "(#506) Duplicate status message")
    post = _publish(message, attached, link)
    if practice().faults.take("facebook", Scope.PUBLISH, Kind.REPLY_LOST):
        return lose_reply()
    return jsonify({"id": post.id})


def _publish(message: str, photo_ids: list[str], link: str | None) -> StoredPost:
    store = practice().store
    data = {"files": photo_ids, "link": link, "name": accounts.PAGE_NAME}
    return store.add_post(
        "facebook", accounts.PAGE_NAME, message, post_id=f"{accounts.PAGE_ID}_{store.new_id()}", data=data
    )


def _attached(values: dict[str, Any]) -> list[str]:
    """`attached_media[0]={"media_fbid": …}` or one JSON list, as both are taken."""
    entries: list[Any] = []
    whole = values.get("attached_media")
    try:
        if whole is not None:
            entries = json.loads(whole) if isinstance(whole, str) else list(whole)
        keys = [key for key in values if re.fullmatch(r"attached_media\[\d+\]", key)]
        entries += [json.loads(values[key]) for key in sorted(keys, key=lambda key: int(key[15:-1]))]
        return [str(entry["media_fbid"]) for entry in entries]
    except (ValueError, KeyError, TypeError) as error:
        raise GraphError(100, "(#100) Param attached_media is malformed") from error


@bp.get("/<page_id>/published_posts")
@bp.get("/<page_id>/feed")
@bp.get("/<page_id>/posts")
@requires_token("facebook", Scope.READ)
def published_posts(page_id: str) -> Response:
    _own(page_id)
    since, until = _bound("since"), _bound("until")
    limit = min(100, request.args.get("limit", 25, type=int))
    after = request.args.get("after", 0, type=int)
    found = [
        post
        for post in practice().store.posts("facebook")
        if (since is None or post.at >= since) and (until is None or post.at <= until)
    ]
    page = found[after : after + limit]
    body: dict[str, Any] = {
        "data": [
            select_fields(_post_node(post), request.args.get("fields", ""), default=("message", "created_time"))
            for post in page
        ]
    }
    if len(found) > after + limit:
        body["paging"] = {"cursors": {"after": str(after + limit)}, "next": "next"}
    return jsonify(body)


def _bound(name: str) -> datetime | None:
    try:
        return parse_time(request.args[name]) if name in request.args else None
    except ValueError as error:
        raise GraphError(100, f"(#100) Invalid parameter {name}") from error


def _post_node(post: StoredPost) -> dict[str, Any]:
    node = {
        "id": post.id,
        "message": post.text,
        "created_time": graph_time(post.at),
        "permalink_url": wall_link("facebook", post.id),
        "is_published": True,
        "from": {"id": accounts.PAGE_ID, "name": accounts.PAGE_NAME},
    }
    if post.data.get("link"):
        node["attachments"] = {"data": [{"type": "share", "unshimmed_url": post.data["link"]}]}
    return node


def _counted(post: StoredPost) -> dict[str, Any]:
    found = figures_of(post)
    counted: dict[str, Any] = {
        "reactions": {"data": [], "summary": {"total_count": found.reactions}},
        "comments": {"data": [], "summary": {"total_count": found.comments, "order": "ranked"}},
    }
    if found.shares:  # the Graph leaves it out while nobody shared the post
        counted["shares"] = {"count": found.shares}
    return counted


@bp.get("/me/accounts")
def accounts_of_me(version: str) -> Response:
    owner = token_owner()
    page = {**PAGE, "access_token": accounts.PAGE_TOKEN if owner == "facebook" else ""}
    return jsonify({"data": [{key: value for key, value in page.items() if value}]})


@bp.get("/debug_token")
def debug_token(version: str) -> Response:
    """Return the end and the rights of the token in `input_token`, as the Graph does for one of the same application.

    One that never ends has 0; both practice tokens are such, until a trouble gives them an end.
    """
    token_owner()
    owner = TOKENS.get(request.args.get("input_token", ""))
    if owner is None:
        return jsonify({"data": {"is_valid": False, "error": {"code": 190, "message": "Invalid OAuth access token"}}})
    faults = practice().faults
    ending = faults.take(owner, Scope.READ, Kind.ENDING)
    rights = RIGHTS[owner][1:] if faults.take(owner, Scope.READ, Kind.NARROWED) else RIGHTS[owner]
    until = int(practice().store.now().timestamp() + ending.seconds) if ending else 0
    facts = {"app_id": "1", "type": "PAGE", "is_valid": True, "expires_at": until, "data_access_expires_at": until}
    return jsonify({"data": {**facts, "scopes": list(rights)}})


@bp.get("/<node_id>")
def node(version: str, node_id: str) -> Response:
    """Return a Page, a post, a photo, an Instagram account, container or media, by the token that may see it."""
    fields = request.args.get("fields", "")
    if token_owner() == "instagram":
        return instagram_node(node_id, fields)
    return _page_node(node_id=node_id, fields=fields)


@requires_token("facebook", Scope.READ)
def _page_node(node_id: str, fields: str) -> Response:
    if node_id in {"me", accounts.PAGE_ID}:
        return jsonify(select_fields(PAGE, fields, default=("name",)))
    hide("facebook", node_id)
    store = practice().store
    if is_deleted("facebook"):
        store.delete_post(node_id)
    post = store.post(node_id)
    if post and post.platform == "facebook":
        return jsonify(select_fields(_post_node(post) | _counted(post), fields, default=("message", "created_time")))
    photo = store.file(node_id)
    if photo and photo.platform == "facebook":
        entry = {"id": photo.id, "alt_text_custom": photo.alt_text, "created_time": graph_time(photo.at)}
        return jsonify(select_fields(entry, fields, default=("created_time",)))
    raise no_such_object(node_id)


@bp.delete("/<node_id>")
@requires_token("facebook", Scope.PUBLISH)
def delete_node(node_id: str) -> Response:
    """Delete a post of the Page; one that is not there is refused as an object that may not be seen."""
    store = practice().store
    post = store.post(node_id)
    if post is None or post.platform != "facebook":
        raise no_such_object(node_id)
    store.delete_post(node_id)
    if practice().faults.take("facebook", Scope.PUBLISH, Kind.REPLY_LOST):
        return lose_reply()
    return jsonify({"success": True})


@bp.get("/<node_id>/insights")
def insights(version: str, node_id: str) -> Response:
    """Return figures of a post of the Page or of Instagram, by the token that may see it."""
    wanted = request.args.get("metric", "").split(",")
    if token_owner() == "instagram":
        return instagram_insights(node_id, wanted)
    return _page_insights(node_id=node_id, wanted=wanted)


@requires_token("facebook", Scope.READ)
def _page_insights(node_id: str, wanted: list[str]) -> Response:
    hide("facebook", node_id)
    post = practice().store.post(node_id)
    if post is None or post.platform != "facebook":
        raise no_such_object(node_id)
    found = figures_of(post)
    known = {
        "post_media_view": found.views,
        "post_total_media_view_unique": found.reach,
        "post_clicks": found.clicks,
    }
    return jsonify(insights_of(node_id, known, wanted))
