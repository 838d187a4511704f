"""What the routes of this room share."""

from collections.abc import Sequence
from typing import Any

from flask import Response, make_response, render_template
from flask_babel import gettext as _

from app.base.web.db import db
from app.base.web.guard import current_actor
from app.kernel.errors import Forbidden
from app.kernel.text import T
from app.learning.certificates.document import details, hours_in_words
from app.learning.certificates.models import Certificate
from app.learning.training import access
from app.learning.training.models import Batch


def batch_to_see(batch_id: int) -> Batch:
    """Return the batch, for whoever may see its participants. Raises NotFound, Forbidden."""
    batch = access.get(db.session, current_actor(), batch_id)
    access.check_sees_people(current_actor(), batch)
    return batch


def batch_to_manage(batch_id: int) -> Batch:
    batch = access.get(db.session, current_actor(), batch_id)
    if not access.may_manage(current_actor(), batch):
        raise Forbidden(T("Sertifikat angkatan ini hanya diurus oleh penyelenggara atau pelatihnya."))
    return batch


def printed_facts(certificate: Certificate) -> Sequence[tuple[str, Any]]:
    """List (label, words) of what stands on a certificate, and nothing else."""
    facts = certificate.facts
    return [
        (_("Nama"), certificate.name),
        (_("Pelatihan"), facts["programme"]),
        (_("Pelaksanaan"), details(facts)[0]),
        (_("Lama"), hours_in_words(facts["minutes"]) if facts["minutes"] else None),
        (_("Nomor"), certificate.number),
    ]


def private(template: str, status: int = 200, **values: Any) -> Response:
    """Render a page that no cache and no search engine keeps."""
    answer = make_response(render_template(template, **values), status)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
