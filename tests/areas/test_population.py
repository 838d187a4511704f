"""The people of each village, keyed in for a district."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.areas.population import set_village_populations
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import VILLAGE, World

DISTRICT = VILLAGE[:8]


def test_numbers_of_villages_are_kept_with_their_source(session: Session, world: World, clock: FrozenClock) -> None:
    actor = world.actor(Role.EDITOR)
    people = {VILLAGE: "2.450", "64.02.99.9999": "5"}
    with pytest.raises(Invalid) as caught:
        set_village_populations(session, actor, DISTRICT, people, source=" ", now=clock.now())
    assert caught.value.field == "source"
    session.rollback()
    assert set_village_populations(session, actor, DISTRICT, people, source="Disdukcapil", now=clock.now()) == 1
    assert set_village_populations(session, actor, DISTRICT, people, source="", now=clock.now()) == 0
    assert session.get_one(Village, VILLAGE).population == 2450
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.after == {VILLAGE: 2450, "population_source": "Disdukcapil"}
    assert set_village_populations(session, actor, DISTRICT, {VILLAGE: ""}, source="Salah", now=clock.now()) == 1
    assert session.get_one(Village, VILLAGE).population is None


@pytest.mark.one_database
@pytest.mark.parametrize("text", ["banyak", "-5", "0", "99999999999", "1,5"])
def test_what_is_no_number_of_people_is_refused(session: Session, world: World, clock: FrozenClock, text: str) -> None:
    with pytest.raises(Invalid) as caught:
        set_village_populations(
            session, world.actor(Role.EDITOR), DISTRICT, {VILLAGE: text}, source="X", now=clock.now()
        )
    assert caught.value.field == "villages"


def test_only_the_office_keys_them_in(session: Session, world: World, clock: FrozenClock) -> None:
    stranger = world.actor(Role.EDITOR, organisation=world.organisation())
    with pytest.raises(Forbidden):
        set_village_populations(session, stranger, DISTRICT, {VILLAGE: "5"}, source="X", now=clock.now())


def test_the_page_of_a_district_takes_them(client: FlaskClient, session: Session, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    path = f"/wilayah/kecamatan/{DISTRICT}"
    answer = client.post(f"{path}/penduduk-desa", data={f"people-{VILLAGE}": "2450", "source": ""})
    assert answer.status_code == 422
    assert 'value="2450"' in answer.text
    client.post(f"{path}/penduduk-desa", data={f"people-{VILLAGE}": "2450", "source": "Disdukcapil"})
    assert "2.450" in client.get(path).text
