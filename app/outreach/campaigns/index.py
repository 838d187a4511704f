"""The list of campaigns: by what it is narrowed and sorted, its columns on the page and in the file."""

from sqlalchemy import func

from app.base.people.models import Organisation
from app.base.web.filters import code, number, one_of, words
from app.base.web.listing import Column, Listing, in_order_of
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign
from app.outreach.campaigns.queries import CampaignFilters
from app.outreach.campaigns.rules import AUDIENCE_LABELS, STATUS_LABELS

CAMPAIGNS = Listing(
    filter_type=CampaignFilters,
    filters=(
        words(),
        one_of("status", "status", STATUS_LABELS),
        number("opd", "organisation_id"),
        code("dimensi", "dimension_key"),
    ),
    columns=(
        Column("program", T("Program"), lambda row: row.Campaign.name, func.lower(Campaign.name)),
        Column(
            "status", T("Status"), lambda row: STATUS_LABELS[row.Campaign.status],
            in_order_of(Campaign.status, STATUS_LABELS), labelled=False,
        ),
        Column("opd", T("OPD"), lambda row: row.Organisation.name, func.lower(Organisation.name)),
        Column(
            "waktu", T("Waktu"), lambda row: row.Campaign.starts_on, (Campaign.starts_on, Campaign.ends_on),
            latest_first=True, in_file=T("Mulai"),
        ),
        Column(
            "selesai", T("Selesai"), lambda row: row.Campaign.ends_on, Campaign.ends_on, latest_first=True
        ),
        Column("untuk", T("Untuk siapa"), lambda row: AUDIENCE_LABELS[row.Campaign.audience]),
        Column("dimensi", T("Dimensi"), lambda row: ", ".join(one.name for one in row.Campaign.dimensions)),
        Column("sasaran", T("Sasaran"), lambda row: row.goal_count, "goal_count", latest_first=True),
        Column("anggaran", T("Anggaran (Rp)"), lambda row: row.Campaign.budget, Campaign.budget, latest_first=True),
        Column(
            "belanja", T("Belanja"), lambda row: row.spent, "spent", latest_first=True, in_file=T("Belanja (Rp)")
        ),
    ),
    page=("program", "status", "waktu", "sasaran", "belanja"),
    more=("opd", "untuk", "anggaran"),
    unique=Campaign.id,
)  # fmt: skip
