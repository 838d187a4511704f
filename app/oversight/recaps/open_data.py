"""The tables of the open-data set, in their order."""

from app.oversight.recaps.open_acts import ACTS
from app.oversight.recaps.open_places import places
from app.oversight.recaps.open_set import Resource
from app.oversight.recaps.open_surveys import FIGURES, SURVEYS


def resources() -> list[Resource]:
    return [*places(), *ACTS, SURVEYS, FIGURES]
