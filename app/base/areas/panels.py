"""The panels of higher rooms on the page of a village, without this room knowing them; see app/base/web/panels.py."""

from app.base.areas.models import Village
from app.base.web.panels import Panels

PANELS = Panels[Village]("areas.panels")
