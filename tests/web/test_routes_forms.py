from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.base.web.forms import LARGEST_RUPIAH
from app.outreach.campaigns.models import Dimension

Posted = list[dict[str, object]]


def test_a_local_time_is_stored_as_utc(client: FlaskClient, posted: Posted) -> None:
    assert client.post("/coba", data={"name": "a", "at": "2026-11-25T08:30"}).status_code == 302
    assert posted[0]["at"] == datetime(2026, 11, 25, 0, 30, tzinfo=UTC)


def test_beside_a_refused_field_the_time_that_was_typed_comes_back(client: FlaskClient, posted: Posted) -> None:
    page = client.post("/coba", data={"name": "a" * 21, "at": "2026-11-25T07:59"})
    assert page.status_code == 422
    assert 'value="2026-11-25T07:59"' in page.text
    assert posted == []


@pytest.mark.parametrize("text", ["kapan-kapan", "2026-13-45T08:00", "0001-01-01T00:00"])
def test_an_unreadable_time_gets_a_sentence(client: FlaskClient, text: str) -> None:
    page = client.post("/coba", data={"name": "a", "at": text})
    assert page.status_code == 422
    assert "tidak bisa dibaca" in page.text or "tidak bisa dipakai" in page.text


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.500.000", 1_500_000), ("Rp1.500.000", 1_500_000), ("1500000", 1_500_000), ("1,5 juta", 1_500_000), ("", None)],
)
def test_rupiah_is_read_as_people_write_it(client: FlaskClient, posted: Posted, text: str, amount: int | None) -> None:
    assert client.post("/coba", data={"name": "a", "budget": text}).status_code == 302
    assert posted[0]["budget"] == amount


@pytest.mark.parametrize("text", ["banyak", "-5", "1.500,50", str(LARGEST_RUPIAH + 1), "9" * 4000])
def test_what_is_no_amount_gets_a_sentence(client: FlaskClient, posted: Posted, text: str) -> None:
    page = client.post("/coba", data={"name": "a", "budget": text})
    assert page.status_code == 422
    assert "rupiah" in page.text
    assert posted == []


def test_an_error_stands_beside_its_field_and_on_top(client: FlaskClient) -> None:
    page = client.post("/coba", data={"name": "", "kind": "z"}).text
    assert '<a href="#name">Nama: Bagian ini wajib diisi.</a>' in page
    assert 'id="name-salah"' in page
    assert 'aria-describedby="name-salah" aria-invalid="true"' in page
    assert '<a href="#kind">' in page
    assert '<fieldset id="kind"' in page


def test_every_field_has_a_label(client: FlaskClient) -> None:
    page = client.get("/coba").text
    for name in ("name", "text", "at", "budget", "place", "agreed"):
        assert f'for="{name}"' in page
    assert "<legend" in page
    assert '<span class="input-group-text">WITA</span>' in page


def test_a_services_error_becomes_an_error_of_its_field(client: FlaskClient) -> None:
    page = client.post("/coba", data={"name": "invalid"})
    assert page.status_code == 422
    assert '<a href="#name">Nama: Salah: invalid.</a>' in page.text


@pytest.mark.parametrize("name", ["refused", "stale"])
def test_an_error_of_no_field_stands_on_top(client: FlaskClient, name: str) -> None:
    page = client.post("/coba", data={"name": name})
    assert page.status_code == 422
    assert f"<li>Salah: {name}.</li>" in page.text
    assert f'value="{name}"' in page.text


@pytest.mark.parametrize(("name", "status"), [("forbidden", 403), ("notfound", 404)])
def test_foreign_records_keep_their_own_answer(client: FlaskClient, name: str, status: int) -> None:
    assert client.post("/coba", data={"name": name}).status_code == status


def test_what_was_half_done_is_undone(client: FlaskClient, session: Session, app: Flask) -> None:
    assert client.post("/coba", data={"name": "program"}).status_code == 422
    assert session.get(Dimension, "setengah") is None


def test_a_text_of_one_megabyte_is_answered_by_its_form(client: FlaskClient) -> None:
    page = client.post("/coba", data={"name": "a", "text": "x" * 1_000_000})
    assert page.status_code == 422
    assert "Terlalu panjang: paling banyak 500 huruf." in page.text
