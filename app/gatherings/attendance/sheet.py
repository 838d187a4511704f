"""Data of the attendance sheet and the poster at the door, as plain values for their templates."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Regency, Village
from app.base.documents.qr import qr
from app.base.people.models import Organisation
from app.base.people.office import office_of
from app.gatherings.events.models import Attendance, Event, Registration, RegistrationStatus
from app.kernel.site import site_of

LISTS: Mapping[str, str] = {
    "peserta": "Daftar Hadir Peserta",
    "narasumber": "Daftar Hadir Narasumber",
    "panitia": "Daftar Hadir Panitia",
}
SPARE = {"peserta": 10, "narasumber": 3, "panitia": 6}  # empty rows below the printed names
BLANK = {"peserta": 40, "narasumber": 5, "panitia": 12}  # where there are no names at all
MOST_SPARE = 300
LETTERS = {"f": "P", "m": "L"}


def sheet_data(session: Session, event: Event, listing: str) -> dict[str, Any]:
    """Return the data of attendance_sheet.typ: the names of the list, then empty rows. `listing`: a key of LISTS."""
    people = list(_people(session, event, listing))
    spare = SPARE[listing] if people else BLANK[listing]
    if listing == "peserta" and event.capacity:
        spare = max(spare, event.capacity - len(people))
    return {
        **_head(session, event),
        "heading": LISTS[listing],
        "people": people,
        "empty": min(spare, MOST_SPARE),
    }


def poster_data(session: Session, event: Event, address: str) -> dict[str, Any]:
    """Return the data of door_qr.typ. `address`: what the code opens, complete with scheme."""
    code = qr(address)
    link = {"text": address.partition("://")[2], "qr": code.svg, "modules": code.modules}
    return {**_head(session, event), "versions": [{"link": link}]}


def _head(session: Session, event: Event) -> dict[str, Any]:
    regency = session.scalar(select(Regency.name)) or ""
    village, district = session.execute(
        select(Village.name, District.name)
        .join(District, District.code == Village.district_code)
        .where(Village.code == event.village_code)
    ).first() or (None, None)
    places = [event.place, f"{village}, Kecamatan {district}" if village else ""]
    return {
        "office": office_of(session, regency),
        "campaign": event.title,  # the foot of every page
        "title": event.title,
        "when": site_of(session).when(event.starts_at, event.ends_at),
        "place": ", ".join(part for part in places if part),
        "organiser": session.scalar(select(Organisation.name).where(Organisation.id == event.organisation_id)) or "",
    }


def _people(session: Session, event: Event, listing: str) -> Iterator[dict[str, str]]:
    if listing == "narasumber":
        yield from ({"name": one.name, "origin": one.title, "sex": ""} for one in event.speakers)
        return
    if listing == "panitia":
        rows = session.execute(
            select(Attendance.name, Attendance.organisation, Attendance.sex)
            .where(Attendance.event_id == event.id, Attendance.role == "committee")
            .order_by(func.lower(Attendance.name), Attendance.id)
        )
    else:
        rows = session.execute(
            select(Registration.name, Village.name, Registration.sex)
            .outerjoin(Village, Village.code == Registration.village_code)
            .where(Registration.event_id == event.id, Registration.status == RegistrationStatus.REGISTERED)
            .order_by(func.lower(Registration.name), Registration.id)
        )
    for name, origin, sex in rows:
        yield {"name": name, "origin": origin or "", "sex": LETTERS.get(sex, "")}
