"""What higher rooms show on the page of an event, without this room knowing them; see app/web/panels.py."""

from app.events.models import Event
from app.web.panels import Line, Panel, Panels

__all__ = ["Line", "Panel", "panel", "panels"]

PANELS: Panels[Event] = Panels()
panel, panels = PANELS.register, PANELS.of

SECTIONS: list[str] = []
"""Templates of higher rooms that stand on the page of an event with what they ask themselves; given `event`."""
