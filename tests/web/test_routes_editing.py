"""What a person wrote down, undone where it is refused: on a page made for these tests alone."""

from collections.abc import Iterator

import pytest
from flask import Flask, redirect, render_template_string, request
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import Length

from app.base.web.db import db
from app.base.web.editing import release_database, telling, undoing
from app.base.web.forms import VersionedForm
from app.base.web.guard import public
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.outreach.campaigns.models import Campaign
from config import Settings
from tests.web.conftest import FORM_PAGE, build
from tests.world import World

ERRORS = {
    "invalid": Invalid("Belum benar.", field="name"),
    "refused": Refused("Sudah selesai."),
    "forbidden": Forbidden("Bukan milik Anda."),
    "notfound": NotFound("Tidak ada."),
    "crash": RuntimeError("a secret detail"),
}


class NameForm(VersionedForm):
    name = StringField("Nama", [Length(max=20)])


def _write(record: Campaign, seen: int | None) -> None:
    """A service that changes its record before it finds out."""
    record.name = request.form["name"]
    db.session.flush()
    if seen is not None and seen != 1:
        raise Stale("Orang lain baru saja menyimpan.")
    if request.form["name"] in ERRORS:
        raise ERRORS[request.form["name"]]


def _edit(number: int):
    record, form = db.session.get_one(Campaign, number), NameForm()
    if form.is_posted_and_valid():
        with form.saving(record):
            _write(record, form.version.data)
            return redirect("/")
    return render_template_string(FORM_PAGE + "{% block after %}{{ record.name }}{% endblock %}", form=form), 422


def _press(number: int):
    with telling(Refused):
        _write(db.session.get_one(Campaign, number), None)
    return redirect("/sesudah", 303)


def _after_refusal(number: int):
    """What stands against it is noted, as a proposal that came too late."""
    with undoing(Refused) as undone:
        _write(db.session.get_one(Campaign, number), None)
    if undone.error is not None:
        db.session.get_one(Campaign, number).summary = str(undone.error)
    return redirect("/", 303)


def _release(number: int):
    record = db.session.get_one(Campaign, number)
    release_database()
    record.name = request.form["name"]
    return redirect("/", 303)


@pytest.fixture
def app(settings: Settings, clock: FrozenClock) -> Iterator[Flask]:
    application = build(settings, clock, PROPAGATE_EXCEPTIONS=False)
    for view in (_edit, _press, _after_refusal, _release):
        application.add_url_rule(f"/{view.__name__}/<int:number>", view_func=public(view), methods=["GET", "POST"])
    application.add_url_rule("/sesudah", endpoint="after", view_func=public(lambda: render_template_string(AFTER)))
    yield application
    with application.app_context():
        application.extensions["sqlalchemy"].engine.dispose()


AFTER = '{% extends "base.html" %}{% block heading %}Sesudah{% endblock %}'


@pytest.fixture
def number(world: World, session: Session) -> int:
    campaign = world.campaign(name="Semula")
    session.commit()
    return campaign.id


def _name(session: Session, number: int) -> str:
    session.expire_all()
    return session.get_one(Campaign, number).name


def test_what_is_saved_stays(client: FlaskClient, session: Session, number: int) -> None:
    assert client.post(f"/_edit/{number}", data={"name": "Baru", "version": "1"}).status_code == 302
    assert _name(session, number) == "Baru"


@pytest.mark.parametrize(("name", "told"), [("invalid", "Belum benar."), ("refused", "Sudah selesai.")])
def test_a_refusal_shows_the_page_with_what_was_typed_and_keeps_nothing(
    client: FlaskClient, session: Session, number: int, name: str, told: str
) -> None:
    page = client.post(f"/_edit/{number}", data={"name": name, "version": "1"})
    assert page.status_code == 422
    assert told in page.text
    assert f'name="name" type="text" value="{name}"' in page.text
    assert 'name="version" type="hidden" value="1"' in page.text
    assert _name(session, number) == "Semula"


def test_what_the_form_refuses_never_reaches_the_service(client: FlaskClient, session: Session, number: int) -> None:
    page = client.post(f"/_edit/{number}", data={"name": "a" * 21, "version": "7"})
    assert page.status_code == 422
    assert 'value="7"' in page.text  # the version that was seen: nobody has been told yet that it is old
    assert _name(session, number) == "Semula"


def test_after_somebody_was_quicker_saving_once_more_replaces_what_is_there(
    client: FlaskClient, session: Session, number: int
) -> None:
    page = client.post(f"/_edit/{number}", data={"name": "Baru", "version": "7"})
    assert page.status_code == 422
    assert "Orang lain baru saja menyimpan." in page.text
    assert 'value="Baru"' in page.text
    assert 'name="version" type="hidden" value="1"' in page.text
    assert _name(session, number) == "Semula"
    assert client.post(f"/_edit/{number}", data={"name": "Baru", "version": "1"}).status_code == 302


@pytest.mark.parametrize(("name", "status"), [("forbidden", 403), ("notfound", 404), ("crash", 500)])
def test_what_is_nobodys_to_mend_has_a_page_of_its_own_and_keeps_nothing(
    client: FlaskClient, session: Session, number: int, name: str, status: int
) -> None:
    page = client.post(f"/_edit/{number}", data={"name": name, "version": "1"})
    assert page.status_code == status
    assert "a secret detail" not in page.text
    assert _name(session, number) == "Semula"


def test_a_refused_button_is_told_on_the_page_that_follows(client: FlaskClient, session: Session, number: int) -> None:
    page = client.post(f"/_press/{number}", data={"name": "refused"}, follow_redirects=True)
    assert page.status_code == 200
    assert "Sudah selesai." in page.text
    assert _name(session, number) == "Semula"


@pytest.mark.parametrize(("name", "status"), [("invalid", 422), ("forbidden", 403), ("crash", 500)])
def test_an_error_that_was_not_named_is_not_caught(
    client: FlaskClient, session: Session, number: int, name: str, status: int
) -> None:
    assert client.post(f"/_press/{number}", data={"name": name}).status_code == status
    assert _name(session, number) == "Semula"


def test_what_is_written_after_a_refusal_stays(client: FlaskClient, session: Session, number: int) -> None:
    assert client.post(f"/_after_refusal/{number}", data={"name": "refused"}).status_code == 303
    assert _name(session, number) == "Semula"
    assert session.get_one(Campaign, number).summary == "Sudah selesai."


def test_what_is_written_after_a_release_stays(client: FlaskClient, session: Session, number: int) -> None:
    assert client.post(f"/_release/{number}", data={"name": "Sesudahnya"}).status_code == 303
    assert _name(session, number) == "Sesudahnya"
