"""Quotas are not passed by saying nothing, and what passes them is said on the page."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.villages import village_name
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.learning.training.models import Batch, BatchQuota, Enrolment, EnrolmentStatus
from tests.pages import asked, sign_in
from tests.world import World

FORM = {"name": "Siti Aminah", "phone": "0812-3456-7890", "consent": "1"}


def with_quotas(world: World) -> Batch:
    batch = world.batch(sessions=1, per_opd=1, per_village=1)
    batch.quotas = [BatchQuota(kind="sex", key="m", most=1)]
    world.session.commit()
    return batch


def test_what_a_quota_asks_for_is_required_and_says_why(client: FlaskClient, session: Session, world: World) -> None:
    batch, village = with_quotas(world), world.village()
    page = f"/ikut/{batch.code}"
    answer = client.post(page, data=FORM)
    assert answer.status_code == 422
    for words in ("menurut jenis kelamin", "menurut OPD", "menurut desa"):
        assert answer.text.count(words) == 3, "in the summary, as a hint and at the field"
    name = village_name(session, village)
    assert client.post(page, data=FORM | {"sex": "f", "organisation_id": "0", "village": name}).status_code == 303
    session.rollback()
    plain = world.batch(sessions=1)
    session.commit()
    assert client.post(f"/ikut/{plain.code}", data=FORM | {"phone": "0812-3456-7891"}).status_code == 303


def test_the_office_says_it_too_and_sees_where_a_correction_passes_a_quota(
    client: FlaskClient, session: Session, world: World, clock: FrozenClock
) -> None:
    batch = world.batch(sessions=1)
    batch.quotas = [BatchQuota(kind="sex", key="m", most=1)]
    world.enrolment(batch, world.trainee(sex="m"))
    one = world.enrolment(batch, world.trainee("Budi", phone="+6281234567890", sex="f"))
    session.commit()
    sign_in(client, world.user(Role.EDITOR))
    people, show = f"/pelatihan/{batch.id}/peserta", f"/pelatihan/{batch.id}"
    assert client.post(f"{people}/tambah", data={"name": "Ali", "consent": "1"}).status_code == 422
    assert "elebihi jatah" not in client.get(people).text + client.get(show).text
    edit = f"{people}/{one.id}/ubah"
    assert client.post(edit, data={"name": "Budi", "sex": "u"}).status_code == 422
    assert client.post(edit, data={"name": "Budi", "sex": "m"}).status_code == 303
    for page in (people, show):
        assert "Laki-laki melebihi jatah: 2 diterima, paling banyak 1." in client.get(page).text


def test_who_is_known_and_says_it_now_is_counted(client: FlaskClient, session: Session, world: World) -> None:
    batch = world.batch(sessions=1)
    batch.quotas = [BatchQuota(kind="sex", key="f", most=0)]
    trainee = world.trainee("Siti Aminah", phone="+6281234567890")
    session.commit()
    assert client.post(f"/ikut/{batch.code}", data=FORM | {"sex": "f"}).status_code == 303
    session.rollback()
    session.expire_all()
    assert trainee.sex == "f"
    assert session.scalars(select(Enrolment.status)).one() == EnrolmentStatus.WAITING


def test_the_page_of_a_batch_asks_no_more_for_many_quotas(client: FlaskClient, session: Session, world: World) -> None:
    batch = world.batch(sessions=1, per_opd=1)
    for _ in range(2):
        world.enrolment(batch, world.trainee(organisation_id=world.organisation().id))
    session.commit()
    sign_in(client, world.user(Role.EDITOR))
    client.get(f"/pelatihan/{batch.id}")
    with asked() as few:
        client.get(f"/pelatihan/{batch.id}")
    for _ in range(5):
        opd = world.organisation()
        for _ in range(2):
            world.enrolment(batch, world.trainee(organisation_id=opd.id))
    session.commit()
    with asked() as many:
        html = client.get(f"/pelatihan/{batch.id}").text
    assert html.count("melebihi jatah: 2") == 5
    assert len(many) == len(few) + 1, "the names of the OPDs"
