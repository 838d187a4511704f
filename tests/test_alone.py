"""Every module is imported as well alone as with all others, and nothing changes by it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from config import ROOT
from tests.rooms import APP


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_module(path): path for path in APP.rglob("*.py")}


def _loads(name: str, path: Path) -> set[str]:
    """Return the modules of app/ that this one imports where it is imported itself."""
    found: set[str] = set()
    for node in _at_import(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & MODULES.keys()
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            found |= whole | ({node.module} & MODULES.keys() if len(whole) < len(node.names) else set())
    return found - {name}


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs at import: no bodies of functions, and nothing for the type checker alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _at_import(child)


def test_each_module_is_imported_alone_as_well_as_with_all_others() -> None:
    """Where no imports run in a circle, whatever is imported first finds all that it needs whole: so one interpreter
    that imports all of them shows it for each."""
    TopologicalSorter({name: _loads(name, path) for name, path in MODULES.items()}).prepare()  # raises CycleError


def test_no_module_registers_anything_by_being_imported() -> None:
    names = sorted(MODULES)
    code = (
        "import importlib, sys\n"
        "for name in sys.stdin.read().split(): importlib.import_module(name)\n"
        "from app.kernel.slots import SLOTS\n"
        "print(*[slot.name for slot in SLOTS.values() if slot.sealed or slot._held])"
    )
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], input="\n".join(names), cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (told.returncode, told.stdout.strip(), told.stderr) == (0, "", "")
