"""The pages of awareness: figures with interval and n, nothing small anywhere, simulated ones marked."""

import io
import re
from datetime import date

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.evidence.results import words
from app.evidence.results.cells import survey_of
from app.evidence.results.figures import groups, parts_of
from app.evidence.surveys.models import Wave
from app.kernel.roles import SYSTEM, Role
from app.oversight.insights.awareness import summarise_awareness
from tests.insights.test_awareness_reached import asked as asked_in_villages
from tests.insights.test_awareness_reached import many
from tests.pages import asked, sign_in
from tests.results.build import drawn, give, planted
from tests.survey_sample import ANSWERS
from tests.world import World

TODAY = date(2026, 11, 24)


@pytest.fixture
def editor(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def words_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).replace("&nbsp;", " ")


def cells_of(client: FlaskClient, address: str) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(client.get(address).data))
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.fixture
def pair(world: World) -> tuple[Wave, Wave]:
    places = many(world)
    _campaign, first, second = asked_in_villages(world, places, places[::2])
    return first, second


def test_a_dimension_has_its_verdict_and_every_survey_with_interval_and_n(
    editor: FlaskClient, session: Session, pair: tuple[Wave, Wave]
) -> None:
    said = words_of(editor, "/pengenalan")
    found = summarise_awareness(session, SYSTEM, today=TODAY)
    one = next(each for each in found.dimensions if each.key == "smart-environment")
    assert " ".join(str(found.sentence).split()) in said
    assert one.row is not None
    assert one.row.before is not None
    assert one.row.after is not None
    assert f"naik {words.shown(one.row.before)} n 320 → menjadi {words.shown(one.row.after)} n 320" in said
    for figure in (one.row.before, one.row.after):
        assert f"{words.shown(figure)} {words.interval(figure)} {words.answered(figure)}" in said
    assert said.count("Belum ada survei yang menanyakannya.") == 4
    assert said.count("Rencanakan survei ") >= 4


def test_where_nobody_asked_anything_one_button_plans_a_survey(editor: FlaskClient) -> None:
    text = editor.get("/pengenalan").text
    assert text.count("/survei/baru?tahap=single") == 1
    assert "Pengenalan belum dicatat" in text


def test_a_chart_says_what_its_table_says(editor: FlaskClient, pair: tuple[Wave, Wave]) -> None:
    text = editor.get("/pengenalan").text
    told = re.findall(r'role="img" aria-label="(Mengenal Bank Sampah[^"]+)"', text)
    assert len(told) == 1
    assert told[0].count("n 320") == 2


def test_a_district_of_few_answers_has_no_figure_anywhere(editor: FlaskClient, world: World, session: Session) -> None:
    """18 of 30: neither on the page nor in its titles and labels nor in the file."""
    first, other, third = world.village(0), world.village(60), world.village(120)
    wave = world.wave(places={first: 40, other: 40, third: 40}, status="open", starts_on=date(2026, 11, 20))
    for place, few, many_more in ((first, 5, 13), (other, 20, 25), (third, 23, 26)):
        known = {**ANSWERS["kenal"], "sampah": "belum"}
        give(world, wave, few, place=place)
        give(world, wave, many_more, place=place, answers={**ANSWERS, "kenal": known})
    text = editor.get("/pengenalan?dimensi=smart-environment").text
    assert "belum cukup (18 dari 30)" in text
    sample = parts_of(survey_of(session, wave))[0]
    assert sample is not None
    index = sample.survey.index("kenal_sampah")
    assert index is not None
    shown = [one for one in groups(sample, index, "district").values() if one.is_shown]
    assert len(shown) < 2, "the others do not give it away either"
    share = words.amount(5 / 18, mean=False)
    assert share not in text
    cells = cells_of(editor, "/pengenalan/berkas?dimensi=smart-environment")
    assert "belum cukup (18 dari 30)" in cells
    assert not {"27.8", "28", "5"} & set(cells)


def test_districts_that_nobody_asked_in_are_named(editor: FlaskClient, pair: tuple[Wave, Wave]) -> None:
    said = words_of(editor, "/pengenalan?dimensi=smart-environment")
    assert "Belum disurvei:" in said
    assert "Tenggarong" in said


def test_a_campaign_tells_villages_reached_against_the_others(editor: FlaskClient, pair: tuple[Wave, Wave]) -> None:
    said = words_of(editor, f"/pengenalan/program/{pair[1].campaign_id}")
    assert "lebih banyak daripada di desa yang belum terjangkau" in said
    assert "tidak diundi" in said, "the caveat"
    assert "pengaruh program" in said
    cells = cells_of(editor, f"/pengenalan/program/{pair[1].campaign_id}/berkas")
    assert any("n sekitar 160" in cell for cell in cells)


def test_the_list_says_what_each_campaign_lacks_and_leads_on(
    editor: FlaskClient, world: World, pair: tuple[Wave, Wave]
) -> None:
    alone, without = world.campaign(name="Baru awal"), world.campaign(name="Tanpa survei")
    before = world.wave(campaign_id=alone.id, stage="baseline", status="closed")
    said = words_of(editor, "/pengenalan/program")
    assert "Sudah ada keduanya (1)" in said
    assert "Baru sebagian (1)" in said
    assert "Belum disurvei (1)" in said
    partly = editor.get("/pengenalan/program?keadaan=satu").text
    assert f"tahap=after&amp;sebelum={before.id}" in partly
    none = editor.get("/pengenalan/program?keadaan=belum").text
    assert f"program={without.id}&amp;tahap=baseline" in none
    assert "belum dicatat" in editor.get(f"/pengenalan/program/{without.id}").text


