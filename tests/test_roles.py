"""Every route says who may use it, docs/roles.md says it too, and the application does it.

The walk signs in with each role in three places: in the organisation that owns the record ("own"), in another one
("foreign") and in the communications office ("office"). New routes are found by themselves; a record that nobody
described in tests/records.py and app/base/people/roles_table.py fails the walk.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.base.people.models import User
from app.base.people.roles_table import rights_of, roles_table, whose
from app.base.web.guard import roles_of
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.records import FIELDS, Place, anything_for, parameters, values_of
from tests.world import World

pytestmark = [
    pytest.mark.walk,
    # pages throw records away that the session of the builders still knows, and SQLite gives their numbers again
    pytest.mark.filterwarnings("ignore:Identity map already had an identity:sqlalchemy.exc.SAWarning"),
]
ROOT = Path(__file__).resolve().parent.parent
PLACES = ("own", "foreign", "office")
PUBLIC = {
    "assessments.answer",
    "assessments.hand",
    "assessments.hand_in_work",
    "assessments.own_work",
    "assessments.own_work_file",
    "campaigns.follow",
    "certificates.check",
    "certificates.checked",
    "certificates.own_pdf",
    "events.agenda",
    "attendance.door",
    "attendance.enter_door",
    "events.enter",
    "attendance.entered",
    "events.event_file",
    "events.feed",
    "events.feed_campaign",
    "events.feed_district",
    "events.feed_group",
    "events.join",
    "events.own",
    "events.own_cancel",
    "events.own_edit",
    "events.own_erase",
    "events.own_leave",
    "events.own_save",
    "events.privacy",
    "events.public",
    "attendance.scan",
    "field.app_manifest",
    "field.service_worker",
    "field.session",
    "kits.schema",
    "media.public",
    "access.back_from_elsewhere",
    "access.second_step",
    "access.sign_in",
    "access.sign_in_by_passkey",
    "access.sign_in_elsewhere",
    "access.sign_in_keys",
    "publishing.healthz",
    "responses.decline",
    "responses.send",
    "responses.step",
    "responses.survey",
    "responses.survey_place",
    "responses.thanks",
    "training.apply",
    "training.ask_link",
    "training.feed",
    "training.offers",
    "training.own",
    "training.own_calendar",
    "training.own_disconnect",
    "training.own_edit",
    "training.own_erase",
    "training.own_leave",
    "training.own_material",
    "training.own_save",
    "training.own_withdraw",
    "training.privacy",
    "training.public",
    "training.received",
    "training.send_link",
    "web.favicon",
    "web.logo",
    "web.static",
}
"""All that opens without signing in. Whoever adds one thinks about it here."""


@pytest.fixture
def app(app: Flask) -> Flask:
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a fault is one line of the report, not the end of the walk
    return app


def rules_of(app: Flask) -> list[Rule]:
    """All routes, signing out last."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint == "access.sign_out", str(rule)))


