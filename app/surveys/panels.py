"""What higher rooms show on the page of a wave, without this room knowing them; see app/web/panels.py."""

from app.surveys.models import Wave
from app.web.panels import Line, Panel, Panels

__all__ = ["SECTIONS", "Line", "Panel", "panel", "panels"]

PANELS: Panels[Wave] = Panels()
panel, panels = PANELS.register, PANELS.of

SECTIONS: list[str] = []
"""Templates of higher rooms that stand on the page of a wave with what they ask themselves; given `wave`."""
