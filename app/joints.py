"""Where rooms meet that may not know each other: what higher rooms hand to lower ones, in one place.

Every slot of `app/kernel/slots.py` is filled here and nowhere else, in the order in which it is read. Whoever starts
Gaung calls `join`: the factory, and what works without an application.
"""

from functools import cache

from app.assessments import files as assessments
from app.commitments import files as commitments
from app.communities import files as communities
from app.events import access as event_access
from app.events import files as events
from app.field import files as field
from app.instruments import files as instruments
from app.kernel.slots import seal
from app.media import holders
from app.mosaic import files as mosaic
from app.posts import files as posts
from app.printing import files as printing
from app.programmes import files as programmes
from app.publishing import files as publishing
from app.recaps import files as recaps
from app.surveys import files as surveys
from app.training import files as training
from app.training.access import SESSIONS


@cache
def join() -> None:
    """Fill and seal every slot; a second time does nothing."""
    _who_may()
    seal()


def _who_may() -> None:
    """Fill what decides on rights."""
    holders.HOLDERS.fill(
        *posts.HOLDERS,
        *printing.HOLDERS,
        *publishing.HOLDERS,
        *events.HOLDERS,
        *field.HOLDERS,
        *communities.HOLDERS,
        *commitments.HOLDERS,
        *training.HOLDERS,
        *assessments.HOLDERS,
        *programmes.HOLDERS,
        *surveys.HOLDERS,
        *recaps.HOLDERS,
        *mosaic.HOLDERS,
    )
    holders.LISTINGS.fill(*publishing.LISTINGS, *instruments.LISTINGS)
    event_access.KEEPERS.fill(SESSIONS)
