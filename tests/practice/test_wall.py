"""The wall, the switches of troubles, the state that outlives a restart, and the command."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import html5lib
import httpx
import pytest

from app.practice import accounts
from app.practice.faults import PLATFORMS
from app.practice.server import PracticeServer
from tests.practice.pictures import JPEG


def add_post(practice, text: str = "Halo, warga!", alt_text: str = "Taman kota") -> None:
    store = practice.server.store
    file_id = store.add_file("x", "image/jpeg", JPEG, alt_text=alt_text)
    store.add_post("x", accounts.X_USERNAME, text, post_id=store.new_id(), data={"files": [file_id]})


def test_empty_wall_says_what_to_do_first(practice):
    page = practice.get("/").text
    assert "Dinding Latihan" in page
    assert "Simulasi" in page
    assert "Belum ada yang tayang" in page


def test_wall_shows_words_picture_and_alternative_text(practice):
    add_post(practice)
    page = practice.get("/").text
    assert "Halo, warga!" in page
    assert 'alt="Taman kota"' in page
    assert page.count("Taman kota") == 2  # as the picture's own and beneath it
    assert "WITA" in page


def test_wall_shows_the_newest_first_and_filters_by_platform(practice):
    add_post(practice, "Lama")
    practice.server.store.add_post("facebook", "a", "Baru", post_id="f1", data={"files": []})
    page = practice.get("/").text
    assert page.index("Baru") < page.index("Lama")
    assert "Lama" not in practice.get("/?saluran=facebook").text


def test_what_was_posted_cannot_run_on_the_wall(practice):
    add_post(practice, "<script>alert(1)</script>", '"><img src=x>')
    answer = practice.get("/")
    assert "<script>alert" not in answer.text
    assert "<img src=x>" not in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/gangguan", "/?saluran=smtp"])
def test_pages_are_valid_html(practice, path):
    add_post(practice)
    practice.fault("x", "batas", times=3, seconds=30)
    html5lib.HTMLParser(strict=True).parse(practice.get(path).text)


def test_every_trouble_can_be_switched_on_and_off(practice):
    for platform, kinds in PLATFORMS.items():
        for kind in kinds:
            practice.post("/gangguan", data={"platform": platform, "kind": kind, "times": ""})
    assert len(practice.faults()) == sum(len(kinds) for kinds in PLATFORMS.values())
    assert practice.get("/gangguan").text.count("sampai dimatikan") >= len(practice.faults())
    for fault in practice.faults():
        practice.post("/gangguan", data={"platform": fault["platform"], "kind": fault["kind"], "times": "0"})
    assert practice.faults() == []


@pytest.mark.parametrize(
    "form",
    [
        {"platform": "x", "kind": "batas", "times": "banyak"},
        {"platform": "x", "kind": "tak ada", "times": "1"},
        {"platform": "mastodon", "kind": "batas", "times": "1"},
        {"platform": "x", "kind": "batas", "times": "-1"},
        {"platform": "x", "kind": "batas", "times": "1", "seconds": "nan"},
    ],
)
def test_switch_that_cannot_be_read_says_so(practice, form):
    answer = practice.post("/gangguan", data=form, follow_redirects=True)
    assert "Angkanya tidak dapat dipakai" in answer.text
    assert practice.faults() == []


def test_api_refuses_an_unknown_trouble(practice):
    assert practice.post("/api/faults", json={"platform": "x", "kind": "apa"}).status_code == 422


def test_page_of_another_site_cannot_press_the_buttons(practice):
    add_post(practice)
    answer = practice.post("/kosongkan", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert len(practice.posts()) == 1


def test_emptying_the_wall_removes_everything(practice):
    add_post(practice)
    practice.fault("x", "batas")
    practice.post("/kosongkan")
    assert (practice.posts(), practice.mails(), practice.faults()) == ([], [], [])


def test_state_outlives_a_restart(tmp_path: Path):
    state = tmp_path / "latihan.sqlite"
    with PracticeServer(state) as first:
        first.store.add_post("x", "a", "Tetap ada", post_id="1", data={"files": []})
        first.faults.set("x", "batas", times=2)
        used = first.store.new_id()
    with PracticeServer(state) as second:
        assert [post.text for post in second.store.posts()] == ["Tetap ada"]
        assert [fault.remaining for fault in second.faults.active()] == [2]
        assert int(second.store.new_id()) > int(used)


def test_command_serves_on_free_ports_says_them_and_stops(tmp_path: Path):
    command = [sys.executable, "-m", "app.practice", "--state", str(tmp_path / "var" / "latihan.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        said = json.loads(process.stdout.readline())
        assert httpx.get(said["http_url"] + "/healthz", trust_env=False, timeout=10).json() == {"ok": True}
        assert said["smtp_port"] > 0
        process.send_signal(signal.SIGTERM)
        rest, complaints = process.communicate(timeout=10)
    assert (rest, complaints, process.returncode) == ("", "", 0)


def test_taken_port_is_said_in_a_sentence(tmp_path: Path):
    with PracticeServer(tmp_path / "a.sqlite") as server:
        command = [sys.executable, "-m", "app.practice", "--http-port", str(server.http_port)]
        done = subprocess.run(
            [*command, "--state", str(tmp_path / "b.sqlite")], capture_output=True, text=True, timeout=30, check=False
        )
    assert done.returncode == 1
    assert "cannot listen" in done.stderr
