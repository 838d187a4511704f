"""The pages of surveys: the list, planning, opening, places, the draw, quotas, the planner, the campaign's panel."""

import re
from collections.abc import Mapping
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.evidence.surveys.models import Wave
from app.evidence.surveys.waves.plans import GROUPS
from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from tests.pages import asked, is_empty, sign_in
from tests.survey_sample import DEFINITION
from tests.world import VILLAGE, World


@pytest.fixture
def editor(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.text[:2000]
    return words(answer.text)


def words(html: str) -> str:
    return " ".join(unescape(html).split())


def posted(client: FlaskClient, path: str, status: int = 302, **data: Any) -> str:
    answer = client.post(path, data=data)
    assert answer.status_code == status, words(answer.text)[-3000:]
    return words(answer.text) if status != 302 else answer.headers["Location"]


def typed(world: World, **values: Any) -> dict[str, Any]:
    version = world.instrument(frozen=False).versions[0]
    return {
        "name": "Survei awal Bank Sampah", "stage": "baseline", "organisation_id": world.office().id,
        "audience": "residents", "instrument_version_id": version.id, "starts_on": "2026-11-25",
        "ends_on": "2026-12-10", "modes": ["link", "phone"], "method": "open", "target": "400",
    } | values  # fmt: skip


def fresh(session: Session) -> None:
    """Another transaction: what the pages wrote is seen."""
    session.rollback()
    session.expire_all()


def made(session: Session) -> Wave:
    """The one survey that the pages have made."""
    fresh(session)
    return session.scalars(select(Wave)).one()


def populate(session: Session, people: Mapping[str, int] | None = None, *, size: int = 1000) -> None:
    session.execute(update(Village).values(population=size))
    for code, number in (people or {}).items():
        session.execute(update(Village).where(Village.code == code).values(population=number))
    session.commit()


# --- the list ---


def test_an_empty_list_leads_to_the_first_survey(editor: FlaskClient) -> None:
    html = page(editor, "/survei")
    assert is_empty(html)
    assert html.count('class="btn btn-primary" href') == 1


def test_the_list_is_searched_and_filtered_and_counts(editor: FlaskClient, world: World) -> None:
    campaign = world.campaign(name="Bank Sampah")
    world.wave(name="Survei awal satu", stage="baseline", campaign_id=campaign.id, target=400)
    world.wave(name="Survei dua", status="draft")
    asn = world.instrument(audience="civil_servants")
    world.wave(name="Survei tiga", audience="civil_servants", status="closed", instrument=asn)
    html = page(editor, "/survei")
    assert "Jumlah: 3" in html
    for query, expected in (
        ("q=sampah", "satu"), ("keadaan=draft", "dua"), ("siapa=civil_servants", "tiga"), ("tahap=baseline", "satu"),
        (f"program={campaign.id}", "satu"),
    ):  # fmt: skip
        found = page(editor, f"/survei?{query}")
        assert "Jumlah: 1" in found
        assert expected in found
    assert is_empty(page(editor, "/survei?q=entahlah"))


def test_the_list_asks_as_much_for_many_as_for_one(editor: FlaskClient, world: World) -> None:
    campaign, instrument = world.campaign(), world.instrument()
    world.wave(campaign_id=campaign.id, instrument=instrument)
    with asked() as one:
        page(editor, "/survei")
    for _ in range(12):
        world.wave(campaign_id=world.campaign().id, instrument=instrument, target=10)
    with asked() as many:
        page(editor, "/survei")
    assert len(many) == len(one)


def test_a_survey_past_its_end_says_so_on_the_list(editor: FlaskClient, world: World) -> None:
    world.wave(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 23))
    assert "Lewat, belum ditutup" in page(editor, "/survei")


# --- planning ---


def test_a_survey_is_planned_and_opened(editor: FlaskClient, session: Session, world: World) -> None:
    place = posted(editor, "/survei/baru", **typed(world))
    wave = made(session)
    assert place == f"/survei/{wave.id}"
    html = page(editor, place)
    assert "Buka survei" in html
    assert "Nomor rekomendasi BPS" in html
    assert "tidak bisa diubah lagi" in page(editor, f"{place}/buka")
    posted(editor, f"{place}/buka")
    fresh(session)
    assert wave.status == "open"
    assert "Pertanyaannya sekarang tidak bisa diubah lagi" in page(editor, place)


