"""Every word on a page goes through gettext, and no page needs what the content policy forbids."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

APP = Path(__file__).resolve().parents[2] / "app"
PRACTICE = APP / "practice"  # stands in for platforms of others and has no catalogue
TEMPLATES = sorted(path for path in APP.rglob("templates/**/*.html") if PRACTICE not in path.parents)
READ_ALOUD = {"title", "alt", "placeholder", "aria-label", "aria-description", "label"}
LETTER = re.compile(r"[^\W\d_]")
LABELS = {  # macro of ui.html → which of its arguments are words
    "submit": {0}, "post_button": {1}, "link_button": {1}, "badge": {1}, "empty": {1, 2, 4}, "card": {0},
    "search": {0}, "filter": {1}, "field": set(),
}  # fmt: skip
WORDS_BY_NAME = {"hint", "confirm", "title", "label", "text", "action"}

environment = Environment(extensions=["jinja2.ext.i18n"])


def without_jinja(source: str) -> str:
    """The template with everything of Jinja replaced by blanks, line for line."""
    kept = []
    inside = False
    for _line, kind, value in environment.lex(source):
        opens = kind.endswith("_begin")
        inside = inside or opens
        kept.append(re.sub(r"[^\n]", " ", value) if inside else value)
        if kind.endswith("_end"):
            inside = False
    return "".join(kept)


class Words(HTMLParser):
    """Finds text between tags and in attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.forbidden: list[tuple[int, str]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        self._silent += tag in {"script", "style"}
        for name, value in attrs:
            if name in READ_ALOUD and value and LETTER.search(value):
                self.found.append((line, f"{name}={value.strip()}"))
            if name == "style" or re.fullmatch(r"on[a-z]+", name):
                self.forbidden.append((line, f"{name}={value}"))
        data = dict(attrs).get("type") == "application/ld+json"  # read by search engines, run by nobody
        if tag == "style" or (tag == "script" and "src" not in dict(attrs) and not data):
            self.forbidden.append((line, f"<{tag}>"))

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        for offset, text in enumerate(data.split("\n")):
            if not self._silent and LETTER.search(text):
                self.found.append((self.getpos()[0] + offset, text.strip()))


def read(source: str) -> Words:
    words = Words()
    words.feed(without_jinja(source))
    words.close()
    return words


def printed_literals(node: nodes.Node) -> Iterator[nodes.Const]:
    """String constants that an expression can print as they are."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node
    elif isinstance(node, nodes.CondExpr):
        yield from printed_literals(node.expr1)
        if node.expr2 is not None:
            yield from printed_literals(node.expr2)
    elif isinstance(node, nodes.Concat):
        for part in node.nodes:
            yield from printed_literals(part)
    elif isinstance(node, nodes.Or | nodes.And):
        yield from printed_literals(node.left)
        yield from printed_literals(node.right)
    elif isinstance(node, nodes.Filter) and node.node is not None:
        yield from printed_literals(node.node)


def looks_like_words(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]\s+[^\W\d_]|^[A-Z][a-z]", text))


def bare_literals(source: str) -> Iterator[tuple[int, str]]:
    tree = environment.parse(source)
    for output in tree.find_all(nodes.Output):
        for part in output.nodes:
            if isinstance(part, nodes.TemplateData):
                continue
            for const in printed_literals(part):
                if looks_like_words(const.value):
                    yield const.lineno, const.value
    for call in tree.find_all(nodes.Call):
        name = call.node.attr if isinstance(call.node, nodes.Getattr) else getattr(call.node, "name", "")
        if name not in LABELS:
            continue
        given = [argument for place, argument in enumerate(call.args) if place in LABELS[name]]
        given += [pair.value for pair in call.kwargs if pair.key in WORDS_BY_NAME]
        for argument in given:
            for const in printed_literals(argument):
                if LETTER.search(const.value):
                    yield const.lineno, const.value


def name_of(path: Path) -> str:
    return str(path.relative_to(APP))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_visible_word_goes_through_gettext(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    bare = [*read(source).found, *bare_literals(source)]
    assert not bare, "\n".join(f"app/{name_of(path)}:{line}: {text}" for line, text in bare)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_template_needs_what_the_content_policy_forbids(path: Path) -> None:
    forbidden = read(path.read_text(encoding="utf-8")).forbidden
    assert not forbidden, "\n".join(f"app/{name_of(path)}:{line}: {text}" for line, text in forbidden)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>Halo</p>", [(1, "Halo")]),
        ("<p>\n{{ _('Halo') }}\n dunia</p>", [(3, "dunia")]),
        ('<img alt="Gambar {{ n }}">', [(1, "alt=Gambar")]),
        ('{{ "Sudah terbit" if x else "" }}', [(1, "Sudah terbit")]),
        ('{{ ui.badge("ok", "Terbit") }}', [(1, "Terbit")]),
        ('{{ ui.field(form.x, hint="Isi nama") }}', [(1, "Isi nama")]),
        ('<p class="{{ "is-open" if x }}">{{ _("Halo") }} · 24</p>', []),
        ("{# Halo #}<p>{% if x == 'Halo dunia' %}1{% endif %}</p>", []),
    ],
)
def test_the_search_for_bare_words_finds_them(source: str, expected: list[tuple[int, str]]) -> None:
    assert [*read(source).found, *bare_literals(source)] == expected


def test_the_search_for_forbidden_parts_finds_them() -> None:
    source = '<p style="a">\n<a onclick="b()">\n<script>c</script>\n<script src="d"></script>'
    assert read(source).forbidden == [(1, "style=a"), (2, "onclick=b()"), (3, "<script>")]
