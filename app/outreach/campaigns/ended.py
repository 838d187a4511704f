"""The slot of what higher rooms do the moment a campaign is ended, without this room knowing them."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel.slots import Slot
from app.outreach.campaigns.models import Campaign

ENDED = Slot[Callable[[Session, Campaign, datetime], None]]("campaigns.ended")
"""Called once the campaign is ended, in the same transaction. They flush and never commit."""
