"""Where rooms meet that may not know each other: what higher rooms hand to lower ones, in one place.

Every slot of `app/kernel/slots.py` is filled here and nowhere else, in the order in which it is read. Whoever starts
Gaung calls `join`: the factory, and what works without an application.
"""

from functools import cache

from app.assessments import files as assessments
from app.commitments import files as commitments
from app.communities import files as communities
from app.communities.projects import PROJECTS
from app.confirmations.kinds import KINDS as CHANGES
from app.confirmations.kinds_access import NEW_FACTOR
from app.confirmations.kinds_people import DELEGATION, NEW_PASSWORD, RIGHTS
from app.events import access as event_access
from app.events import files as events
from app.events.queries import is_held_in
from app.field import files as field
from app.instruments import files as instruments
from app.kernel.slots import seal
from app.media import holders
from app.mosaic import files as mosaic
from app.outlets.confirming import CONNECTION, DISCONNECTION
from app.posts import files as posts
from app.printing import files as printing
from app.programmes import files as programmes
from app.projects.queries import projects_of_group
from app.publishing import files as publishing
from app.recaps import files as recaps
from app.responses.bursts import GATHERINGS
from app.surveys import files as surveys
from app.training import files as training
from app.training.access import SESSIONS


@cache
def join() -> None:
    """Fill and seal every slot; a second time does nothing."""
    _who_may()
    _what_else_there_is()
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
    confirmed = (RIGHTS, DELEGATION, NEW_PASSWORD, NEW_FACTOR, CONNECTION, DISCONNECTION)
    CHANGES.fill({kind.name: kind for kind in confirmed})


def _what_else_there_is() -> None:
    """Fill what rooms tell of records that others know."""
    PROJECTS.fill(projects_of_group)
    GATHERINGS.fill(is_held_in)
