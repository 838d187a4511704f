"""The only wiring: `make_app` puts rooms, channels and settings together, and alone imports `channels/`."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from app.access.providers import init_providers
from app.access.routes import bp as access_pages
from app.access.security import init_security
from app.areas.routes import bp as areas_pages
from app.assessments.routes import bp as assessments_pages
from app.attendance.routes import bp as attendance_pages
from app.campaigns.routes import bp as campaigns_pages
from app.certificates.routes import bp as certificates_pages
from app.channels.registry import make_channels
from app.commitments.routes import bp as commitments_pages
from app.communities.routes import bp as communities_pages
from app.confirmations.port import FourEyes
from app.confirmations.routes import bp as confirmations_pages
from app.control.routes import bp as control_pages
from app.desk.routes import bp as desk_pages
from app.events.routes import bp as events_pages
from app.field.routes import bp as field_pages
from app.handover.routes import bp as handover_pages
from app.insights.routes import bp as insights_pages
from app.instruments.routes import bp as instruments_pages
from app.joints import join
from app.kernel.clock import Clock
from app.kernel.vault import Vault
from app.kits.routes import bp as kits_pages
from app.media.routes import bp as media_pages
from app.media.storage import Storage
from app.mosaic.routes import bp as mosaic_pages
from app.notices.routes import bp as notices_pages
from app.outlets.routes import bp as outlets_pages
from app.people.routes import bp as people_pages
from app.posts.routes import bp as posts_pages
from app.printing.routes import bp as printing_pages
from app.programmes.routes import bp as programmes_pages
from app.projects.routes import bp as projects_pages
from app.publishing.routes import bp as publishing_pages
from app.recaps.routes import bp as recaps_pages
from app.reports.routes import bp as reports_pages
from app.responses.routes import bp as responses_pages
from app.results.routes import bp as results_pages
from app.scorecard.routes import bp as scorecard_pages
from app.skills.routes import bp as skills_pages
from app.surveys.routes import bp as surveys_pages
from app.trail.routes import bp as trail_pages
from app.training.routes import bp as training_pages
from app.web.db import init_db
from app.web.guard import init_guard
from app.web.limits import check_limits, init_limits
from app.web.noting import init_noting
from app.web.shell import init_shell
from app.web.wiring import Wiring
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
    return app