def test_practice_answers_are_marked_and_never_beside_real_ones(editor: FlaskClient, world: World) -> None:
    places = many(world)
    campaign, _first, _second = asked_in_villages(world, places, places[::2], simulated=True, people=200)
    for address in ("/pengenalan", f"/pengenalan/program/{campaign.id}"):
        assert "Simulasi." in words_of(editor, address)
    assert any("SIMULASI" in cell for cell in cells_of(editor, "/pengenalan/berkas"))
    real = world.wave(places={places[0]: 40}, name="Sungguhan")
    give(world, real, 40, place=places[0])
    assert "Sungguhan" not in words_of(editor, "/pengenalan")
    assert "Survei simulasi" not in words_of(editor, "/pengenalan?simulasi=0")
    assert "Sungguhan" in words_of(editor, "/pengenalan?simulasi=0")


def test_the_list_of_campaigns_opens_with_the_same_answers_as_the_page_before(
    editor: FlaskClient, world: World
) -> None:
    places = many(world)
    asked_in_villages(world, places, places[::2], simulated=True, people=60)
    planned = world.campaign(name="Sungguhan direncanakan")
    world.wave(campaign_id=planned.id, stage="baseline", status="draft", name="Survei awal sungguhan")
    counted = re.search(
        r"(\d+) sudah punya keduanya, (\d+) baru sebagian, (\d+) belum", words_of(editor, "/pengenalan")
    )
    assert counted
    said = words_of(editor, "/pengenalan/program?keadaan=satu")
    assert counted.groups() == ("1", "1", "0"), "a real survey that is planned is a survey"
    assert "Simulasi." in said
    assert "Sudah ada keduanya (1)" in said
    assert "Survei awal sungguhan" in said
    assert "Sudah ada keduanya (0)" in words_of(editor, "/pengenalan/program?simulasi=0")


def test_scope_stands_in_chart_table_and_file_and_a_verdict_once(
    editor: FlaskClient, world: World, pair: tuple[Wave, Wave]
) -> None:
    place = world.village(3)
    few = world.wave(places={place: 60}, name="Satu desa", status="closed", starts_on=date(2026, 11, 1),
                     ends_on=date(2026, 11, 20), instrument=pair[0].instrument_version.instrument)  # fmt: skip
    planted(world, few, [place], 60, 0.5)
    text = editor.get("/pengenalan?dimensi=smart-environment").text
    assert "(1 desa di 1 kecamatan; tidak disambung)" in text, "for those who hear the chart"
    assert ">1 desa,</text>" in text
    said = words_of(editor, "/pengenalan?dimensi=smart-environment")
    assert said.count("1 desa di 1 kecamatan; cakupan lain, tidak disambung") == 3, "two tables and by district"
    columns = re.findall(r'<th scope="col">([^<]+)<span class="row-note">', text[text.index("aw-districts") :])
    assert "10 Nov" in columns[0], f"the newest first: {columns}"
    book = openpyxl.load_workbook(io.BytesIO(editor.get("/pengenalan/berkas?dimensi=smart-environment").data))
    rows = [row for row in book["Dimensi"].iter_rows(values_only=True) if row[0] == "Smart Environment"]
    assert [bool(row[-1]) for row in rows] == [False, True, False], "beside the survey that it is of"
    assert rows[-1][4] == "1 desa di 1 kecamatan"
    assert rows[-1][-2] == "cakupan lain, tidak disambung"


def test_an_address_with_nonsense_is_as_good_as_none(editor: FlaskClient) -> None:
    odd = ("?dimensi=x&siapa=y&simulasi=z", "/program?keadaan=x&hal=0", "/berkas", "?siapa=asn")
    for address in (f"/pengenalan{one}" for one in odd):
        assert editor.get(address).status_code == 200
    assert editor.get("/pengenalan/program/999999").status_code == 404


def test_questions_to_the_database_do_not_grow(editor: FlaskClient, world: World, pair: tuple[Wave, Wave]) -> None:
    addresses = ("/pengenalan", "/pengenalan/program", f"/pengenalan/program/{pair[1].campaign_id}")

    def counted() -> list[int]:
        found = []
        for address in addresses:
            editor.get(address)
            with asked() as statements:
                editor.get(address)
            found.append(len(statements))
        return found

    few, places = counted(), many(world)
    for number in range(3):
        campaign = world.campaign()
        waves = [
            drawn(world, places[:4], instrument=None, campaign_id=campaign.id, status="closed", stage=stage,
                  starts_on=date(2026, 2 + late, 1 + number), ends_on=date(2026, 2 + late, 10))
            for late, stage in enumerate(("baseline", "after"))
        ]  # fmt: skip
        waves[1].before_id = waves[0].id
        world.session.commit()
        for wave in waves:
            planted(world, wave, places[:4], 40, 0.5)
    more = counted()
    assert all(later <= before + 3 for before, later in zip(few, more, strict=True)), (few, more)
