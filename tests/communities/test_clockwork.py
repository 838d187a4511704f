"""What the clockwork clears away of lists that were uploaded."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.communities.models import GroupImport
from app.worker import Clockwork
from tests.world import World


@pytest.mark.parametrize("taken", [False, True])
def test_an_upload_that_nobody_took_goes_without_another_upload(
    app: Flask, session: Session, world: World, taken: bool
) -> None:
    now = world.clock.now()
    for days in (6, 8):
        session.add(
            GroupImport(
                file_name=f"{days}.csv",
                rows=[],
                created_at=now - timedelta(days=days),
                applied_at=now if taken else None,
            )
        )
    session.commit()
    Clockwork(app)._erase()
    kept = session.scalars(select(GroupImport.file_name).order_by(GroupImport.id)).all()
    assert kept == (["6.csv", "8.csv"] if taken else ["6.csv"])
