"""The code about itself: the rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.roles import Can
from config import ROOT
from tests.rooms import APP, ROOMS, folder_of, room_of

PAGE_FILES = re.compile(r"(routes|forms|blueprint|pages|composer)(_\w+)?\.py$")
INLINE = re.compile(r"\sstyle=|\son(click|change|submit|load|input)=|<script(?![^>]*\ssrc=)(?![^>]*ld\+json)")
EXEMPT = {"people", "access"}  # Flask-Security is built into them: they know Flask, and its datastore commits
EDGES = ("kernel", "channels")
JOINTS = {APP / "joints.py", APP / "joints_pages.py", APP / "joints_templates.py"}
OWN_TRANSACTION = {folder_of("campaigns") / "links.py"}  # a visit is counted by a GET, whose request rolls back


def _modules(folder: str) -> Iterator[Path]:
    return (path for path in sorted(folder_of(folder).rglob("*.py")) if "__pycache__" not in path.parts)


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def _knows_flask(path: Path) -> bool:
    return any(
        name.split(".")[0] in {"flask", "flask_babel", "flask_login", "wtforms", "flask_wtf"} for name in _imports(path)
    )


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in EXEMPT])
def test_only_the_pages_of_a_room_know_flask(room: str) -> None:
    wrong = [path.name for path in _modules(room) if not PAGE_FILES.search(path.name) and _knows_flask(path)]
    assert wrong == []


@pytest.mark.parametrize("folder", EDGES)
def test_kernel_and_channels_know_no_flask(folder: str) -> None:
    assert [path.name for path in _modules(folder) if _knows_flask(path)] == []


def test_nothing_but_the_wiring_imports_a_rooms_routes_of_another_room() -> None:
    wrong = []
    for path in APP.rglob("*.py"):
        if path in {APP / "factory.py", *JOINTS}:
            continue
        own = ".".join(room_of(path).relative_to(ROOT).parts)
        wrong += [
            f"{path.relative_to(ROOT)}: {name}"
            for name in _imports(path)
            if re.match(r"app\.(?!practice)(\w+\.)+routes", name) and not name.startswith(f"{own}.")
        ]
    assert wrong == []


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in EXEMPT])
def test_services_flush_and_never_commit(room: str) -> None:
    wrong = [
        f"{path.name}:{number}"
        for path in _modules(room)
        if not PAGE_FILES.search(path.name) and path not in OWN_TRANSACTION
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\.(commit|rollback)\(\)", line)
    ]
    assert wrong == []


def test_pages_undo_and_release_by_the_verbs_of_editing() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in APP.rglob("*.py")
        if PAGE_FILES.search(path.name) and not path.is_relative_to(APP / "practice")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "rollback()" in line
    ]
    assert wrong == []


def test_what_is_too_long_is_refused_by_the_reader_of_typed_text() -> None:
    own = re.compile(r"(raise )?Invalid\(\s*T\(\s*\"[^\"]*terlalu panjang")
    assert [str(path.relative_to(ROOT)) for path in APP.rglob("*.py") if own.search(path.read_text())] == []


def test_only_the_clock_reads_the_clock() -> None:
    wrong = []
    for path in [*APP.rglob("*.py"), ROOT / "config.py"]:
        if path == APP / "kernel" / "clock.py":
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"\b(datetime\.(now|utcnow|today)|date\.today)\(", line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert wrong == []


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in APP.rglob("*.html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if INLINE.search(line)
    ]
    assert wrong == []


INSIDE = {
    "app/__init__.py": 1,  # whoever needs a corner of the house does not load all rooms: docs/decisions/009
    "app/launch.py": 1,  # a later start has nothing to prepare
    "app/cli.py": 1,  # the demo's rooms are for one command
}


def test_imports_stand_at_the_top_and_what_loads_late_is_named_in_one_table() -> None:
    found = {}
    for path in APP.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        inside = {each for one in functions for each in ast.walk(one) if isinstance(each, ast.Import | ast.ImportFrom)}
        found |= {path.relative_to(ROOT).as_posix(): len(inside)} if inside else {}
    assert found == INSIDE


KEEP = re.compile(r"\bdata-keep(?![\w-])(?:=\"([^\"]*)\")?")
ABOUT_PEOPLE = ("events/registration_new.html", "attendance/index.html", "communities/member.html")


def test_what_a_form_keeps_on_the_device_has_a_name_of_its_own() -> None:
    names = [name for path in APP.rglob("*.html") for name in KEEP.findall(path.read_text())]
    assert len(names) > 10
    assert "" not in names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("template", ABOUT_PEOPLE)
def test_a_form_about_a_person_keeps_nothing_on_the_device(template: str) -> None:
    (path,) = APP.rglob(f"templates/{template}")
    assert not KEEP.search(path.read_text())


def test_no_template_calls_another_host() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}"
        for path in APP.rglob("*.html")
        if re.search(r"""(src|srcset)=["']https?://|<link[^>]+href=["']https?://""", path.read_text())
    ]
    assert wrong == []


