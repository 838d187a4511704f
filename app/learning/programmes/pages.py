"""The line of tabs over the pages of training as a whole."""

from collections.abc import Iterable
from typing import Any

from flask import request, url_for

from app.base.web.menu import may_open
from app.learning.programmes.panels import TABS, Tab


def draw_tabs(tabs: Iterable[Tab], **values: Any) -> list[dict[str, Any]]:
    """Return [{url, label, current}] of the tabs that this person may open, in their order."""
    here = request.endpoint or ""

    def fits(tab: Tab) -> bool:
        return any(here.startswith(prefix) for prefix in (tab.endpoint, *tab.family))

    return [
        {"url": url_for(tab.endpoint, **values), "label": tab.label, "current": fits(tab)}
        for tab in sorted(tabs, key=lambda tab: tab.order)
        if may_open(tab.endpoint)
    ]


def training_tabs() -> list[dict[str, Any]]:
    return draw_tabs(TABS)
