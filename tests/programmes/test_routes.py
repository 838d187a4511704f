"""The pages of programmes, as a browser without JavaScript uses them."""

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.learning.programmes.models import Criterion, Module, ModuleMaterial, Programme, Skill
from app.learning.programmes.skill_list import load_start
from tests.pages import asked, is_empty, sign_in
from tests.world import World

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest.fixture
def editor(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def fields(world: World, **more: Any) -> dict[str, Any]:
    return {
        "title": "Pelatihan SIED",
        "organisation_id": world.office().id,
        "min_attendance": "80",
        "min_score": "",
        "score_from": "both",
        "work_share": "40",
        **more,
    }


def fresh(session: Session, model: Any) -> Any:
    session.rollback()
    session.expire_all()
    return session.scalars(select(model).order_by(model.id.desc())).first()


def test_an_empty_list_says_what_to_do(editor: FlaskClient) -> None:
    page = editor.get("/pelatihan/program")
    assert is_empty(page.text)
    assert "/pelatihan/program/baru" in page.text
    assert "Arsip masih kosong" in editor.get("/pelatihan/program?keadaan=arsip").text
    assert is_empty(editor.get("/pelatihan/program?q=xyz").text)


def test_the_list_pages_and_asks_the_same_however_long_it_is(editor: FlaskClient, world: World) -> None:
    world.programme(title="A")
    editor.get("/pelatihan/program")
    with asked() as few:
        editor.get("/pelatihan/program")
    for number in range(30):
        world.programme(title=f"Program {number:02}")
    with asked() as many:
        page = editor.get("/pelatihan/program")
    assert len(few) == len(many)
    assert "1–25 dari 31" in text(page)
    assert "26–31 dari 31" in text(editor.get("/pelatihan/program?hal=2"))


def test_the_page_of_a_programme_asks_the_same_however_many_modules_it_has(editor: FlaskClient, world: World) -> None:
    short, long = world.programme(modules=1), world.programme(modules=30)
    editor.get(f"/pelatihan/program/{short.id}")
    with asked() as few:
        editor.get(f"/pelatihan/program/{short.id}")
    with asked() as many:
        editor.get(f"/pelatihan/program/{long.id}")
    assert len(few) == len(many)


def test_a_programme_is_made_with_rows_of_people_and_prerequisites(
    editor: FlaskClient, session: Session, world: World
) -> None:
    before, skill = world.programme(title="Dasar"), world.skill("Web")
    rows = {
        "requires_id": ["", str(before.id)], "needs_skill": [str(skill.id), ""], "needs_level": ["2", "1"],
        "trainer_user": ["", ""], "trainer_name": ["Ibu Rina", ""], "trainer_title": ["Komunitas", ""],
    }  # fmt: skip
    answer = editor.post("/pelatihan/program/baru", data=fields(world, **rows))
    made = fresh(session, Programme)
    assert answer.location == f"/pelatihan/program/{made.id}"
    assert (made.min_attendance, made.min_score, made.score_from, made.work_share) == (80, None, "both", 40)
    page = text(editor.get(answer.location))
    assert "Sudah mengikuti Dasar" in page
    assert "Web, tingkat mandiri" in page
    assert "Ibu Rina Komunitas" in page
    assert "Hadir paling sedikit 80% pertemuan, tanpa syarat nilai." in page


def test_one_more_row_keeps_what_was_typed(editor: FlaskClient, session: Session, world: World) -> None:
    typed = fields(world, title="Belum disimpan", trainer_name=["Ibu Rina"], trainer_user=[""], tambah="trainer")
    answer = editor.post("/pelatihan/program/baru", data=typed)
    assert answer.status_code == 200
    assert 'value="Belum disimpan"' in answer.text
    assert 'value="Ibu Rina"' in answer.text
    assert answer.text.count('name="trainer_name"') == 4
    assert fresh(session, Programme) is None


def test_what_is_wrong_stands_beside_its_field_and_keeps_the_rest(
    editor: FlaskClient, session: Session, world: World
) -> None:
    wrong = [
        ({"title": ""}, "Bagian ini wajib diisi."),
        ({"title": "x" * 201}, "paling banyak 200 huruf"),
        ({"min_attendance": "101"}, "Isi angka antara 0 dan 100."),
        ({"organisation_id": "9999"}, "Pilih"),
        ({"test_instrument_id": "abc"}, "Pilih"),
        ({"needs_skill": "x", "needs_level": "1"}, "Pilih dari daftar."),
        ({"requires_id": "99999999999999999999"}, "Pilih dari daftar."),
        ({"trainer_title": "Dinas", "trainer_user": "²"}, "Pilih dari daftar."),
    ]
    for change, said in wrong:
        answer = editor.post("/pelatihan/program/baru", data=fields(world, for_whom="Operator", **change))
        assert answer.status_code == 422, change
        assert said in answer.text, change
        assert 'value="Operator"' in answer.text
    assert fresh(session, Programme) is None


def test_a_circle_is_explained(editor: FlaskClient, world: World) -> None:
    first, second = world.programme(), world.programme()
    path = f"/pelatihan/program/{second.id}/ubah"
    assert editor.post(path, data=fields(world, requires_id=str(first.id))).status_code == 303
    answer = editor.post(f"/pelatihan/program/{first.id}/ubah", data=fields(world, requires_id=str(second.id)))
    assert answer.status_code == 422
    assert answer.text.count("Prasyarat ini melingkar") == 2, "on top and beside the rows"


def test_a_stale_form_keeps_what_was_typed_and_may_be_saved_again(
    editor: FlaskClient, session: Session, world: World
) -> None:
    programme = world.programme(title="Lama")
    path = f"/pelatihan/program/{programme.id}/ubah"
    seen = re.search(r'name="version"[^>]*value="(\d+)"', editor.get(path).text)
    assert seen
    editor.post(path, data=fields(world, title="Orang lain", version=seen[1]))
    answer = editor.post(path, data=fields(world, title="Punya saya", version=seen[1]))
    assert answer.status_code == 422
    assert "baru saja diubah orang lain" in answer.text
    assert 'value="Punya saya"' in answer.text
    assert fresh(session, Programme).title == "Orang lain"
    again = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert again
    assert editor.post(path, data=fields(world, title="Punya saya", version=again[1])).status_code == 303
    assert fresh(session, Programme).title == "Punya saya"


def test_a_module_is_added_moved_deleted_and_brought_back(editor: FlaskClient, session: Session, world: World) -> None:
    programme, skill = world.programme(modules=1), world.skill("Web")
    page = f"/pelatihan/program/{programme.id}"
    data = {
        "title": "Formulir", "minutes": "90", "objectives": "Bisa a\nBisa b",
        "skill_id": [str(skill.id), ""], "skill_level": ["2", "1"],
    }  # fmt: skip
    assert editor.post(f"{page}/modul/baru", data=data).status_code == 303
    module_id = fresh(session, Module).id
    shown = text(editor.get(page))
    assert "Formulir 1 jam 30 menit Web Mandiri Bisa a Bisa b" in shown
    assert editor.post(f"/pelatihan/modul/{module_id}/urutan", data={"ke": "atas"}).status_code == 303
    assert fresh(session, Module).position == 0
    editor.post(f"/pelatihan/modul/{module_id}/hapus")
    assert "Modul “Formulir” dihapus." in text(editor.get(page))
    assert editor.post(f"{page}/modul/kembalikan").status_code == 303
    assert "Formulir" in text(editor.get(page))
    wrong = editor.post(f"{page}/modul/baru", data={**data, "skill_level": ["7", "1"]})
    assert wrong.status_code == 422
    assert "Pilih tingkat untuk setiap keterampilan." in wrong.text


def test_after_a_day_nobody_is_offered_a_deleted_module(editor: FlaskClient, world: World, clock: FrozenClock) -> None:
    programme = world.programme(modules=1)
    page = f"/pelatihan/program/{programme.id}"
    editor.post(f"/pelatihan/modul/{programme.modules[0].id}/hapus")
    assert "dihapus" in text(editor.get(page))
    clock.advance(hours=25)
    assert "dihapus" not in text(editor.get(page))


def test_a_module_in_use_says_that_it_was_archived(editor: FlaskClient, session: Session, world: World) -> None:
    batch = world.batch(sessions=1)
    module = batch.sessions[0].module
    assert module
    answer = editor.post(f"/pelatihan/modul/{module.id}/hapus", follow_redirects=True)
    assert "sudah dipakai sebuah angkatan, jadi diarsipkan dan tidak dihapus" in answer.text
    assert "Modul yang diarsipkan (1)" in text(answer)
    assert editor.post(f"/pelatihan/modul/{module.id}/pakai").status_code == 303
    assert session.get_one(Module, module.id).archived_at is None


def test_files_and_links_are_checked(editor: FlaskClient, session: Session, world: World) -> None:
    module_id = world.programme().modules[0].id
    path = f"/pelatihan/modul/{module_id}/bahan/baru"
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"title": "A"}, "Pilih berkas, atau isi alamat tautannya"),
        ({"title": "", "url": "https://a.id"}, "Bagian ini wajib diisi."),
        ({"title": "A", "url": "javascript:alert(1)"}, "diawali https://"),
        ({"title": "A", "file": (io.BytesIO(b"PK\x03\x04"), "a.pptx")}, "Simpan sebagai PDF"),
        ({"title": "A", "file": (io.BytesIO(b"<html>"), "a.pdf")}, "bukan gambar yang dikenal"),
        ({"title": "A", "url": "https://a.id", "file": (io.BytesIO(PDF), "a.pdf")}, "salah satu saja"),
    ]
    for data, said in wrong:
        answer = editor.post(path, data=data)
        assert answer.status_code == 422, data
        assert said in answer.text, data
    assert fresh(session, ModuleMaterial) is None
    sent = editor.post(path, data={"title": "Kunci", "for_trainers": "y", "file": (io.BytesIO(PDF), "kunci.pdf")})
    assert sent.status_code == 303
    material = fresh(session, ModuleMaterial)
    opened = editor.get(f"/pelatihan/bahan/{material.id}")
    assert (opened.status_code, opened.content_type) == (200, "application/pdf")
    edited = editor.post(f"/pelatihan/bahan/{material.id}/ubah", data={"title": "Kunci soal"})
    assert edited.status_code == 303
    assert fresh(session, ModuleMaterial).for_trainers is False
    assert editor.post(f"/pelatihan/bahan/{material.id}/hapus").status_code == 303
    assert fresh(session, ModuleMaterial) is None


