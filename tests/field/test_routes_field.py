"""The page, its weight, its form without a script, and what its script talks to."""

import base64
import io
import json
import re
import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.base.people.models import Organisation, User
from app.base.web.assets import FOLDER
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.field.models import FieldPhoto, FieldRecord
from app.gatherings.reports.models import Report
from app.kernel.roles import Role
from tests.field.build import LONG_LALANG, count, record
from tests.media.images import flat, pdf, phone_photo
from tests.pages import asked, is_empty, sign_in
from tests.web.conftest import built  # noqa: F401 (fixture)
from tests.world import World

KILOBYTE = 1024


@pytest.fixture
def kim(world: World) -> Organisation:
    return world.organisation("kim", name="KIM Long Lalang", village_code=LONG_LALANG)


@pytest.fixture
def member(world: World, kim: Organisation) -> User:
    return world.user(Role.COMMUNITY, organisation=kim, name="Kartini")


@pytest.fixture
def signed(client: FlaskClient, member: User) -> FlaskClient:
    sign_in(client, member)
    return client


def send(client: FlaskClient, *records: Any, **more: Any) -> list[dict[str, Any]]:
    answer = client.post("/catat/kirim", json={"device_now": "2026-11-24T08:00:00+08:00", "records": records, **more})
    assert answer.status_code == 200, answer.text
    return list(answer.json["records"])


def photo(client: FlaskClient, data: bytes, **values: str) -> Any:
    values = {"uuid": str(uuid.uuid4()), "record_uuid": str(uuid.uuid4()), "consent": "1", **values}
    return client.post("/catat/foto", data={**values, "file": (io.BytesIO(data), "foto.jpg")})


def form(kim: Organisation, **values: Any) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()), "organisation_id": str(kim.id), "title": "Penyuluhan KTP digital",
        "event_kind": "kim_activity", "date": "2026-11-23", "start": "09:00", "village_code": LONG_LALANG,
        "people.f.adult": "12", "people.m.elder": "3", **values,
    }  # fmt: skip


@pytest.mark.usefixtures("built")
def test_the_whole_page_weighs_at_most_60_kb_on_a_cold_cache(signed: FlaskClient) -> None:
    """Page, styles, scripts, sprite, icon, manifest and service worker, as they come over the line."""
    line = {"Accept-Encoding": "gzip, br"}
    page = signed.get("/catat/", headers=line)
    text = signed.get("/catat/").text
    parts = set(re.findall(r'(?:href|src)="(/static/build/[^"#]+|/catat/[\w.]+webmanifest)', text))
    parts |= {"/catat/sw.js"}
    sizes = {part: len(signed.get(part, headers=line).data) for part in parts}
    assert len([part for part in sizes if part.endswith((".css", ".js", ".svg", ".png", ".webmanifest"))]) >= 8
    assert len(page.data) + sum(sizes.values()) <= 60 * KILOBYTE, sizes
    assert "font" not in " ".join(sizes)
    assert "main-" not in " ".join(sizes)


def test_the_page_asks_a_constant_number_of_questions(signed: FlaskClient, world: World) -> None:
    with asked() as few:
        signed.get("/catat/")
    for number in range(8):
        world.campaign(name=f"Program {number}")
        world.organisation("kim", name=f"KIM {number}")
    with asked() as many:
        signed.get("/catat/")
    assert len(many) == len(few)


def test_the_own_village_is_chosen_and_stands_with_its_district_first(signed: FlaskClient) -> None:
    text = signed.get("/catat/").text
    assert re.search(rf'value="{LONG_LALANG}" selected>Long Lalang', text)
    assert text.index('label="Tabang"') < text.index('label="Anggana"')
    assert 'name="organisation_id" value=' in text


def test_without_a_script_the_form_gives_a_receipt(signed: FlaskClient, kim: Organisation, session: Session) -> None:
    values = form(
        kim, asked=["Kapan tower dibangun?", ""], answer=["", ""], material=["Brosur"], copies=["25"], tags=["diskusi"],
        consent="1", photos=[(io.BytesIO(flat()), "a.jpg"), (io.BytesIO(flat(size=(9, 9))), "b.jpg")],
    )  # fmt: skip
    answer = signed.post("/catat/", data=values)
    assert answer.status_code == 303
    receipt = session.scalars(select(Report.receipt)).one()
    page = signed.get(answer.location)
    assert f'Kode terima: <strong class="receipt">{receipt}' in page.text
    event = session.scalars(select(Event)).one()
    assert (event.people, len(event.photos), session.scalars(select(Report.source)).one()) == (15, 2, "web")


