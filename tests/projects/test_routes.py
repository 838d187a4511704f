"""The pages of projects, as a browser without JavaScript uses them."""

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.gatherings.communities.models import Group
from app.kernel.roles import Role
from app.kernel.site import Site
from app.learning.projects.models import Project, ProjectMember
from app.learning.training.participants.tokens import own_path
from tests.pages import asked, is_empty, sign_in
from tests.world import World

PATH = "/pelatihan/proyek"


@pytest.fixture
def editor(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


@pytest.fixture
def community(world: World) -> Organisation:
    made = world.organisation("programmer", name="Komunitas Programmer Kukar")
    now = world.clock.now()
    world._add(Group(organisation_id=made.id, kind="programmer", created_at=now, updated_at=now))
    return made


def project_of(world: World, name: str = "Antrean", **values: Any) -> Project:
    now = world.clock.now()
    values.setdefault("status_on", now.date())
    made: Project = world._add(Project(name=name, created_at=now, updated_at=now, **values))
    return made


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def fresh(session: Session) -> Any:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Project).order_by(Project.id.desc())).first()


def test_an_empty_list_says_what_to_do(editor: FlaskClient) -> None:
    page = editor.get(PATH)
    assert is_empty(page.text)
    assert f"{PATH}/baru" in page.text
    assert is_empty(editor.get(f"{PATH}?status=in_use").text)
    assert "Arsip masih kosong" in editor.get(f"{PATH}?keadaan=arsip").text


def test_the_list_pages_and_asks_the_same_however_long_it_is(editor: FlaskClient, world: World) -> None:
    project_of(world)
    editor.get(PATH)
    with asked() as few:
        editor.get(PATH)
    for number in range(30):
        project_of(world, f"Proyek {number:02}", organisation_id=world.office().id)
    with asked() as many:
        page = editor.get(PATH)
    assert len(few) == len(many)
    assert "1–25 dari 31" in text(page)


def test_a_project_is_recorded_changed_and_put_away(
    editor: FlaskClient, session: Session, community: Organisation
) -> None:
    data = {"name": "Antrean", "status": "building", "status_on": "2026-11-01", "group_id": str(community.id)}
    made_at = editor.post(f"{PATH}/baru", data={**data, "repository": "https://contoh.id/a"})
    project = fresh(session)
    assert made_at.location == f"{PATH}/{project.id}"
    page = text(editor.get(made_at.location))
    assert "Sedang dibuat sejak Min, 1 Nov 2026" in page
    assert "Komunitas Programmer Kukar" in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', editor.get(f"{made_at.location}/ubah").text)
    assert version
    changed = {**data, "status": "in_use", "version": version[1]}
    assert editor.post(f"{made_at.location}/ubah", data=changed).status_code == 303
    assert fresh(session).status_on.isoformat() == "2026-11-24"
    stale = editor.post(f"{made_at.location}/ubah", data={**changed, "name": "Punya saya"})
    assert stale.status_code == 422
    assert "baru saja diubah orang lain" in stale.text
    assert 'value="Punya saya"' in stale.text
    editor.post(f"{made_at.location}/arsip", follow_redirects=True)
    assert "Antrean" not in editor.get(PATH).text
    editor.post(f"{made_at.location}/arsip", data={"pakai": "1"})
    assert fresh(session).archived_at is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Bagian ini wajib diisi."),
        ({"name": "x" * 201}, "paling banyak 200 huruf"),
        ({"repository": "javascript:alert(1)"}, "diawali https://"),
        ({"address": "ftp://a.id"}, "diawali https://"),
        ({"status": "hilang"}, "tidak ada dalam daftar"),
        ({"status_on": "2026-11-25"}, "Tanggal ini belum terjadi"),
        ({"status_on": "kemarin"}, "tanggal"),
        ({"group_id": "9999"}, "tidak ada dalam daftar"),
        ({"organisation_id": "abc"}, "Pilih"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    editor: FlaskClient, session: Session, change: dict[str, str], said: str
) -> None:
    data = {"name": "Antrean", "status": "idea", "summary": "Tetap di sini", **change}
    answer = editor.post(f"{PATH}/baru", data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Tetap di sini" in answer.text
    assert fresh(session) is None


def test_people_are_found_added_and_taken_out(editor: FlaskClient, session: Session, world: World) -> None:
    project, person = project_of(world), world.trainee("Rina Wati")
    path = f"{PATH}/{project.id}/orang"
    assert "Tulis paling sedikit 3 huruf dari namanya." in editor.get(f"{path}?q=ri").text
    assert "Tidak ada peserta bernama “zzz”" in text(editor.get(f"{path}?q=zzz"))
    assert "Rina Wati" in editor.get(f"{path}?q=rina").text
    assert "Pilih dahulu orangnya" in editor.post(path, follow_redirects=True).text
    assert editor.post(path, data={"orang": "9999"}).status_code == 404
    assert editor.post(path, data={"orang": str(person.id)}).status_code == 303
    assert "Rina Wati" in editor.get(f"{PATH}/{project.id}").text
    assert editor.post(f"{path}/keluarkan", data={"orang": str(person.id)}).status_code == 303
    assert session.scalars(select(ProjectMember)).all() == []


def test_more_people_than_fit_are_not_hidden_silently(editor: FlaskClient, world: World) -> None:
    project = project_of(world)
    for number in range(22):
        world.trainee(f"Rina {number:02}")
    page = editor.get(f"{PATH}/{project.id}/orang?q=rina").text
    assert page.count("Tambahkan") == 20
    assert "Masih ada yang lain." in page


def test_a_viewer_sees_how_many_but_not_who(client: FlaskClient, world: World) -> None:
    project, person = project_of(world), world.trainee("Rina Wati")
    world._add(ProjectMember(project_id=project.id, trainee_id=person.id))
    sign_in(client, world.user(Role.VIEWER))
    page = client.get(f"{PATH}/{project.id}")
    assert "Rina" not in page.text
    assert "1 orang." in text(page)
    assert "Ubah proyek" not in page.text
    assert client.get(f"{PATH}/{project.id}/orang").status_code == 403


def test_a_community_begins_with_itself(
    client: FlaskClient, session: Session, world: World, community: Organisation
) -> None:
    sign_in(client, world.user(Role.COMMUNITY, organisation=community))
    form = client.get(f"{PATH}/baru").text
    assert f'<option selected value="{community.id}">Komunitas Programmer Kukar' in form
    data = {"name": "Antrean", "status": "idea", "group_id": str(community.id)}
    assert client.post(f"{PATH}/baru", data=data).status_code == 303
    assert "Antrean" in client.get(PATH).text
    assert client.get(f"{PATH}/{project_of(world, 'Lain').id}").status_code == 404


def test_a_trainer_of_a_bidang_begins_with_its_opd(client: FlaskClient, world: World) -> None:
    opd = world.organisation(name="Dinas Kesehatan")
    bidang = world.organisation("bidang", name="Bidang Data", parent_id=opd.id)
    sign_in(client, world.user(Role.TRAINER, organisation=bidang))
    assert f'<option selected value="{opd.id}">Dinas Kesehatan' in client.get(f"{PATH}/baru").text


def test_a_kim_is_not_asked_for_projects(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.COMMUNITY, organisation=world.kim()))
    page = client.get(PATH)
    assert "Belum ada proyek" in page.text
    assert "Catat proyek" not in page.text


