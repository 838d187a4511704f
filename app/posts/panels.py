"""What higher rooms show on the page of a post, without this room knowing them; see app/web/panels.py."""

from app.posts.models import Post
from app.web.panels import Line, Panel, Panels

__all__ = ["Line", "Panel", "panel", "panels"]

PANELS: Panels[Post] = Panels()
panel, panels = PANELS.register, PANELS.of
