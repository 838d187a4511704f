"""The pages of posts as a browser meets them."""

import io
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import create_app
from app.base.media.service import store
from app.base.media.storage import Storage
from app.base.people.models import User
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.outreach.posts import service
from app.outreach.posts.models import ApprovalPolicy, Post, PostStatus, Review
from config import Settings
from tests.pages import is_empty, sign_in
from tests.posts.conftest import Desk
from tests.posts.test_drafting import piece
from tests.world import PASSWORD, World


def words(html: str) -> str:
    """The text of a page with single blanks, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def editor(world: World) -> User:
    return world.user(Role.EDITOR, name="Rina Editor")


@pytest.fixture
def composer(client: FlaskClient, editor: User) -> FlaskClient:
    sign_in(client, editor)
    return client


@pytest.fixture
def kabid(world: World) -> User:
    return world.user(Role.APPROVER, position="kabid", name="Budi Kabid")


def posted(world: World, *outlets: Any, **values: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "form_key": "k" * 32,
        "version": "",
        "campaign_id": str(world.campaign().id),
        "title": "Enam dimensi",
        "text": "Kukar menuju kota cerdas.",
        "outlets": [str(outlet.id) for outlet in outlets],
        "scheduled_at": "2026-11-24T10:00",
        "audience": "residents",
    }
    return fields | values


def only_post(session: Session) -> Post:
    session.rollback()
    return session.scalars(select(Post).execution_options(populate_existing=True)).one()


def fresh(session: Session, post: Post) -> Post:
    session.rollback()
    return session.get_one(Post, post.id, populate_existing=True)


def test_composing_saves_a_draft_with_local_time(composer: FlaskClient, world: World, session: Session) -> None:
    x, facebook = world.outlet("x"), world.outlet("facebook")
    page = composer.get("/materi/baru").text
    assert "Waktu tayang" in page
    assert "WITA" in page
    data = posted(world, x, facebook, **{f"text_{x.id}": "Khusus X", "villages": "64.02.12.2002"})
    answer = composer.post("/materi/baru", data=data)
    post = only_post(session)
    assert answer.location == f"/materi/{post.id}"
    assert {v.outlet_id: v.text for v in post.variants} == {x.id: "Khusus X", facebook.id: None}
    assert post.scheduled_at.isoformat() == "2026-11-24T02:00:00+00:00"
    assert [village.code for village in post.villages] == ["64.02.12.2002"]


def test_double_click_on_save_is_one_draft(composer: FlaskClient, world: World, session: Session) -> None:
    data = posted(world, world.outlet())
    first, second = composer.post("/materi/baru", data=data), composer.post("/materi/baru", data=data)
    assert first.location == second.location == f"/materi/{only_post(session).id}"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"title": ""}, "Tulis judul materi."),
        ({"campaign_id": "abc"}, "Pilih program sosialisasi dari daftar."),
        ({"campaign_id": "99999"}, "Pilih program sosialisasi dari daftar."),
        ({"outlets": ["99999"]}, "Saluran yang dipilih tidak ada."),
        ({"outlets": ["x'; --"]}, "Saluran yang dipilih tidak ada."),
        ({"villages": "64.02.99.9999"}, "64.02.99.9999 tidak dikenal"),
        ({"file_ids": "12345"}, "Gambar ini tidak ditemukan."),
        ({"link_url": "kukar"}, "Tautan harus alamat lengkap"),
        ({"service_id": "777"}, "Layanan ini tidak dikenal."),
        ({"audience": "semua"}, "Pilih sasaran"),
        ({"useful_until": "2026-11-24T09:00"}, "harus sesudah waktu tayang"),
        ({"scheduled_at": "besok"}, "Waktu tayang"),
    ],
)
def test_bad_input_is_answered_beside_the_typed_words(
    composer: FlaskClient, world: World, session: Session, values: dict[str, Any], sentence: str
) -> None:
    answer = composer.post("/materi/baru", data=posted(world, world.outlet(), text="Yang saya ketik") | values)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert "Yang saya ketik" in answer.text
    assert session.scalar(select(Post)) is None


def test_all_that_is_missing_is_said_at_once(composer: FlaskClient) -> None:
    page = words(composer.post("/materi/baru", data={"title": "", "campaign_id": ""}).text)
    assert "Tulis judul materi." in page
    assert "Pilih program sosialisasi dari daftar." in page


def test_ended_session_brings_the_filled_form_back(
    client: FlaskClient, world: World, session: Session, editor: User
) -> None:
    x, facebook = world.outlet("x"), world.outlet("facebook")
    data = posted(world, x, facebook, text="Jangan hilang")
    asked = client.post("/materi/baru", data=data, headers={"Origin": "http://localhost"})
    assert asked.status_code == 401
    parked = re.search(r'name="parked"[^>]*value="([^"]+)"', asked.text).group(1)
    back = client.post("/masuk", data={"identity": editor.username, "password": PASSWORD, "parked": parked})
    assert session.scalar(select(Post)) is None
    fields = MultiDict(re.findall(r'<textarea name="([^"]+)" hidden>\n?([^<]*)</textarea>', back.text))
    assert fields.getlist("outlets") == [str(x.id), str(facebook.id)]
    client.post("/materi/baru", data=fields)
    assert only_post(session).text == "Jangan hilang"


def test_a_text_of_one_megabyte_is_refused_and_kept(composer: FlaskClient, world: World, session: Session) -> None:
    outlet = world.outlet()
    long = "panjang " * 131_072
    answer = composer.post("/materi/baru", data=posted(world, outlet, text=long, **{f"text_{outlet.id}": "Sendiri"}))
    assert answer.status_code == 422
    assert "Teks terlalu panjang: 1.048.575 karakter" in words(answer.text)
    assert long.strip() in answer.text
    assert "Sendiri" in answer.text
    assert session.scalar(select(Post)) is None


def test_text_typed_for_an_outlet_that_is_not_ticked_stays(composer: FlaskClient, world: World) -> None:
    outlet = world.outlet()
    answer = composer.post("/materi/baru", data=posted(world, title="", **{f"text_{outlet.id}": "Simpan ini"}))
    assert "Simpan ini" in answer.text


def test_print_piece_and_copies_are_saved(composer: FlaskClient, world: World, session: Session) -> None:
    campaign = world.campaign()
    printer = world.outlet("office_printer")
    poster = piece(world, campaign.id)
    data = posted(world, printer, campaign_id=str(campaign.id))
    data |= {f"piece_{printer.id}": str(poster.id), f"copies_{printer.id}": "1.500"}
    composer.post("/materi/baru", data=data)
    assert [(v.piece_id, v.copies) for v in only_post(session).variants] == [(poster.id, 1500)]
    refused = composer.post("/materi/baru", data=data | {"form_key": "z" * 32, f"copies_{printer.id}": "banyak"})
    assert refused.status_code == 422
    assert "Jumlah lembar harus antara 1 dan 1.000.000" in words(refused.text)


def test_counters_count_as_the_platform_counts(composer: FlaskClient, world: World) -> None:
    x, radio = world.outlet("x"), world.outlet("radio")
    data = {"text": "€" * 10, "outlets": [str(x.id)], "link_url": "", f"text_{radio.id}": ""}
    page = composer.post("/materi/hitung", data=data).text
    assert "20 / 280" in words(page)  # "€" weighs 2 at X
    assert "10 karakter" in words(page)
    longer = composer.post("/materi/hitung", data=data | {"link_url": "https://kukarkab.go.id/panjang"}).text
    assert "20 / 280" not in words(longer)


def test_counting_takes_no_write_lock(composer: FlaskClient, world: World, session: Session) -> None:
    world.outlet()
    session.execute(select(Post))
    world.session.connection().exec_driver_sql("COMMIT")
    world.session.connection().exec_driver_sql("BEGIN IMMEDIATE")  # somebody else is writing all the while
    assert composer.post("/materi/hitung", data={"text": "halo"}).status_code == 200
    session.rollback()


def test_counting_does_not_put_an_older_session_back(composer: FlaskClient) -> None:
    answer = composer.post(
        "/materi/hitung", data={"text": "halo"}, headers={"HX-Request": "true", "Accept": "text/html"}
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" in composer.get("/materi", headers={"Accept": "text/html"}).headers


def test_second_editor_sees_both_texts_and_may_save_over(
    composer: FlaskClient, world: World, session: Session, desk: Desk
) -> None:
    outlet = world.outlet()
    post = desk.draft(outlet, text="Semula")
    data = posted(world, outlet, campaign_id=str(post.campaign_id), title=post.title)
    data |= {"scheduled_at": "2026-11-24T09:00", "useful_until": "2026-11-27T09:00"}
    opened = str(post.version)
    composer.post(f"/materi/{post.id}/ubah", data=data | {"version": opened, "text": "Dari yang pertama"})
    answer = composer.post(f"/materi/{post.id}/ubah", data=data | {"version": opened, "text": "Dari yang kedua"})
    assert answer.status_code == 409
    assert "Rina Editor mengubah materi ini" in words(answer.text)
    assert "Dari yang pertama" in answer.text
    assert "Dari yang kedua" in answer.text
    assert fresh(session, post).text == "Dari yang pertama"
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text).group(1)
    composer.post(f"/materi/{post.id}/ubah", data=data | {"version": version, "text": "Dari yang kedua"})
    assert fresh(session, post).text == "Dari yang kedua"


def test_double_click_on_submit_is_one_submission(
    composer: FlaskClient, world: World, session: Session, desk: Desk, kabid: User
) -> None:
    post = desk.draft(world.outlet())
    for _ in range(2):
        assert composer.post(f"/materi/{post.id}/ajukan").status_code == 302
    found = fresh(session, post)
    assert (found.status, found.round) == (PostStatus.IN_REVIEW, 1)
    assert len(session.scalars(select(Review)).all()) == 1
    assert "menunggu Kepala Bidang (Budi Kabid)" in words(composer.get(f"/materi/{post.id}").text)


def test_submit_lists_what_is_missing(composer: FlaskClient, world: World, session: Session, desk: Desk) -> None:
    post = desk.draft(world.outlet("x", name="X Kukar"), text="Jam [LENGKAPI: jam buka] " + "a" * 300)
    answer = composer.post(f"/materi/{post.id}/ajukan")
    assert answer.status_code == 422
    assert "Belum diajukan. Perbaiki dulu" in words(answer.text)
    assert "X Kukar : Teks untuk X kelebihan" in words(answer.text)
    assert fresh(session, post).status == PostStatus.DRAFT


def test_a_gap_is_filled_on_the_page(composer: FlaskClient, world: World, session: Session, desk: Desk) -> None:
    post = desk.draft(world.outlet(), text="Buka [LENGKAPI: jam buka].")
    assert "Jam buka" in words(composer.get(f"/materi/{post.id}").text)
    empty = composer.post(f"/materi/{post.id}/isi", data={"token": "[LENGKAPI: jam buka]", "value": ""})
    assert empty.status_code == 422
    composer.post(f"/materi/{post.id}/isi", data={"token": "[LENGKAPI: jam buka]", "value": "08.00"})
    assert fresh(session, post).text == "Buka 08.00."
    assert "Lengkapi dulu" not in composer.get(f"/materi/{post.id}").text


def test_move_outside_the_window_says_what_happened(
    composer: FlaskClient, world: World, session: Session, desk: Desk
) -> None:
    post = desk.approved(world.outlet())
    inside = composer.post(
        f"/materi/{post.id}/jadwal", data={"scheduled_at": "2026-11-25T09:00"}, follow_redirects=True
    )
    assert "Waktu tayang dipindahkan ke Rab, 25 Nov 2026 09.00 WITA." in inside.text
    night = composer.post(f"/materi/{post.id}/jadwal", data={"scheduled_at": "2026-11-25T22:00"})
    assert night.status_code == 422
    assert "di luar jam pengiriman 08.00–16.00" in words(night.text)
    empty = composer.post(f"/materi/{post.id}/jadwal", data={"scheduled_at": ""})
    assert empty.status_code == 422
    outside = composer.post(
        f"/materi/{post.id}/jadwal", data={"scheduled_at": "2026-12-15T09:00"}, follow_redirects=True
    )
    assert "perlu diajukan lagi" in outside.text
    assert fresh(session, post).status == PostStatus.DRAFT


@pytest.mark.parametrize(("verb", "status"), [("tarik", PostStatus.DRAFT), ("batal", PostStatus.CANCELLED)])
def test_withdraw_and_cancel(
    composer: FlaskClient, world: World, session: Session, desk: Desk, verb: str, status: PostStatus
) -> None:
    post = desk.submitted(world.outlet())
    assert composer.post(f"/materi/{post.id}/{verb}").location == f"/materi/{post.id}"
    assert fresh(session, post).status == status


def test_a_copy_opens_in_the_composer(composer: FlaskClient, world: World, session: Session, desk: Desk) -> None:
    post = desk.draft(world.outlet())
    answer = composer.post(f"/materi/{post.id}/salin")
    page = composer.get(answer.location)
    assert page.status_code == 200
    assert f"Salinan: {post.title}" in page.text


def test_list_filters_counts_and_pages(composer: FlaskClient, world: World, desk: Desk) -> None:
    x, facebook = world.outlet("x"), world.outlet("facebook")
    campaign = world.campaign(name="UKM Go Digital")
    for number in range(27):
        desk.draft(x, title=f"Harian {number:02}", campaign_id=campaign.id)
    other = desk.submitted(facebook, title="Bank Sampah 50%")
    page = words(composer.get("/materi").text)
    assert "Semua 28" in page
    assert "1–25 dari 28" in page
    assert "Menunggu persetujuan 1" in page
    assert "Harian 26" in composer.get("/materi?hal=2").text or "Harian 00" in composer.get("/materi?hal=2").text
    found = composer.get("/materi?q=50%25").text
    assert "Bank Sampah 50%" in found
    assert "Harian 01" not in found
    assert "Harian 01" not in composer.get("/materi?jenis=facebook").text
    assert "Bank Sampah" not in composer.get(f"/materi?program={campaign.id}").text
    assert "Bank Sampah" in composer.get("/materi?status=in_review").text
    assert is_empty(composer.get("/materi?q=zzz").text)
    assert other.title in composer.get("/materi?program=bukan-angka").text


def test_list_asks_as_often_for_many_as_for_few(app: Flask, composer: FlaskClient, world: World, desk: Desk) -> None:
    asked: list[str] = []
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    x, facebook = world.outlet("x"), world.outlet("facebook")
    desk.draft(x, facebook)
    composer.get("/materi")
    few = len(asked)
    for _ in range(12):
        desk.draft(x, facebook)
    asked.clear()
    composer.get("/materi")
    assert len(asked) == few


def test_export_is_a_spreadsheet_without_formulas(composer: FlaskClient, world: World, desk: Desk) -> None:
    desk.draft(world.outlet(name="X Kukar"), title="=1+1", text="Satu; dua")
    answer = composer.get("/materi/unduh.csv")
    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("\ufeffJudul;")
    assert "'=1+1;" in answer.text
    assert '"Satu; dua"' in answer.text
    assert "X Kukar" in answer.text


def test_a_foreign_post_is_not_there(client: FlaskClient, world: World, desk: Desk) -> None:
    post = desk.draft(world.outlet())
    sign_in(client, world.user(Role.EDITOR, organisation=world.organisation()))
    for path in (f"/materi/{post.id}", f"/materi/{post.id}/ubah"):
        assert client.get(path).status_code == 404
    for verb in ("ubah", "ajukan", "isi", "jadwal", "tarik", "batal", "salin"):
        assert client.post(f"/materi/{post.id}/{verb}", data={}).status_code == 404
    assert "Enam" not in client.get("/materi").text


def test_contributor_of_another_role_cannot_submit(client: FlaskClient, world: World, desk: Desk) -> None:
    sign_in(client, world.user(Role.CONTRIBUTOR))
    post = desk.draft(world.outlet())
    assert "Ajukan Persetujuan" not in client.get(f"/materi/{post.id}").text
    assert client.post(f"/materi/{post.id}/ajukan").status_code == 403


def test_title_cannot_carry_markup(composer: FlaskClient, world: World, desk: Desk) -> None:
    post = desk.draft(world.outlet(), title="<script>alert(1)</script>", text="<b>tebal</b>")
    for path in ("/materi", f"/materi/{post.id}", f"/materi/{post.id}/ubah"):
        page = composer.get(path).text
        assert "<script>alert" not in page
        assert "<b>tebal" not in page


# --- the queue ---


def test_approving_opens_the_next_one(
    client: FlaskClient, world: World, session: Session, desk: Desk, kabid: User
) -> None:
    first = desk.submitted(world.outlet(), title="Yang pertama")
    second = desk.submitted(world.outlet(), title="Yang kedua", scheduled_at=desk.clock.now() + timedelta(hours=3))
    sign_in(client, kabid)
    page = client.get("/persetujuan").text
    assert page.index("Yang pertama") < page.index("Yang kedua")
    assert "2 materi menunggu Anda" in page
    answer = client.post(
        f"/persetujuan/{first.id}/setujui", data={"seen_hash": first.content_hash}, follow_redirects=True
    )
    assert "“Yang pertama” disetujui." in answer.text
    assert f"/persetujuan/{second.id}/setujui" in answer.text
    assert fresh(session, first).status == PostStatus.APPROVED


def test_returning_asks_for_a_reason(
    client: FlaskClient, world: World, session: Session, desk: Desk, kabid: User
) -> None:
    post = desk.submitted(world.outlet())
    sign_in(client, kabid)
    data = {"seen_hash": post.content_hash, "note": " "}
    answer = client.post(f"/persetujuan/{post.id}/kembalikan", data=data)
    assert answer.status_code == 422
    assert "Tulis apa yang perlu diperbaiki." in answer.text
    client.post(f"/persetujuan/{post.id}/kembalikan", data=data | {"note": "Sebut alamatnya"})
    assert fresh(session, post).status == PostStatus.RETURNED


def test_changed_content_is_shown_again_before_approval(
    client: FlaskClient, world: World, session: Session, desk: Desk, kabid: User
) -> None:
    outlet = world.outlet()
    post = desk.submitted(outlet)
    old_hash = post.content_hash
    fields = desk.fields(outlet, campaign_id=post.campaign_id, text="Isi yang baru")
    service.edit(session, desk.editor, post, version=post.version, now=desk.clock.now(), **fields)
    session.commit()
    desk.submit(post)
    sign_in(client, kabid)
    answer = client.post(f"/persetujuan/{post.id}/setujui", data={"seen_hash": old_hash})
    assert answer.status_code == 409
    assert "Belum ada yang disetujui" in answer.text
    assert "Isi yang baru" in answer.text
    assert post.content_hash in answer.text
    assert fresh(session, post).status == PostStatus.IN_REVIEW


def test_what_changed_since_the_last_approval_is_marked(
    client: FlaskClient, world: World, session: Session, desk: Desk, kabid: User
) -> None:
    outlet = world.outlet()
    post = desk.approved(outlet, text="Buka pukul delapan pagi")
    fields = desk.fields(outlet, campaign_id=post.campaign_id, text="Buka pukul sembilan pagi")
    service.edit(session, desk.editor, post, version=post.version, now=desk.clock.now(), **fields)
    session.commit()
    desk.submit(post)
    sign_in(client, kabid)
    page = client.get(f"/persetujuan/{post.id}").text
    assert "<del>delapan</del>" in page
    assert "<ins>sembilan</ins>" in page


def test_late_approval_asks_for_a_time_and_keeps_the_page(
    client: FlaskClient, world: World, session: Session, desk: Desk, kabid: User
) -> None:
    post = desk.submitted(world.outlet())
    desk.clock.advance(hours=2)
    sign_in(client, kabid)
    page = client.get("/persetujuan").text
    assert "Waktu tayangnya sudah lewat" in page
    assert 'value="2026-11-24T10:30"' in page  # the next slot, proposed
    refused = client.post(f"/persetujuan/{post.id}/setujui", data={"seen_hash": post.content_hash})
    assert refused.status_code == 422
    assert "Pilih waktu tayang yang baru" in words(refused.text)
    client.post(
        f"/persetujuan/{post.id}/setujui", data={"seen_hash": post.content_hash, "new_time": "2026-11-24T11:00"}
    )
    found = fresh(session, post)
    assert (found.status, found.scheduled_at.isoformat()) == (PostStatus.APPROVED, "2026-11-24T03:00:00+00:00")


def test_queue_holds_only_what_this_person_can_take(client: FlaskClient, world: World, desk: Desk, kabid: User) -> None:
    kadis = world.user(Role.APPROVER, position="kadis")
    post = desk.submitted(world.outlet(), title="Untuk kabid")
    sign_in(client, kadis)
    assert is_empty(client.get("/persetujuan").text)
    assert client.get(f"/persetujuan/{post.id}").location == f"/materi/{post.id}"
    assert client.post(f"/persetujuan/{post.id}/setujui", data={"seen_hash": post.content_hash}).status_code == 403


def test_menu_counts_what_waits(client: FlaskClient, world: World, desk: Desk, kabid: User) -> None:
    desk.submitted(world.outlet())
    sign_in(client, kabid)
    page = client.get("/materi").text
    item = page[page.index('href="/persetujuan"') :]
    assert re.search(r"\b1\b", words(item[: item.index("</a>")]))


def test_viewer_and_editor_do_not_open_the_queue(composer: FlaskClient) -> None:
    assert composer.get("/persetujuan").status_code == 403


def test_images_stand_with_their_alt_text(
    client: FlaskClient, world: World, session: Session, desk: Desk, kabid: User, settings: Settings
) -> None:
    data = io.BytesIO()
    Image.new("RGB", (400, 300), "#335577").save(data, "JPEG")
    file = store(session, Storage(settings.media_dir), desk.editor, data.getvalue(), "kantor.jpg", now=desk.clock.now())
    session.commit()
    post = desk.submitted(world.outlet(), media=[(file.id, "Warga antre di kantor desa")])
    sign_in(client, kabid)
    assert 'alt="Warga antre di kantor desa"' in client.get(f"/persetujuan/{post.id}").text


# --- who approves ---


def test_admin_sets_the_steps(client: FlaskClient, world: World, session: Session) -> None:
    office = world.office()
    sign_in(client, world.user(Role.ADMIN))
    assert "Kepala Bidang" in client.get("/alur-persetujuan").text
    data = {"organisation_id": str(office.id), "kind": "social", "steps": ["kadis", "kabid"], "owner_first": "y"}
    assert client.post("/alur-persetujuan", data=data).location == "/alur-persetujuan"
    row = session.scalars(select(ApprovalPolicy)).one()
    assert (row.steps, row.owner_first) == (["kabid", "kadis"], True)
    refused = client.post("/alur-persetujuan", data=data | {"steps": []})
    assert refused.status_code == 422
    assert "Pilih paling sedikit satu langkah" in refused.text
    assert client.post("/alur-persetujuan", data=data | {"organisation_id": "x"}).status_code == 404


# --- with CSRF really on ---


@pytest.fixture
def guarded(settings: Settings, clock: FrozenClock, channels: Mapping[str, Any]) -> Iterator[Flask]:
    application = create_app(settings, clock=clock)
    application.config["WTF_CSRF_ENABLED"] = True
    yield application
    with application.app_context():
        application.extensions["sqlalchemy"].engine.dispose()


def token_in(page: str) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)


def test_csrf_is_asked_for_and_the_filled_form_comes_back(
    guarded: Flask, world: World, session: Session, editor: User
) -> None:
    client = guarded.test_client()
    sign_in(client, editor)
    token = token_in(client.get("/materi/baru").text)
    data = posted(world, world.outlet(), text="Jangan hilang")
    client.post("/materi/baru", data=data)
    assert session.scalar(select(Post)) is None
    assert client.post("/materi/baru", data=data | {"csrf_token": token}).status_code == 302
    post = only_post(session)
    assert post.text == "Jangan hilang"
    client.post(f"/materi/{post.id}/ajukan")
    assert fresh(session, post).status == PostStatus.DRAFT
    client.post(f"/materi/{post.id}/ajukan", data={"csrf_token": token})
    assert fresh(session, post).status == PostStatus.IN_REVIEW
