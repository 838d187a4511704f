"""The list of outlets: by what it is narrowed and sorted, and its columns."""

from sqlalchemy import func

from app.base.people.models import User
from app.base.web.filters import meaning, one_of, words
from app.base.web.listing import Column, Listing, in_order_of
from app.kernel.text import T
from app.outreach.outlets.kinds import KINDS
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.queries import OutletFilters

OUTLETS = Listing(
    filter_type=OutletFilters,
    filters=(
        words(),
        one_of("kelompok", "group", ("social", "print", "assisted")),
        meaning("dipakai", "resting", {"tidak": True}, chooses=True),
    ),
    columns=(
        Column("saluran", T("Saluran"), order=func.lower(Outlet.name)),
        Column("jenis", T("Jenis"), order=in_order_of(Outlet.kind, KINDS), labelled=False),
        Column("keadaan", T("Keadaan"), labelled=False),
        Column("penanggung", T("Penanggung jawab"), order=func.lower(User.name)),
    ),
    page=("saluran", "jenis", "keadaan", "penanggung"),
    unique=Outlet.id,
)
