"""What every template may use by its name, of whatever room it is; `app/joints_templates.py` names all of it.

What the pages of one room alone use stands in the `context_processor` of that room's blueprint.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from flask import Flask

from app.base.web.formats import sentence
from app.kernel.slots import SlotMap
from app.kernel.text import T

K = TypeVar("K")

TEMPLATE_NAMES = SlotMap[str, Any]("web.template_names")
"""Name → function, table of words or number."""


class Words(Mapping[K, str]):
    """A table of words, each of which is said in the language of the page when it is looked up."""

    def __init__(self, table: Mapping[K, T | str]) -> None:
        self._table = table

    def __getitem__(self, key: K) -> str:
        return sentence(self._table[key])

    def __iter__(self) -> Iterator[K]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


def word_of(table: Mapping[Any, T | str]) -> Callable[[Any], Any]:
    """Return what says a key in the language of the page, and leaves one that the table does not know as it is."""

    def say(key: Any) -> Any:
        return sentence(table[key]) if key in table else key

    return say


def init_template_names(app: Flask, **of_installation: Any) -> None:
    """Give every template these names, and those whose value is another in each installation."""
    app.jinja_env.globals.update(TEMPLATE_NAMES)
    app.jinja_env.globals.update(of_installation)
