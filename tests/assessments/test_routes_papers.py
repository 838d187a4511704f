"""The pages of tests as a browser without JavaScript uses them, and as the page's script hands in."""

import copy
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.instruments import service
from app.evidence.instruments.models import InstrumentVersion
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.kernel.site import Site
from app.learning.assessments.models import FeedbackGiven, Paper, Sitting
from app.learning.assessments.papers import service as papers
from app.learning.assessments.papers import taking
from app.learning.training.models import Batch, Enrolment
from app.learning.training.participants.tokens import own_path
from tests.assessments.sample import RIGHT, TEST, WRONG
from tests.pages import asked, sign_in
from tests.world import World

JSON = {"Accept": "application/json"}


@pytest.fixture
def batch(world: World) -> Batch:
    instrument = world.instrument(TEST, audience="trainees", title="Keamanan akun")
    return world.batch(programme=world.programme(test_instrument_id=instrument.id))


@pytest.fixture
def editor(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def prepared(session: Session, world: World, batch: Batch, kind: str = "pre", *, opened: bool = True) -> Paper:
    now, actor = world.clock.now(), world.actor(Role.EDITOR)
    paper = papers.prepare(session, actor, batch.id, kind, now=now)
    if opened:
        papers.open_paper(session, actor, paper.id, now=now)
    session.commit()
    return paper


def address(client: FlaskClient, session: Session, enrolment: Enrolment, kind: str = "pre") -> str:
    session.info["site"] = Site(secret_key=client.application.config["SECRET_KEY"])
    url = f"{own_path(session, enrolment.trainee)}/isi/{enrolment.id}/{kind}"
    session.rollback()  # let go of the snapshot: the application writes meanwhile
    return url


def sitting(session: Session) -> Sitting:
    session.rollback()
    return session.scalars(select(Sitting)).one()


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def close(session: Session, world: World, paper: Paper) -> None:
    session.rollback()
    papers.close_paper(session, world.actor(Role.EDITOR), paper.id, now=world.clock.now())
    session.commit()


# --- with the own link ---


def test_a_test_is_filled_in_without_a_script(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    prepared(session, world, batch)
    url = address(client, session, world.enrolment(batch))
    page = client.get(url)
    assert page.status_code == 200
    assert "Mana sandi yang paling kuat?" in page.text
    assert "Jawab hanya bila no. 3 dijawab “Ya”" in text(page)
    sent = client.post(url, data=RIGHT)
    assert sent.status_code == 303
    assert "sudah diterima" in text(client.get(sent.location))
    assert sitting(session).score == 5


def test_no_page_shows_what_is_right_before_it_is_closed(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    paper = prepared(session, world, batch, "post")
    url = address(client, session, world.enrolment(batch), "post")
    assert "right" not in client.get(url).text.replace("copyright", "")
    client.post(url, data=WRONG)
    before = text(client.get(url))
    assert "Yang benar" not in before
    assert "%" not in before
    close(session, world, paper)
    after = text(client.get(url))
    assert "Yang benar: Kalimat panjang" in after
    assert "0%" in after


def test_the_key_of_the_test_before_waits_for_the_test_after(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    pre, enrolment = prepared(session, world, batch), world.enrolment(batch)
    url = address(client, session, enrolment)
    client.post(url, data=RIGHT)
    close(session, world, pre)
    page = text(client.get(url))
    assert "100%" in page
    assert "Kalimat panjang" not in page
    post = prepared(session, world, batch, "post")
    assert "Kalimat panjang" not in text(client.get(url))
    close(session, world, post)
    assert "Kalimat panjang" in text(client.get(url))


def test_the_script_hands_in_once_and_asking_again_is_safe(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    prepared(session, world, batch)
    url = address(client, session, world.enrolment(batch))
    sheet = {"jawaban": json.dumps({"answers": RIGHT, "started_at": "2026-11-24T00:00:00Z"})}
    first, second = (client.post(url, data=sheet, headers=JSON).get_json() for _ in range(2))
    assert (first["receipt"], first["known"]) == ("ok", False)
    assert (second["receipt"], second["known"]) == ("ok", True)
    assert sitting(session).score == 5


def test_a_second_time_says_that_it_changed_nothing(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    prepared(session, world, batch)
    url = address(client, session, world.enrolment(batch))
    client.post(url, data=WRONG)
    again = client.post(url, data=RIGHT)
    assert "tidak mengubah apa pun" in text(client.get(again.location))
    assert sitting(session).score == 0


def test_what_does_not_fit_is_said_beside_its_question_and_nothing_is_lost(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    prepared(session, world, batch)
    url = address(client, session, world.enrolment(batch))
    wrong = {"sandi": "panjang", "tanda": ["apa"]}
    page = client.post(url, data=wrong)
    assert page.status_code == 422
    assert "tidak ada dalam daftar" in page.text
    assert re.search(r'value="panjang"[^>]*checked', page.text)
    told = client.post(url, data={"jawaban": json.dumps({"answers": wrong})}, headers=JSON)
    assert (told.status_code, told.get_json()["problems"][0]["field"]) == (422, "tanda")


def test_nobody_has_to_guess(client: FlaskClient, session: Session, world: World, batch: Batch) -> None:
    paper, enrolment = prepared(session, world, batch), world.enrolment(batch)
    url = address(client, session, enrolment)
    page = client.get(url).text
    assert page.count('value="belum_tahu"') == 4
    answered = client.post(url, data={"sandi": "panjang", "tanda": "belum_tahu", "pakai": "belum_tahu"})
    assert answered.status_code == 303
    assert sitting(session).score == 1
    assert sitting(session).answers["tanda"] == ["belum_tahu"]
    sign_in(client, world.user(Role.EDITOR))
    shown = text(client.get(f"/pelatihan/penilaian/{paper.id}/peserta/{enrolment.id}"))
    assert "Belum benar Saya belum tahu" in shown
    assert "(1 belum tahu)" in text(client.get(f"/pelatihan/penilaian/{paper.id}"))


def test_what_is_left_open_without_a_script_is_no_mistake(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    prepared(session, world, batch)
    assert client.post(address(client, session, world.enrolment(batch)), data={"sandi": "panjang"}).status_code == 303
    assert sitting(session).answers == {"sandi": "panjang"}


def test_answers_to_other_questions_are_not_taken(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    """The office changed the first question while this form lay open."""
    paper, actor = prepared(session, world, batch), world.actor(Role.EDITOR)
    url = address(client, session, world.enrolment(batch))
    seen = re.search(r'name="versi" value="(\d+)"', client.get(url).text)
    assert seen is not None
    instrument = session.get_one(InstrumentVersion, paper.instrument_version_id).instrument_id
    newer = service.new_version(session, actor, instrument, now=world.clock.now())
    changed = copy.deepcopy(newer.definition)
    changed["sections"][0]["questions"][0]["text"] = {"id": "Mana sandi yang paling lemah?"}
    newer.definition = changed
    papers.close_paper(session, actor, paper.id, now=world.clock.now())
    papers.prepare(session, actor, batch.id, "pre", now=world.clock.now())
    papers.open_paper(session, actor, paper.id, now=world.clock.now())
    session.commit()
    page = client.post(url, data={**RIGHT, "versi": seen[1]})
    assert page.status_code == 409
    assert "Pertanyaannya baru saja diganti kantor" in page.text
    assert re.search(r'value="desak"[^>]*checked', page.text)
    assert not re.search(r'value="panjang"[^>]*checked', page.text)
    sheet = json.dumps({"answers": RIGHT, "version": int(seen[1])})
    told = client.post(url, data={"jawaban": sheet}, headers=JSON)
    assert told.status_code == 409
    assert set(told.get_json()["kept"]) == {"tanda", "pakai", "guna"}
    session.rollback()
    assert session.scalars(select(Sitting)).all() == []


@pytest.mark.parametrize("jawaban", ["", "{", "[]", '{"answers": 1}', "[" * 20_000])
def test_what_cannot_be_read_is_said(
    client: FlaskClient, session: Session, world: World, batch: Batch, jawaban: str
) -> None:
    prepared(session, world, batch)
    url = address(client, session, world.enrolment(batch))
    answer = client.post(url, data={"jawaban": jawaban}, headers=JSON)
    assert answer.status_code == 422
    assert "tidak bisa dibaca" in answer.get_json()["sentence"]


def test_a_link_of_somebody_else_opens_nothing(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    prepared(session, world, batch)
    mine, theirs = world.enrolment(batch), world.enrolment(batch)
    url = address(client, session, mine).replace(f"/isi/{mine.id}/", f"/isi/{theirs.id}/")
    assert client.get(url).status_code == 404
    assert client.post(url, data=RIGHT).status_code == 404
    assert client.get("/peserta/palsu/isi/1/pre").status_code == 404
    assert client.get(address(client, session, mine, "rahasia")).status_code == 404


def test_who_comes_too_early_or_too_late_reads_why(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    url = address(client, session, world.enrolment(batch))
    assert "belum dibuka" in text(client.get(url))
    paper = prepared(session, world, batch, opened=False)
    assert "belum dibuka" in text(client.get(url))
    close(session, world, paper)
    assert "sudah ditutup" in text(client.get(url))
    answer = client.post(url, data={"jawaban": json.dumps({"answers": RIGHT})}, headers=JSON)
    assert (answer.status_code, "sudah ditutup" in answer.get_json()["sentence"]) == (409, True)


def test_the_own_page_leads_to_what_is_open(client: FlaskClient, session: Session, world: World, batch: Batch) -> None:
    prepared(session, world, batch)
    url = address(client, session, world.enrolment(batch))
    own = client.get(url.partition("/isi/")[0])
    assert url in own.text
    client.post(url, data=RIGHT)
    assert "Sudah diisi" in text(client.get(url.partition("/isi/")[0]))


@pytest.mark.parametrize("kind", ["feedback", "after_3", "after_12"])
def test_the_other_papers_open_with_the_same_link(
    client: FlaskClient, session: Session, world: World, batch: Batch, kind: str
) -> None:
    prepared(session, world, batch, kind)
    page = client.get(address(client, session, world.enrolment(batch), kind))
    assert page.status_code == 200
    assert ("disimpan tanpa nama" in page.text) == (kind == "feedback")


# --- for who keeps the batch ---


def test_from_preparing_to_the_gain(
    editor: FlaskClient, session: Session, world: World, batch: Batch, clock: FrozenClock
) -> None:
    people = [world.enrolment(batch) for _ in range(6)]
    index = f"/pelatihan/{batch.id}/penilaian"
    assert "Belum ada peserta yang mengikuti" in text(editor.get(index))
    form = editor.get(f"{index}/pre/siapkan")
    chosen = re.search(r'<option selected value="(\d+)">Keamanan akun', form.text)
    assert chosen
    for kind in ("pre", "post"):
        assert editor.post(f"{index}/{kind}/siapkan", data={"instrument_id": chosen[1]}).status_code == 303
    session.rollback()
    pre, post = (papers.paper_of(session, batch.id, kind) for kind in ("pre", "post"))
    assert pre
    assert post
    for paper in (pre, post):
        assert editor.post(f"/pelatihan/penilaian/{paper.id}/buka").location == index
    session.rollback()
    for place, one in enumerate(people):
        for paper, answers in ((pre, {**WRONG, "sandi": "panjang"} if place % 2 else WRONG), (post, RIGHT)):
            taking.hand_in(session, paper, one, answers, started_at=None, now=clock.now())
    session.commit()
    page = text(editor.get(index))
    assert "6 dari 6 peserta sudah mengisi" in page
    assert "Kenaikan hasil belajar tinggi" in page
    assert "dari 6 peserta" in page
    items = text(editor.get(f"/pelatihan/penilaian/{post.id}"))
    assert "Soal demi soal" in items
    assert "50%" in items  # of "sandi", before
    assert editor.post(f"/pelatihan/penilaian/{post.id}/tutup").status_code == 303


def test_other_questions_after_are_said(editor: FlaskClient, session: Session, world: World, batch: Batch) -> None:
    one = world.enrolment(batch)
    other = world.instrument(TEST, audience="trainees", title="Lain")
    now, actor = world.clock.now(), world.actor(Role.EDITOR)
    made = [
        papers.prepare(session, actor, batch.id, "pre", now=now),
        papers.prepare(session, actor, batch.id, "post", instrument_id=other.id, now=now),
    ]
    for paper in made:
        taking.enter_points(session, actor, paper.id, one.id, 3, now=now)
    session.commit()
    assert "Pertanyaan tes akhir berbeda" in text(editor.get(f"/pelatihan/{batch.id}/penilaian"))


def test_points_from_paper_are_typed_and_put_right(
    editor: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    paper, one = prepared(session, world, batch), world.enrolment(batch)
    url = f"/pelatihan/penilaian/{paper.id}/peserta/{one.id}"
    much = editor.post(url, data={"hanya": "poin", "score": "6"})
    assert (much.status_code, "Nilai paling banyak 5" in text(much)) == (422, True)
    assert editor.post(url, data={"hanya": "poin", "score": "3,5"}).status_code == 303
    again = editor.post(url, data={"hanya": "poin", "score": "4"})
    assert (again.status_code, "Tulis alasannya" in text(again)) == (422, True)
    assert editor.post(url, data={"hanya": "poin", "score": "4", "reason": "salah hitung"}).status_code == 303
    assert sitting(session).score == 4
    assert "Dinilai di kertas" in text(editor.get(f"/pelatihan/penilaian/{paper.id}"))
    editor.post(f"{url}/hapus", data={"reason": ""})
    session.rollback()
    assert session.scalars(select(Sitting)).all()
    editor.post(f"{url}/hapus", data={"reason": "salah orang"})
    session.rollback()
    assert session.scalars(select(Sitting)).all() == []


def test_a_sheet_of_answers_is_typed_with_gaps(
    editor: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    paper, one = prepared(session, world, batch), world.enrolment(batch)
    url = f"/pelatihan/penilaian/{paper.id}/peserta/{one.id}"
    assert editor.post(url, data={"sandi": "panjang"}).status_code == 303
    page = text(editor.get(url))
    assert "1 dari 5 poin" in page
    assert "tidak dijawab" in page


def test_what_is_wrong_in_a_typed_sheet_stands_beside_its_question(
    editor: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    paper, one = prepared(session, world, batch), world.enrolment(batch)
    page = editor.post(f"/pelatihan/penilaian/{paper.id}/peserta/{one.id}", data={"sandi": "tidak ada"})
    assert page.status_code == 422
    assert 'role="alert">Jawaban ini tidak ada dalam daftar' in page.text  # the line of the question, not hidden
    assert page.text.count("question-wrong") == 1
    assert session.scalars(select(Sitting)).all() == []


def test_times_are_set_and_checked(editor: FlaskClient, session: Session, world: World, batch: Batch) -> None:
    paper = prepared(session, world, batch, opened=False)
    url = f"/pelatihan/penilaian/{paper.id}/waktu"
    wrong = editor.post(url, data={"opens_at": "2026-11-25T09:00", "closes_at": "2026-11-25T08:00"})
    assert (wrong.status_code, "sesudah waktu buka" in text(wrong)) == (422, True)
    assert editor.post(url, data={"opens_at": "2026-11-25T09:00", "closes_at": "2026-11-25T10:00"}).status_code == 303
    session.refresh(paper)
    assert paper.closes_at is not None
    assert paper.opens_at is not None
    assert paper.closes_at - paper.opens_at == timedelta(hours=1)
    assert "Terjadwal" in text(editor.get(f"/pelatihan/{batch.id}/penilaian"))


@pytest.mark.parametrize("key", ["", "?kunci=1"])
def test_a_test_is_printed(editor: FlaskClient, session: Session, world: World, batch: Batch, key: str) -> None:
    paper = prepared(session, world, batch)
    sheet = editor.get(f"/pelatihan/penilaian/{paper.id}/cetak.pdf{key}")
    assert (sheet.status_code, sheet.data[:5]) == (200, b"%PDF-")


def test_feedback_is_read_of_nobody(editor: FlaskClient, session: Session, world: World, batch: Batch) -> None:
    paper, one = prepared(session, world, batch, "feedback"), world.enrolment(batch)
    session.add(FeedbackGiven(paper_id=paper.id, enrolment_id=one.id))
    session.commit()
    assert editor.get(f"/pelatihan/penilaian/{paper.id}/peserta/{one.id}").status_code == 409
    page = editor.get(f"/pelatihan/penilaian/{paper.id}")
    assert "1 dari 1 peserta sudah mengisi" in text(page)
    assert one.trainee.name not in page.text


def test_a_mean_of_a_few_is_for_who_may_read_their_marks(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    enrolment = world.enrolment(batch)
    for kind, given in (("pre", WRONG), ("post", RIGHT)):
        paper = prepared(session, world, batch, kind)
        taking.hand_in(session, paper, enrolment, given, started_at=None, now=world.clock.now())
    session.commit()
    sign_in(client, world.user(Role.VIEWER))
    for page in (f"/pelatihan/{batch.id}/penilaian", f"/pelatihan/{batch.id}"):
        assert "Angkanya tampil mulai 5 peserta" in text(client.get(page))
        assert "Nilai rata-rata" not in text(client.get(page))
    other = client.application.test_client()
    sign_in(other, world.user(Role.EDITOR))
    assert "Nilai rata-rata 1 peserta" in text(other.get(f"/pelatihan/{batch.id}/penilaian"))


def test_opening_the_test_after_too_early_asks_first(
    editor: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    prepared(session, world, batch)
    post = prepared(session, world, batch, "post", opened=False)
    assert "Tes awal masih dibuka" in editor.get(f"/pelatihan/{batch.id}/penilaian").text
    assert "Tes awal masih dibuka" in editor.get(f"/pelatihan/penilaian/{post.id}").text
    world.stay_signed_in()
    world.clock.advance(days=1)
    papers.close_paper(session, world.actor(Role.EDITOR), post.id - 1, now=world.clock.now())
    session.commit()
    assert "Belum ada pertemuan yang berlangsung" in editor.get(f"/pelatihan/{batch.id}/penilaian").text


def test_who_only_reads_sees_counts_and_no_names(
    client: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    sign_in(client, world.user(Role.VIEWER))
    paper, one = prepared(session, world, batch), world.enrolment(batch)
    page = client.get(f"/pelatihan/{batch.id}/penilaian")
    assert "0 dari 1 peserta" in text(page)
    assert one.trainee.name not in page.text
    assert client.get(f"/pelatihan/penilaian/{paper.id}").status_code == 403


def test_the_page_asks_the_database_no_more_for_more_people(
    editor: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    paper = prepared(session, world, batch)
    url = f"/pelatihan/penilaian/{paper.id}"
    world.enrolment(batch)
    editor.get(url)
    with asked() as few:
        editor.get(url)
    for _ in range(5):
        taking.hand_in(session, paper, world.enrolment(batch), RIGHT, started_at=None, now=world.clock.now())
    session.commit()
    with asked() as many:
        editor.get(url)
    assert len(many) == len(few)


def test_a_trainer_makes_a_test_with_stars(client: FlaskClient, session: Session, world: World) -> None:
    organisation = world.organisation()
    sign_in(client, world.user(Role.TRAINER, organisation=organisation))
    made = client.post("/survei/instrumen/baru", data={"title": "Soal saya", "audience": "trainees"})
    assert made.status_code == 303
    url = f"{made.location}/pertanyaan"
    assert "diberi bintang" in text(client.get(f"{url}?jenis=one"))
    data = {"kind": "one", "text": "Mana?", "options": "* Ini\nItu", "points": "2", "section": "bagian_1", "seen": "1"}
    assert client.post(url, data={**data, "required": "y"}).status_code == 303
    page = text(client.get(made.location))
    assert "Benar: Ini" in page
    assert "2 poin" in page
    other = world.instrument(organisation_id=organisation.id, title="Survei warga")
    assert client.get(f"/survei/instrumen/{other.id}").status_code == 404
    assert "Survei warga" not in client.get("/survei/instrumen").text


def test_a_test_is_made_only_of_questions_with_right_answers(
    editor: FlaskClient, session: Session, world: World, batch: Batch
) -> None:
    world.instrument(audience="trainees", title="Umpan balik pelatihan")
    page = editor.get(f"/pelatihan/{batch.id}/penilaian/pre/siapkan").text
    assert "Keamanan akun</option>" in page
    assert "Umpan balik pelatihan</option>" not in page
    assert "Umpan balik pelatihan</option>" in editor.get(f"/pelatihan/{batch.id}/penilaian/feedback/siapkan").text
