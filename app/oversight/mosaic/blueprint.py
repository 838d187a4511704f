from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from app.base.web.guard import current_actor
from app.base.web.periods import period_words
from app.kernel.roles import Can
from app.oversight.mosaic import pages

bp = Blueprint("mosaic", __name__, template_folder="templates")


@bp.context_processor
def _words() -> dict[str, Any]:
    actor = current_actor()
    return {
        "address": pages.address,
        "period_words": period_words,
        "nobody_yet": pages.nobody_yet,
        "network_words": pages.network_words,
        "square_words": pages.square_words,
        "sort_address": pages.sort_address,
        "may_load": actor.of_office and actor.can(Can.KEEP_COVERAGE),
        "kinds": {"desa": _("Desa"), "kelurahan": _("Kelurahan"), "desa_adat": _("Desa adat")},
    }
