"""What higher rooms show on the page of a post, without this room knowing them; see app/base/web/panels.py."""

from app.base.web.panels import Panels
from app.outreach.posts.models import Post

PANELS = Panels[Post]("posts.panels")
