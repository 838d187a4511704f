"""The words on screen: all of them can be extracted, and no library speaks English to our people."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import flask_wtf
import pytest
import wtforms
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from flask import Flask

from app.base.web.messages import WORDS, Messages
from tests.rooms import ROOMS, room_of

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "T": None}
ENGLISH = re.compile(
    r"\b(the|please|must|invalid|your|has been|not found|required|is not|should|click)\b", re.IGNORECASE
)

Found = tuple[str, str]  # (file:line, msgid)


def extracted() -> list[Found]:
    """As `pybabel extract -F babel.cfg -k _l -k T` sees the application."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found: list[Found] = []
    for name, line, message, _comments, _context in extract_from_dir(str(ROOT), methods, options, KEYWORDS):
        msgids = message if isinstance(message, tuple) else (message,)
        found += [(f"{name}:{line}", msgid) for msgid in msgids]
    return found


@pytest.fixture(scope="module")
def messages() -> list[Found]:
    return extracted()


def test_sentences_of_services_forms_and_templates_are_extracted(messages: list[Found]) -> None:
    msgids = {msgid for _, msgid in messages}
    assert "Isi nama lengkapnya." in msgids, "T() in a service"
    assert "Kata sandi baru" in msgids, "_l() in a form"
    assert "Kata sandi sekarang tidak cocok." in msgids, "_() in a view"
    assert "Lupa kata sandi, atau belum punya akun? Minta slip masuk kepada admin di %(office)s." in msgids, (
        "a template"
    )
    files = {room_of(ROOT / place.partition(":")[0]) for place, _ in messages}
    silent = {folder for folder in ROOMS.values() if (folder / "templates").exists()} - files
    assert not silent, "rooms with pages of which no word is extracted"


def test_no_sentence_is_english(messages: list[Found]) -> None:
    assert [entry for entry in messages if ENGLISH.search(entry[1])] == []


def test_every_placeholder_can_be_filled(messages: list[Found]) -> None:
    """A bare percent sign, or a placeholder without its kind, would break the page that shows it."""
    broken = []
    for place, msgid in messages:
        if "%(" not in msgid:
            continue
        try:
            filled = msgid % defaultdict(int)
        except (TypeError, ValueError) as error:
            broken.append((place, msgid, str(error)))
        else:
            assert filled
    assert broken == []


def calls_of_gettext(package: ModuleType) -> Iterator[str]:
    """First arguments of gettext, ngettext and their lazy kin, in all modules of a package."""
    assert package.__file__
    for path in Path(package.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in {"gettext", "ngettext", "_", "_n", "lazy_gettext"}:
                continue
            for argument in node.args[:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


@pytest.mark.parametrize("package", [wtforms, flask_wtf])
def test_every_sentence_of_the_form_libraries_has_an_indonesian_one(package: ModuleType) -> None:
    sentences = set(calls_of_gettext(package))
    assert len(sentences) >= 3, "the libraries are still read the way this test reads them"
    assert sorted(sentences - set(WORDS)) == []


def csrf_sentences() -> set[str]:
    """What Flask-WTF raises about tokens, written out as plain strings."""
    assert flask_wtf.__file__
    tree = ast.parse((Path(flask_wtf.__file__).parent / "csrf.py").read_text(encoding="utf-8"))
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)]
    texts = [call.args[0] for call in raised if getattr(call.func, "id", "") == "ValidationError" and call.args]
    return {text.value for text in texts if isinstance(text, ast.Constant)}


def test_sentences_about_tokens_are_indonesian() -> None:
    found = csrf_sentences()
    assert "The CSRF token is missing." in found
    assert found <= set(WORDS)


def test_a_form_speaks_indonesian(app: Flask) -> None:
    with app.test_request_context():
        told = Messages().gettext("This field is required.")
        several = Messages().ngettext(
            "Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters.", 3
        )
    assert told == "Bagian ini wajib diisi."
    assert several % {"max": 3} == "Terlalu panjang: paling banyak 3 huruf."


def imported_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_nothing_of_flask_security_reaches_a_page(app: Flask) -> None:
    """Its forms, messages and pages have no Indonesian catalogue: none of them is used."""
    used = {name for path in (ROOT / "app").rglob("*.py") for name in imported_names(path) if "flask_security" in name}
    allowed = {"FSQLALiteUserDatastore", "RoleMixin", "Security", "UserMixin", "totp.Totp"}
    allowed |= {f"utils.{name}" for name in ("hash_password", "lookup_identity")}
    assert used - {f"flask_security.{name}" for name in allowed} == set()
    assert not any(rule.endpoint.startswith("security.") for rule in app.url_map.iter_rules())
    assert "security" not in app.blueprints
