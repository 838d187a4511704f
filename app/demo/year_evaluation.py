"""The national evaluation of the practice year: three programmes with what their chains tell, and the rest unfilled."""

from collections.abc import Mapping

from app.demo import planted
from app.demo.year import Year
from app.outreach.campaigns.models import Campaign
from app.oversight.recaps.evaluations import add_row
from app.oversight.recaps.evidence import adopt
from app.oversight.recaps.proposals import proposals

ROWS = (
    # campaign, dimension, how many figures of each part are taken over
    (planted.PILAH, planted.RISES, {"baseline": 1, "output": 2, "outcome": 1, "quick_win": 1}),
    (planted.LAYANAN, planted.STEADY, {"baseline": 1, "output": 1}),
    (planted.UMKM, "smart-economy", {"output": 1}),
)


def fill_evaluation(year: Year, campaigns: Mapping[str, Campaign]) -> None:
    """Fill the sheet as the office would: each figure is taken over from the programme's chain, with its page as
    evidence. Weights stay open, since none is known."""
    session, actor = year.session, year.editor
    for name, dimension, wanted in ROWS:
        campaign = campaigns.get(name)
        if campaign is None:
            continue
        row = add_row(
            session, actor, year.today.year, dimension_key=dimension, title="", campaign_id=campaign.id, now=year.now
        )
        offered = proposals(session, actor, row, today=year.today, now=year.now, zone=year.zone)
        for part, many in wanted.items():
            for proposal in offered.of.get(part, [])[:many]:
                adopt(
                    session, actor, row.id, part, proposal, address=f"/program/{campaign.id}/rantai",
                    site=year.public_url, seen=None, now=year.now,
                )  # fmt: skip
