"""HEAD, which every page answers as GET without a body: what was only looked at does not count as read."""

from flask import request

ONLY_HEAD = "gaung.only_head"
"""In the environment of a request that came as HEAD and is answered as GET (web/shell.py)."""


def only_head() -> bool:
    return bool(request.environ.get(ONLY_HEAD)) or request.method == "HEAD"
