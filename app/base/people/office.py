"""The communications office as it heads a letter."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation


def office_of(session: Session, regency: str) -> dict[str, str]:
    """Return the communications office: its name without the regency's, which stands above it."""
    office = session.scalar(
        select(Organisation)
        .where(Organisation.is_office)
        .order_by(Organisation.parent_id.is_not(None), Organisation.id)
    )
    name = office.name if office else ""
    return {
        "name": name.removesuffix(regency).strip() or name,
        "regency": f"Pemerintah {regency}" if regency else "",
        "address": (office.address if office else None) or "",
        "phone": (office.phone if office else None) or "",
        "email": (office.email if office else None) or "",
    }
