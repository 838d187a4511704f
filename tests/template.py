"""The template database: migrated, with the reference data that every installation has."""

from sqlalchemy.orm import Session

from app.kernel.db import make_engine, writing


def fill_template(url: str) -> None:
    import app.areas.models
    import app.campaigns.models
    import app.kernel.audit
    import app.media.models
    import app.notices.models
    import app.outlets.models
    import app.people.models
    import app.posts.models
    import app.printing.models
    import app.publishing.models  # noqa: F401
    from app.kernel.db import Base

    engine = make_engine(url)
    Base.metadata.create_all(engine)
    with writing(), Session(engine) as session:
        load_reference(session)
        session.commit()
    engine.dispose()


def load_reference(session: Session) -> None:
    from app.areas.service import load_regency
    from app.campaigns.service import load_dimensions
    from app.people.service import load_roles

    load_regency(session, "64.02")
    load_roles(session)
    load_dimensions(session)
