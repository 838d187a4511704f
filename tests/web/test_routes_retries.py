"""A transaction that crossed with another is made once more, as a whole; in the end a sentence says what to do."""

import io
from collections.abc import Callable

import pytest
from flask import Flask, flash, request
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.base.people.models import Organisation
from app.base.web.db import db
from app.base.web.guard import public
from app.kernel.errors import Refused
from app.kernel.text import T


class Crossed(Exception):
    sqlstate = "40P01"


class Lost(Exception):
    sqlstate = "08006"


def posted(app: Flask, work: Callable[[int], object]) -> tuple[Response, int]:
    """The answer of a page that does `work` with the number of the try, and how often it was tried."""
    tries: list[int] = []

    @app.post("/silang", endpoint="silang")
    @public
    def _page() -> object:
        tries.append(1)
        return work(len(tries))

    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().post("/silang", data={"berkas": (io.BytesIO(b"isi"), "a.txt")})
    return answer, len(tries)


def crossed(cause: Exception) -> OperationalError:
    return OperationalError("UPDATE", {}, cause)


def test_it_is_made_once_more_with_the_same_form_and_nothing_of_the_first_try(app: Flask, session: Session) -> None:
    def work(number: int) -> object:
        db.session.add(Organisation(name=f"Percobaan {number}", kind="opd"))
        db.session.flush()
        if number == 1:
            request.files["berkas"].read()
            raise crossed(Crossed())
        flash("sekali")
        return request.files["berkas"].read()

    answer, tries = posted(app, work)
    assert (answer.status_code, answer.data, tries) == (200, b"isi", 2)
    names = session.scalars(select(Organisation.name).where(Organisation.name.startswith("Percobaan"))).all()
    assert names == ["Percobaan 2"]


def test_what_goes_wrong_the_second_time_has_its_own_page(app: Flask) -> None:
    def work(number: int) -> object:
        raise crossed(Crossed()) if number == 1 else Refused(T("Sudah penuh."))

    answer, tries = posted(app, work)
    assert (answer.status_code, tries) == (409, 2)
    assert "Sudah penuh." in answer.text


@pytest.mark.parametrize(("cause", "status", "times"), [(Crossed(), 409, 3), (Lost(), 500, 1)])
def test_it_is_not_tried_for_ever_and_only_where_it_helps(
    app: Flask, cause: Exception, status: int, times: int
) -> None:
    def work(_number: int) -> object:
        raise crossed(cause)

    answer, tries = posted(app, work)
    assert (answer.status_code, tries) == (status, times)
    assert ("tunggu sebentar" in answer.text) is (status == 409)
