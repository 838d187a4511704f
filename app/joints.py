"""Where rooms meet that may not know each other: what higher rooms hand to lower ones, in one place.

Whoever starts Gaung calls `join`: the factory, and what works without an application.
"""

from app.assessments import files as assessments
from app.commitments import files as commitments
from app.communities import files as communities
from app.events import access as event_access
from app.events import files as events
from app.field import files as field
from app.instruments import files as instruments
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

HOLDERS = (
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
"""Every foreign key to stored_files with who reads the file through it; tests/media/test_holders.py misses none."""
LISTINGS = (*publishing.LISTINGS, *instruments.LISTINGS)
"""The same for numbers of files inside JSON."""


def join() -> None:
    holders.fill(HOLDERS, LISTINGS)
    event_access.fill([SESSIONS])
