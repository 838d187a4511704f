"""What every template may use is named in one file."""

import re

import pytest
from flask import Flask

from app.base.web.template_names import TEMPLATE_NAMES, Words, word_of
from app.kernel.text import T
from tests.rooms import APP

EVERYWHERE = re.compile(
    r"app_context_processor|(?<!bp)\.context_processor\b|(app_|add_)?template_global\b|jinja_env\.globals"
)
TEMPLATES = "\n".join(path.read_text(encoding="utf-8") for path in APP.rglob("*.html"))


def test_nothing_else_puts_a_name_into_every_template() -> None:
    """A room's `bp.context_processor` is for its own pages alone; the practice server is another application."""
    own = {APP / "base" / "web" / "template_names.py"}
    wrong = [
        f"{path.relative_to(APP)}:{number}"
        for path in APP.rglob("*.py")
        if path not in own and not path.is_relative_to(APP / "practice")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if EVERYWHERE.search(line)
    ]
    assert wrong == []


def test_every_template_has_each_of_them_and_one_at_least_uses_it(app: Flask) -> None:
    assert {name: app.jinja_env.globals[name] for name in TEMPLATE_NAMES} == dict(TEMPLATE_NAMES)
    used = set(re.findall(r"(?<![\w.])\w+", TEMPLATES))
    assert [name for name in TEMPLATE_NAMES if name not in used] == []


def test_words_are_said_in_the_language_of_the_page_that_asks(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    words, say = Words({"open": T("Terbuka"), 2: "Dua"}), word_of({"open": T("Terbuka")})
    with app.test_request_context():
        assert (dict(words), say("open"), say("lama")) == ({"open": "Terbuka", 2: "Dua"}, "Terbuka", "lama")
        monkeypatch.setattr("app.base.web.formats._", str.upper)
        assert (words["open"], words.get("lama"), say("open")) == ("TERBUKA", None, "TERBUKA")