def test_the_form_posted_twice_is_one_record(signed: FlaskClient, kim: Organisation, session: Session) -> None:
    number = str(uuid.uuid4())
    for _ in range(2):
        values = form(kim, uuid=number, consent="1", photos=(io.BytesIO(flat()), "a.jpg"))
        assert signed.post("/catat/", data=values).status_code == 303
    assert count(session) == (1, 1, 1)


def test_another_picture_on_the_same_page_is_another_picture(
    signed: FlaskClient, kim: Organisation, session: Session
) -> None:
    """Refused after its picture was kept, or gone back to with the browser's button."""
    number = str(uuid.uuid4())
    first = form(kim, uuid=number, consent="1", photos=(io.BytesIO(flat()), "a.jpg"))
    assert signed.post("/catat/", data=first).status_code == 303
    other = form(kim, uuid=number, consent="1", photos=(io.BytesIO(flat(size=(9, 9))), "b.jpg"))
    assert signed.post("/catat/", data=other).status_code == 422
    assert count(session) == (1, 1, 1)


def test_a_second_activity_from_a_page_that_the_browser_kept_is_sent_under_a_new_number(
    signed: FlaskClient, kim: Organisation, session: Session
) -> None:
    number = str(uuid.uuid4())
    assert signed.post("/catat/", data=form(kim, uuid=number)).status_code == 303
    second = form(kim, uuid=number, title="Susur sungai")
    refused = signed.post("/catat/", data=second)
    assert (refused.status_code, "Susur sungai" in refused.text) == (422, True)
    assert "tekan Simpan sekali lagi" in refused.text
    found = re.search(r'name="uuid" value="([0-9a-f-]{36})"', refused.text)
    assert found
    assert found[1] != number
    assert signed.post("/catat/", data={**second, "uuid": found[1]}).status_code == 303
    assert sorted(session.scalars(select(Event.title))) == ["Penyuluhan KTP digital", "Susur sungai"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Nama kegiatan belum diisi."),
        ({"total": "banyak"}, "harus berupa angka"),
        ({"people.f.adult": "-3"}, "harus berupa angka"),
        ({"date": "31 November"}, "Tanggal"),
        ({"uuid": "x"}, "tidak dikenali"),
        ({"village_code": "", "place": ""}, "Isi tempatnya"),
        ({"organisation_id": ""}, "Pilih kelompoknya"),
    ],
)
def test_what_was_typed_stays_when_something_is_wrong(
    signed: FlaskClient, kim: Organisation, session: Session, wrong: dict[str, str], sentence: str
) -> None:
    answer = signed.post("/catat/", data=form(kim, told="Isi yang panjang", asked=["Tanya?"], answer=[""], **wrong))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Isi yang panjang" in answer.text
    assert "Tanya?" in answer.text
    assert count(session) == (0, 0, 0)


def test_a_photo_without_consent_or_a_pdf_is_refused_in_words(
    signed: FlaskClient, kim: Organisation, session: Session
) -> None:
    no = signed.post("/catat/", data=form(kim, photos=(io.BytesIO(flat()), "a.jpg")))
    assert (no.status_code, "setuju" in no.text) == (422, True)
    paper = signed.post("/catat/", data=form(kim, consent="1", photos=(io.BytesIO(pdf()), "a.pdf")))
    assert (paper.status_code, "dokumen PDF" in paper.text) == (422, True)
    many = [(io.BytesIO(flat()), f"{number}.jpg") for number in range(6)]
    assert signed.post("/catat/", data=form(kim, consent="1", photos=many)).status_code == 422
    assert session.scalars(select(FieldPhoto)).all() == []


def test_a_member_sees_no_other_group_and_keys_for_none(signed: FlaskClient, world: World, session: Session) -> None:
    other = world.organisation("kim", name="KIM Rahasia")
    assert "KIM Rahasia" not in signed.get("/catat/").text
    answer = signed.post("/catat/", data=form(other))
    assert answer.status_code == 422
    assert count(session) == (0, 0, 0)