def test_nothing_that_was_typed_is_lost(editor: FlaskClient, session: Session, world: World) -> None:
    html = posted(
        editor, "/survei/baru", 422,
        **typed(world, ends_on="2026-01-01", purpose="Mengetahui siapa mengenal Idaman RT", target="377"),
    )  # fmt: skip
    assert "Survei selesai sebelum dimulai" in html
    assert "Mengetahui siapa mengenal Idaman RT" in html
    assert 'value="377"' in html
    assert re.search(r'value="phone"[^>]*checked|checked[^>]*value="phone"', html)
    assert session.scalars(select(Wave)).all() == []


def test_questions_for_civil_servants_are_refused_for_residents(editor: FlaskClient, world: World) -> None:
    version = world.instrument(audience="civil_servants").versions[0]
    html = posted(editor, "/survei/baru", 422, **typed(world, instrument_version_id=version.id))
    assert "untuk ASN, sedangkan survei ini untuk warga" in html


def test_a_campaign_fills_in_what_it_knows(editor: FlaskClient, world: World) -> None:
    standard = world.instrument(key="pengenalan-warga").versions[0]
    campaign = world.campaign(name="Bank Sampah")
    html = page(editor, f"/survei/baru?program={campaign.id}&tahap=baseline")
    assert 'value="Survei awal: Bank Sampah"' in html
    assert f'<option selected value="{standard.id}">' in html
    assert f'<option selected value="{campaign.id}">' in html


def test_a_survey_after_is_copied_from_the_one_before(editor: FlaskClient, session: Session, world: World) -> None:
    campaign = world.campaign(ends_on=date(2026, 12, 20))
    before = world.wave(
        name="Survei awal Bank Sampah", stage="baseline", campaign_id=campaign.id, places={VILLAGE: 25},
        status="closed",
    )  # fmt: skip
    answer = editor.get(f"/survei/baru?program={campaign.id}&tahap=after")
    assert answer.headers["Location"] == f"/survei/{before.id}/salin?tahap=after"
    html = page(editor, answer.headers["Location"])
    assert 'value="2026-12-21"' in html
    place = posted(editor, f"/survei/{before.id}/salin", stage="after", starts_on="2026-12-21")
    copy = session.get_one(Wave, int(place.rsplit("/", 1)[1]))
    assert (copy.name, copy.before_id, copy.stage) == ("Survei sesudah Bank Sampah", before.id, "after")
    assert [(row.place, row.target) for row in copy.places] == [(VILLAGE, 25)]
    assert "Survei awal Bank Sampah" in page(editor, place)


def test_the_form_reckons_the_target_without_saving(editor: FlaskClient, session: Session, world: World) -> None:
    data = typed(world, hitung="1", target="", plan_before="30", plan_points="10", plan_each="20")
    html = posted(editor, "/survei/baru", 200, **data)
    assert "Dibutuhkan 700 jawaban pada setiap survei, misalnya 35 desa × 20 orang" in html
    assert re.search(r'name="target"[^>]*value="700"', html)
    assert "Survei awal Bank Sampah" in html
    assert session.scalars(select(Wave)).all() == []


def test_an_open_survey_offers_only_what_may_change(editor: FlaskClient, session: Session, world: World) -> None:
    wave = world.wave()
    html = page(editor, f"/survei/{wave.id}/ubah")
    assert 'name="ends_on"' in html
    assert 'name="instrument_version_id"' not in html
    data = {"version": wave.version, "name": wave.name, "ends_on": "2026-12-31", "target": "50", "bps_number": "V-26"}
    posted(editor, f"/survei/{wave.id}/ubah", **data)
    fresh(session)
    assert (wave.ends_on, wave.target, wave.bps_number) == (date(2026, 12, 31), 50, "V-26")
    html = posted(editor, f"/survei/{wave.id}/ubah", 422, **data | {"target": "60"})
    assert "baru saja diubah orang lain" in html
    assert 'value="60"' in html


