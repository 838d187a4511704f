"""Signed values in addresses: each opens only what it is for, and only where it was signed."""

from collections.abc import Callable
from typing import Any

import pytest

from app.gatherings.events.models import Event, Registration
from app.gatherings.events.registration.tokens import Tokens
from app.kernel.errors import NotFound

KEY = "a-secret-key-for-tests-only-0123456789"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(KEY)


READERS: list[Callable[[Tokens], Callable[[str], Any]]] = [
    lambda tokens: tokens.read_registration,
    lambda tokens: tokens.read_ticket,
    lambda tokens: tokens.read_door,
]


def test_each_gives_back_what_was_signed(tokens: Tokens) -> None:
    one = Registration(id=12, event_id=7, link_no=0)
    assert tokens.read_registration(tokens.registration(one)) == (12, 0)
    assert tokens.read_ticket(tokens.ticket(one)) == (7, 12)
    assert tokens.read_door(tokens.door(Event(id=7))) == 7


def test_none_opens_what_another_is_for(tokens: Tokens) -> None:
    one = Registration(id=12, event_id=7, link_no=0)
    made = [tokens.registration(one), tokens.ticket(one), tokens.door(Event(id=7))]
    for number, reader in enumerate(READERS):
        for other, token in enumerate(made):
            if other != number:
                with pytest.raises(NotFound):
                    reader(tokens)(token)


@pytest.mark.parametrize("forged", ["", ".", "12", "MTI.x", "MTI." + "A" * 27, "é", "x" * 10_000, "\0", "a.b.c.d"])
@pytest.mark.parametrize("reader", READERS)
def test_a_forged_one_is_not_found_with_a_sentence(
    tokens: Tokens, reader: Callable[[Tokens], Callable[[str], Any]], forged: str
) -> None:
    with pytest.raises(NotFound) as refused:
        reader(tokens)(forged)
    assert str(refused.value).endswith(".")


def test_one_of_another_installation_or_with_a_changed_sign_opens_nothing(tokens: Tokens) -> None:
    one = Registration(id=12, event_id=7, link_no=0)
    with pytest.raises(NotFound):
        tokens.read_registration(Tokens("another key").registration(one))
    token = tokens.registration(one)
    changed = tokens.registration(Registration(id=13, link_no=0)).partition(".")[0] + "." + token.partition(".")[2]
    with pytest.raises(NotFound):
        tokens.read_registration(changed)
