"""Whatever is sent to any address, the answer is no fault: 0 × 5xx.

Every rule is asked with every method by every role that may open it, with records that exist and values that nobody
types: in the query, the form, JSON and the path, several under one name, and missing ones. The names are those that
the room's code reads. Seeded, so that a fault comes again. A round asks a quarter, another one for each role:
GAUNG_FUZZ_SHARE=1 asks everything, GAUNG_FUZZ_ROUNDS more often, GAUNG_FUZZ_SEED otherwise.
"""

import io
import json
import os
import random
import re
import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask, got_request_exception, url_for
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from app.base.web.guard import roles_of
from app.gatherings.events.registration.tokens import Tokens
from app.kernel.roles import Role
from app.learning.training.participants.tokens import SALT
from tests.pages import sign_in
from tests.records import FIELDS, Place, values_of
from tests.rooms import folder_of
from tests.world import World

pytestmark = [
    pytest.mark.walk,
    # pages throw records away that the session of the builders still knows, and SQLite gives their numbers again
    pytest.mark.filterwarnings("ignore:Identity map already had an identity:sqlalchemy.exc.SAWarning"),
]
SHARE = float(os.environ.get("GAUNG_FUZZ_SHARE", "0.25"))
"""Of what a role may open, how much is asked in a round; 1 asks everything."""
ROUNDS = int(os.environ.get("GAUNG_FUZZ_ROUNDS", "1"))
SEED = os.environ.get("GAUNG_FUZZ_SEED", "gaung")
HOSTILE = (
    "", " ", "²", "١٢", "-1", "0", "1.5", "1,5", "9" * 20, "9" * 400, str(2**31), str(2**63), "1e309", "NaN", "inf",
    "5\x85", "\x85", "\u00a05", "a" * 5000, "=1+1", "[LENGKAPI:", "2026-13-45", "0000-00-00", "0001-01-01",
    "9999-12-31", "0001-01-01T00:00", "9999-12-31T23:59", "25:61", "{}", "[]", "null", "true", '{"a": [1]}',
    '[[["a"]]]', '[{"key": null}]', "x@y", "../../x", "<b>", "'", '"', "\u202e", "😀" * 40, "1,²,,x", "1,2", "tetap",
    "opd:²", "%", "\\", "\t", "-", "1_000", "x\ny\n[", "a=b [c]", "64.02.01.1001", "https://[", "javascript:x", "//x",
    "m", "f", "*", "0.0000001", "١", "12" * 9, "\ufeff", "a" * 70000,
)  # fmt: skip
USUAL = ("1", "2", "on", "Uji", "2026-11-25", "2026-11-25T09:00", "2026", "100", "pre", "x", "own", "csv")
JSON_VALUES: tuple[Any, ...] = (None, True, -1, 2**70, 1.5, "²", "x", [], {}, [None], [[1]], {"a": None}, "9" * 30)
READ = re.compile(
    r"""(?:get|getlist|number_of|posted|picked_file|read_upload)\("([\w-]{1,40})"|^ {4}(\w{1,40}) = \w+\(""", re.M
)
SECRET = "a-secret-key-for-tests-only-0123456789"
LEFT_OUT = {"access.sign_out"}
"""Signing out would end the walk."""
UNAVAILABLE = 503  # /healthz: there is no worker here


@cache
def names_of(room: str) -> tuple[str, ...]:
    """What the code of a room reads from a request."""
    found = {"version", "seen", "hal", "q", "file", "form_key"}
    for path in folder_of(room).rglob("*.py"):
        if path.name.startswith(("forms", "routes", "pages")):
            found |= {one or other for one, other in READ.findall(path.read_text(encoding="utf-8"))}
    return tuple(sorted(found))


def fields(chance: random.Random, room: str) -> MultiDict[str, str]:
    made: MultiDict[str, str] = MultiDict()
    hostile = chance.choice((0.1, 0.5, 0.9))
    for name in names_of(room):
        for _turn in range(chance.choices((0, 1, 3), (2, 7, 1))[0]):
            made.add(name, chance.choice(HOSTILE if chance.random() < hostile else USUAL))
    return made


def json_of(chance: random.Random, room: str) -> Any:
    names = (*names_of(room), "records", "uuid", "kind", "answers", "device_now")

    def value(depth: int) -> Any:
        if depth and chance.random() < 0.4:
            return [value(depth - 1)] if chance.random() < 0.5 else {chance.choice(names): value(depth - 1)}
        return chance.choice(JSON_VALUES)

    return {name: value(3) for name in names if chance.random() < 0.7} if chance.random() < 0.9 else value(2)


