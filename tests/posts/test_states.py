from itertools import product
from types import SimpleNamespace

import pytest

from app.kernel.errors import Refused
from app.kernel.transitions import move
from app.outreach.posts.models import PostStatus as S
from app.outreach.posts.states import ALLOWED, LABELS

MOVES = {
    (S.DRAFT, S.IN_REVIEW),
    (S.DRAFT, S.CANCELLED),
    (S.IN_REVIEW, S.DRAFT),
    (S.IN_REVIEW, S.RETURNED),
    (S.IN_REVIEW, S.APPROVED),
    (S.IN_REVIEW, S.CANCELLED),
    (S.RETURNED, S.IN_REVIEW),
    (S.RETURNED, S.CANCELLED),
    (S.APPROVED, S.DRAFT),
    (S.APPROVED, S.CANCELLED),
}


@pytest.mark.parametrize(("old", "new"), list(product(S, S)))
def test_only_the_moves_of_the_table_are_made(old: S, new: S) -> None:
    post = SimpleNamespace(status=old)
    if (old, new) in MOVES:
        move(post, ALLOWED, new, LABELS)
        assert post.status == new
    else:
        with pytest.raises(Refused, match=str(LABELS[old])):
            move(post, ALLOWED, new, LABELS)
        assert post.status == old


def test_every_status_has_a_word() -> None:
    assert set(LABELS) == set(S) == set(ALLOWED)
