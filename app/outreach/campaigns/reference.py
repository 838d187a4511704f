"""Data that an installation starts with: the six dimensions and the flagship services."""

from pathlib import Path

import yaml
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.outreach.campaigns.models import Dimension, Service

DIMENSIONS = (
    ("smart-governance", "Smart Governance"),
    ("smart-branding", "Smart Branding"),
    ("smart-economy", "Smart Economy"),
    ("smart-living", "Smart Living"),
    ("smart-society", "Smart Society"),
    ("smart-environment", "Smart Environment"),
)
SERVICES_FILE = Path(__file__).with_name("services.yaml")


def load_dimensions(session: Session) -> int:
    """Add the dimensions that are missing and give how many were added; what is there stays as it is."""
    known = set(session.scalars(select(Dimension.key)))
    missing = [
        Dimension(key=key, name=name, position=position)
        for position, (key, name) in enumerate(DIMENSIONS, start=1)
        if key not in known
    ]
    session.add_all(missing)
    session.flush()
    return len(missing)


def load_services(session: Session, path: Path = SERVICES_FILE) -> int:
    """Add the services that are missing and give how many were added.

    The owner is the organisation of that name or short name, if it exists by now; a later call fills it in where it
    is still empty. What an office has edited is never overwritten.
    """
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = {service.key: service for service in session.scalars(select(Service))}
    added = 0
    for row in data["services"]:
        owner_id = _organisation_id(session, row["owner"])
        service = known.get(row["key"])
        if service is None:
            session.add(
                Service(
                    key=row["key"],
                    name=row["name"],
                    dimension_key=row["dimension"],
                    owner_id=owner_id,
                    as_of=data["as_of"],
                )
            )
            added += 1
        elif service.owner_id is None:
            service.owner_id = owner_id
    session.flush()
    return added


def _organisation_id(session: Session, name: str) -> int | None:
    lowered = name.lower()
    return session.scalar(
        select(Organisation.id)
        .where(or_(func.lower(Organisation.name) == lowered, func.lower(Organisation.short_name) == lowered))
        .order_by(Organisation.parent_id.is_not(None), Organisation.id)
        .limit(1)
    )
