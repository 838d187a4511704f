"""Pages of skills, and what this room adds to those of others."""

from flask_babel import lazy_gettext as _l

from app.learning.programmes.panels import TABS, Tab
from app.learning.skills import evidence, reached, routes_matrix, routes_numbers, routes_person
from app.learning.skills.blueprint import bp
from app.learning.training.panels import OWN_SECTIONS

__all__ = ["bp", "evidence", "reached", "routes_matrix", "routes_numbers", "routes_person"]

TABS.append(
    Tab(
        30,
        "skills.matrix",
        _l("Keterampilan"),
        ("skills.who_can", "skills.people", "skills.person", "skills.observe", "skills.withdraw"),
    )
)
TABS.append(Tab(50, "skills.numbers", _l("Angka")))
OWN_SECTIONS["5-skills"] = "skills/own.html"
