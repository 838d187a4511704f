"""The template database: migrated, with the reference data that every installation has."""

from sqlalchemy.orm import Session

from app.areas.service import load_regency
from app.campaigns.service import load_dimensions
from app.kernel.db import make_engine, writing
from app.migrate import upgrade
from app.people.service import load_roles


def fill_template(url: str) -> None:
    upgrade(url)
    engine = make_engine(url)
    with writing(), Session(engine) as session:
        load_regency(session, "64.02")
        load_roles(session)
        load_dimensions(session)
        session.commit()
    engine.dispose()
