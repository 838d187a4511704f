"""What higher rooms show on the page of a campaign, without this room knowing them; see app/base/web/panels.py."""

from app.base.web.panels import Panels
from app.outreach.campaigns.models import Campaign

PANELS = Panels[Campaign]("campaigns.panels")