def test_a_refused_form_does_not_hide_that_somebody_saved_meanwhile(
    editor: FlaskClient, session: Session, world: World
) -> None:
    wave = world.wave(status="draft", method="list")
    seen = wave.version
    wave.name = "Nama dari rekan"
    session.commit()
    html = posted(editor, f"/survei/{wave.id}/tempat", 422, version=seen, each="banyak")
    assert f'name="version" type="hidden" value="{seen}"' in html


def test_closing_opening_again_and_calling_off(editor: FlaskClient, session: Session, world: World) -> None:
    wave = world.wave()
    posted(editor, f"/survei/{wave.id}/tutup")
    html = posted(editor, f"/survei/{wave.id}/buka-lagi", 422, ends_on="2026-12-20", reason="")
    assert "Alasan" in html
    posted(editor, f"/survei/{wave.id}/buka-lagi", ends_on="2026-12-20", reason="Dua desa belum")
    fresh(session)
    assert wave.status == "open"
    assert "“Dua desa belum”" in page(editor, f"/survei/{wave.id}")
    assert editor.get(f"/survei/{wave.id}/batalkan").status_code == 409
    draft = world.wave(status="draft")
    posted(editor, f"/survei/{draft.id}/batalkan", reason="Anggaran dialihkan")
    assert "Anggaran dialihkan" in page(editor, f"/survei/{draft.id}")


def test_a_draft_names_what_it_lacks(editor: FlaskClient, world: World) -> None:
    wave = world.wave(status="draft", modes=[])
    assert "Pilih paling sedikit satu cara menjawab" in page(editor, f"/survei/{wave.id}")
    html = page(editor, f"/survei/{wave.id}/buka")
    assert "Belum bisa dibuka" in html
    assert "Pilih paling sedikit satu cara menjawab" in posted(editor, f"/survei/{wave.id}/buka", 409)


def test_who_only_reads_changes_nothing(client: FlaskClient, world: World) -> None:
    wave = world.wave()
    sign_in(client, world.user(Role.VIEWER))
    html = page(client, f"/survei/{wave.id}")
    assert "Tutup survei" not in html
    assert client.post(f"/survei/{wave.id}/tutup").status_code == 403
    assert client.get("/survei/baru").status_code == 403


def test_another_organisation_does_not_find_it(client: FlaskClient, world: World) -> None:
    wave = world.wave()
    sign_in(client, world.user(Role.CONTRIBUTOR, organisation=world.organisation()))
    for more in ("", "/ubah", "/buka", "/tempat", "/undian", "/jatah", "/salin"):
        assert client.get(f"/survei/{wave.id}{more}").status_code == 404
    assert is_empty(page(client, "/survei"))


def test_the_page_asks_as_much_for_many_places_as_for_one(editor: FlaskClient, session: Session, world: World) -> None:
    codes = session.scalars(select(Village.code).limit(60)).all()
    one, many = world.wave(places={codes[0]: 5}), world.wave(places=dict.fromkeys(codes, 5))
    page(editor, f"/survei/{one.id}")
    with asked() as few:
        page(editor, f"/survei/{one.id}")
    with asked() as lots:
        page(editor, f"/survei/{many.id}")
    assert len(lots) == len(few)
    assert len(lots) < 45


# --- places ---


def test_villages_are_chosen_by_hand(editor: FlaskClient, session: Session, world: World) -> None:
    first, second = session.scalars(select(Village.code).order_by(Village.code).limit(2)).all()
    place = posted(editor, "/survei/baru", **typed(world, method="list"))
    wave = made(session)
    assert place == f"/survei/{wave.id}/tempat"
    page(editor, place)
    html = posted(editor, place, 422, version=wave.version, place=[first], each="20", **{f"target-{first}": "banyak"})
    assert "“banyak” bukan bilangan bulat" in html
    assert 'value="banyak"' in html
    posted(editor, place, version=wave.version, place=[first, second], each="20", **{f"target-{first}": "35"})
    fresh(session)
    assert {row.place: row.target for row in wave.places} == {first: 35, second: 20}
    assert wave.target == 55