def request_of(chance: random.Random, rule: Rule, method: str) -> dict[str, Any]:
    room = rule.endpoint.partition(".")[0]
    if method == "GET":
        return {"query_string": fields(chance, room)}
    way = chance.random()
    if way < 0.15:
        return {"data": json.dumps(json_of(chance, room)), "content_type": "application/json"}
    if way < 0.2:
        return {"data": b"\xff\xfe{[", "content_type": chance.choice(("application/json", "multipart/form-data", "x"))}
    made = fields(chance, room)
    if chance.random() < 0.5:
        made = MultiDict([*made.items(multi=True), *FIELDS.get(rule.endpoint, {}).items()])
    if chance.random() < 0.2:
        name = chance.choice(("file", "letter", "decree", "photo", "files"))
        return {"data": {**made.to_dict(flat=False), name: (io.BytesIO(chance.choice(FILES)), "a.²csv")}}
    return {"data": made}


FILES = (b"", b"a;b\n1;2\n", b"PK\x03\x04x", b"%PDF-1.4", b"GIF89a" + b"\xff" * 20, b"\xff\xd8\xff", b"\x00" * 50)


def public_value(place: Place, rule: str) -> str:
    """What opens a public address: the code of an event, a training or a survey; a signed address."""
    world, tokens = place.world, Tokens(SECRET)
    event = place.once("announced", lambda: world.event(
        status="announced", registration=True, announced_at=world.clock.now()))  # fmt: skip
    if rule.startswith("/agenda/ikut"):
        return tokens.registration(world.registration(event))
    if rule.startswith("/hadir/pintu"):
        return tokens.door(event)
    if rule.startswith("/hadir"):
        return tokens.ticket(world.registration(event))
    if rule.startswith("/ikut"):
        return str(place.once("open", place.batch).code)
    if rule.startswith("/peserta"):
        trainee = place.once("taught", place.person_taught)
        return str(URLSafeSerializer(SECRET, salt=SALT).dumps([trainee.id, trainee.link_no]))
    return str(place.once("wave", place.wave).code if rule.startswith("/s") else event.code)


def path_of(chance: random.Random, app: Flask, rule: Rule, place: Place) -> str:
    known = roles_of(app, rule.endpoint) is not None
    values = values_of(rule, place) if known else dict.fromkeys(rule.arguments, "x1")
    if values and chance.random() < 0.15:
        name = chance.choice(sorted(values))
        odd = quote(chance.choice([one for one in HOSTILE if one and len(one) < 500]), safe="")
        return re.sub(rf"<(?:\w+(?:\([^)]*\))?:)?{name}>", odd, str(rule)).replace("<", "1").replace(">", "")
    if not known:
        return re.sub(r"<[^>]*>", lambda _found: public_value(place, str(rule)), str(rule))
    with app.test_request_context():
        return url_for(rule.endpoint, **values)


def asked(app: Flask, role: Role | None) -> Iterator[tuple[Rule, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint.startswith("access."), str(rule))):
        roles = roles_of(app, rule.endpoint)
        if rule.endpoint in LEFT_OUT or (role not in roles if roles is not None else role is not None):
            continue
        for method in sorted({"GET", "POST"} & set(rule.methods or ())):
            yield rule, method


@pytest.mark.parametrize("role", [None, *Role], ids=str)
def test_no_request_is_answered_by_a_fault(app: Flask, world: World, client: FlaskClient, role: Role | None) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    office = world.office()
    person = world.user(role or Role.ADMIN, organisation=office, position="kabid")
    if role:
        sign_in(client, person)
    place = Place(world, app.extensions["wiring"].storage, office, person)
    faults: list[str] = []
    raised: list[str] = []

    def note(_app: Flask, exception: Exception, **_rest: Any) -> None:
        where = traceback.extract_tb(exception.__traceback__)
        own = [f"{Path(one.filename).name}:{one.lineno}" for one in where if "/app/" in one.filename]
        raised.append(f"{exception!r:.120} {own[-2:]}")

    got_request_exception.connect(note, app)
    for turn in range(ROUNDS):
        chance = random.Random(f"{SEED}-{role}-{turn}")
        for rule, method in asked(app, role):
            if role and chance.random() > SHARE:
                continue
            sent = request_of(chance, rule, method)
            path = path_of(chance, app, rule, place)
            place.world.session.commit()
            answer = client.open(path, method=method, **sent)
            answer.close()
            if role and (answer.location or "").startswith("/masuk"):
                sign_in(client, person)
            if answer.status_code >= 500 and answer.status_code != UNAVAILABLE:
                faults.append(f"{raised[-1:]} {method} {rule.endpoint} {path[:90]} {str(sent)[:200]}")
    assert faults == [], "\n".join(faults)
