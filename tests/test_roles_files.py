"""A stored file opens to exactly those who open it at its record, and to nobody else of any office.

The same people as in tests/test_roles.py ask twice: at the record's own address, which that walk holds to
docs/roles.md, and at the file's own address.
"""

import pytest
from flask import Flask, url_for
from sqlalchemy import select

from app.base.media.models import StoredFile
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.records import Place, values_of
from tests.test_roles import PLACES, Walk, rules_of, walk  # noqa: F401 (a fixture)
from tests.world import World

ADDRESSES = {
    "assessments.work_file",
    "commitments.document",
    "commitments.evidence_file",
    "communities.decree",
    "events.photo",
    "posts.picture",
    "printing.photo",
    "programmes.material",
    "publishing.file",
    "recaps.evidence_file",
    "surveys.result_file",
    "training.letter",
}
"""Where records give a picture that they hold."""


@pytest.mark.parametrize("walk", list(Role), indirect=True, ids=str)
def test_the_address_of_a_file_opens_to_those_who_open_its_record(walk: Walk) -> None:  # noqa: F811
    wrong, opened, session = [], 0, walk.place.world.session
    rules = {rule.endpoint: rule for rule in rules_of(walk.app) if rule.endpoint in ADDRESSES}
    assert rules.keys() == ADDRESSES
    for endpoint, rule in rules.items():
        values = values_of(rule, walk.place)
        key = session.scalars(select(StoredFile.key).order_by(StoredFile.id.desc())).first()  # kept with the record
        with walk.app.test_request_context():
            record = url_for(endpoint, **values)
        for where in PLACES:
            client = walk.clients[where]
            at_record = client.get(record).status_code == 200
            at_file = [client.get(f"/berkas/{key}{end}").status_code for end in ("", "/kecil")]
            opened += at_record
            if at_file != ([200, 200] if at_record else [404, 404]):
                wrong.append(f"{walk.role} ({where}) {endpoint}: {at_record} at the record, {at_file} at its file")
    assert wrong == []
    assert opened > 0 or walk.role == Role.ENUMERATOR  # who holds no such record anywhere


def test_no_number_opens_a_file(app: Flask, world: World) -> None:
    """An address of the time before keys, or one that somebody counts up, is no address."""
    place = Place(world, app.extensions["wiring"].storage, world.office(), world.user(Role.ADMIN))
    client = app.test_client()
    sign_in(client, place.person)
    file = place.file(mine=True)
    assert client.get(f"/berkas/{file.key}").status_code == 200
    assert [client.get(f"/berkas/{file.id}{end}").status_code for end in ("", "/kecil")] == [404, 404]
