"""The Graph of an Instagram account on loopback: containers, publishing, media. After developers.facebook.com (v26.0).

A container fetches its picture itself, as Instagram does; here only from loopback addresses.
"""

import ipaddress
import socket
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from flask import Blueprint, Response, jsonify, request

from app.practice import accounts
from app.practice.faults import Kind, Scope
from app.practice.figures import figures_of, is_deleted
from app.practice.graph import (
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
)
from app.practice.store import StoredPost
from app.practice.wire import lose_reply, practice, wall_link

bp = Blueprint("practice_instagram", __name__, url_prefix="/<any_version:version>")
init_graph(bp)

MAX_CAPTION = 2200
MAX_HASHTAGS = 30
MAX_IMAGE_BYTES = 8 * 1024 * 1024
QUOTA = 100
CONTAINER_LIFE = timedelta(hours=24)
FETCH_SECONDS = 10.0


def _own(ig_id: str) -> None:
    if ig_id != accounts.IG_USER_ID:
        raise no_such_account(ig_id)


@bp.post("/<ig_id>/media")
@requires_token("instagram", Scope.UPLOAD)
def media(ig_id: str) -> Response:
    """Make a container: one picture, one item of a carousel, or the carousel itself."""
    _own(ig_id)
    values = parameters()
    caption = values.get("caption") or ""
    if len(caption) > MAX_CAPTION or caption.count("#") > MAX_HASHTAGS:
        raise GraphError(100, "The caption was too long or has too many hashtags", subcode=2207010)
    if str(values.get("media_type", "")).upper() == "CAROUSEL":
        data: dict[str, Any] = {"caption": caption, "files": _children(values)}
    else:
        file_id = _fetch(values.get("image_url") or "", values.get("alt_text") or "")
        data = {"caption": caption, "files": [file_id]}
    data["item"] = str(values.get("is_carousel_item", "")).lower() in {"true", "1"}
    slow = practice().faults.take("instagram", Scope.PUBLISH, Kind.SLOW)
    store = practice().store
    data["ready_at"] = (store.now() + timedelta(seconds=slow.seconds if slow else 0)).isoformat()
    container_id = store.new_id()
    store.save_container(container_id, data)
    return jsonify({"id": container_id})


def _children(values: dict[str, Any]) -> list[str]:
    ids = values.get("children") or []
    names = [name.strip() for name in ids.split(",")] if isinstance(ids, str) else [str(name) for name in ids]
    if not 2 <= len(names) <= 10:
        raise GraphError(100, "A carousel needs 2 to 10 children")
    files: list[str] = []
    for name in names:
        known = practice().store.container(name)
        if known is None or not known[1]["item"]:
            raise GraphError(100, f"Child {name} is not a carousel item")
        files += known[1]["files"]
    return files


