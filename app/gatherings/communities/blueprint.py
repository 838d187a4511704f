from typing import Any

from flask import Blueprint

from app.base.people.identity import shown_phone
from app.base.web.guard import current_actor, signed_in
from app.gatherings.communities import states
from app.gatherings.communities.access import keeps_register
from app.gatherings.events.states import BADGES, LABELS

bp = Blueprint("communities", __name__, template_folder="templates")


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "kinds": states.KINDS,
        "short_kinds": states.SHORT_KINDS,
        "member_roles": states.MEMBER_ROLES,
        "activities": states.ACTIVITIES,
        "activity_badges": states.ACTIVITY_BADGES,
        "completeness_words": states.COMPLETENESS,
        "completeness_badges": states.COMPLETENESS_BADGES,
        "event_statuses": LABELS,
        "event_badges": BADGES,
        "shown_phone": shown_phone,
        "keeps_register": signed_in() and keeps_register(current_actor()),
    }
