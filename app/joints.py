"""Where rooms meet that may not know each other: what higher rooms hand to lower ones, in one place.

Every slot of `app/kernel/slots.py` is filled here, or in `app/joints_pages.py` where it is shown on a page, or in
`app/joints_templates.py` where it is a name in templates, and nowhere else. Whoever starts Gaung calls `join`: the
factory, and what works without an application.
"""

from functools import cache

from app.base.access import trail_words as access_trail
from app.base.areas import trail_words as areas_trail
from app.base.confirmations import trail_words as confirmations_trail
from app.base.confirmations.kinds import KINDS as CHANGES
from app.base.confirmations.kinds_access import NEW_FACTOR
from app.base.confirmations.kinds_people import DELEGATION, NEW_PASSWORD, RIGHTS
from app.base.media import holders
from app.base.media import trail_words as media_trail
from app.base.notices import attachments
from app.base.notices import queries as inbox
from app.base.people import trail_words as people_trail
from app.base.trail import sentences
from app.base.trail import trail_words as trail_trail
from app.base.web import trail_words as web_trail
from app.evidence.instruments import files as instruments
from app.evidence.instruments import panels as instrument_panels
from app.evidence.instruments import queries as instrument_queries
from app.evidence.instruments import trail_words as instruments_trail
from app.evidence.responses import totals
from app.evidence.responses import trail_words as responses_trail
from app.evidence.responses.bursts.detection import GATHERINGS
from app.evidence.results import goals
from app.evidence.results import trail_words as results_trail
from app.evidence.surveys import files as surveys
from app.evidence.surveys import panels as survey_panels
from app.evidence.surveys import trail_words as surveys_trail
from app.evidence.surveys.models import Wave
from app.evidence.surveys.waves import proposals
from app.evidence.surveys.waves import routes_panels as wave_pages
from app.gatherings.attendance import trail_words as attendance_trail
from app.gatherings.communities import files as communities
from app.gatherings.communities import trail_words as communities_trail
from app.gatherings.communities.projects import PROJECTS
from app.gatherings.events import access as event_access
from app.gatherings.events import files as events
from app.gatherings.events import panels as event_panels
from app.gatherings.events import reach
from app.gatherings.events import trail_words as events_trail
from app.gatherings.events.planning import clashes, editing
from app.gatherings.events.queries import has_event_in
from app.gatherings.field import answers as interviews
from app.gatherings.field import files as field
from app.gatherings.field import trail_words as field_trail
from app.gatherings.field.intake import KINDS as RECORDS
from app.gatherings.field.records import ACTIVITY
from app.gatherings.reports import contacts
from app.gatherings.reports import queries as report_queries
from app.gatherings.reports import trail_words as reports_trail
from app.handover import trail_words as handover_trail
from app.joints_pages import fill_pages
from app.joints_templates import fill_template_names
from app.kernel.slots import seal
from app.kits import trail_words as kits_trail
from app.learning.assessments import files as assessments
from app.learning.assessments import finishing as assessment_finishing
from app.learning.assessments import retention as assessment_retention
from app.learning.assessments import trail_words as assessments_trail
from app.learning.assessments.models import FinishedCriterion, Mark, Paper
from app.learning.assessments.papers import routes_panels as paper_pages
from app.learning.assessments.works import rubric
from app.learning.certificates import erasing as certificate_erasing
from app.learning.certificates import issued, mailing, outcomes
from app.learning.certificates import trail_words as certificates_trail
from app.learning.programmes import files as programmes
from app.learning.programmes import queries as programme_queries
from app.learning.programmes import trail_words as programmes_trail
from app.learning.projects import ended as project_ended
from app.learning.projects import trail_words as projects_trail
from app.learning.projects.queries import projects_of_group
from app.learning.skills import evidence, levels, persons, villages_reached
from app.learning.skills import trail_words as skills_trail
from app.learning.training import files as training
from app.learning.training import practice, retention, selects
from app.learning.training import routes_panels as session_pages
from app.learning.training import trail_words as training_trail
from app.learning.training.access import SESSIONS
from app.learning.training.admission import overlaps
from app.learning.training.batches import finishing, plans
from app.learning.training.models import BatchSession
from app.learning.training.participants import service as participants
from app.learning.training.sessions import service as sessions
from app.outreach.campaigns import ended as campaign_ended
from app.outreach.campaigns import goal_results
from app.outreach.campaigns import trail_words as campaigns_trail
from app.outreach.outlets import trail_words as outlets_trail
from app.outreach.outlets.confirming import CONNECTION, DISCONNECTION
from app.outreach.outlets.service import CONNECTED
from app.outreach.posts import files as posts
from app.outreach.posts import trail_words as posts_trail
from app.outreach.printing import files as printing
from app.outreach.printing import trail_words as printing_trail
from app.outreach.publishing import files as publishing
from app.outreach.publishing import trail_words as publishing_trail
from app.outreach.publishing.preflight.service import settle_connected
from app.oversight.commitments import files as commitments
from app.oversight.commitments import trail_words as commitments_trail
from app.oversight.control import digest
from app.oversight.insights import chain_impact, weekly
from app.oversight.insights import trail_words as insights_trail
from app.oversight.mosaic import files as mosaic
from app.oversight.mosaic import trail_words as mosaic_trail
from app.oversight.recaps import files as recaps
from app.oversight.recaps import trail_words as recaps_trail
from app.oversight.scorecard import trail_words as scorecard_trail


