"""What became of participants, as people with different roles read it and take it away."""

import io

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app.kernel.roles import SYSTEM, Role
from app.learning.assessments.models import PaperKind, Sitting
from app.learning.assessments.papers.service import prepare
from app.learning.training.models import Batch, BatchStatus, Outcome
from tests.pages import is_empty, sign_in
from tests.world import World

SAID = {"aktif": "ya", "pakai": "hari", "mandiri": "sendiri", "buat": "belum", "hambatan": ["waktu"]}
PAGE, FILE = "/pelatihan/kabar", "/pelatihan/kabar/berkas"


def answered(world: World, *outcomes: Outcome, simulated: bool = False) -> Batch:
    """A finished batch of which these people answered after three months."""
    world.office()
    batch = world.batch(status=BatchStatus.FINISHED, simulated=simulated)
    paper = prepare(world.session, SYSTEM, batch.id, PaperKind.AFTER_3, now=world.clock.now())
    paper.opens_at = world.clock.now()
    for outcome in outcomes:
        one = world.enrolment(batch, outcome=outcome)
        world.session.add(Sitting(paper_id=paper.id, enrolment_id=one.id, answers=SAID, handed_in_at=world.clock.now()))
    world.session.commit()
    return batch


def test_practice_is_shown_where_nothing_real_is_there_and_the_figures_lead_to_it(
    client: FlaskClient, world: World
) -> None:
    answered(world, *[Outcome.COMPLETED] * 5, simulated=True)
    sign_in(client, world.user(Role.EDITOR))
    figures = client.get("/pelatihan/angka").text
    assert "5 dari 5 yang menjawab" in figures
    assert "/pelatihan/kabar?kapan=after_3&amp;simulasi=1" in figures
    for path in (PAGE, f"{PAGE}?simulasi=1"):
        shown = client.get(path).text
        assert "Simulasi." in shown
        assert "5 dari 5 peserta menjawab" in shown
    assert "Simulasi." not in client.get(f"{PAGE}?simulasi=0").text
    world.batch()
    assert is_empty(client.get(PAGE).text)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPD_CONTACT, Role.EDITOR])
def test_a_single_person_s_answer_is_for_those_who_may_read_it(client: FlaskClient, world: World, role: Role) -> None:
    answered(world, Outcome.INCOMPLETE)
    sign_in(client, world.user(role))
    if role == Role.OPD_CONTACT:
        assert client.get(PAGE).status_code == 403
        return
    shown, text = client.get(PAGE).text, client.get(f"{FILE}?bentuk=csv").get_data(as_text=True)
    reads = role == Role.EDITOR
    assert ("1 dari 1 orang" in shown) is reads
    assert ("Jawabannya belum cukup" in shown) is not reads
    assert ("Masih aktif, yang belum lulus;1;1" in text) is reads
    assert ("Masih aktif;;1;;;;belum cukup (1 dari 5)" in text) is not reads


def test_the_file_holds_the_figures_with_their_limits(client: FlaskClient, world: World) -> None:
    batch = answered(world, *[Outcome.COMPLETED] * 6, Outcome.INCOMPLETE)
    sign_in(client, world.user(Role.VIEWER))
    sheet = load_workbook(io.BytesIO(client.get(FILE).data)).active
    assert sheet is not None
    rows = {row[0]: row[1:] for row in sheet.iter_rows(values_only=True)}
    assert rows["Masih aktif"][:3] == (7, 7, 100)
    assert rows["Masih aktif, yang lulus"][:2] == (None, None)
    assert rows["Hambatan: Tidak ada waktu"][:2] == (7, 7)
    assert rows[f"Menjawab: {batch.name}"][:2] == (7, 7)
    assert "tidak dipisahkan" in client.get(PAGE).text


def test_the_file_of_practice_says_so(client: FlaskClient, world: World) -> None:
    answered(world, Outcome.COMPLETED, simulated=True)
    sign_in(client, world.user(Role.EDITOR))
    assert client.get(f"{FILE}?bentuk=csv").get_data(as_text=True).lstrip("\ufeff").startswith("Simulasi")