def test_opds_are_chosen_with_their_size(editor: FlaskClient, session: Session, world: World) -> None:
    opd = world.organisation()
    instrument = world.instrument(audience="civil_servants")
    wave = world.wave(audience="civil_servants", instrument=instrument, status="draft", method="list")
    assert "Jumlah ASN" in page(editor, f"/survei/{wave.id}/tempat")
    key = f"opd:{opd.id}"
    data = {"version": wave.version, "place": [key], f"target-{key}": "30", f"size-{key}": "1.250"}
    posted(editor, f"/survei/{wave.id}/tempat", **data)
    fresh(session)
    assert [(row.place, row.target, row.size) for row in wave.places] == [(key, 30, 1250)]


# --- the draw ---


def test_villages_are_drawn_and_the_draw_can_be_repeated(editor: FlaskClient, session: Session, world: World) -> None:
    populate(session, {VILLAGE: 900_000})
    wave = world.wave(status="draft", method="pps")
    assert "Undi desa" in page(editor, f"/survei/{wave.id}")
    place = posted(editor, f"/survei/{wave.id}/undian", villages="10", per_village="20", seed="7", strata="")
    fresh(session)
    drawn = [row.place for row in wave.places]
    assert len(drawn) == 10
    assert VILLAGE in drawn
    assert wave.draw
    assert wave.draw["seed"] == 7
    assert wave.deff == pytest.approx(1.95)
    row = next(row for row in wave.places if row.place == VILLAGE)
    assert row.probability == 1
    assert row.target
    assert row.target > 20
    html = page(editor, place)
    assert "Undian ini bisa diulang." in html
    assert "pasti ikut" in html
    file = editor.get(f"/survei/{wave.id}/undian.csv").text
    assert len(file.splitlines()) == 1 + session.query(Village).count()
    assert "Pilih dahulu" not in page(editor, f"/survei/{wave.id}")


def test_a_draw_is_repeated_only_with_a_reason(editor: FlaskClient, session: Session, world: World) -> None:
    populate(session)
    wave = world.wave(status="draft", method="pps")
    data = {"villages": "5", "per_village": "20", "seed": "7", "strata": ""}
    posted(editor, f"/survei/{wave.id}/undian", **data)
    html = posted(editor, f"/survei/{wave.id}/undian", 422, **data | {"seed": "8"})
    assert "Tulis mengapa desanya diundi ulang" in html
    posted(editor, f"/survei/{wave.id}/undian", **data | {"seed": "8", "reason": "Jumlah desa salah"})
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "wave.drawn").order_by(AuditEntry.id.desc())
    ).first()
    assert entry
    assert entry.before
    assert entry.after
    assert (entry.before["seed"], entry.after["seed"], entry.after["reason"]) == (7, 8, "Jumlah desa salah")
    posted(editor, f"/survei/{wave.id}/buka")
    answer = editor.post(f"/survei/{wave.id}/undian", data=data | {"reason": "Lagi"})
    assert "selama survei masih disiapkan" in words(answer.text)


def test_an_exchanged_village_is_seen(editor: FlaskClient, session: Session, world: World) -> None:
    populate(session)
    wave = world.wave(status="draft", method="pps")
    posted(editor, f"/survei/{wave.id}/undian", villages="5", per_village="20", seed="7", strata="")
    fresh(session)
    assert wave.draw
    wave.draw = {**wave.draw, "drawn": [VILLAGE, *wave.draw["drawn"][1:]]}
    session.commit()
    assert "hasilnya berbeda" in page(editor, f"/survei/{wave.id}/undian")


def test_villages_without_a_number_are_left_out_or_guessed_and_marked(
    editor: FlaskClient, session: Session, world: World
) -> None:
    session.execute(update(Village).values(population=None))
    session.execute(update(District).values(population=None))
    district = session.scalars(select(District).order_by(District.code)).first()
    assert district
    district.population = 30_000
    session.commit()
    wave = world.wave(status="draft", method="pps")
    assert "Jumlah penduduk belum dicatat" not in page(editor, f"/survei/{wave.id}/undian")
    data = {"villages": "2", "per_village": "20", "seed": "", "strata": ""}
    html = posted(editor, f"/survei/{wave.id}/undian", 422, **data)
    assert "belum bisa diundi" in html
    posted(editor, f"/survei/{wave.id}/undian", **data, approximate="y")
    fresh(session)
    assert wave.draw
    assert set(wave.draw["approximated"]) == {place for place, _ in wave.draw["frame"]}
    assert "(perkiraan)" in page(editor, f"/survei/{wave.id}/undian")