def test_the_files_hold_what_the_list_shows(editor: FlaskClient, world: World) -> None:
    project = project_of(world, "=1+1", status="in_use")
    project_of(world, "Lain")
    world._add(ProjectMember(project_id=project.id, trainee_id=world.trainee("Rina").id))
    listed = editor.get(f"{PATH}/unduh.csv?status=in_use").data.decode("utf-8-sig")
    assert "'=1+1" in listed
    assert "Lain" not in listed
    assert "Rina" not in listed
    book = load_workbook(io.BytesIO(editor.get(f"{PATH}/unduh.xlsx").data))
    assert [book.active.cell(1, 1).value, book.active.max_row] == ["Nama", 3]


def test_a_participant_sees_the_own_projects_on_the_own_page(client: FlaskClient, world: World) -> None:
    person = world.trainee("Rina")
    world.enrolment(world.batch(), person)
    mine = project_of(world, "Antrean", address="https://antrean.contoh.id")
    world._add(ProjectMember(project_id=mine.id, trainee_id=person.id))
    project_of(world, "Punya orang lain")
    world.session.info["site"] = Site(secret_key=client.application.config["SECRET_KEY"])
    page = client.get(own_path(world.session, person)).text
    assert "Proyek Anda" in page
    assert "https://antrean.contoh.id" in page
    assert "Punya orang lain" not in page


def test_the_page_of_a_programmer_community_names_what_it_builds(
    editor: FlaskClient, world: World, community: Organisation
) -> None:
    empty = editor.get(f"/komunitas/{community.id}")
    assert "Belum ada proyek yang dicatat untuk komunitas ini." in empty.text
    project = project_of(world, "Antrean", group_id=community.id)
    page = editor.get(f"/komunitas/{community.id}").text
    assert f"{PATH}/{project.id}" in page
    assert "Belum ada proyek" not in page
    assert "Belum ada proyek" not in editor.get(f"/komunitas/{world.kim().id}").text
