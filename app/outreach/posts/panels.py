"""What higher rooms show on the page of a post, without this room knowing them; see app/base/web/panels.py."""

from app.base.web.panels import Line, Panel, Panels
from app.outreach.posts.models import Post

__all__ = ["Line", "Panel", "panel", "panels"]

PANELS: Panels[Post] = Panels()
panel, panels = PANELS.register, PANELS.of
