"""What higher rooms show on the page of a village, without this room knowing them; see app/base/web/panels.py."""

from app.base.areas.models import Village
from app.base.web.panels import Panels

PANELS = Panels[Village]("areas.panels")