def test_every_district_is_in_where_that_was_wanted(editor: FlaskClient, session: Session, world: World) -> None:
    populate(session)
    districts = session.scalars(select(Village.district_code).distinct()).all()
    wave = world.wave(status="draft", method="pps")
    data = {"villages": str(len(districts) - 1), "per_village": "20", "seed": "1", "strata": "district"}
    assert "setiap kelompok harus terwakili" in posted(editor, f"/survei/{wave.id}/undian", 422, **data)
    posted(editor, f"/survei/{wave.id}/undian", **data | {"villages": str(2 * len(districts))})
    fresh(session)
    assert sorted({row.stratum for row in wave.places}) == sorted(districts)
    assert wave.strata == "district"


# --- quotas ---


def test_quotas_are_spread_by_people_and_kept(editor: FlaskClient, session: Session, world: World) -> None:
    wave = world.wave(target=100)
    people = {f"people-{group}": "1.000" for group in GROUPS} | {"people-f.17-24": "11000"}
    html = posted(editor, f"/survei/{wave.id}/jatah", 200, **people, isi="jatah")
    assert re.search(r'name="quota-f\.17-24" value="55"', html)
    assert re.search(r'name="quota-m\.55\+" value="5"', html)
    gap = {name: value for name, value in people.items() if name != "people-m.55+"}
    assert "semua kelompok umur" in posted(editor, f"/survei/{wave.id}/jatah", 422, **gap)
    posted(editor, f"/survei/{wave.id}/jatah", **people, **{"quota-f.17-24": "55"})
    fresh(session)
    assert wave.quotas == {"f.17-24": 55}
    assert wave.margins["sex_age"]["f.17-24"] == 11000
    assert "Angka penduduk pembanding sudah diisi." in page(editor, f"/survei/{wave.id}")


def test_people_of_districts_are_taken_from_their_pages(editor: FlaskClient, session: Session, world: World) -> None:
    session.execute(update(District).values(population=4321))
    session.commit()
    wave = world.wave()
    html = posted(editor, f"/survei/{wave.id}/jatah", 200, isi="penduduk")
    assert 'value="4321"' in html


# --- the planner ---


def test_the_planner_answers_both_ways(editor: FlaskClient) -> None:
    html = page(editor, "/survei/perencana")
    assert "Berapa jawaban yang dibutuhkan?" in html
    assert re.search(r'name="icc"[^>]*type="text"[^>]*value="0,05"', html)
    html = page(editor, "/survei/perencana?sebelum=30&poin=10&per_desa=1&icc=0,05")
    assert "356 jawaban pada setiap survei." in html  # Fleiss, Levin & Paik: 30 % to 40 %, without correction
    html = page(editor, "/survei/perencana?jawaban=356&desa=356&dari=30&kemiripan=0,05")
    assert "Perubahan mulai 10 poin terlihat." in html


@pytest.mark.parametrize(
    "query",
    [
        "sebelum=30&poin=0&per_desa=20&icc=0.05", "sebelum=95&poin=10&per_desa=20&icc=0.05",
        "sebelum=x&poin=10&per_desa=20&icc=0.05", "sebelum=nan&poin=10&per_desa=20&icc=0.05",
        "sebelum=30&poin=0.001&per_desa=20&icc=0.05", "jawaban=5&desa=10&dari=30&kemiripan=0.05",
    ],
)  # fmt: skip
def test_what_cannot_be_reckoned_is_said(editor: FlaskClient, query: str) -> None:
    assert "field-error" in page(editor, f"/survei/perencana?{query}", 422)


def test_too_few_answers_show_nothing(editor: FlaskClient) -> None:
    assert "terlalu sedikit" in page(editor, "/survei/perencana?jawaban=3&desa=3&dari=90&kemiripan=0.05")


# --- the campaign's page ---


