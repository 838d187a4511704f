"""The template database: migrated, with the reference data that every installation has."""

from sqlalchemy.orm import Session

from app.base.areas.service import load_regency
from app.base.people.service import load_roles
from app.kernel.db import make_engine, writing
from app.migrate import upgrade
from app.outreach.campaigns.service import load_dimensions


def fill_template(url: str) -> None:
    upgrade(url)
    engine = make_engine(url)
    with writing(), Session(engine) as session:
        load_regency(session, "64.02")
        load_roles(session)
        load_dimensions(session)
        session.commit()
    engine.dispose()
