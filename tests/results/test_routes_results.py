"""The pages, the PDF and the sheets of results: the same figures, nothing small in any of them, few questions asked."""

import io
import random
import re
from datetime import date

import openpyxl
import pikepdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.evidence.responses.tally import fold
from app.evidence.results import document, wave_results, words
from app.evidence.results.comparison import compare
from app.evidence.surveys.models import Wave, WavePlace
from app.kernel.roles import Role
from tests.pages import asked, sign_in
from tests.results.build import drawn, give, knows, planted, villages
from tests.survey_sample import ANSWERS, DEFINITION
from tests.world import World


@pytest.fixture
def waves(world: World) -> tuple[Wave, Wave]:
    places, instrument, campaign = villages(world, 8), world.instrument(), world.campaign()
    before = drawn(world, places, instrument=instrument, campaign_id=campaign.id, stage="baseline")
    after = drawn(world, places, instrument=instrument, campaign_id=campaign.id, before_id=before.id, stage="after")
    planted(world, before, places, 120, 0.2, seed=1)
    planted(world, after, places, 120, 0.7, seed=2)
    return before, after


@pytest.fixture
def reader(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.VIEWER))
    return client


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("&nbsp;", " ")


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_page_says_each_figure_with_interval_and_n(
    reader: FlaskClient, session: Session, waves: tuple[Wave, Wave]
) -> None:
    text = words_of(page(reader, f"/survei/{waves[1].id}/hasil"))
    for line in wave_results.results_of(session, waves[1]).lines:
        assert line.label in text
        if line.figure.value is not None:
            assert f"{words.shown(line.figure)} {words.interval(line.figure)} {words.answered(line.figure)}" in text
    assert "Rincian untuk analis" in text


def test_document_and_page_say_the_same(reader: FlaskClient, session: Session, waves: tuple[Wave, Wave]) -> None:
    before, after = waves
    text = words_of(page(reader, f"/survei/{after.id}/hasil"))
    results = wave_results.results_of(session, after)
    office = {"name": "Diskominfo", "regency": ""}
    now = after.created_at
    data = document.of_wave(results, office=office, campaign=None, printed=now, tz="Asia/Makassar")
    for row in [row for chart in data["charts"] for row in chart["rows"]]:
        assert row["shown"] in text
        assert row["range"] == "–" or row["range"] in text
    text = words_of(page(reader, f"/survei/banding?sebelum={before.id}&sesudah={after.id}"))
    data = document.of_comparison(
        compare(session, before, after), office=office, campaign=None, dimensions={}, printed=now, tz="Asia/Makassar"
    )
    assert data["quotes"]
    for said in data["quotes"]:
        assert said in text
    for row in data["pairs"]:
        assert row["change"] in text
        assert row["range"] in text


@pytest.mark.parametrize("address", ["/survei/{1}/hasil.pdf", "/survei/banding.pdf?sebelum={0}&sesudah={1}"])
def test_the_pdf_is_drawn(reader: FlaskClient, waves: tuple[Wave, Wave], address: str) -> None:
    answer = reader.get(address.format(*(wave.id for wave in waves)))
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) >= 1