def test_a_viewer_reads_but_sees_nothing_for_trainers(client: FlaskClient, session: Session, world: World) -> None:
    programme = world.programme()
    module = programme.modules[0]
    world._add(ModuleMaterial(module_id=module.id, title="Kunci soal", url="https://a.id/kunci", for_trainers=True))
    world._add(ModuleMaterial(module_id=module.id, title="Video", url="https://a.id/video"))
    sign_in(client, world.user(Role.VIEWER))
    page = client.get(f"/pelatihan/program/{programme.id}").text
    assert "Kunci soal" not in page
    assert "https://a.id/video" in page
    for word in ("Tambah modul", "Ubah program", "Arsipkan", "Salin jadi"):
        assert word not in page
    assert client.post(f"/pelatihan/program/{programme.id}/arsip").status_code == 403
    assert client.get("/pelatihan/program/9999").status_code == 404


def test_the_rubric_is_kept_on_the_page(editor: FlaskClient, session: Session, world: World) -> None:
    programme = world.programme()
    path = f"/pelatihan/program/{programme.id}/kriteria/baru"
    assert editor.post(path, data={"title": "Berjalan", "most": "0"}).status_code == 422
    assert editor.post(path, data={"title": "Berjalan", "most": "4", "guide": "4: ya"}).status_code == 303
    criterion = fresh(session, Criterion)
    assert "Berjalan 0–4" in text(editor.get(f"/pelatihan/program/{programme.id}"))
    changed = editor.post(f"/pelatihan/kriteria/{criterion.id}", data={"title": "Jalan", "most": "5"})
    assert changed.status_code == 303
    assert fresh(session, Criterion).most == 5
    editor.post(f"/pelatihan/kriteria/{criterion.id}/urutan", data={"ke": "bawah"})
    assert editor.post(f"/pelatihan/kriteria/{criterion.id}/hapus").status_code == 303
    assert fresh(session, Criterion) is None