def test_a_campaign_shows_its_surveys_and_what_is_next(editor: FlaskClient, world: World) -> None:
    campaign = world.campaign()
    path = f"/program/{campaign.id}"
    html = page(editor, path)
    assert "Rencanakan survei awal" in html
    world.wave(name="Survei awal X", stage="baseline", campaign_id=campaign.id)
    html = page(editor, path)
    assert "Survei awal X" in html
    assert "Rencanakan survei sesudah" in html


def test_the_target_is_for_the_planned_sample_and_link_answers_stand_beside(editor: FlaskClient, world: World) -> None:
    wave = world.wave(places={VILLAGE: 20}, target=20, quotas={"f.25-34": 4})
    world.response(wave, mode="phone")
    for _ in range(3):
        world.response(wave, mode="link")
    html = page(editor, f"/survei/{wave.id}")
    assert "<strong>1</strong> dari sasaran 20 jawaban" in html
    assert "+3 lewat tautan" in html
    assert 'max="20" value="1"' in html
    assert "1 dari 20" in html.split('id="tempat"')[1]  # the village
    assert "<td>1 dari 4</td>" in html  # women of this age
    listed = page(editor, "/survei")
    assert "1 dari 20" in listed
    assert "+3 lewat tautan" in listed


def test_quotas_say_everything_that_is_no_number_at_once(editor: FlaskClient, session: Session, world: World) -> None:
    wave = world.wave(target=40)
    html = posted(editor, f"/survei/{wave.id}/jatah", 422, **{"quota-f.17-24": "-5", "people-f.17-24": "abc"})
    assert "“-5” kurang dari nol" in html
    assert "“abc” bukan bilangan bulat" in html
    posted(editor, f"/survei/{wave.id}/jatah", **{"quota-f.17-24": "50", "version": str(wave.version)})
    shown = page(editor, f"/survei/{wave.id}")
    assert "Jatah seluruhnya 50 jawaban, lebih dari sasaran survei, 40" in shown
    assert "Yang berubah: jatah (semula belum diisi, sekarang 50)" in shown


def test_two_people_at_the_quotas_do_not_overwrite_each_other(
    editor: FlaskClient, session: Session, world: World
) -> None:
    wave = world.wave(target=40)
    seen = str(wave.version)
    posted(editor, f"/survei/{wave.id}/jatah", **{"quota-f.17-24": "4", "version": seen})
    html = posted(editor, f"/survei/{wave.id}/jatah", 422, **{"quota-m.17-24": "5", "version": seen})
    assert "baru saja diubah orang lain" in html
    assert made(session).quotas == {"f.17-24": 4}


def test_opening_names_the_texts_that_are_missing_and_still_opens(
    editor: FlaskClient, session: Session, world: World
) -> None:
    definition = {**DEFINITION, "languages": ["id", "kut"], "thanks": ""}
    wave = world.wave(status="draft", instrument=world.instrument(definition, frozen=False))
    html = page(editor, f"/survei/{wave.id}/buka")
    assert "Ucapan terima kasih belum ditulis" in html
    assert re.search(r"Bahasa Kutai: \d+ dari \d+ teks", html)
    posted(editor, f"/survei/{wave.id}/buka")
    assert made(session).status == "open"


def test_a_drawn_sample_gets_an_open_link_only_on_purpose(editor: FlaskClient, session: Session, world: World) -> None:
    values = typed(world, method="pps", target="")
    html = posted(editor, "/survei/baru", 422, **values)
    assert "Jawaban lewat tautan datang dari siapa saja" in html
    assert re.search(r'<input[^>]*name="link_meant"[^>]*value="1"', html)
    posted(editor, "/survei/baru", **values, link_meant="1")
    assert made(session).modes == ["link", "phone"]


def test_a_target_that_the_places_change_is_said(editor: FlaskClient, session: Session, world: World) -> None:
    wave = world.wave(status="draft", method="list", target=30)
    data = {"place": VILLAGE, f"target-{VILLAGE}": "6", "version": str(wave.version)}
    posted(editor, f"/survei/{wave.id}/tempat", **data)
    assert "Sasaran survei sekarang 6 jawaban" in page(editor, f"/survei/{wave.id}")


def test_who_only_reads_is_not_told_to_begin(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.OPD_CONTACT, organisation=world.organisation()))
    html = page(client, "/survei")
    assert "Mulai dengan survei awal" not in html
    assert "Bandingkan" not in html
