"""What the build gives: small enough for a bad line, without another host, with every icon that pages show."""

import gzip
import json
import re
import subprocess
from pathlib import Path

import pytest
from jinja2 import nodes

from tests.web.conftest import ROOT
from tests.web.test_templates import TEMPLATES, environment

KILOBYTE = 1024
ICON_PLACES = {"icon": 0, "submit": 1, "post_button": 2, "link_button": 2, "badge": 2, "empty": 0}


def sizes(built: Path) -> dict[str, int]:
    names = json.loads((built / "manifest.json").read_text())
    return {plain: len(gzip.compress((built / name).read_bytes(), 6)) for plain, name in names.items()}


def test_a_staff_page_weighs_less_than_300_kb_on_a_cold_cache(built: Path) -> None:
    size = sizes(built)
    assert sum(size[name] for name in ("main.css", "main.js", "icons.svg", "font.woff2")) < 300 * KILOBYTE


def test_a_public_page_has_a_small_stylesheet_of_its_own(built: Path) -> None:
    size = sizes(built)
    page = 10 * KILOBYTE
    assert size["public.css"] + size["font.woff2"] + size["icons.svg"] + page < 60 * KILOBYTE


@pytest.mark.parametrize("name", ["main.css", "public.css", "main.js"])
def test_nothing_comes_from_another_host(built: Path, name: str) -> None:
    text = (built / json.loads((built / "manifest.json").read_text())[name]).read_text()
    assert re.findall(r"""(?:url\(|@import|fetch\()\s*["']?(?:https?:)?//""", text) == []


def test_every_icon_that_a_template_names_is_in_the_sprite(built: Path) -> None:
    sprite = (built / json.loads((built / "manifest.json").read_text())["icons.svg"]).read_text()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    missing = []
    for path in TEMPLATES:
        for call in environment.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            name = call.node.attr if isinstance(call.node, nodes.Getattr) else getattr(call.node, "name", "")
            place = ICON_PLACES.get(name)
            if place is None:
                continue
            given = [*call.args[place : place + 1], *(pair.value for pair in call.kwargs if pair.key == "icon")]
            missing += [
                f"{path.name}: {value.value}"
                for value in given
                if isinstance(value, nodes.Const) and isinstance(value.value, str) and value.value not in known
            ]
    assert missing == []


def test_an_unknown_icon_stops_the_build(built: Path, tmp_path: Path) -> None:
    (tmp_path / "frontend").mkdir()
    (tmp_path / "app/base/web/templates").mkdir(parents=True)
    (tmp_path / "frontend/icons.txt").write_text("")
    (tmp_path / "app/base/web/templates/a.html").write_text('{{ ui.icon("tidak-ada-ikon-ini") }}')
    script = f"import('{ROOT}/frontend/icons.mjs').then((m) => console.log([...m.chosenIcons('{tmp_path}')]))"
    node = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=False)
    assert node.returncode == 1
    assert "tidak-ada-ikon-ini" in node.stderr


@pytest.mark.usefixtures("built")
def test_a_second_build_has_nothing_to_do() -> None:
    again = subprocess.run(["sh", "frontend/build.sh"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert again.stdout == "Front end: up to date.\n"


def test_the_lockfile_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "frontend/package-lock.json").read_text()
