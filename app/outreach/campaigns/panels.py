"""What higher rooms show on the page of a campaign, without this room knowing them; see app/base/web/panels.py."""

from app.base.web.panels import Line, Panel, Panels
from app.outreach.campaigns.models import Campaign

__all__ = ["Line", "Panel", "panel", "panels"]

PANELS: Panels[Campaign] = Panels()
panel, panels = PANELS.register, PANELS.of