def _fetch(address: str, alt_text: str) -> str:
    """Get the picture as Instagram would; raises its error when it cannot, or when it is no fitting JPEG."""
    unreachable = GraphError(9004, "Only photo or video can be accepted as media type.", subcode=2207052)
    if not _on_loopback(address):
        raise unreachable
    try:
        found = httpx.get(address, timeout=FETCH_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        raise unreachable from error
    if found.status_code != 200 or not found.content.startswith(b"\xff\xd8\xff"):
        raise unreachable
    if len(found.content) > MAX_IMAGE_BYTES:
        raise GraphError(36000, "The image size is too large", subcode=2207004)
    return practice().store.add_file("instagram", "image/jpeg", found.content, alt_text=alt_text)


def _on_loopback(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return False
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ipaddress.ip_address(entry[4][0]).is_loopback for entry in found)


def _status(container_id: str) -> tuple[str, dict[str, Any]]:
    known = practice().store.container(container_id)
    if known is None:
        raise GraphError(24, "The requested resource does not exist", subcode=2207006)
    made_at, data = known
    now = practice().store.now()
    if data.get("post_id"):
        return "PUBLISHED", data
    if now > made_at + CONTAINER_LIFE:
        return "EXPIRED", data
    return ("IN_PROGRESS" if now.isoformat() < data["ready_at"] else "FINISHED"), data


@bp.post("/<ig_id>/media_publish")
@requires_token("instagram", Scope.PUBLISH)
def media_publish(ig_id: str) -> Response:
    _own(ig_id)
    container_id = str(parameters().get("creation_id", ""))
    status, data = _status(container_id)
    if status == "EXPIRED":
        raise GraphError(24, "The media container has expired", subcode=2207008)
    if status != "FINISHED":
        raise GraphError(9007, "Media ID is not available", subcode=2207027)
    if _used() >= QUOTA or practice().faults.take("instagram", Scope.PUBLISH, Kind.QUOTA):
        raise GraphError(9, "Application request limit reached", subcode=2207042)
    store = practice().store
    post_id = store.new_id()
    extra = {"files": data["files"], "name": accounts.IG_USERNAME, "container": container_id}
    store.add_post("instagram", accounts.IG_USERNAME, data["caption"], post_id=post_id, data=extra)
    store.save_container(container_id, {**data, "post_id": post_id})
    if practice().faults.take("instagram", Scope.PUBLISH, Kind.REPLY_LOST):
        return lose_reply()
    return jsonify({"id": post_id})


def _used() -> int:
    store = practice().store
    return sum(post.at > store.now() - timedelta(hours=24) for post in store.posts("instagram"))


@bp.get("/<ig_id>/media")
@requires_token("instagram", Scope.READ)
def own_media(ig_id: str) -> Response:
    _own(ig_id)
    limit = min(100, request.args.get("limit", 25, type=int))
    fields = request.args.get("fields", "")
    posts = practice().store.posts("instagram")[:limit]
    return jsonify({"data": [select_fields(_media_node(post), fields, default=()) for post in posts]})


def _media_node(post: StoredPost) -> dict[str, Any]:
    return {
        "id": post.id,
        "caption": post.text,
        "media_type": "CAROUSEL_ALBUM" if len(post.files) > 1 else "IMAGE",
        "alt_text": practice().store.alt_text(post.files[0]),
        "permalink": wall_link("instagram", post.id),
        "timestamp": graph_time(post.at),
        "username": accounts.IG_USERNAME,
    }


@bp.get("/<ig_id>/content_publishing_limit")
@requires_token("instagram", Scope.READ)
def content_publishing_limit(ig_id: str) -> Response:
    _own(ig_id)
    used = QUOTA if practice().faults.take("instagram", Scope.READ, Kind.QUOTA) else _used()
    entry = {"id": "0", "config": {"quota_total": QUOTA, "quota_duration": 86_400}, "quota_usage": used}
    return jsonify({"data": [select_fields(entry, request.args.get("fields", ""), default=("quota_usage",))]})


def instagram_node(node_id: str, fields: str) -> Response:
    return _node(node_id=node_id, fields=fields)


@requires_token("instagram", Scope.READ)
def _node(node_id: str, fields: str) -> Response:
    if node_id == accounts.IG_USER_ID:
        account = {"id": node_id, "username": accounts.IG_USERNAME, "name": accounts.PAGE_NAME}
        return jsonify(select_fields(account, fields, default=("id",)))
    hide("instagram", node_id)
    store = practice().store
    post = store.post(node_id)
    if post and post.platform == "instagram":
        return jsonify(select_fields(_media_node(post), fields, default=("id",)))
    if store.container(node_id) is None:
        raise no_such_object(node_id)
    status, _ = _status(node_id)
    words = {"id": node_id, "status_code": status, "status": f"{status.title()}: Media status."}
    return jsonify(select_fields(words, fields, default=("id",)))


def instagram_insights(node_id: str, wanted: list[str]) -> Response:
    return _insights(node_id=node_id, wanted=wanted)


@requires_token("instagram", Scope.READ)
def _insights(node_id: str, wanted: list[str]) -> Response:
    hide("instagram", node_id)
    if is_deleted("instagram"):
        practice().store.delete_post(node_id)
    post = practice().store.post(node_id)
    if post is None or post.platform != "instagram":
        raise no_such_object(node_id)
    found = figures_of(post)
    known = {
        "views": found.views,
        "reach": found.reach,
        "likes": found.reactions,
        "comments": found.comments,
        "shares": found.shares,
        "saved": found.saves,
        "total_interactions": found.reactions + found.comments + found.shares + found.saves,
    }
    return jsonify(insights_of(node_id, known, wanted))
