"""Whatever number stands in an address, the answer is a page and never a fault."""

import re
from pathlib import Path

import pytest
from flask import Flask, request, url_for
from flask.testing import FlaskClient

from app.base.web.query import LARGEST, kept_args, number_of
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.records import parameters
from tests.world import World

pytestmark = pytest.mark.walk
ROOT = Path(__file__).resolve().parent.parent
NAMES = ("hal", "program", "saluran", "materi", "cetakan", "pesanan", "organisasi", "opd")
ODD = ("99999999999999999999999", str(2**63), str(2**31), "-1", "0", "1.5", "abc", "²")


@pytest.mark.parametrize(
    ("given", "read"),
    [("1", 1), (str(LARGEST), LARGEST), (str(LARGEST + 1), None), *((odd, None) for odd in ODD), ("", None)],
)
def test_only_what_can_be_a_number_of_a_record_is_read(app: Flask, given: str, read: int | None) -> None:
    with app.test_request_context(query_string={"program": given}):
        assert number_of("program") == read
        assert number_of("lain") is None
    with app.test_request_context(method="POST", data={"program": given}):
        assert number_of("program", request.form) == read


@pytest.mark.parametrize("odd", ODD)
def test_no_page_breaks_on_an_odd_number_in_the_query(app: Flask, client: FlaskClient, world: World, odd: str) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a fault is one path of the list, not the end of the walk
    sign_in(client, world.user(*Role))
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not parameters(rule)]
    paths = sorted({str(rule) for rule in rules} - {"/keluar"})
    assert {"/tayang", "/tayang.csv", "/materi", "/cetak/bukti/catat", "/kalender", "/pengguna"} <= set(paths)
    answers = {path: client.get(path, query_string=dict.fromkeys(NAMES, odd)).status_code for path in paths}
    assert [path for path, status in answers.items() if status >= 500 and status != 503] == []  # 503: no worker here


def test_a_link_carries_filters_on_and_nothing_that_means_something_to_url_for(app: Flask) -> None:
    odd = "endpoint=x&_scheme=javascript&_external=1&_method=POST&_anchor=a"
    with app.test_request_context(query_string=f"q=peta&tag=a&tag=b&hal=2&self=1&{odd}"):
        assert kept_args("hal") == {"q": ["peta"], "tag": ["a", "b"], "self": ["1"]}
        assert url_for("posts.index", **kept_args("self", "hal")) == "/materi?q=peta&tag=a&tag=b"


def test_no_page_breaks_on_a_name_that_means_something_to_url_for(
    app: Flask, client: FlaskClient, world: World
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    sign_in(client, world.user(*Role))
    world.event()
    world.post()
    odd = {"endpoint": "x", "_scheme": "javascript", "_external": "1", "_method": "POST", "_anchor": "a", "bentuk": "x"}
    for path in ("/perlu-dikejar", "/peta-desa", "/rapor/data", "/kegiatan", "/materi", "/program", "/jangkauan"):
        answer = client.get(path, query_string={**odd, "tampilan": "tabel"} if path == "/peta-desa" else odd)
        assert answer.status_code == 200, path
        assert "javascript:" not in answer.text


def test_no_template_hands_the_whole_query_to_url_for() -> None:
    templates = {path: path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("templates/**/*.html")}
    handed = r"\*\*request\.args|set \w+ = request\.args\.to_dict"
    assert [path.name for path, text in templates.items() if re.search(handed, text)] == []


def test_a_number_too_large_in_the_path_is_an_address_that_does_not_exist(
    app: Flask, client: FlaskClient, world: World
) -> None:
    sign_in(client, world.user(Role.ADMIN))
    with app.test_request_context():
        known = url_for("campaigns.show", campaign_id=world.campaign().id)
    assert client.get(known).status_code == 200
    assert client.get(f"/program/{2**31}").status_code == client.get(f"/program/{2**63}").status_code == 404


def test_no_route_reads_a_number_of_the_query_by_itself() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("routes*.py")}
    assert [path.name for path, text in sources.items() if re.search(r"\.get\([^()]*\bint\)", text)] == []
    assert sum("number_of(" in text for text in sources.values()) > 8
