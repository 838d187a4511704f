import io

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy.orm import Session

from app.base.web.db import db
from app.kernel.clock import FrozenClock
from app.kernel.roles import SYSTEM
from app.learning.certificates.codes import format_code, new_code
from app.learning.certificates.models import Certificate
from app.learning.certificates.revoking import revoke
from app.learning.certificates.routes_public import MISSES as MOST
from app.learning.training.models import Trainee
from app.learning.training.participants.tokens import own_token
from tests.certificates.finished import finished_batch, issued
from tests.world import World

LARGEST = 60 * 1024


@pytest.fixture
def one(world: World) -> Certificate:
    batch = finished_batch(world, [("Siti Aminah", 80, 4)], emails={"Siti Aminah": "siti@contoh.id"})
    return issued(world, batch)[0]


def token_of(client: FlaskClient, trainee_id: int) -> str:
    """Signed by the application, as the mail has it."""
    with client.application.app_context():
        return own_token(db.session, db.session.get_one(Trainee, trainee_id))


def test_a_certificate_is_checked_by_its_code_and_shows_only_what_is_printed(
    client: FlaskClient, one: Certificate, session: Session
) -> None:
    answer = client.get(f"/sertifikat/{format_code(one.code)}")
    assert answer.status_code == 200
    for words in ("Sah dan berlaku", "Siti Aminah", one.number, one.facts["programme"], "4 jam", "24 Nov 2026"):
        assert words in answer.text
    trainee = session.get_one(Trainee, one.trainee_id)
    assert trainee.phone is not None
    for secret in ("siti@contoh.id", trainee.phone, trainee.phone[3:], "Nilai", "Hadir"):
        assert secret not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "noindex" in answer.text
    assert len(answer.data) < LARGEST
    assert "<script" not in answer.text


@pytest.mark.parametrize("spoil", [str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("-", " – "),
                                   lambda code: code.replace("0", "o").replace("1", "l")])  # fmt: skip
def test_what_people_type_is_forgiven(client: FlaskClient, one: Certificate, spoil) -> None:
    answer = client.get(
        "/sertifikat", query_string={"kode": f" {spoil(format_code(one.code))} "}, follow_redirects=True
    )
    assert "Siti Aminah" in answer.text


def test_a_slip_is_told_from_a_forgery_and_neither_says_what_exists(client: FlaskClient, one: Certificate) -> None:
    wrong = ("0" if one.code[0] != "0" else "1") + one.code[1:]
    mistyped = client.get(f"/sertifikat/{format_code(wrong)}")
    forged = client.get(f"/sertifikat/{new_code()}")
    assert (mistyped.status_code, forged.status_code) == (404, 404)
    assert "salah ketik" in mistyped.text
    assert "tidak pernah menerbitkan" in forged.text
    for answer in (mistyped, forged):
        assert "Hubungi Dinas Komunikasi dan Informatika" in answer.text
        assert "Siti" not in answer.text
        assert one.number not in answer.text
    assert client.get("/sertifikat", query_string={"kode": "<b>x"}).text.count("<b>x") == 0


def test_a_revoked_one_says_so_with_day_and_reason(
    client: FlaskClient, one: Certificate, session: Session, clock: FrozenClock
) -> None:
    revoke(session, SYSTEM, one.id, reason="Peserta lain yang dimaksud.", now=clock.now())
    session.commit()
    text = client.get(f"/sertifikat/{one.code}").text
    assert "Dicabut" in text
    assert "Sel, 24 Nov 2026" in text
    assert "Peserta lain yang dimaksud." in text
    assert "Sah dan berlaku" not in text


def test_practice_is_marked(client: FlaskClient, world: World) -> None:
    (one,) = issued(world, finished_batch(world, [("Siti", 80, 4)], simulated=True))
    assert "SIMULASI" in client.get(f"/sertifikat/{one.code}").text


def test_who_guesses_is_held_up_and_right_codes_are_shown_meanwhile(
    client: FlaskClient, one: Certificate, clock: FrozenClock
) -> None:
    answers = [client.get(f"/sertifikat/{new_code()}").status_code for _ in range(MOST + 2)]
    assert answers == [404] * MOST + [429] * 2
    assert client.get(f"/sertifikat/{one.code}").status_code == 200


def test_the_own_page_gives_the_own_certificate_and_nobody_elses(
    client: FlaskClient, one: Certificate, world: World, session: Session, clock: FrozenClock
) -> None:
    own = client.get(f"/peserta/{token_of(client, one.trainee_id)}")
    assert one.number in own.text
    path = f"/peserta/{token_of(client, one.trainee_id)}/sertifikat/{one.id}.pdf"
    document = client.get(path)
    assert "Siti Aminah" in PdfReader(io.BytesIO(document.data)).pages[0].extract_text()
    assert document.headers["Cache-Control"] == "private, no-store"
    stranger = world.trainee()
    assert client.get(f"/peserta/{token_of(client, stranger.id)}/sertifikat/{one.id}.pdf").status_code == 404
    revoke(session, SYSTEM, one.id, reason="Salah.", now=clock.now())
    session.commit()
    assert client.get(path).status_code == 404
    assert "Dicabut" in client.get(f"/peserta/{token_of(client, one.trainee_id)}").text