def methods_of(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def test_every_view_is_marked(app: Flask) -> None:
    assert [rule.endpoint for rule in app.url_map.iter_rules() if roles_of(app, rule.endpoint) == frozenset()] == []


def test_what_is_public_is_meant_to_be(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules() if roles_of(app, rule.endpoint) is None} == PUBLIC


def test_every_record_in_an_address_says_whose_it_is(app: Flask) -> None:
    closed = [rule for rule in app.url_map.iter_rules() if roles_of(app, rule.endpoint) is not None]
    silent = [rule.endpoint for rule in closed if parameters(rule) and rights_of(rule) is None]
    assert silent == [], "add them to WHOSE in app/base/people/roles_table.py"


def test_the_document_is_the_url_map(app: Flask) -> None:
    written = (ROOT / "docs" / "roles.md").read_text(encoding="utf-8")
    assert written == roles_table(app), "run `make roles`"


def test_reading_never_writes_by_address(app: Flask) -> None:
    """A route with both methods shows a form; one that only posts is never reached by a link."""
    for rule in app.url_map.iter_rules():
        assert set(methods_of(rule)) <= {"GET", "POST"}, rule


@dataclass
class Walk:
    """The three people of one role, signed in, and the place of the records."""

    app: Flask
    role: Role
    place: Place
    people: Mapping[str, User]
    clients: Mapping[str, FlaskClient]

    def ask(self, rule: Rule, method: str, where: str) -> int | str:
        """The status of the answer; "masuk" where the way leads to the sign-in page."""
        roles = roles_of(self.app, rule.endpoint) or frozenset()
        turned_away = self.role not in roles or where not in PLACES  # before any record is looked for
        values = anything_for(rule) if turned_away else values_of(rule, self.place)
        with self.app.test_request_context():
            path = url_for(rule.endpoint, **values)
        data = FIELDS.get(rule.endpoint) if method == "POST" else None
        answer = self.clients[where].open(path, method=method, data=data)
        if answer.location and answer.location.startswith("/masuk") and rule.endpoint != "access.sign_out":
            return "masuk"
        return answer.status_code


@pytest.fixture
def walk(request: pytest.FixtureRequest, app: Flask, world: World) -> Walk:
    role: Role = request.param
    organisations = {
        "own": world.organisation(name="Dinas Kesehatan"),
        "foreign": world.organisation(name="Dinas Perikanan"),
        "office": world.office(),
    }
    people, clients = {}, {}
    for where in PLACES:
        people[where] = world.user(role, organisation=organisations[where], position="kabid")
        clients[where] = app.test_client()
        sign_in(clients[where], people[where])
    storage = app.extensions["wiring"].storage
    place = Place(world, storage, organisations["own"], people["own"])
    return Walk(app, role, place, people, clients)


def surprises(walk: Walk) -> Iterator[str]:
    """Every answer that the table does not promise."""
    for rule in rules_of(walk.app):
        roles = roles_of(walk.app, rule.endpoint)
        if roles is None:
            continue
        for method in methods_of(rule):
            for where in PLACES if walk.role in roles else ("own",):
                status = walk.ask(rule, method, where)
                wrong = _judge(walk.role, roles, rule, where, status)
                if wrong:
                    yield f"{walk.role} ({where}) {method} {rule.endpoint}: {status}, {wrong}"


def _judge(role: Role, roles: frozenset[Role], rule: Rule, where: str, status: int | str) -> str | None:
    if role not in roles:
        return None if status == 403 else "but the role is not allowed"
    rights = rights_of(rule)
    if rights is None or where in whose(rights, role).reach:
        opened = isinstance(status, int) and status < 500 and status not in {401, 403, 404, 405}
        return None if opened else "but the table lets this person in"
    return None if status in {403, 404} else "but the record is not theirs"


@pytest.mark.parametrize("walk", list(Role), indirect=True, ids=str)
def test_every_role_reaches_what_the_table_says_and_nothing_else(walk: Walk) -> None:
    assert list(surprises(walk)) == []


def test_nobody_comes_in_without_signing_in(app: Flask, world: World) -> None:
    client = app.test_client()
    office = world.office()
    place = Place(world, app.extensions["wiring"].storage, office, world.user(Role.ADMIN))
    walk = Walk(app, Role.ADMIN, place, {}, {"nobody": client})
    for rule in rules_of(app):
        if roles_of(app, rule.endpoint) is None:
            continue
        for method in methods_of(rule):
            expected = "masuk" if method == "GET" else 401
            assert walk.ask(rule, method, "nobody") == expected or rule.endpoint == "access.sign_out", rule


def test_a_view_without_a_mark_lets_nobody_in(app: Flask, world: World) -> None:
    app.add_url_rule("/lupa", "lupa", lambda: "terbuka")
    user = world.user(*Role)
    client = app.test_client()
    assert client.get("/lupa").status_code == 302
    sign_in(client, user)
    assert client.get("/lupa").status_code == 403
