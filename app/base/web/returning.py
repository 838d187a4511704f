"""The way back from a record to the list as one left it: its filters, order, columns and page.

The session of the browser holds them, for whoever is signed in, of the lists that were narrowed last. A list that is
opened by its bare address always shows everything, and offers what was kept.
"""

from typing import Any

from flask import current_app, request, session, url_for

from app.base.web.guard import current_actor
from app.base.web.query import kept_args

KEPT = "lists"
MOST, LONGEST = 5, 400  # lists; letters of an address: the session travels in a cookie


def keep_list() -> None:
    """Keep how the list of this page is looked at, where it is not looked at as it always is."""
    args, is_page = kept_args(), "text/html" in request.headers.get("Accept", "")
    if not args or not is_page or len(request.query_string) > LONGEST:
        return
    kept = {name: given for name, given in _kept().items() if name != request.endpoint}
    kept[request.endpoint or ""] = args
    session[KEPT] = {"of": current_actor().id, "lists": dict(list(kept.items())[-MOST:])}


def kept_url() -> str | None:
    """Return the address of this list as it was looked at last, where that was kept and this page is not it."""
    args = _kept().get(request.endpoint or "")
    return url_for(request.endpoint or "", **args) if args and not kept_args() else None


def left_list() -> str | None:
    """Return the address of the list that leads to this record, as it was left; None where it was not narrowed."""
    if not request.view_args or not request.blueprint:
        return None
    kept = [name for name in _kept() if name.rpartition(".")[0] == request.blueprint and name != request.endpoint]
    return url_for(kept[-1], **_kept()[kept[-1]]) if kept else None


def _kept() -> dict[str, Any]:
    kept = session.get(KEPT)
    if not kept or kept["of"] != current_actor().id:
        return {}
    # a cookie may be older than the names of the pages
    return {name: args for name, args in kept["lists"].items() if name in current_app.view_functions}
