"""Thousands of applications and databases in one process, each made anew: what is equal in all is worked out once.

A test's application is its own, with its settings, clock and database. But that 500 addresses are turned into
functions, templates into code and statements into SQL took longer than most tests, and depends on nothing that a test
may change. Measured (October 2026 suite, 29 page tests, 67 service tests): half, and a third of the time.
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]
STATEMENTS = 3000


def share(folder: Path) -> None:
    """From now on; `folder`: where all processes keep the code of templates."""
    folder.mkdir(exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(folder))}
    compiled: dict[Any, Builder] = {}
    compile_builder = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Builder:
        # all that the function is made of; it gets its rule as an argument
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = once  # type: ignore[method-assign]
    _share_statements()


def _share_statements() -> None:
    """Engines of one kind of database use each other's compiled statements."""
    caches: defaultdict[str, LRUCache[Any, Any]] = defaultdict(lambda: LRUCache(STATEMENTS))
    make = Engine.__init__

    def made(engine: Engine, *arguments: Any, **options: Any) -> None:
        make(engine, *arguments, **options)
        engine._compiled_cache = caches[engine.dialect.name]

    Engine.__init__ = made  # type: ignore[assignment,method-assign]
    # the dialect is a part of a statement's key; those of a kind are equal here: the same driver, the same server
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
