"""The quotas of a batch in words: who has a place, what is left, and which are passed."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.base.web.db import db
from app.base.web.formats import angka, sentence
from app.base.web.panels import Panel
from app.gatherings.events.states import SEXES
from app.gatherings.events.villages import village_name
from app.kernel.roles import Actor
from app.learning.training.admission.quotas import count_taken, exceeded, required_fields
from app.learning.training.models import Batch, QuotaKind
from app.learning.training.participants.people import opds
from app.learning.training.participants.service import district_name


def quota_lines(batch: Batch) -> list[dict[str, Any]]:
    """Return the quotas of single groups, with who has a place: [{name, has, most, least}]."""
    count, names = count_taken(db.session, batch), quota_names(batch)
    return [
        {
            "name": names[one.id],
            "has": count.groups[one.kind, one.key],
            "most": one.most,
            "least": one.least,
        }
        for one in batch.quotas
    ]


def over_quota(batch: Batch) -> list[str]:
    """Say which groups have more people than their quota, as sentences."""
    found = exceeded(batch, count_taken(db.session, batch))
    organisations = {str(one.id): one.short_name or one.name for one in opds(db.session)} if found else {}
    return [
        _("%(name)s melebihi jatah: %(n)s diterima, paling banyak %(most)s.",
          name=_group(one.kind, one.key, organisations), n=angka(one.has), most=angka(one.most))
        for one in found
    ]  # fmt: skip


def quotas_passed(_session: Session, _actor: Actor, batch: Batch) -> Panel | None:
    """Warn of quotas that were passed; None where every quota is kept."""
    if not required_fields(batch) or not (over := over_quota(batch)):
        return None
    return Panel(
        title=_l("Melebihi jatah"),
        empty=_("Yang sudah diterima tetap ikut. Ubah jatahnya, atau batalkan keikutsertaan seseorang."),
        url=url_for("training.participants", batch_id=batch.id),
        url_label=_l("Lihat peserta"),
        state=("warn", _l("melebihi jatah")),
        notes=over,
    )


def quota_names(batch: Batch) -> dict[int, str]:
    """Map quota id → the group in words."""
    organisations = {str(one.id): one.short_name or one.name for one in opds(db.session)}
    return {one.id: _group(one.kind, one.key, organisations) for one in batch.quotas}


def _group(kind: str, key: str, organisations: dict[str, str]) -> str:
    if kind == QuotaKind.OPD:
        return organisations.get(key, _("OPD lain"))
    if kind == QuotaKind.VILLAGE:
        return village_name(db.session, key)
    if kind == QuotaKind.DISTRICT:
        return _("Kecamatan %(name)s", name=district_name(db.session, key))
    return sentence(SEXES[key])
