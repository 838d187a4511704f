"""The only wiring: `make_app` puts rooms, channels and settings together, and alone imports `channels/`."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Flask

from app.base.access.providers import init_providers
from app.base.access.routes import bp as access_pages
from app.base.access.security import init_security
from app.base.areas.routes import bp as areas_pages
from app.base.confirmations.port import FourEyes
from app.base.confirmations.routes import bp as confirmations_pages
from app.base.media.routes import bp as media_pages
from app.base.media.storage import Storage
from app.base.notices.routes import bp as notices_pages
from app.base.people.routes import bp as people_pages
from app.base.trail.routes import bp as trail_pages
from app.base.web.db import init_db
from app.base.web.guard import init_guard
from app.base.web.limits import check_limits, init_limits
from app.base.web.noting import init_noting
from app.base.web.shell import init_shell
from app.base.web.template_names import init_template_names
from app.base.web.wiring import Wiring
from app.channels.ask_time import ask_time
from app.channels.registry import make_channels
from app.desk.routes import bp as desk_pages
from app.evidence.instruments.routes import bp as instruments_pages
from app.evidence.responses.routes import bp as responses_pages
from app.evidence.results.routes import bp as results_pages
from app.evidence.surveys.routes import bp as surveys_pages
from app.gatherings.attendance.routes import bp as attendance_pages
from app.gatherings.communities.routes import bp as communities_pages
from app.gatherings.events.routes import bp as events_pages
from app.gatherings.field.routes import bp as field_pages
from app.gatherings.reports.routes import bp as reports_pages
from app.handover.routes import bp as handover_pages
from app.joints import join
from app.kernel.clock import Clock
from app.kernel.vault import Vault
from app.kits.routes import bp as kits_pages
from app.learning.assessments.routes import bp as assessments_pages
from app.learning.certificates.routes import bp as certificates_pages
from app.learning.programmes.routes import bp as programmes_pages
from app.learning.projects.routes import bp as projects_pages
from app.learning.skills.routes import bp as skills_pages
from app.learning.training.routes import bp as training_pages
from app.outreach.campaigns.routes import bp as campaigns_pages
from app.outreach.outlets.routes import bp as outlets_pages
from app.outreach.posts.routes import bp as posts_pages
from app.outreach.printing.routes import bp as printing_pages
from app.outreach.publishing.routes import bp as publishing_pages
from app.oversight.commitments.routes import bp as commitments_pages
from app.oversight.control.routes import bp as control_pages
from app.oversight.insights.routes import bp as insights_pages
from app.oversight.mosaic.routes import bp as mosaic_pages
from app.oversight.recaps.routes import bp as recaps_pages
from app.oversight.scorecard.routes import bp as scorecard_pages
from config import Settings, from_env

ROOMS = (
    desk_pages,
    campaigns_pages,
    kits_pages,
    posts_pages,
    publishing_pages,
    printing_pages,
    events_pages,
    attendance_pages,
    reports_pages,
    communities_pages,
    instruments_pages,
    surveys_pages,
    responses_pages,
    results_pages,
    programmes_pages,
    training_pages,
    assessments_pages,
    certificates_pages,
    projects_pages,
    skills_pages,
    commitments_pages,
    insights_pages,
    mosaic_pages,
    scorecard_pages,
    control_pages,
    recaps_pages,
    field_pages,
    confirmations_pages,
    handover_pages,
    outlets_pages,
    notices_pages,
    areas_pages,
    media_pages,
    trail_pages,
    people_pages,
    access_pages,
)


def make_app(
    config: Settings | None = None,
    *,
    channels: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
) -> Flask:
    settings = config or from_env()
    join()
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key or "development-only",
        SQLALCHEMY_ENGINES={"default": settings.database_url},
        TESTING=settings.env == "test",
    )
    app.extensions["wiring"] = Wiring(
        settings=settings,
        clock=clock or Clock(),
        storage=Storage(settings.media_dir),
        vault=Vault(settings.credential_keys),
        channels=channels if channels is not None else make_channels(settings),
        ask_time=partial(ask_time, (settings.x_api_url, settings.graph_url)),
    )
    app.extensions["confirming"] = FourEyes(app.extensions["wiring"].vault)
    init_limits(app, settings)
    init_db(app)
    init_security(app, settings)
    init_providers(app, settings)
    init_guard(app)
    init_noting(app)
    check_limits(app)
    init_shell(app, settings)
    for room in ROOMS:
        app.register_blueprint(room)
    providers = tuple(app.extensions["sign_in_providers"].values())
    init_template_names(app, settings=settings, sign_in_providers=providers)
    return app
