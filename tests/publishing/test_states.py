from itertools import product

import pytest

from app.kernel.errors import Refused
from app.kernel.transitions import move
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.states import ALLOWED, BY_HAND_ALLOWED, LABELS, NOT_LEFT

MOVES = {
    "queued": "sending missed held cancelled sent unknown",
    "sending": "queued sent retrying unknown handed_over failed missed held cancelled",
    "retrying": "sending queued missed held cancelled sent unknown",
    "unknown": "sent queued failed retrying missed held cancelled",
    "handed_over": "sent queued missed failed cancelled",
    "failed": "queued cancelled sent",
    "missed": "queued cancelled sent",
    "held": "queued missed cancelled sent unknown",
    "sent": "",
    "cancelled": "queued sent",
}
"""Written down once more: a move that somebody adds to the table by mistake is found here."""


BY_A_PERSON = {
    "queued": "sending missed held cancelled",
    "sending": "held cancelled",
    "retrying": "sending queued missed held cancelled",
    "unknown": "sent queued failed",
    "held": "queued missed cancelled",
    "cancelled": "queued",
}
"""Where a person may less than the ledger itself."""


@pytest.mark.parametrize(("old", "new"), list(product(S, S)))
def test_a_person_makes_no_more_moves_than_the_ledger(old: S, new: S) -> None:
    assert (new in BY_HAND_ALLOWED[old]) == (new in BY_A_PERSON.get(old, MOVES[old]).split())


@pytest.mark.parametrize(("old", "new"), list(product(S, S)))
def test_only_the_moves_of_the_table_are_made(old: S, new: S) -> None:
    row = Delivery(status=old)
    if new in MOVES[old].split():
        move(row, ALLOWED, new, LABELS)
        assert row.status == new
    else:
        with pytest.raises(Refused):
            move(row, ALLOWED, new, LABELS)
        assert row.status == old


def test_what_is_sent_stays_sent() -> None:
    assert ALLOWED[S.SENT] == frozenset()


def test_nothing_that_may_be_live_goes_out_again_by_itself() -> None:
    assert not {S.UNKNOWN, S.SENT, S.SENDING} & set(NOT_LEFT)


def test_every_state_has_words() -> None:
    assert set(LABELS) == set(S) == set(ALLOWED)