def test_the_office_chooses_the_group_that_a_paper_report_comes_from(
    client: FlaskClient, world: World, kim: Organisation, session: Session
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert "KIM Long Lalang</option>" in client.get("/catat/").text
    assert client.post("/catat/", data=form(kim)).status_code == 303
    report = session.scalars(select(Report)).one()
    assert (report.source, report.on_behalf) == ("office", True)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER, Role.OPD_CONTACT])
def test_others_do_not_record(client: FlaskClient, world: World, role: Role) -> None:
    sign_in(client, world.user(role))
    assert client.get("/catat/").status_code == 403
    assert client.get("/catat/sesi").status_code == 403
    assert client.post("/catat/kirim", json={"records": []}).status_code == 403


def test_a_plan_that_is_due_is_offered_until_it_is_reported(
    signed: FlaskClient, kim: Organisation, session: Session, member: User
) -> None:
    number = _plan(session, kim, member)
    text = signed.get("/catat/").text
    assert "Rapat KIM" in text
    assert f'name="event_id" value="{number}"' in text
    assert signed.post("/catat/", data=form(kim, event_id=str(number), title="", date="", start="")).status_code == 303
    assert "Rapat KIM" not in signed.get("/catat/").text


def _plan(session: Session, kim: Organisation, member: User) -> int:
    from datetime import UTC, datetime  # noqa: PLC0415

    at = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    event = Event(
        uid=str(uuid.uuid4()), code="abcdefgh", kind="meeting", title="Rapat KIM", organisation_id=kim.id,
        village_code=LONG_LALANG, starts_at=at, ends_at=at, status=EventStatus.PLANNED, created_at=at, updated_at=at,
        created_by_id=member.id,
    )  # fmt: skip
    session.add(event)
    session.commit()
    return event.id


def test_the_script_hears_who_is_signed_in_and_never_a_page(client: FlaskClient, member: User) -> None:
    out = client.get("/catat/sesi")
    assert (out.status_code, out.json["state"]) == (401, "signed_out")
    sign_in(client, member)
    seen = client.get("/catat/sesi")
    assert (seen.status_code, seen.json["user"], seen.json["name"]) == (200, member.id, "Kartini")
    assert seen.json["csrf"]
    assert seen.headers["Cache-Control"] == "no-store"


def test_who_must_choose_a_new_password_counts_as_signed_out(
    client: FlaskClient, world: World, kim: Organisation
) -> None:
    sign_in(client, world.user(Role.COMMUNITY, organisation=kim, must_change_password=True))
    assert client.get("/catat/sesi").status_code == 401


def test_records_are_sent_and_known_again(signed: FlaskClient, kim: Organisation, session: Session) -> None:
    sent = record(kim)
    (first,) = send(signed, sent)
    (again,) = send(signed, sent)
    assert (first["state"], again["state"]) == ("stored", "known")
    assert first["receipt"] == again["receipt"]
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", first["receipt"])
    assert count(session) == (1, 1, 1)


def test_nobody_sends_without_the_token_of_the_session(
    app: Flask, signed: FlaskClient, kim: Organisation, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    body = {"records": [record(kim)]}
    assert signed.post("/catat/kirim", json=body).status_code == 400
    assert photo(signed, flat()).status_code == 400
    assert signed.post("/catat/", data=form(kim)).status_code == 400
    assert count(session) == (0, 0, 0)
    token = signed.get("/catat/sesi").json["csrf"]
    assert signed.post("/catat/kirim", json=body, headers={"X-CSRFToken": token}).status_code == 200


def test_signed_out_nothing_is_taken(client: FlaskClient, kim: Organisation, session: Session) -> None:
    assert client.post("/catat/kirim", json={"records": [record(kim)]}).status_code == 401
    assert photo(client, flat()).status_code == 401
    assert count(session) == (0, 0, 0)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b'{"records": 5}', b"[" * 200_000, b'{"records": [' + b"9" * 5000 + b"]}"],
)
def test_a_body_that_is_no_list_of_records_is_answered_in_words(signed: FlaskClient, body: bytes) -> None:
    answer = signed.post("/catat/kirim", data=body, content_type="application/json")
    assert (answer.status_code, bool(answer.json["message"])) == (422, True)


