"""The surveys of the practice year: the whole regency before, in the middle and after; one campaign asked only once."""

from collections.abc import Mapping

from app.demo import planted
from app.demo.surveys import Asking, hold_survey, version_of
from app.demo.year import Year
from app.evidence.surveys.models import Stage
from app.outreach.campaigns.models import Campaign

BEGIN = (-325, -168, -38)
DAYS = (23, 18, 18)
MIDDLE = (0.05, 0.01)
ONCE, ONCE_EACH, ONCE_BEGINS = 5, 12, -266
SEEDS = (2040, 2050, 2060, 2070)


def fill_year_surveys(year: Year, campaigns: Mapping[str, Campaign]) -> None:
    """Make the surveys of the year, where the kits brought their questions."""
    version = version_of(year.session)
    if version is None:
        return
    places = {
        code: planted.FEW if code.startswith(planted.FEW_DISTRICT) else planted.EACH
        for code in planted.regency_survey_villages(list(year.villages))
    }
    rises = ((0.0, 0.0), MIDDLE, (planted.RISE_REACHED, planted.RISE_LEFT_OUT))
    stages = (Stage.BASELINE, Stage.FOLLOWUP, Stage.AFTER)
    before = None
    for place, name in enumerate(planted.WAVES):
        asking = Asking(
            name, None, year.day(BEGIN[place]), DAYS[place], places, stages[place], before, rises[place],
            told=(0.0, 0.3, 1.0)[place], seed=SEEDS[place],
        )  # fmt: skip
        wave = hold_survey(year.session, year.editor, version, asking, year.unvisited)
        before = before or wave
    some = dict.fromkeys(list(places)[:ONCE], ONCE_EACH)
    campaign = campaigns[planted.ONE_WAVE]
    once = Asking(f"Survei awal {campaign.name}", campaign, year.day(ONCE_BEGINS), 10, some, seed=SEEDS[3])
    hold_survey(year.session, year.editor, version, once, year.unvisited)