HOST = re.compile(
    r"request\.(host|host_url|url_root|root_url|base_url|url)\b|\b_external=|get_host\(|HTTP_(X_FORWARDED_)?HOST"
    r"|[\"'](X-Forwarded-)?Host[\"']"
)
FROM_HOST = {
    "app/base/access/carried_form.py": {
        "return urlsplit(origin).netloc == request.host",  # the origin of a form against the address it was sent to
        "adapter = current_app.url_map.bind(request.host)",  # to find a route, no address is made
    },
    # the browser's own way back within the site; a Host that was made up leads nowhere but where it says itself
    "app/base/web/errors.py": {
        (
            "return bool(request.referrer and request.referrer.startswith(request.host_url) "
            "and request.referrer != request.url)"
        )
    },
    # the practice server has no settings, and is opened on the machine that runs it
    "app/practice/wire.py": {'return f"{request.host_url}#{platform}-{post_id}"'},
}
"""Where the name of the host that a request brings may be read: never to make an address that is stored or sent."""


def test_no_address_is_made_from_the_host_that_a_request_names() -> None:
    found: dict[str, set[str]] = {}
    for path in [*APP.rglob("*.py"), *APP.rglob("*.html"), *APP.rglob("*.txt"), *APP.rglob("*.xml")]:
        if "static" not in path.parts:
            lines = {line.strip() for line in path.read_text(encoding="utf-8").splitlines() if HOST.search(line)}
            found |= {str(path.relative_to(ROOT)): lines} if lines else {}
    assert found == FROM_HOST


def test_views_name_what_one_can_do_and_never_roles() -> None:
    marks = [mark for path in APP.rglob("*.py") for mark in re.findall(r"^@allow\((.*)\)$", path.read_text(), re.M)]
    assert len(marks) > 500
    assert [mark for mark in marks if not re.fullmatch(r"Can\.[A-Z_]+", mark)] == []


def test_every_capability_is_asked_for_somewhere() -> None:
    asked = {name for path in APP.rglob("*.py") for name in re.findall(r"\bCan\.([A-Z_]+)", path.read_text())}
    assert asked == set(Can.__members__)


MUTATE = {"append", "extend", "insert", "add", "update", "setdefault", "pop", "clear", "remove", "register", "fill"}


def _touched(path: Path) -> Iterator[str]:
    """Lines that run at import and put something into what another module made."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    foreign = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app")
        for alias in node.names
    }
    for node in (one for top in tree.body if isinstance(top, (ast.Expr, ast.Assign, ast.AugAssign, ast.For, ast.If))
                 for one in ast.walk(top)):  # fmt: skip
        target: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATE:
            target = node.func.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0].value
        elif isinstance(node, ast.AugAssign):
            target = node.target
        while isinstance(target, (ast.Attribute, ast.Subscript)):
            target = target.value
        if isinstance(target, ast.Name) and target.id in foreign:
            yield f"{path.relative_to(ROOT)}: {ast.unparse(node)}"


def test_no_module_puts_anything_into_another_by_being_imported() -> None:
    """What a room hands to rooms below goes through a slot, which app/joints*.py fill."""
    assert [line for path in APP.rglob("*.py") for line in _touched(path)] == []


def test_only_joints_fill_slots() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in APP.rglob("*.py")
        if path not in {*JOINTS, APP / "kernel" / "slots.py"}
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\b[A-Z_]+\.fill\(", line)
    ]
    assert wrong == []


NAMED = re.compile(r"`((?:[\w.]+/)*[\w]+\.(?:py|html|txt|md|sh))`")
GUIDES = [ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md", *sorted(APP.glob("*/README.md"))]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_guide_names_are_there(guide: Path) -> None:
    folders = [
        ROOT,
        ROOT / "tests",
        APP,
        *(path for path in APP.glob("*/") if path.is_dir()),
        *ROOMS.values(),
        guide.parent,
    ]
    named = [
        name for name in NAMED.findall(guide.read_text(encoding="utf-8")) if "ROOM" not in name and "NAME" not in name
    ]
    assert [name for name in named if not any((folder / name).exists() for folder in folders)] == []


NO_VERB = set(
    re.findall(
        r"\w+",
        """
        what whose who whom how whether where when which why the a an all every each its their his her of for at in on
        as if not no only one same such this that these those there it they here after before by from with without so
        more most but also another both two three true false none anybody nobody somebody people whoever whatever
        """,
    )
)
VERBS_IN_S = frozenset({"pass", "address", "process", "press", "dismiss", "guess", "discuss", "express", "focus"})


def _public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _public(node.body)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            marks = " ".join(ast.unparse(mark) for mark in node.decorator_list)
            if not re.search("property|command|validator", marks):
                yield node


def test_a_docstring_of_a_public_function_begins_with_a_verb() -> None:
    wrong = []
    for path in APP.rglob("*.py"):
        for one in _public(ast.parse(path.read_text(encoding="utf-8")).body):
            first = re.sub(r"[^\w'-]", "", (ast.get_docstring(one) or "Do").split()[0]).lower()
            if first in NO_VERB or (first.endswith("s") and first not in VERBS_IN_S):
                wrong.append(f"{path.relative_to(ROOT)}:{one.lineno} {one.name}")
    assert wrong == []


def test_classes_say_of_what_they_are() -> None:
    bare = re.compile(r"^class (Filters|Row|Line|Asked)\b", re.M)
    assert [str(path.relative_to(ROOT)) for path in APP.rglob("*.py") if bare.search(path.read_text())] == []
