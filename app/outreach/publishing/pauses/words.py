"""The words of a pause: its reasons and what it stops."""

from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.models import Outlet
from app.outreach.publishing.pauses.models import Pause, PauseReason, PauseScope

REASONS = {
    PauseReason.DISASTER: T("Bencana"),
    PauseReason.MOURNING: T("Duka"),
    PauseReason.MISTAKE: T("Kekeliruan"),
    PauseReason.OTHER: T("Lain"),
}
EVERYTHING = T("Semua penayangan")


def reason_of(pause: Pause) -> T:
    """Return why, with the words that somebody added."""
    reason = REASONS[PauseReason(pause.reason)]
    if not pause.words:
        return reason
    if pause.reason == PauseReason.OTHER:
        return T("%(words)s", words=pause.words)
    return T("%(reason)s: %(words)s", reason=reason, words=pause.words)


def scope_of(session: Session, pause: Pause) -> T:
    """Return what is stopped, by its name."""
    match pause.scope:
        case PauseScope.ORGANISATION:
            organisation = session.get_one(Organisation, pause.organisation_id)
            return T("Materi %(name)s", name=organisation.short_name or organisation.name)
        case PauseScope.CAMPAIGN:
            return T("Program %(name)s", name=session.get_one(Campaign, pause.campaign_id).name)
        case PauseScope.OUTLET:
            return T("Saluran %(name)s", name=session.get_one(Outlet, pause.outlet_id).name)
    return EVERYTHING
