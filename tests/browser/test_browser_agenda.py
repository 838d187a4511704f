"""What a villager's phone gets from the public agenda: light, without script, and nothing that the browser refuses."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from app.base.areas.models import Village
from app.base.people.models import Organisation
from app.gatherings.events.service import Plan, announce, plan
from app.kernel.clock import Clock
from app.kernel.db import make_engine, unit_of_work
from app.kernel.roles import SYSTEM
from tests.browser.conftest import Live

pytestmark = pytest.mark.browser

HEAVIEST = 60_000  # bytes over the line for a first visit, font and icons included


@pytest.fixture
def code(live: Live) -> str:
    """The code of an event that was announced."""
    now = Clock().now()
    engine = make_engine(f"sqlite:///{live.folder / 'gaung.sqlite'}")
    with unit_of_work(sessionmaker(engine)) as session:
        values = Plan(
            kind="socialisation", title="Rembuk warga tentang nomor darurat 112", place="Balai Desa",
            organisation_id=session.scalars(select(Organisation.id).where(Organisation.is_office)).one(),
            village_code=session.scalars(select(Village.code).limit(1)).one(), starts_at=now + timedelta(days=2),
            ends_at=now + timedelta(days=2, hours=2), registration=True, capacity=30, speakers=[("Dr. Ahmad", "Camat")],
        )  # fmt: skip
        made = announce(session, SYSTEM, plan(session, SYSTEM, values, now=now).id, now=now).code
    engine.dispose()
    return made


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", ["/agenda", "/agenda/{code}", "/agenda/{code}/daftar", "/agenda/privasi"])
def test_a_first_visit_is_light_fits_the_phone_and_breaks_no_rule(
    live: Live, phone: Page, code: str, path: str
) -> None:
    said: list[str] = []
    weight = 0

    def count(event: dict[str, float]) -> None:
        nonlocal weight
        weight += int(event["encodedDataLength"])

    phone.on("console", lambda message: said.append(message.text))
    line = phone.context.new_cdp_session(phone)
    line.send("Network.enable")
    line.on("Network.loadingFinished", count)
    answer = phone.goto(live.address + path.format(code=code), wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200
    assert said == []
    assert 0 < weight <= HEAVIEST
    page = line.send("Page.getLayoutMetrics")["cssContentSize"]
    assert page["width"] <= 360
