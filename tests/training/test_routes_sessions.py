"""The pages of the sessions of a batch: the proposal, a single one, the list, and the calendars."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, EventStatus
from app.kernel.roles import Role
from app.learning.programmes.models import ModuleMaterial
from app.learning.training.batches.service import TrainerPlan, plan
from app.learning.training.models import Batch, BatchSession
from tests.pages import asked, sign_in
from tests.training.plans import a_batch
from tests.world import World

RHYTHM = {"first": "2026-12-01", "at": "09:00", "a_day": "1", "weekdays": ["1", "3"], "skip_holidays": "y"}


@pytest.fixture
def trainer(world: World, client: FlaskClient) -> Any:
    user = world.user(Role.TRAINER, Role.CONTRIBUTOR, name="Siti Rahma")  # keeps batches of the office too
    sign_in(client, user)
    return user


def planned(world: World, **values: Any) -> Batch:
    batch = plan(world.session, world.actor(Role.EDITOR), a_batch(world, **values), now=world.clock.now())
    world.session.commit()
    return batch


def rows(batch: Batch, *starts: str, shown: tuple[int, ...] = (0, 1)) -> dict[str, Any]:
    """The preview as a browser sends it."""
    ends = [f"{one[:-5]}{int(one[-5:-3]) + 2:02d}:00" for one in starts]
    return {
        **RHYTHM, "baris_modul": [str(one.id) for one in batch.programme.modules],
        "baris_judul": [one.title for one in batch.programme.modules], "baris_mulai": list(starts),
        "baris_selesai": ends, "baris": [str(place) for place in shown],
    }  # fmt: skip


def meetings(session: Session) -> list[str]:
    session.commit()
    query = select(Event.starts_at).join(BatchSession, BatchSession.event_id == Event.id).order_by(Event.starts_at)
    return [f"{one:%d %H.%M}" for one in session.scalars(query)]


def test_the_proposal_is_looked_at_before_it_is_saved(
    client: FlaskClient, world: World, session: Session, trainer: Any
) -> None:
    batch = planned(world)
    address = f"/pelatihan/{batch.id}/pertemuan/susun"
    assert "Lihat usulan" in client.get(address).text
    page = client.post(address, data=RHYTHM).text
    assert 'value="2026-12-01T09:00"' in page
    assert 'value="2026-12-03T11:00"' in page
    assert page.count(" checked") >= 2
    assert meetings(session) == []
    moved = rows(batch, "2026-12-01T13:00", "2026-12-03T09:00")
    answer = client.post(address, data={**moved, "simpan": "1"})
    assert answer.location == f"/pelatihan/{batch.id}/pertemuan"
    assert meetings(session) == ["01 05.00", "03 01.00"]


def test_what_was_unticked_is_not_saved_and_can_be_proposed_again(
    client: FlaskClient, world: World, session: Session, trainer: Any
) -> None:
    batch = planned(world)
    address = f"/pelatihan/{batch.id}/pertemuan/susun"
    kept = rows(batch, "2026-12-01T09:00", "2026-12-03T09:00", shown=(1,))
    client.post(address, data={**kept, "simpan": "1"})
    assert meetings(session) == ["03 01.00"]
    assert "Modul 1" in client.post(address, data=RHYTHM).text
    nothing = {**rows(batch, "2026-12-01T09:00", "2026-12-03T09:00", shown=()), "simpan": "1"}
    answer = client.post(address, data=nothing)
    assert answer.status_code == 422
    assert "paling sedikit satu" in answer.text


def test_a_clash_is_shown_first_and_saved_all_the_same(
    client: FlaskClient, world: World, session: Session, trainer: Any
) -> None:
    batch = planned(world, trainers=[TrainerPlan("Bu Siti", user_id=trainer.id)])
    taken = world.event(title="Rapat", starts_in=timedelta(days=7, hours=1), speakers=["Siti Rahma"])
    taken.speakers[0].user_id = trainer.id
    session.commit()
    address = f"/pelatihan/{batch.id}/pertemuan/susun"
    given = {**rows(batch, "2026-12-01T09:00", "2026-12-03T09:00"), "simpan": "1", "clashes_seen": ""}
    page = client.post(address, data=given).text
    assert "Ada bentrok" in page
    assert "Narasumber sama: Bu Siti" in page
    assert meetings(session) == []
    client.post(address, data={**given, "clashes_seen": str(taken.id)})
    assert len(meetings(session)) == 2
    assert "Bentrok pada waktu yang sama" in client.get(f"/pelatihan/{batch.id}/pertemuan").text
    assert "Pertemuannya bentrok" in client.get(f"/pelatihan/{batch.id}/ubah").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": ""}, {"first": "1026-12-01"}, {"at": "pagi"}, {"a_day": "0"}, {"a_day": "99"}, {"weekdays": ["9"]},
        {"simpan": "1", "baris_mulai": ["kapan", "2026-12-03T09:00"]},
        {"simpan": "1", "baris_selesai": ["2026-11-01T09:00", "2026-12-03T11:00"]},
        {"simpan": "1", "baris_modul": ["999999", "x"]},
    ],
)  # fmt: skip
def test_a_proposal_that_makes_no_sense_saves_nothing(
    client: FlaskClient, world: World, session: Session, trainer: Any, wrong: dict[str, Any]
) -> None:
    batch = planned(world)
    given = rows(batch, "2026-12-01T09:00", "2026-12-03T09:00") if "simpan" in wrong else RHYTHM
    answer = client.post(f"/pelatihan/{batch.id}/pertemuan/susun", data={**given, **wrong})
    assert answer.status_code == 422
    assert meetings(session) == []


def test_a_single_session_is_added(client: FlaskClient, world: World, session: Session, trainer: Any) -> None:
    batch = planned(world)
    address = f"/pelatihan/{batch.id}/pertemuan/baru"
    page = client.get(address).text
    assert "2026-12-01T08:00" in page
    given = {"title": "Pembukaan", "starts_at": "2026-12-01T08:00", "ends_at": "2026-12-01T09:00"}
    assert client.post(address, data={**given, "ends_at": "2026-12-01T07:00"}).status_code == 422
    assert client.post(address, data=given).location == f"/pelatihan/{batch.id}/pertemuan"
    session.commit()
    event = session.scalars(select(Event)).one()
    assert (event.title, event.place, event.village_code) == ("Pembukaan", batch.place, batch.village_code)


def test_the_list_leads_to_what_events_do(client: FlaskClient, world: World, session: Session, trainer: Any) -> None:
    batch = world.batch(trainers=[trainer], sessions=2)
    siti = world.enrolment(batch)
    world.enrolment(batch)
    world.attended(siti, batch.sessions[0])
    first, second = (one.event_id for one in batch.sessions)
    page = client.get(f"/pelatihan/{batch.id}/pertemuan").text
    for words in ("1 hadir dari 2 peserta", "2 peserta", f"/kegiatan/{first}/hadir", f"/kegiatan/{second}/pindah",
                  f"/kegiatan/{second}/daftar-hadir.pdf", f"/kegiatan/{second}/qr-pintu"):  # fmt: skip
        assert words in page, words
    assert f"/ikut/{batch.code}.ics" in page


def test_materials_for_trainers_are_theirs(client: FlaskClient, world: World, session: Session, trainer: Any) -> None:
    batch = world.batch(trainers=[trainer], sessions=1)
    module = batch.sessions[0].module
    module.materials = [
        ModuleMaterial(title="Paparan", url="https://contoh.id/p"),
        ModuleMaterial(title="Kunci jawaban", url="https://contoh.id/k", for_trainers=True),
    ]
    session.commit()
    page = client.get(f"/pelatihan/{batch.id}/pertemuan").text
    assert ("Paparan" in page, "Kunci jawaban" in page) == (True, True)
    sign_in(client, world.user(Role.VIEWER))
    page = client.get(f"/pelatihan/{batch.id}/pertemuan").text
    assert ("Paparan" in page, "Kunci jawaban" in page) == (True, False)
    assert "Catat hadir" not in page


def test_the_list_needs_a_constant_number_of_queries(client: FlaskClient, world: World, trainer: Any) -> None:
    programme = world.programme(modules=9)
    small, large = (world.batch(programme=programme, trainers=[trainer], sessions=n) for n in (2, 8))
    client.get(f"/pelatihan/{small.id}/pertemuan")
    with asked() as few:
        client.get(f"/pelatihan/{small.id}/pertemuan")
    with asked() as many:
        client.get(f"/pelatihan/{large.id}/pertemuan")
    assert len(many) <= len(few)


def test_a_batch_that_is_over_takes_no_session(client: FlaskClient, world: World, trainer: Any) -> None:
    batch = world.batch(trainers=[trainer], status="finished")
    for page in ("susun", "baru"):
        assert client.get(f"/pelatihan/{batch.id}/pertemuan/{page}").status_code == 409


def summaries(data: bytes) -> list[str]:
    return [str(one["SUMMARY"]) for one in icalendar.Calendar.from_ical(data).walk("VEVENT")]


def test_the_public_calendar_holds_what_is_announced(client: FlaskClient, world: World, session: Session) -> None:
    batch = world.batch(sessions=2)
    answer = client.get(f"/ikut/{batch.code}.ics")
    assert answer.mimetype == "text/calendar"
    assert len(summaries(answer.data)) == 2
    again = client.get(f"/ikut/{batch.code}.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    for one in batch.sessions:
        one.event.announced_at = None
    session.commit()
    assert client.get(f"/ikut/{batch.code}.ics").status_code == 404
    assert client.get("/ikut/tidakada.ics").status_code == 404


def test_who_teaches_takes_all_sessions_along(client: FlaskClient, world: World, trainer: Any) -> None:
    batch = world.batch(trainers=[trainer], admission="nomination", sessions=2)
    batch.sessions[0].event.status = EventStatus.CANCELLED
    world.session.commit()
    found = summaries(client.get(f"/pelatihan/{batch.id}/kalender.ics").data)
    assert len(found) == 2
    assert found[0].startswith("Dibatalkan")


def test_no_session_is_counted_twice(client: FlaskClient, world: World, session: Session, trainer: Any) -> None:
    """Saving twice, as a double click does, plans each module once more only where somebody says so."""
    batch = planned(world)
    address = f"/pelatihan/{batch.id}/pertemuan/susun"
    given = {**rows(batch, "2026-12-01T09:00", "2026-12-03T09:00"), "simpan": "1"}
    client.post(address, data=given)
    again = client.post(address, data=given)
    assert again.status_code in (200, 422)
    session.commit()  # on SQLite an older read would go on seeing what was before
    assert session.scalar(select(func.count()).select_from(BatchSession)) == 2
