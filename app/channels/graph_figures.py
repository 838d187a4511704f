"""Figures of a post at the Graph: what can be asked about, and whether a post that is not shown is gone."""

from datetime import datetime, timedelta

from app.channels.graph import Graph, id_of, read_time
from app.outreach.outlets.ports import PROVISIONAL, ChannelError, Gone, NotSent

OLDEST = timedelta(days=30)
"""Figures are asked for in the first four weeks: what the account lists before is no post of theirs."""


def may_be_measured(remote_id: str) -> None:
    """Raise NotSent for what is no number of a post, or not yet its right one."""
    if remote_id.startswith(PROVISIONAL):
        raise NotSent("Unggahannya sudah tayang, nomornya belum terdaftar")
    if id_of(remote_id) is None:
        raise NotSent("Nomor unggahannya tidak terbaca")


def gone_or_hidden(
    graph: Graph, edge: str, remote_id: str, token: str, time_field: str, now: datetime, hidden: ChannelError
) -> ChannelError:
    """Return Gone where the account's own list does not have the post either, else NotSent: 100/33 alone says nothing.

    Raises what reading the list raises.
    """
    for posts in graph.pages(edge, token, now=now, fields=f"id,{time_field}", limit=100):
        if any(id_of(post.get("id")) == remote_id for post in posts):
            return NotSent(f"Unggahannya masih ada, tetapi tidak dapat dibaca: {hidden.detail}")
        times = [read_time(post.get(time_field)) for post in posts]
        if posts and all(at is not None and at < now - OLDEST for at in times):
            break
    return Gone(hidden.detail, request_id=hidden.request_id)
