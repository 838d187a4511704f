"""Figures of a practice post: they grow with its age and are the same for the same post and time."""

import hashlib
import math
from dataclasses import dataclass

from app.practice.faults import Kind, Scope
from app.practice.store import StoredPost
from app.practice.wire import practice

FEWEST, MOST = 180, 2400
"""Showings of a post after four weeks."""
HALF_SEEN = 16.0  # hours after which half of them have happened


@dataclass(frozen=True)
class Figures:
    views: int
    reach: int
    reactions: int
    comments: int
    shares: int
    saves: int
    clicks: int


def figures_of(post: StoredPost) -> Figures:
    parts = practice()
    seed = hashlib.sha256(post.id.encode()).digest()
    hours = max(0.0, (parts.store.now() - post.at).total_seconds() / 3600)
    seen = 1 - math.exp(-math.log(2) * hours / HALF_SEEN)
    views = (FEWEST + seed[0] / 255 * (MOST - FEWEST)) * seen
    if parts.faults.take(post.platform, Scope.READ, Kind.CORRECTED):
        views /= 2

    def share(of: float, least: float, most: float, place: int) -> int:
        return round(of * (least + seed[place] / 255 * (most - least)))

    return Figures(
        views=round(views),
        reach=share(views, 0.6, 0.85, 1),
        reactions=share(views, 0.01, 0.06, 2),
        comments=share(views, 0.0, 0.012, 3),
        shares=share(views, 0.0, 0.015, 4),
        saves=share(views, 0.0, 0.008, 5),
        clicks=share(views, 0.002, 0.03, 6),
    )


def is_deleted(platform: str) -> bool:
    """Decide whether the trouble is on that somebody deleted the post."""
    return practice().faults.take(platform, Scope.READ, Kind.DELETED) is not None
