"""What higher rooms show on the page of a campaign, without this room knowing them; see app/web/panels.py."""

from app.campaigns.models import Campaign
from app.web.panels import Line, Panel, Panels

__all__ = ["Line", "Panel", "panel", "panels"]

PANELS: Panels[Campaign] = Panels()
panel, panels = PANELS.register, PANELS.of
