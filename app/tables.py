"""Every room's tables, for what needs the whole schema: migrations, and scripts without an application."""

import app.access.delays
import app.access.factor_models
import app.access.provider_models
import app.areas.models
import app.assessments.models
import app.campaigns.models
import app.certificates.models
import app.commitments.models
import app.communities.models
import app.confirmations.models
import app.control.models
import app.events.models
import app.field.models
import app.handover.models
import app.insights.models
import app.instruments.models
import app.kernel.audit
import app.kernel.limits
import app.media.models
import app.mosaic.models
import app.notices.models
import app.outlets.models
import app.people.models
import app.posts.models
import app.printing.models
import app.programmes.models
import app.projects.models
import app.publishing.models
import app.recaps.models
import app.reports.models
import app.responses.models
import app.scorecard.models
import app.skills.models
import app.surveys.models
import app.trail.models
import app.training.models  # noqa: F401
