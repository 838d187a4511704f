"""The pages of batches: list, form, page, and what becomes of one."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import EventStatus, Speaker
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.learning.training.batches.service import QuotaPlan, TrainerPlan, plan, plan_of
from app.learning.training.models import Batch, BatchStatus, EnrolmentStatus
from app.learning.training.sessions.service import add_session
from tests.pages import asked, is_empty, sign_in
from tests.training.plans import a_batch, a_session
from tests.world import World


@pytest.fixture
def editor(world: World, client: FlaskClient) -> Any:
    user = world.user(Role.EDITOR, name="Rina Wati")
    sign_in(client, user)
    return user


def planned(world: World, **values: Any) -> Batch:
    batch = plan(world.session, world.actor(Role.EDITOR), a_batch(world, **values), now=world.clock.now())
    world.session.commit()
    return batch


def typed(world: World, batch: Batch | None = None, **values: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    values_of = plan_of(batch) if batch else a_batch(world, **{k: v for k, v in values.items() if k == "programme"})
    values.pop("programme", None)
    given: dict[str, Any] = {
        name: value
        for name in values_of.__dataclass_fields__
        if (value := getattr(values_of, name)) not in (None, "", False, ())
        and name not in ("trainers", "quotas", "criteria", "register_until")
    }
    given |= {"trainer_user": [""], "trainer_name": ["Ahmad Yani"], "trainer_title": [""]}
    return {**given, "version": batch.version if batch else "", **values}


def heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert found
    return " ".join(found[1].split())


def anew(session: Session) -> None:
    """Let go of what was read: the application has written meanwhile."""
    session.commit()
    session.expire_all()


# --- list ---


def test_an_empty_list_says_how_to_begin(client: FlaskClient, editor: Any) -> None:
    page = client.get("/pelatihan").text
    assert is_empty(page)
    assert "/pelatihan/baru" in page


def test_the_list_counts_and_narrows(client: FlaskClient, world: World, editor: Any) -> None:
    batch = world.batch(name="Kelas Data", capacity=3, place="Balai")
    world.enrolment(batch)
    for status in (EnrolmentStatus.APPLIED, EnrolmentStatus.WAITING):
        world.enrolment(batch, status=status)
    world.batch(name="Kelas Web", status=BatchStatus.FINISHED)
    page = client.get("/pelatihan").text
    for words in ("Kelas Data", "Kelas Web", "1 dari 3 diterima", "1 menunggu keputusan", "1 di daftar tunggu"):
        assert words in page
    for query, shown in (
        ("q=data", "Kelas Data"),
        ("keadaan=finished", "Kelas Web"),
        (f"program={batch.programme_id}", "Kelas Data"),
    ):
        page = client.get(f"/pelatihan?{query}").text
        assert [name in page for name in ("Kelas Data", "Kelas Web")].count(True) == 1, query
        assert shown in page
    assert is_empty(client.get("/pelatihan?tahun=2031").text)


def test_what_one_teaches_stands_first(client: FlaskClient, world: World) -> None:
    trainer = world.user(Role.TRAINER)
    world.batch(name="Kelas Lain", created_by_id=trainer.id)
    world.batch(name="Kelas Saya", trainers=[trainer], status=BatchStatus.FINISHED)
    sign_in(client, trainer)
    page = client.get("/pelatihan").text
    assert page.index("Kelas Saya") < page.index("Kelas Lain")
    assert "Anda melatih" in page
    assert "Kelas Lain" not in client.get("/pelatihan?pelatih=saya").text


def test_a_trainer_from_elsewhere_sees_only_their_batches(client: FlaskClient, world: World) -> None:
    trainer = world.user(Role.TRAINER, organisation=world.organisation())
    mine, other = world.batch(name="Kelas Saya", trainers=[trainer], sessions=1), world.batch(name="Kelas Lain")
    sign_in(client, trainer)
    page = client.get("/pelatihan").text
    assert ("Kelas Saya" in page, "Kelas Lain" in page) == (True, False)
    assert client.get(f"/pelatihan/{other.id}").status_code == 404
    assert client.get(f"/pelatihan/{mine.id}").status_code == 200
    event_id = mine.sessions[0].event_id
    for address in (f"/kegiatan/{event_id}", f"/kegiatan/{event_id}/hadir", f"/kegiatan/{event_id}/pindah",
                    f"/kegiatan/{event_id}/ubah", f"/kegiatan/{event_id}/qr-pintu"):  # fmt: skip
        assert client.get(address).status_code == 200, address


def test_the_list_needs_a_constant_number_of_queries(client: FlaskClient, world: World, editor: Any) -> None:
    programme = world.programme()
    world.batch(programme=programme)
    with asked() as few:
        client.get("/pelatihan")
    for _each in range(6):
        world.batch(programme=programme)
    with asked() as many:
        client.get("/pelatihan")
    assert len(many) == len(few)


# --- planning ---


def test_the_programme_is_chosen_first_and_fills_the_form(client: FlaskClient, world: World, editor: Any) -> None:
    programme = world.programme(title="Kelas Data", min_attendance=80)
    assert client.get("/pelatihan/baru").location == f"/pelatihan/baru?program={programme.id}"
    world.programme(title="Kelas Web")
    page = client.get("/pelatihan/baru").text
    assert ("Kelas Data" in page, "Kelas Web" in page) == (True, True)
    page = client.get(f"/pelatihan/baru?program={programme.id}").text
    assert "Kelas Data, angkatan 1" in page
    assert 'value="80"' in page


def test_a_batch_is_saved_with_its_rows(client: FlaskClient, world: World, session: Session, editor: Any) -> None:
    trainer, programme = world.user(Role.TRAINER, name="Siti Rahma"), world.programme()
    data = typed(
        world, programme=programme, selection="y", register_until="2026-11-30T16:00",
        trainer_user=[str(trainer.id), "", ""], trainer_name=["", "Ahmad Yani", ""], trainer_title=["", "PKK", ""],
        quota_group=["sex:f", ""], quota_least=["8", ""], quota_most=["", ""],
        criterion_key=["", ""], criterion_text=["Alasan ikut", ""], criterion_most=["5", ""],
    )  # fmt: skip
    answer = client.post(f"/pelatihan/baru?program={programme.id}", data=data)
    session.commit()
    batch = session.scalars(select(Batch)).one()
    assert answer.location == f"/pelatihan/{batch.id}/pertemuan/susun"
    assert [(one.name, one.title) for one in batch.trainers] == [("Siti Rahma", ""), ("Ahmad Yani", "PKK")]
    assert [(one.kind, one.least) for one in batch.quotas] == [("sex", 8)]
    assert [one["text"] for one in batch.criteria] == ["Alasan ikut"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ends_on": "2026-11-01"}, "selesai sebelum dimulai"),
        ({"capacity": "0"}, "field-wrong"),
        ({"quota_group": ["sex:f", "sex:f"], "quota_least": ["1", "2"], "quota_most": ["", ""]}, "ditulis dua kali"),
        ({"quota_group": ["sex:f"], "quota_least": ["99"], "quota_most": [""]}, "lebih banyak daripada jumlah tempat"),
        ({"quota_group": [""], "quota_least": ["9"], "quota_most": [""]}, "Pilih untuk siapa"),
        ({"quota_group": ["sex:f"], "quota_least": ["banyak"], "quota_most": [""]}, "bilangan bulat"),
        ({"trainer_user": ["abc"], "trainer_name": [""]}, "bilangan bulat"),
        ({"admission": "siapa saja"}, "field-wrong"),
        ({"village_code": "99.99"}, "Pilih desa"),
    ],
)
def test_bad_input_stands_at_its_place_and_saves_nothing(
    client: FlaskClient, world: World, session: Session, editor: Any, wrong: dict[str, Any], words: str
) -> None:
    programme = world.programme()
    answer = client.post(f"/pelatihan/baru?program={programme.id}", data=typed(world, programme=programme, **wrong))
    assert answer.status_code == 422
    assert words in answer.text
    assert session.scalar(select(func.count()).select_from(Batch)) == 0


def test_rows_are_added_without_a_script(client: FlaskClient, world: World, session: Session, editor: Any) -> None:
    programme = world.programme()
    page = client.post(
        f"/pelatihan/baru?program={programme.id}", data=typed(world, programme=programme, tambah="quota")
    )
    assert page.status_code == 200
    assert page.text.count('name="quota_group"') == 3
    assert session.scalar(select(func.count()).select_from(Batch)) == 0


def test_editing_shows_what_stands_and_refuses_what_is_stale(
    client: FlaskClient, world: World, session: Session, editor: Any
) -> None:
    batch = planned(world, quotas=[QuotaPlan("sex", "f", least=3)], trainers=[TrainerPlan("Ahmad Yani", "Diskominfo")])
    page = client.get(f"/pelatihan/{batch.id}/ubah").text
    for words in ("Angkatan I", "Ahmad Yani", 'value="sex:f" selected'):
        assert words in page
    kept = {"quota_group": ["sex:f"], "quota_least": ["3"], "quota_most": [""]}
    answer = client.post(f"/pelatihan/{batch.id}/ubah", data=typed(world, batch, name="Angkatan A", **kept))
    assert answer.status_code == 302
    anew(session)
    assert batch.name == "Angkatan A"
    stale = client.post(
        f"/pelatihan/{batch.id}/ubah", data=typed(world, batch, name="Angkatan B", version=1, **kept)
    )  # fmt: skip
    assert stale.status_code == 422
    assert "diubah orang lain" in stale.text
    anew(session)
    assert batch.name == "Angkatan A"
    assert f'value="{batch.version}"' in stale.text


# --- the page and its next step ---


def primary(page: str) -> list[str]:
    """The words on the buttons that are the primary ones."""
    found = re.findall(r'<(?:a|button)[^>]*class="btn btn-primary"[^>]*>(.*?)</(?:a|button)>', page, re.DOTALL)
    words = [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]
    return [one for one in words if one != "Lanjutkan"]  # of the question before a button that cannot be undone


def test_the_page_offers_one_step_after_the_other(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock, editor: Any
) -> None:
    batch = planned(world, trainers=[])
    address = f"/pelatihan/{batch.id}"
    assert primary(client.get(address).text) == ["Susun pertemuan"]
    add_session(session, world.actor(Role.EDITOR), batch.id, a_session(), now=clock.now())
    session.commit()
    page = client.get(address).text
    assert primary(page) == ["Lengkapi"]
    assert "Belum ada pelatihnya" in page
    batch.trainers = [*world.batch(trainers=[world.user(Role.TRAINER)]).trainers]
    session.commit()
    assert primary(client.get(address).text) == ["Buka angkatan"]
    client.post(f"{address}/buka")
    assert primary(client.get(address).text) == ["Bagikan lewat WhatsApp"]
    asking = world.enrolment(batch, status=EnrolmentStatus.APPLIED)
    assert primary(client.get(address).text) == ["Putuskan pendaftar (1)"]
    world.stay_signed_in()
    clock.advance(days=7, hours=1)  # the day of the session, 09.00 WITA
    assert primary(client.get(address).text) == ["Catat hadir"]
    clock.advance(days=1)
    asking.status = EnrolmentStatus.REJECTED
    session.commit()
    assert primary(client.get(address).text) == ["Selesaikan angkatan"]
    client.post(f"{address}/selesai")
    anew(session)
    assert batch.status == BatchStatus.FINISHED
    client.post(f"{address}/lanjutkan")
    anew(session)
    assert batch.status == BatchStatus.RUNNING


def test_opening_what_is_not_complete_says_what_is_missing(client: FlaskClient, world: World, editor: Any) -> None:
    batch = planned(world)
    page = client.post(f"/pelatihan/{batch.id}/buka", follow_redirects=True).text
    assert "Belum ada pertemuan" in page
    assert "Disiapkan" in page


def links(page: str) -> dict[str, str]:
    """Words → address, of what is to be completed."""
    box = page[page.index('id="belum-lengkap"') :].split("</section>", maxsplit=1)[0]
    return {words: url for url, words in re.findall(r'<li><a href="([^"]+)">(.*?)</a></li>', box)}


def test_what_is_missing_leads_to_where_it_is_completed(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock, editor: Any
) -> None:
    programme = world.programme(summary="Untuk [LENGKAPI: siapa].")
    module = programme.modules[0]
    module.outline = "Buka [LENGKAPI: alamat]"
    batch = planned(
        world, programme=programme, contact="[LENGKAPI: nomor]", trainers=[TrainerPlan("[LENGKAPI: nama pelatih]")]
    )
    event = add_session(
        session, world.actor(Role.EDITOR), batch.id, a_session(title="Sesi [LENGKAPI: judul]"), now=clock.now()
    ).event
    session.commit()
    page = client.get(f"/pelatihan/{batch.id}").text
    found = links(page)
    assert set(found.values()) == {
        f"/pelatihan/program/{programme.id}/ubah#summary", f"/pelatihan/modul/{module.id}#outline",
        f"/pelatihan/{batch.id}/ubah#contact", f"/pelatihan/{batch.id}/ubah#trainers",
        f"/kegiatan/{event.id}/ubah#title",
    }  # fmt: skip
    assert page.count("[LENGKAPI: nama pelatih]") == 2, "once to be completed, and once among the trainers"
    assert re.search(rf'class="btn btn-primary" href="{re.escape(next(iter(found.values())))}"', page)
    for url in found.values():
        path, _mark, field = url.partition("#")
        assert f'id="{field}"' in client.get(path).text


def test_who_does_not_keep_the_programme_is_led_to_its_page(client: FlaskClient, world: World) -> None:
    programme = world.programme(summary="Untuk [LENGKAPI: siapa].")
    elsewhere = world.organisation()
    user = world.user(Role.TRAINER, organisation=elsewhere)
    batch = world.batch(programme=programme, trainers=[user], sessions=1, status=BatchStatus.DRAFT)
    world.session.commit()
    sign_in(client, user)
    found = links(client.get(f"/pelatihan/{batch.id}").text)
    assert set(found.values()) == {f"/pelatihan/program/{programme.id}"}


def test_the_page_warns_of_sessions_that_clash(client: FlaskClient, world: World, editor: Any) -> None:
    teacher = world.user(Role.TRAINER)
    batch, other = (world.batch(trainers=[teacher], sessions=1) for _ in range(2))
    world.session.commit()
    for one in (batch, other):
        one.sessions[0].event.speakers = [Speaker(name=teacher.name, name_key=teacher.name.lower(), user_id=teacher.id)]
    world.session.commit()
    assert "Ada pertemuan yang bentrok" in client.get(f"/pelatihan/{batch.id}").text
    other.sessions[0].event.status = EventStatus.CANCELLED
    world.session.commit()
    assert "Ada pertemuan yang bentrok" not in client.get(f"/pelatihan/{batch.id}").text


def test_it_says_why_a_batch_cannot_be_finished_yet(
    client: FlaskClient, world: World, clock: FrozenClock, editor: Any
) -> None:
    batch = world.batch(sessions=2)
    world.session.commit()
    assert "bisa diselesaikan setelah pertemuan terakhir" in client.get(f"/pelatihan/{batch.id}").text
    world.stay_signed_in()
    clock.advance(days=5)
    page = client.get(f"/pelatihan/{batch.id}").text
    assert "bisa diselesaikan setelah" not in page
    assert primary(page) == ["Selesaikan angkatan"]


def test_an_open_batch_begins_with_its_first_session(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock, editor: Any
) -> None:
    batch = planned(world)
    add_session(session, world.actor(Role.EDITOR), batch.id, a_session(day=6), now=clock.now())
    session.commit()
    assert batch.starts_on.day == 1
    client.post(f"/pelatihan/{batch.id}/buka")
    anew(session)
    assert (batch.status, batch.starts_on.day, batch.ends_on.day) == (BatchStatus.OPEN, 7, 15)


def test_the_page_shows_numbers_and_nothing_that_is_not_known(client: FlaskClient, world: World, editor: Any) -> None:
    batch = world.batch(sessions=2, capacity=20)
    page = client.get(f"/pelatihan/{batch.id}").text
    assert "belum ada pertemuan" in page
    assert page.count("belum dicatat") >= 1  # nobody's sex is known: not 0 percent
    siti = world.enrolment(batch, world.trainee(sex="f"))
    world.enrolment(batch, world.trainee(sex="m"))
    world.enrolment(batch, world.trainee(sex="u"))
    world.attended(siti, batch.sessions[0])
    page = client.get(f"/pelatihan/{batch.id}").text
    assert "50%" in page
    assert "1 dari 2" in page
    assert "33%" in page


def test_a_reader_of_the_office_sees_no_buttons(client: FlaskClient, world: World) -> None:
    batch = world.batch(sessions=1, link="https://meet.example/rahasia")
    sign_in(client, world.user(Role.VIEWER))
    page = client.get(f"/pelatihan/{batch.id}").text
    assert primary(page) == []
    assert "Batalkan angkatan" not in page
    assert "rahasia" not in page
    assert client.post(f"/pelatihan/{batch.id}/buka").status_code == 403


def test_cancelling_asks_for_the_reason(client: FlaskClient, world: World, session: Session, editor: Any) -> None:
    batch = world.batch(sessions=2)
    world.enrolment(batch)
    page = client.get(f"/pelatihan/{batch.id}/batalkan").text
    assert "2 pertemuan" in page
    assert client.post(f"/pelatihan/{batch.id}/batalkan", data={"reason": " "}).status_code == 422
    client.post(f"/pelatihan/{batch.id}/batalkan", data={"reason": "Gedung dipakai"})
    anew(session)
    assert batch.status == BatchStatus.CANCELLED
    page = client.get(f"/pelatihan/{batch.id}").text
    assert "Gedung dipakai" in page
    assert primary(page) == []


def test_a_copy_lands_on_its_own_page(client: FlaskClient, world: World, session: Session, editor: Any) -> None:
    batch = planned(world)
    add_session(session, world.actor(Role.EDITOR), batch.id, a_session(), now=world.clock.now())
    session.commit()
    assert "angkatan 2" in client.get(f"/pelatihan/{batch.id}/salin").text
    answer = client.post(f"/pelatihan/{batch.id}/salin", data={"name": "Angkatan II", "starts_on": "2027-02-02"})
    copied = session.scalars(select(Batch).where(Batch.id != batch.id)).one()
    assert answer.location == f"/pelatihan/{copied.id}"
    assert [f"{one.event.starts_at:%Y-%m-%d}" for one in copied.sessions] == ["2027-02-02"]
    assert client.post(f"/pelatihan/{batch.id}/salin", data={"name": "", "starts_on": ""}).status_code == 422


# --- what other pages tell ---


def test_the_campaign_shows_its_batches(client: FlaskClient, world: World, editor: Any) -> None:
    campaign = world.campaign()
    world.batch(name="Kelas Data", campaign_id=campaign.id)
    page = client.get(f"/program/{campaign.id}").text
    assert "Kelas Data" in page
    assert f"sosialisasi={campaign.id}" in page


def test_the_programme_of_training_shows_its_batches(client: FlaskClient, world: World, editor: Any) -> None:
    batch, other = world.batch(name="Kelas Data"), world.batch(name="Kelas Lain")
    page = client.get(f"/pelatihan/program/{batch.programme_id}").text
    assert f'href="/pelatihan/{batch.id}"' in page
    assert other.name not in page
    assert page.count("Rencanakan angkatan") <= 1


def test_the_event_leads_to_its_batch(client: FlaskClient, world: World, editor: Any) -> None:
    batch = world.batch(name="Kelas Data", sessions=1)
    page = client.get(f"/kegiatan/{batch.sessions[0].event_id}").text
    assert "Bagian dari pelatihan" in page
    assert f"/pelatihan/{batch.id}" in page


def test_the_public_page_of_a_session_leads_to_the_whole_training(client: FlaskClient, world: World) -> None:
    batch = world.batch(sessions=1)
    event = batch.sessions[0].event
    event.registration = True
    world.session.commit()
    first = client.get(f"/agenda/{event.code}")
    assert f"/ikut/{batch.code}" in first.text
    assert "daftar untuk semua pertemuannya" in first.text
    assert f"/agenda/{event.code}/daftar" not in first.text
    assert "daftar untuk semua pertemuannya" in client.get("/agenda").text
    batch.status = BatchStatus.RUNNING
    world.session.commit()
    again = client.get(f"/agenda/{event.code}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert "Hanya untuk peserta" in again.text


def test_another_training_event_keeps_its_own_registration(client: FlaskClient, world: World) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, kind="training", registration=True)
    assert f"/agenda/{event.code}/daftar" in client.get(f"/agenda/{event.code}").text
