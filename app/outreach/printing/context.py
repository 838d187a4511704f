"""What surrounds a piece's own text on paper: the programme's name and the office's, as they were approved.

They are kept on the piece, and its fingerprint covers them, so that what is printed is what was approved: a programme
or an office that is renamed later changes no paper until somebody takes the new words over.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Regency
from app.base.people.office import office_of
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign
from app.outreach.printing.models import PrintPiece

MAX_LABEL = 30
NAMES = {
    "campaign": T("Nama program"),
    "label": T("Label"),
    "regency": T("Kabupaten"),
    "office.name": T("Nama kantor"),
    "office.address": T("Alamat kantor"),
    "office.phone": T("Telepon kantor"),
    "office.email": T("Surel kantor"),
}


def context_of(session: Session, campaign_id: int) -> dict[str, Any]:
    """Return today's words, as plain JSON: `campaign`, `label` (or None), `regency` and `office` (see `office_of`)."""
    campaign = session.get_one(Campaign, campaign_id)
    regency = session.scalar(select(Regency.name)) or ""
    label = campaign.dimensions[0].name if len(campaign.dimensions) == 1 else campaign.name
    return {
        "campaign": campaign.name,
        "label": label if len(label) <= MAX_LABEL else None,
        "regency": regency,
        "office": office_of(session, regency),
    }


def outdated(session: Session, piece: PrintPiece) -> list[T]:
    """Return what would be printed otherwise today, each as a sentence with the old and the new words."""
    kept, today = _flat(piece.context), _flat(context_of(session, piece.campaign_id))
    return [
        T("%(what)s: “%(old)s” menjadi “%(new)s”", what=name, old=kept.get(key) or "–", new=today.get(key) or "–")
        for key, name in NAMES.items()
        if kept.get(key) != today.get(key)
    ]


def _flat(context: Mapping[str, Any]) -> dict[str, Any]:
    return dict(_entries(context))


def _entries(context: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in context.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}.{inner}", words) for inner, words in value.items())
        else:
            yield key, value