def test_a_programme_is_copied_put_away_and_taken_out(editor: FlaskClient, session: Session, world: World) -> None:
    programme = world.programme(title="Web")
    answer = editor.post(f"/pelatihan/program/{programme.id}/salin")
    copy = fresh(session, Programme)
    assert answer.location == f"/pelatihan/program/{copy.id}/ubah"
    assert "Salinan Web" in editor.get(answer.location).text
    page = editor.post(f"/pelatihan/program/{copy.id}/arsip", follow_redirects=True)
    assert "Program ini diarsipkan." in page.text
    assert "Salinan Web" not in editor.get("/pelatihan/program").text
    assert "Salinan Web" in editor.get("/pelatihan/program?keadaan=arsip").text
    editor.post(f"/pelatihan/program/{copy.id}/arsip", data={"pakai": "1"})
    assert fresh(session, Programme).archived_at is None


def test_the_list_of_skills_is_read_by_all_and_changed_by_editors(
    editor: FlaskClient, session: Session, world: World
) -> None:
    load_start(session, world.clock.now())
    session.commit()
    with asked() as seen:
        page = editor.get("/pelatihan/daftar-keterampilan")
    assert len(seen) < 12
    assert "SIED" in page.text
    assert "Melatih pengguna SIED di OPD-nya" in page.text
    data = {"group": "Data", "name": "Peta", "basic": "Membaca.", "independent": "Membuat.", "coaching": "Mengajari."}
    wrong = editor.post("/pelatihan/daftar-keterampilan/baru", data={**data, "coaching": ""})
    assert wrong.status_code == 422
    assert editor.post("/pelatihan/daftar-keterampilan/baru", data=data).status_code == 303
    made = fresh(session, Skill)
    path = f"/pelatihan/daftar-keterampilan/{made.id}"
    assert editor.post(path, data={**data, "name": "Peta digital"}).status_code == 303
    assert editor.post(path, data={**data, "name": "SIED"}).status_code == 422
    assert editor.post(f"{path}/urutan", data={"ke": "atas"}).status_code == 303
    assert "Modul dan orang yang sudah memilikinya" in editor.post(f"{path}/arsip", follow_redirects=True).text
    assert "Peta digital" not in editor.get("/pelatihan/daftar-keterampilan").text
    assert "Peta digital" in editor.get("/pelatihan/daftar-keterampilan?keadaan=arsip").text
    assert editor.post(f"{path}/arsip", data={"pakai": "1"}).status_code == 303
    assert is_empty(editor.get("/pelatihan/daftar-keterampilan?q=zzzz").text)


def test_a_trainer_reads_the_list_of_skills_only(client: FlaskClient, world: World) -> None:
    world.skill("Web")
    sign_in(client, world.user(Role.TRAINER))
    page = client.get("/pelatihan/daftar-keterampilan").text
    assert "Web" in page
    assert "Tambah keterampilan" not in page
    assert client.get("/pelatihan/daftar-keterampilan/baru").status_code == 403
