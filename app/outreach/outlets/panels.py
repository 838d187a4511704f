"""What higher rooms show on the page of an outlet, without this room knowing them; see app/base/web/panels.py."""

from app.base.web.panels import Panels
from app.outreach.outlets.models import Outlet

PANELS = Panels[Outlet]("outlets.panels")
