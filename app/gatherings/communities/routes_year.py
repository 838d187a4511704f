"""The year of a group: what it did by the letters of ADINDA, whom it met, what people asked."""

from babel.dates import get_month_names
from flask import render_template
from flask.typing import ResponseReturnValue

from app.base.web.db import db
from app.base.web.formats import local_day, locale, zone
from app.base.web.guard import allow, current_actor
from app.base.web.menu import may_open
from app.base.web.wiring import now
from app.gatherings.communities import access, queries
from app.gatherings.communities.blueprint import bp
from app.gatherings.communities.year import activities_of_year, check_year
from app.gatherings.events.access import trains_only
from app.gatherings.events.models import Tag
from app.gatherings.events.states import BADGES, LABELS, TAGS
from app.gatherings.reports.queries import year_of_group
from app.kernel.roles import Can
from app.kernel.text import T

EXPLAINED = {
    Tag.AKSES: T("Mencari dan mengumpulkan informasi untuk warga."),
    Tag.DISKUSI: T("Membahas informasi bersama warga."),
    Tag.IMPLEMENTASI: T("Memakai informasi itu dalam kegiatan nyata."),
    Tag.NETWORKING: T("Menjalin hubungan dengan kelompok dan instansi lain."),
    Tag.DISEMINASI: T("Menyebarkan informasi kepada warga."),
    Tag.ASPIRASI: T("Menampung dan menyampaikan suara warga."),
}


@bp.get("/komunitas/<int:organisation_id>/tahun/<int:year>")
@allow(Can.READ_GROUPS)
def year(organisation_id: int, year: int) -> ResponseReturnValue:
    check_year(year)
    actor = current_actor()
    organisation = access.organisation_of(db.session, actor, organisation_id)
    return render_template(
        "communities/year.html",
        organisation=organisation,
        place=queries.place_of(db.session, organisation.village_code),
        year=year,
        this_year=local_day(now()).year,
        numbers=year_of_group(db.session, organisation_id, year, zone(), now()),
        activities=activities_of_year(db.session, organisation_id, year, zone(), now()),
        tags=TAGS,
        explained=EXPLAINED,
        statuses=LABELS,
        status_badges=BADGES,
        opens_events=access.sees_people(actor, organisation_id) and may_open("events.show") and not trains_only(actor),
        month_names=get_month_names("wide", "stand-alone", locale()),
        printed=now(),
    )