@cache
def join() -> None:
    """Fill and seal every slot; a second time does nothing."""
    _who_may()
    _what_else_there_is()
    _training()
    _events()
    _surveys()
    _notices()
    _field()
    _trail()
    fill_pages()
    fill_template_names()
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
    CONNECTED.fill(settle_connected)
    PROJECTS.fill(projects_of_group)
    GATHERINGS.fill(has_event_in)


def _training() -> None:
    """Fill what rooms do that build on a batch and its people."""
    retention.ERASED.fill(assessment_retention.forget, certificate_erasing.forget, evidence.forget_words)
    finishing.FINISHED.fill(assessment_finishing.end, outcomes.settle)
    finishing.RESUMED.fill(rubric.forget, outcomes.unsettle)
    plans.RULE_KEPT.fill(outcomes.was_used)
    participants.SKILLS_HELD.fill(levels.levels_of)
    practice.EVIDENCE.fill(persons.evidence)
    issued.ISSUED.fill(evidence.note_certificates)
    issued.REVOKED.fill(evidence.withdraw_certificate)
    project_ended.ENDED.fill(evidence.withdraw_project)
    programme_queries.BATCHES.fill(selects.BATCHES_HELD)
    programme_queries.TAUGHT.fill(BatchSession.module_id)
    programme_queries.MARKED.fill(Mark.criterion_id, FinishedCriterion.criterion_id)


def _events() -> None:
    """Fill what rooms know of events that are part of something of theirs."""
    event_panels.UNREPORTED.fill(session_pages.is_session)
    event_panels.PEOPLE_ELSEWHERE.fill(session_pages.people_of_batch)
    event_panels.DOORS.fill(session_pages.lead_to_batch)
    clashes.SEATED.fill(overlaps.of_session)
    editing.RESCHEDULED.fill(sessions.follow_time)
    contacts.SOURCES.fill(contacts.EVENT_CONTACTS, contacts.PRINT_CONTACTS, villages_reached.TRAINING)
    reach.SIMULATED.fill(selects.SIMULATED_MEETINGS)
    report_queries.REPORTED_ELSEWHERE.fill(selects.MEETINGS)


def _surveys() -> None:
    """Fill what rooms know of questions and answers."""
    campaign_ended.ENDED.fill(proposals.propose_at_end)
    goal_results.OFFERS.fill(goals.offered)
    instrument_panels.USES.fill(paper_pages.papers_with, wave_pages.waves_with)
    survey_panels.ANSWERS.fill(totals.count_answers)
    survey_panels.SPREAD.fill(totals.count_by_place)
    instrument_queries.SURVEYS.fill(Wave.instrument_version_id)
    instrument_queries.PAPERS.fill(Paper.instrument_version_id)
    chain_impact.ALLOWED.fill()  # no design with a comparison group yet


def _notices() -> None:
    """Fill what goes along with a notice, and who gets the weekly summary."""
    attachments.MAKERS.fill({mailing.KIND: mailing.attach})
    attachments.SENT.fill({mailing.KIND: mailing.note_sent})
    inbox.SUMMARIES.fill(digest.is_offered)
    digest.OPENINGS.fill(weekly.opening)


def _field() -> None:
    """Fill what devices record."""
    RECORDS.fill({ACTIVITY.name: ACTIVITY.take, interviews.KIND: interviews.take_interview})


def _trail() -> None:
    """Fill what the trail says of each room's records."""
    for room in (
        access_trail,
        areas_trail,
        confirmations_trail,
        media_trail,
        people_trail,
        trail_trail,
        web_trail,
        instruments_trail,
        responses_trail,
        results_trail,
        surveys_trail,
        attendance_trail,
        communities_trail,
        events_trail,
        field_trail,
        reports_trail,
        handover_trail,
        kits_trail,
        assessments_trail,
        certificates_trail,
        programmes_trail,
        projects_trail,
        skills_trail,
        training_trail,
        campaigns_trail,
        outlets_trail,
        posts_trail,
        printing_trail,
        publishing_trail,
        commitments_trail,
        insights_trail,
        mosaic_trail,
        recaps_trail,
        scorecard_trail,
    ):
        sentences.ACTIONS.fill(room.ACTIONS)
        sentences.SUBJECTS.fill(room.SUBJECTS)
    sentences.OF_ROOMS.fill(outlets_trail.word_of)
