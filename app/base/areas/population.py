"""The number of people in each village: keyed in for a district at once, with who says so."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.connectivity import check_may_record
from app.base.areas.models import District, Village
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound
from app.kernel.numbers import read_int
from app.kernel.roles import Actor
from app.kernel.text import T

MOST_PEOPLE = 10_000_000
MAX_SOURCE = 200


def set_village_populations(
    session: Session, actor: Actor, district_code: str, people: Mapping[str, str], *, source: str, now: datetime
) -> int:
    """Store people by village code as they were typed ("1.234"); an empty one takes the number back. Return how many
    changed.

    The source stands in the trail. Raises Invalid (fields villages, source), Forbidden, NotFound.
    """
    check_may_record(actor)
    district = session.get(District, district_code)
    if district is None:
        raise NotFound(T("Kecamatan dengan kode “%(code)s” tidak ada.", code=district_code))
    villages = session.scalars(select(Village).where(Village.district_code == district_code).with_for_update()).all()
    wanted = {village.code: _number(village, people[village.code]) for village in villages if village.code in people}
    changed = [village for village in villages if wanted.get(village.code, village.population) != village.population]
    if not changed:
        return 0
    said = source.strip()
    if not said or len(said) > MAX_SOURCE:
        raise Invalid(T("Tulis sumber angkanya, misalnya “Disdukcapil, Juni 2026”."), field="source")
    before = {village.code: village.population for village in changed}
    for village in changed:
        village.population = wanted[village.code]
    session.flush()
    after = {village.code: village.population for village in changed}
    audit.record(
        session, actor, "district.village_populations", district, now=now, before=before,
        after={**after, "population_source": said},
    )  # fmt: skip
    return len(changed)


def set_populations(session: Session, actor: Actor, people: Mapping[str, int], *, source: str, now: datetime) -> int:
    """Store people by village code, in any districts, all or none. Return how many changed. Raises as above."""
    check_may_record(actor)
    rows = session.execute(select(Village.code, Village.district_code).where(Village.code.in_(people)))
    by_district: dict[str, dict[str, str]] = {}
    for code, district in rows:
        by_district.setdefault(district, {})[code] = str(people[code])
    return sum(
        set_village_populations(session, actor, district, typed, source=source, now=now)
        for district, typed in sorted(by_district.items())
    )


def _number(village: Village, text: str) -> int | None:
    digits = text.strip().replace(".", "").replace(" ", "")
    if not digits:
        return None
    people = read_int(digits, 1, MOST_PEOPLE)
    if people is None:
        raise Invalid(
            T("%(name)s: isi jumlah penduduk dengan bilangan bulat, misalnya 2.450, atau kosongkan.",
              name=village.name),
            field="villages",
        )  # fmt: skip
    return people
