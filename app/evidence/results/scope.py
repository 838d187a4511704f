"""Scope of a survey, the people it speaks for: villages that somebody chose, or those some were drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.evidence.instruments.models import SurveyAudience
from app.evidence.results.cells import Survey, district_code
from app.evidence.surveys.models import SampleMethod
from app.kernel.text import T


@dataclass(frozen=True)
class Scope:
    """The people that a survey speaks for.

    Equal where two surveys speak for the same people. `areas`: villages or OPDs that were chosen by hand; of a draw the
    districts it was made in, since another draw of the same takes other villages. `size`: places it speaks for.
    `words`: “5 desa di 1 kecamatan”; None where no places were planned.
    """

    method: str
    areas: frozenset[str]
    size: int = field(compare=False)
    words: T | None = field(compare=False)
    short: Sequence[str] = field(default=(), compare=False)
    """The same where there is little room."""


def scope_of(survey: Survey) -> Scope:
    """Return the scope as it was planned, whoever answered."""
    places = [place.place for place in survey.places]
    if survey.wave.audience != SurveyAudience.RESIDENTS:
        return Scope("", frozenset(places), len(places), T("%(n)s OPD", n=len(places)) if places else None,
                     (f"{len(places)} OPD",) if places else ())  # fmt: skip
    districts = {district_code(place) for place in places}
    known = {"n": len(places), "districts": len(districts)}
    said = T("%(n)s desa di %(districts)s kecamatan", **known) if places else None
    short = (f"{len(places)} desa,", f"{len(districts)} kec.") if places else ()
    if survey.wave.method != SampleMethod.PPS:
        return Scope(survey.wave.method, frozenset(places), len(places), said, short)
    frame = [code for code, _people in (survey.wave.draw or {}).get("frame", [])]
    if frame:
        said = T("%(n)s desa di %(districts)s kecamatan, diundi dari %(of)s desa", **known, of=len(frame))
    drawn_in = {district_code(code) for code in frame} or districts
    return Scope(survey.wave.method, frozenset(drawn_in), len(frame or places), said, short)


def widest(scopes: Sequence[Scope]) -> Scope | None:
    """Return the scope that a line is of: the widest in which there are two surveys, else the widest.

    `scopes` in time's order; of two as wide the later.
    """
    several = [one for one in scopes if scopes.count(one) > 1] or list(scopes)
    return max(reversed(several), key=lambda one: one.size, default=None)