def test_strange_numbers_and_signs_are_answered_for_their_record_alone(
    signed: FlaskClient, kim: Organisation, session: Session
) -> None:
    body = json.dumps({"records": [record(kim, total=float("nan")), record(kim, title="\0"), record(kim)]})
    answer = signed.post("/catat/kirim", data=body, content_type="application/json")
    assert [one["state"] for one in answer.json["records"]] == ["invalid", "invalid", "stored"]


def test_a_picture_comes_ahead_once_and_without_its_place(
    app: Flask, signed: FlaskClient, kim: Organisation, session: Session
) -> None:
    number, one = str(uuid.uuid4()), str(uuid.uuid4())
    states = [photo(signed, phone_photo(), uuid=one, record_uuid=number).json["state"] for _ in range(2)]
    assert states == ["stored", "known"]
    (answer,) = send(signed, record(kim, uuid=number, photos=[one]))
    assert answer["state"] == "stored"
    (kept,) = session.scalars(select(Event)).one().photos
    row = session.get_one(FieldPhoto, one)
    assert row.file_id == kept.file_id
    shown = signed.get(f"/berkas/{session.get_one(StoredFile, kept.file_id).key}")
    assert shown.status_code == 200
    assert b"Ponsel Rahasia" not in shown.data


@pytest.mark.parametrize(
    ("data", "word"), [(pdf(), "PDF"), (b"bukan gambar", "bukan gambar"), (b"", "kosong"), (flat()[:200], "rusak")]
)
def test_what_is_no_picture_is_refused_in_words(signed: FlaskClient, session: Session, data: bytes, word: str) -> None:
    answer = photo(signed, data)
    assert answer.status_code == 422
    assert word in answer.json["message"]
    assert session.scalars(select(FieldPhoto)).all() == []


def test_a_picture_without_consent_number_or_file_is_refused(signed: FlaskClient) -> None:
    assert photo(signed, flat(), consent="").status_code == 422
    assert photo(signed, flat(), uuid="x").status_code == 422
    assert (
        signed.post("/catat/foto", data={"uuid": str(uuid.uuid4()), "record_uuid": str(uuid.uuid4())}).status_code
        == 422
    )


def exported(kim: Organisation, **more: Any) -> dict[str, Any]:
    number, one = str(uuid.uuid4()), str(uuid.uuid4())
    picture = {"uuid": one, "record_uuid": number, "name": "a.jpg", "data": base64.b64encode(flat()).decode()}
    return {"format": "gaung-catatan", "records": [record(kim, uuid=number, photos=[one])], "photos": [picture], **more}


def upload(client: FlaskClient, content: object) -> Any:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return client.post("/catat/berkas", data={"file": (io.BytesIO(data), "catatan.json")})


def test_an_exported_file_is_read_in_once_with_its_pictures(
    signed: FlaskClient, kim: Organisation, session: Session
) -> None:
    file = exported(kim)
    first, again = upload(signed, file), upload(signed, file)
    assert "Diterima" in first.text
    assert "Sudah ada sejak sebelumnya" in again.text
    assert count(session) == (1, 1, 1)
    assert len(session.scalars(select(Event)).one().photos) == 1


