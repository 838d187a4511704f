"""What every template may use by its name, of whatever room it is: see `app/base/web/template_names.py`.

Beside these there are `settings` and `sign_in_providers` (`app/factory.py`), and what Flask, Flask-Babel, Flask-Login
and Flask-WTF give.
"""

from app.base.access.proof import due_banner
from app.base.access.routes_devices import places_of
from app.base.access.sessions import shared_idle
from app.base.web import assets, menu, query, returning, shell
from app.base.web.template_names import TEMPLATE_NAMES, Words, word_of
from app.evidence.instruments import pages as instruments
from app.evidence.instruments import states as instrument_states
from app.evidence.surveys import states as survey_states
from app.evidence.surveys.blueprint import wave_badge
from app.gatherings.attendance.presence import ROLES
from app.gatherings.attendance.routes_list import attendance_section
from app.gatherings.events import blueprint as events
from app.gatherings.events import states as event_states
from app.gatherings.events.registration.routes_organiser import registration_section
from app.gatherings.events.routes_photos import photos_section
from app.learning.assessments.papers.pages import shown_gain, shown_score
from app.learning.assessments.papers.pages_answering import own_papers
from app.learning.assessments.person_gain import LEAST
from app.learning.assessments.works.forms import shown_points
from app.learning.assessments.works.routes import assessment_tabs, work_badge
from app.learning.assessments.works.routes_participant import own_works
from app.learning.certificates.blueprint import certificates_of
from app.learning.certificates.codes import format_code
from app.learning.programmes import states as programme_states
from app.learning.programmes.pages import training_tabs
from app.learning.projects import states as project_states
from app.learning.projects.blueprint import own_projects
from app.learning.skills.blueprint import level_badge, skills_known_of
from app.learning.training import states as training_states
from app.learning.training.blueprint import batch_badge, enrolment_badge
from app.learning.training.pages import batch_tabs
from app.outreach.publishing import labels
from app.outreach.publishing import routes as publishing
from app.outreach.publishing import routes_figures as figures
from app.outreach.publishing.pauses import routes as pauses


def fill_template_names() -> None:
    """Fill the names that every template has."""
    _shell()
    _outreach()
    _evidence()
    _gatherings()
    _learning()


def _shell() -> None:
    """Fill what stands around every page, and what lists and links need."""
    TEMPLATE_NAMES.fill({
        "asset": assets.asset,
        "logo_url": assets.logo_url,
        "menu": menu.menu,
        "count_of": menu.count_of,
        "may_open": menu.may_open,
        "link": menu.link,
        "page_url": shell.page_url,
        "kept_args": query.kept_args,
        "kept_url": returning.kept_url,
        "left_list": returning.left_list,
        "factor_due": due_banner,
        "shared_idle": shared_idle,
        "places_of": places_of,
    })  # fmt: skip


def _outreach() -> None:
    TEMPLATE_NAMES.fill({
        "delivery_label": labels.delivery_label,
        "delivery_tone": labels.delivery_tone,
        "closed_for": labels.closed_for,
        "spaced_to": publishing.spaced_to,
        "attempt_words": labels.attempt_words,
        "paused_now": pauses.paused_now,
        "paused_together": pauses.paused_together,
        "figure_names": figures.figure_names,
        "figure_age": figures.figure_age,
        "figure_reason": figures.figure_reason,
        "figure_kind": figures.figure_kind,
    })  # fmt: skip


def _evidence() -> None:
    TEMPLATE_NAMES.fill({
        "survey_audience_words": Words(instrument_states.AUDIENCES),
        "sex_words": Words(instrument_states.SEX_WORDS),
        "age_words": Words(instrument_states.AGE_WORDS),
        "kind_words": Words(instrument_states.KIND_WORDS),
        "when_words": instruments.sentence_of,
        "measure_words": instruments.about_measure,
        "language_name": instruments.language_name,
        "filled": instruments.filled,
        "wave_badge": wave_badge,
        "stage_words": Words(survey_states.STAGES),
        "mode_words": Words(survey_states.MODES),
        "method_words": Words(survey_states.METHODS),
    })  # fmt: skip


def _gatherings() -> None:
    TEMPLATE_NAMES.fill({
        "event_status": events.event_status,
        "event_kind": word_of(event_states.KINDS),
        "event_tag": word_of(event_states.TAGS),
        "photos_section": photos_section,
        "registration_section": registration_section,
        "attendance_section": attendance_section,
        "attend_role": word_of(ROLES),
        "sex_name": word_of(event_states.SEXES),
        "age_name": word_of(event_states.AGE_BANDS),
    })  # fmt: skip


def _learning() -> None:
    TEMPLATE_NAMES.fill({
        "training_tabs": training_tabs,
        "level_words": Words(programme_states.LEVELS),
        "score_words": Words(programme_states.SCORES),
        "batch_tabs": batch_tabs,
        "batch_badge": batch_badge,
        "enrolment_badge": enrolment_badge,
        "admission_words": Words(training_states.ADMISSIONS),
        "outcome_words": Words(training_states.OUTCOMES),
        "assessment_tabs": assessment_tabs,
        "own_papers": own_papers,
        "shown_score": shown_score,
        "shown_gain": shown_gain,
        "own_works": own_works,
        "work_badge": work_badge,
        "points": shown_points,
        "least_people": LEAST,
        "certificates_of": certificates_of,
        "shown_code": format_code,
        "own_projects": own_projects,
        "project_words": Words(project_states.LABELS),
        "project_badges": project_states.BADGES,
        "level_badge": level_badge,
        "skills_known_of": skills_known_of,
    })  # fmt: skip
