"""Put the practice year together; see year.py."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.base.media.storage import Storage
from app.base.people.models import Organisation, User
from app.demo import planted
from app.demo.year import Year, is_filled
from app.demo.year_campaigns import fill_campaigns
from app.demo.year_evaluation import fill_evaluation
from app.demo.year_events import fill_events
from app.demo.year_posts import fill_posts
from app.demo.year_print import draw_pieces, fill_print
from app.demo.year_promises import fill_promises
from app.demo.year_surveys import fill_year_surveys


def fill_year(
    session: Session,
    people: Mapping[str, User],
    organisations: Mapping[str, Organisation],
    *,
    storage: Storage,
    now: datetime,
    tz: str,
    public_url: str,
) -> None:
    """Fill the practice year, only where the villages of planted.py are, and nothing a second time."""
    year = Year(session, people, organisations, storage, now, ZoneInfo(tz), public_url)
    if is_filled(session) or not {*planted.NEVER_REACHED, *planted.LONG_AGO} <= set(year.villages):
        return
    campaigns = fill_campaigns(year)
    fill_events(year, campaigns)
    pieces = draw_pieces(year, campaigns)
    fill_print(year, pieces)
    fill_posts(year, campaigns, pieces)
    fill_year_surveys(year, campaigns)
    fill_promises(year, campaigns)
    fill_evaluation(year, campaigns)