def test_the_office_reads_in_a_members_file(
    client: FlaskClient, world: World, kim: Organisation, session: Session
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert "Diterima" in upload(client, exported(kim)).text
    assert session.scalars(select(FieldRecord.organisation_id)).one() == kim.id


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe", b"{", b"[1]", b"[" * 100_000, {"format": "lain"}, {"format": "gaung-catatan"},
        {"format": "gaung-catatan", "records": [1], "photos": [1]},
        {"format": "gaung-catatan", "records": [1], "photos": [{"data": "!", "uuid": "x"}]},
    ],
)  # fmt: skip
def test_another_file_is_refused_in_words(signed: FlaskClient, session: Session, content: object) -> None:
    answer = upload(signed, content)
    assert answer.status_code == 422
    assert "Tidak ada yang disimpan" in answer.text
    assert count(session) == (0, 0, 0)


def test_what_arrived_is_seen_by_its_own_group_with_what_the_office_says(
    signed: FlaskClient, world: World, kim: Organisation, session: Session, app: Flask
) -> None:
    assert is_empty(signed.get("/catat/terkirim").text)
    (answer,) = send(signed, record(kim, title="<script>alert(1)</script>"))
    report = session.scalars(select(Report)).one()
    report.event.status, report.missing, report.return_note = EventStatus.RETURNED, ["photos"], "Mohon fotonya."
    session.commit()
    text = signed.get("/catat/terkirim").text
    assert answer["receipt"] in text
    assert "<script>alert" not in text
    assert "Dikembalikan kantor: Foto kegiatan" in text
    assert "Mohon fotonya." in text
    other = app.test_client()
    sign_in(other, world.user(Role.COMMUNITY, organisation=world.organisation("kim", name="KIM Lain")))
    foreign = other.get(f"/catat/terkirim?catatan={session.scalars(select(FieldRecord.uuid)).one()}").text
    assert answer["receipt"] not in foreign


def test_the_list_of_what_arrived_asks_a_constant_number_of_questions(signed: FlaskClient, kim: Organisation) -> None:
    send(signed, record(kim))
    with asked() as few:
        signed.get("/catat/terkirim")
    send(signed, *[record(kim, title=f"Kegiatan {number}") for number in range(12)])
    with asked() as many:
        page = signed.get("/catat/terkirim")
    assert "Kegiatan 11" in page.text
    assert len(many) <= len(few) + 1  # the names of twins, once


@pytest.mark.usefixtures("built")
def test_the_application_names_its_parts(client: FlaskClient) -> None:
    made = client.get("/catat/aplikasi.webmanifest")
    assert made.content_type.startswith("application/manifest+json")
    assert (made.json["start_url"], made.json["display"]) == ("/catat/", "standalone")
    assert {icon["purpose"] for icon in made.json["icons"]} == {"any", "maskable"}
    assert all(client.get(icon["src"]).status_code == 200 for icon in made.json["icons"])
    worker = client.get("/catat/sw.js")
    assert worker.headers["Cache-Control"] == "no-cache"
    assert worker.content_type.startswith("text/javascript")
    kept = json.loads(worker.text.partition("\n")[0].removeprefix("self.GAUNG=").rstrip(";"))["kept"]
    assert all(client.get(address).status_code == 200 for address in kept)


@pytest.mark.usefixtures("built")
def test_another_build_is_another_worker(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = client.get("/catat/sw.js").text.partition("\n")[0]
    names = json.loads((FOLDER / "build" / "manifest.json").read_text())
    monkeypatch.setattr("app.gatherings.field.routes_app.asset", lambda name: f"/static/build/neu-{names[name]}")
    assert client.get("/catat/sw.js").text.partition("\n")[0] != before


def test_records_that_may_be_the_same_gathering_are_named_to_their_own_group(
    signed: FlaskClient, kim: Organisation
) -> None:
    send(signed, record(kim, title="Jaga sungai"))
    assert "Mungkin kegiatan yang sama" not in signed.get("/catat/terkirim").text
    send(signed, record(kim, title="Susur sungai"))
    assert "Mungkin kegiatan yang sama: “Jaga sungai”." in signed.get("/catat/terkirim").text


def test_a_picture_left_out_of_a_changed_record_is_gone_from_the_disk(
    app: Flask, signed: FlaskClient, kim: Organisation, session: Session
) -> None:
    number, one = str(uuid.uuid4()), str(uuid.uuid4())
    photo(signed, flat(), uuid=one, record_uuid=number)
    sent = record(kim, uuid=number, photos=[one])
    (first,) = send(signed, sent)
    sha256 = session.scalars(select(StoredFile.sha256)).one()
    storage = app.extensions["wiring"].storage
    assert storage.has(sha256)
    (answer,) = send(signed, {**sent, "photos": [], "replaces": first["hash"]})
    assert (answer["state"], "gone" in answer) == ("stored", False)
    assert not storage.has(sha256)


def test_the_writer_hears_that_the_day_has_not_come_and_that_the_clock_is_wrong(
    signed: FlaskClient, kim: Organisation
) -> None:
    day_off = {"device_now": "2026-11-25T08:00:00+08:00"}
    assert send(signed, record(kim, date="2026-11-26"), **day_off)[0]["flags"] == ["future", "clock"]
    assert "flags" not in send(signed, record(kim))[0]


def test_what_the_office_typed_is_said_to_be_in_the_groups_name(
    client: FlaskClient, world: World, kim: Organisation
) -> None:
    sign_in(client, world.user(Role.EDITOR, name="Erna"))
    assert client.post("/catat/", data=form(kim)).status_code == 303
    assert "Dicatat Erna atas nama KIM Long Lalang, " in client.get("/catat/terkirim").text
