"""Read and show villages as people type them: "Loa Ulung (Tenggarong Seberang)", or the name alone where only one has
it."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.kernel.errors import Invalid
from app.kernel.text import T


def villages_to_pick(session: Session) -> Sequence[str]:
    """Return every village with its district, by name, for a list to pick from."""
    rows = session.execute(
        select(Village.name, District.name.label("district"))
        .join(District, District.code == Village.district_code)
        .order_by(Village.name, District.name)
    )
    return [f"{row.name} ({row.district})" for row in rows]


def village_code_of(session: Session, text: str | None) -> str:
    """Return the code of the village that was typed, "" for nothing. Raises Invalid (field village) for none or
    several."""
    words = " ".join((text or "").split())
    if not words:
        return ""
    name, _bracket, district = words.partition("(")
    query = (
        select(Village.code)
        .join(District, District.code == Village.district_code)
        .where(func.lower(Village.name) == name.strip().lower())
    )
    if district:
        query = query.where(func.lower(District.name) == district.strip(" )").lower())
    codes = session.scalars(query.limit(2)).all()
    if not codes:
        raise Invalid(
            T("Desa ini tidak ditemukan. Ketik namanya, lalu pilih dari daftar, atau kosongkan."), field="village"
        )
    if len(codes) > 1:
        raise Invalid(
            T("Ada beberapa desa dengan nama ini. Pilih dari daftar, yang ada kecamatannya."), field="village"
        )
    return str(codes[0])


def village_name(session: Session, code: str | None) -> str:
    """Return a village as `village_code_of` reads it; "" for none."""
    row = session.execute(
        select(Village.name, District.name.label("district"))
        .join(District, District.code == Village.district_code)
        .where(Village.code == code)
    ).one_or_none()
    return f"{row.name} ({row.district})" if row else ""