def test_the_sheets_have_the_numbers_and_run_no_formula(reader: FlaskClient, world: World, session: Session) -> None:
    definition = {**DEFINITION, "measures": [{**DEFINITION["measures"][0], "label": '=HYPERLINK("http://x")'}]}
    place = world.village()
    wave = world.wave(instrument=world.instrument(definition), places={place: 40})
    chance = random.Random(1)
    for _ in range(60):
        world.response(wave, place=place, answers=knows(0.5, chance))
    book = openpyxl.load_workbook(io.BytesIO(reader.get(f"/survei/{wave.id}/hasil.xlsx").data))
    cell = book["Hasil"]["A3"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x")', "s")
    value = wave_results.results_of(session, wave).lines[0].figure.value
    assert value is not None
    assert book["Hasil"]["D3"].value == pytest.approx(100 * value, abs=0.06)


def test_the_comparison_says_verdict_and_sentence_and_can_be_copied(
    reader: FlaskClient, waves: tuple[Wave, Wave]
) -> None:
    html = page(reader, f"/survei/banding?sebelum={waves[0].id}&sesudah={waves[1].id}")
    text = words_of(html)
    assert "Mengenal istilah naik" in text
    assert "kontribusi" in text
    assert 'data-copy="#kutipan"' in html
    assert "belum dapat dipastikan" in text


def test_without_two_surveys_the_comparison_asks_for_them(reader: FlaskClient, waves: tuple[Wave, Wave]) -> None:
    html = page(reader, f"/survei/banding?sesudah={waves[1].id}")
    assert f'value="{waves[1].id}" selected' in html
    assert reader.get("/survei/banding.pdf").status_code == 302
    assert reader.get(f"/survei/banding?sebelum=999999&sesudah={waves[1].id}").status_code == 404


def test_the_pages_of_survey_and_campaign_say_what_came_out(reader: FlaskClient, waves: tuple[Wave, Wave]) -> None:
    text = words_of(page(reader, f"/survei/{waves[1].id}"))
    assert "120 jawaban" in text
    assert "Mengenal istilah: " in text
    text = words_of(page(reader, f"/program/{waves[1].campaign_id}"))
    assert "Sebelum dan sesudah" in text
    assert "naik" in text


def test_every_page_and_file_of_a_simulated_survey_says_so(reader: FlaskClient, world: World) -> None:
    places, instrument = villages(world, 5), world.instrument()
    before = drawn(world, places, instrument=instrument, simulated=True)
    after = drawn(world, places, instrument=instrument, simulated=True, before_id=before.id)
    for wave, share in ((before, 0.2), (after, 0.8)):
        planted(world, wave, places, 60, share)
    for address in (f"/survei/{after.id}/hasil", f"/survei/banding?sebelum={before.id}&sesudah={after.id}",
                    f"/survei/{after.id}", "/survei/tren?simulasi=1"):  # fmt: skip
        assert "Simulasi" in words_of(page(reader, address)), address
    assert "[Simulasi] Mengenal istilah naik" in words_of(
        page(reader, f"/survei/banding?sebelum={before.id}&sesudah={after.id}")
    )
    book = openpyxl.load_workbook(io.BytesIO(reader.get(f"/survei/{after.id}/hasil.xlsx").data))
    assert all("SIMULASI" in sheet["A1"].value for sheet in book)
    assert "Belum ada yang bisa diikuti" in words_of(page(reader, "/survei/tren"))


def test_without_answers_the_page_says_what_will_stand_there(reader: FlaskClient, world: World) -> None:
    text = words_of(page(reader, f"/survei/{world.wave().id}/hasil"))
    assert "Belum ada jawaban" in text
    assert "Unduh PDF" not in text


def test_a_small_group_stands_nowhere_on_the_page(reader: FlaskClient, world: World) -> None:
    places = villages(world, 4, step=30)
    wave = world.wave(places=dict.fromkeys(places, 40))
    chance = random.Random(5)
    for place, people in zip(places, (4, 50, 50, 50), strict=True):
        for _ in range(people):
            world.response(wave, place=place, answers=knows(0.5, chance))
    html = page(reader, f"/survei/{wave.id}/hasil")
    groups = html[html.index('id="tabel-kelompok"') :]
    row = next(part for part in groups.split("<tr") if "kurang dari 5 dari 30" in part)
    assert "data-value" not in row
    assert "colspan" in row, "no number beside it either"
    assert groups[: groups.index("</table>")].count("tidak ditampilkan") == 1


def test_text_that_waits_for_codes_is_said_instead_of_a_figure(reader: FlaskClient, world: World) -> None:
    place = world.village()
    wave = world.wave(places={place: 40})
    give(world, wave, 35, place=place, answers={**ANSWERS, "p1": "bank sampah"})
    assert "belum dikode (35)" in words_of(page(reader, f"/survei/{wave.id}/hasil"))


def test_the_page_asks_as_many_questions_with_many_answers(
    reader: FlaskClient, world: World, waves: tuple[Wave, Wave]
) -> None:
    addresses = [f"/survei/{waves[1].id}/hasil", f"/survei/banding?sebelum={waves[0].id}&sesudah={waves[1].id}"]
    counted = []
    for _ in range(2):
        for address in addresses:
            page(reader, address)
            with asked() as seen:
                page(reader, address)
            counted.append(len(seen))
        for number in range(20):
            give(world, waves[1], 2, mode="link", place=world.village(100 + number))
    assert counted[:2] == counted[2:]
    assert counted[0] <= 25


def test_another_organisation_sees_nothing(client: FlaskClient, world: World, waves: tuple[Wave, Wave]) -> None:
    sign_in(client, world.user(Role.CONTRIBUTOR, organisation=world.organisation()))
    ids = [wave.id for wave in waves]
    for address in (f"/survei/{ids[1]}/hasil", f"/survei/{ids[1]}/hasil.pdf", f"/survei/{ids[1]}/hasil.xlsx",
                    f"/survei/banding?sebelum={ids[0]}&sesudah={ids[1]}"):  # fmt: skip
        assert client.get(address).status_code == 404, address
    assert "Mengenal istilah" not in page(client, "/survei/tren")


def test_a_survey_of_civil_servants_is_shown_by_opd_without_districts(reader: FlaskClient, world: World) -> None:
    office = world.organisation(name="Dinas Perikanan")
    wave = world.wave(audience="civil_servants", method="list")
    world.session.add(WavePlace(wave_id=wave.id, place=f"opd:{office.id}", size=80, target=50))
    world.session.commit()
    chance = random.Random(2)
    for _ in range(40):
        world.response(wave, place=f"opd:{office.id}", answers=knows(0.5, chance))
    text = words_of(page(reader, f"/survei/{wave.id}/hasil"))
    assert "Dinas Perikanan 50 kurang" in text
    assert "Kecamatan" not in text[text.index("Menurut kelompok") :]
    assert "jumlah pegawai setiap OPD" in text
    assert "Mengenal istilah" in words_of(page(reader, "/survei/tren?siapa=asn"))
    assert reader.get(f"/survei/{wave.id}/hasil.pdf").status_code == 200


def test_a_simulated_pair_never_stands_in_the_place_of_a_real_one(
    reader: FlaskClient, world: World, waves: tuple[Wave, Wave]
) -> None:
    places, campaign = villages(world, 5), waves[0].campaign_id
    later = {"starts_on": date(2026, 11, 23), "ends_on": date(2026, 12, 20)}
    before = drawn(world, places, campaign_id=campaign, simulated=True)
    after = drawn(world, places, campaign_id=campaign, simulated=True, before_id=before.id, stage="after", **later)
    for wave, share in ((before, 0.8), (after, 0.1)):
        planted(world, wave, places, 60, share)
    text = words_of(page(reader, f"/program/{campaign}"))
    assert "Mengenal istilah naik" in text
    assert "[Simulasi]" not in text
    alone = world.campaign()
    for wave in (before, after):
        wave.campaign_id = alone.id
    world.session.commit()
    assert "[Simulasi] Mengenal istilah turun" in words_of(page(reader, f"/program/{alone.id}"))


def test_surveys_in_the_wrong_order_are_turned_round_and_it_is_said(
    reader: FlaskClient, world: World, waves: tuple[Wave, Wave]
) -> None:
    waves[0].starts_on = date(2026, 3, 1)
    world.session.commit()
    html = page(reader, f"/survei/banding?sebelum={waves[1].id}&sesudah={waves[0].id}")
    text = words_of(html)
    assert "Urutannya dibalik" in text
    assert "Mengenal istilah naik" in text
    assert f"sebelum={waves[0].id}&amp;sesudah={waves[1].id}" in html, "the PDF is asked for in the right order"


def test_quotas_stand_beside_the_answers_of_the_sample(reader: FlaskClient, world: World) -> None:
    place = world.village()
    wave = world.wave(places={place: 40}, quotas={"f.25-34": 10, "m.17-24": 4, "f.17-24": 6, "m.25-34": 6})
    give(world, wave, 10, place=place)
    give(world, wave, 3, place=place, age_band="17-24")
    give(world, wave, 7, place=place, sex="m", mode="link")
    html = page(reader, f"/survei/{wave.id}/hasil")
    table = words_of(html[html.index('id="tabel-jatah"') :].partition("</table>")[0])
    assert "10 dari 10 cukup" in table
    assert "< 5 dari 6 kurang " in table.replace("&lt;", "<")
    assert "0 dari 4 kurang 4" in table
    assert "0 dari 6 kurang 6" in table, "who came by link fills no quota of a sample"


def test_what_was_erased_is_not_said_to_be_nothing(reader: FlaskClient, world: World) -> None:
    place = world.village()
    wave = world.wave(places={place: 40}, status="open")
    give(world, wave, 35, place=place)
    fold(world.session, wave)
    wave.status, wave.erased_at = "closed", world.clock.now()
    world.session.commit()
    html = page(reader, f"/survei/{wave.id}/hasil")
    quality = words_of(html[html.index('id="mutu"') :])
    assert quality.count("tidak tersedia") == 3
    assert "sudah dihapus sesuai masa simpan" in quality
    assert "35 jawaban" in words_of(page(reader, f"/survei/{wave.id}/unduh"))
    answer = reader.get(f"/survei/{wave.id}/unduh/umum.csv")
    assert answer.status_code == 409
    assert "sudah dihapus" in answer.text


def test_the_trend_takes_one_group_at_a_time(reader: FlaskClient, waves: tuple[Wave, Wave]) -> None:
    assert "Pilih satu saja" in words_of(page(reader, "/survei/tren?jk=f&umur=25-34"))
    text = words_of(page(reader, "/survei/tren?jk=f"))
    assert "Pilih satu saja" not in text
    assert "masih berjalan, belum ikut dinilai" in text


def test_numbers_of_answers_by_place_are_for_planners(client: FlaskClient, world: World) -> None:
    place = world.village()
    wave = world.wave(places={place: 50})
    give(world, wave, 43, place=place)
    sign_in(client, world.user(Role.VIEWER))
    part = page(client, f"/survei/{wave.id}/hasil")
    assert "43" not in words_of(part[part.index("Jawaban menurut tempat") : part.index('id="mutu"')])
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/survei/{wave.id}/hasil.xlsx").data))
    assert [row[1].value for row in book["Tempat"] if row[2].value == 50] == [None]
    sign_in(client, world.user(Role.EDITOR))
    assert " 43 50 kurang 7" in words_of(page(client, f"/survei/{wave.id}/hasil"))


def test_the_trend_asks_as_many_questions_of_many_surveys(reader: FlaskClient, world: World) -> None:
    place, instrument, counted = world.village(), world.instrument(), []
    for more in (2, 6):
        for _ in range(more):
            give(world, world.wave(instrument=instrument, places={place: 40}, status="open"), 2, place=place)
        page(reader, "/survei/tren")
        with asked() as seen:
            page(reader, "/survei/tren")
        counted.append(len(seen))
    assert counted[0] == counted[1]
