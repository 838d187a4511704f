"""Whether there is a place for this person: of all, of the OPD, of the village, and of what is kept for others.

The caller holds the lock of the batch's row wherever a place is given away by it.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.models import Organisation
from app.gatherings.events.models import Sex
from app.kernel.errors import Invalid
from app.kernel.text import T
from app.learning.training.models import Batch, BatchQuota, Enrolment, EnrolmentStatus, QuotaKind, Trainee

Groups = Mapping[str, str | None]
"""QuotaKind → the key of the group that a person is of, None where it is not known."""


@dataclass
class TakenPlaces:
    """Who has a place: all, and by (kind, key) of a group."""

    people: int = 0
    groups: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, groups: Groups, people: int = 1) -> None:
        self.people += people
        for kind, key in groups.items():
            if key is not None:
                self.groups[kind, key] += people


def refusal(session: Session, batch: Batch, trainee: Trainee) -> T | None:
    """Return why this person cannot have a place now; None: there is one."""
    return refusal_of(batch, count_taken(session, batch), groups_of(session, trainee))


def count_taken(session: Session, batch: Batch) -> TakenPlaces:
    """Count who has a place among those who are accepted, in one query."""
    return count_taken_by_batch(session, [batch.id])[batch.id]


def count_taken_by_batch(session: Session, batch_ids: Collection[int]) -> dict[int, TakenPlaces]:
    """Count who has a place in several batches, by the batch's id, in one query."""
    accepted = (Enrolment.batch_id.in_(batch_ids), Enrolment.status == EnrolmentStatus.ACCEPTED)
    counted = {batch_id: TakenPlaces() for batch_id in batch_ids}
    for batch_id, groups in _grouped(session, Enrolment.batch_id, *accepted):
        counted[batch_id].add(groups)
    return counted


def refusals(session: Session, batch: Batch, count: TakenPlaces, trainee_ids: Collection[int]) -> dict[int, T]:
    """Map each trainee of this batch to why there is no place for them, as `refusal_of`; one query."""
    theirs = (Enrolment.batch_id == batch.id, Trainee.id.in_(trainee_ids))
    found = {number: refusal_of(batch, count, groups) for number, groups in _grouped(session, Trainee.id, *theirs)}
    return {number: why for number, why in found.items() if why is not None}


def _grouped(session: Session, number: Any, *wanted: ColumnElement[bool]) -> Iterator[tuple[int, Groups]]:
    """(`number`, groups) of each enrolment; one query."""
    rows = session.execute(
        select(number, Trainee.organisation_id, Organisation.parent_id, Organisation.kind, Trainee.village_code,
               Village.district_code, Trainee.sex)
        .select_from(Trainee)
        .join(Enrolment, Enrolment.trainee_id == Trainee.id)
        .outerjoin(Village, Village.code == Trainee.village_code)
        .outerjoin(Organisation, Organisation.id == Trainee.organisation_id)
        .where(*wanted)
    )  # fmt: skip
    for each, organisation_id, parent_id, kind, village_code, district_code, sex in rows:
        opd = parent_id if kind == "bidang" and parent_id else organisation_id
        yield each, _groups(opd, village_code, district_code, sex)


def groups_of(session: Session, trainee: Trainee) -> Groups:
    village = session.get(Village, trainee.village_code) if trainee.village_code else None
    organisation = session.get(Organisation, trainee.organisation_id) if trainee.organisation_id else None
    opd = organisation.id if organisation else None
    if organisation is not None and organisation.kind == "bidang" and organisation.parent_id:
        opd = organisation.parent_id
    return _groups(opd, trainee.village_code, village.district_code if village else None, trainee.sex)


def required_fields(batch: Batch) -> frozenset[str]:
    """Return which fields say whether a quota of this batch is full for somebody: sex, organisation_id, village."""
    kinds = {one.kind for one in batch.quotas}
    fields = {
        "sex": QuotaKind.SEX in kinds,
        "organisation_id": batch.per_opd is not None or QuotaKind.OPD in kinds,
        "village": batch.per_village is not None or bool(kinds & {QuotaKind.VILLAGE, QuotaKind.DISTRICT}),
    }
    return frozenset(name for name, wanted in fields.items() if wanted)


WHY_ASKED = {
    "sex": T("Wajib diisi: tempat di angkatan ini dibagi menurut jenis kelamin."),
    "organisation_id": T("Wajib dipilih: tempat di angkatan ini dibagi menurut OPD."),
    "village": T("Wajib diisi: tempat di angkatan ini dibagi menurut desa atau kecamatan."),
}


def check_required_fields(batch: Batch, sex: str, village_code: str | None) -> None:
    """Check that no quota is passed by saying nothing. Raises Invalid. Who is of no OPD says so on the form."""
    missing = {"sex": sex == Sex.UNKNOWN, "village": not village_code}
    for name in required_fields(batch):
        if missing.get(name):
            raise Invalid(WHY_ASKED[name], field=name)


def lacks_required_field(batch: Batch, trainee: Trainee) -> bool:
    """Return whether a quota cannot be asked because something is not known of this person."""
    try:
        check_required_fields(batch, trainee.sex, trainee.village_code)
    except Invalid:
        return True
    return False


@dataclass(frozen=True)
class Excess:
    """A quota that more people are accepted for than it allows. `kind`, `key`: of the group."""

    kind: str
    key: str
    has: int
    most: int


def exceeded(batch: Batch, count: TakenPlaces) -> list[Excess]:
    """List the quotas that were passed by a correction, or lowered below what was given away already."""
    found = [
        Excess(one.kind, one.key, count.groups[one.kind, one.key], one.most)
        for one in batch.quotas
        if one.most is not None and count.groups[one.kind, one.key] > one.most
    ]
    for kind, most in ((QuotaKind.OPD, batch.per_opd), (QuotaKind.VILLAGE, batch.per_village)):
        if most is None:
            continue
        found += [
            Excess(kind, key, has, most)
            for (of, key), has in sorted(count.groups.items())
            if of == kind and has > most and _own_limit(batch, kind, key) is None
        ]
    return found


def refusal_of(batch: Batch, count: TakenPlaces, groups: Groups) -> T | None:
    """Return what `refusal` does, from what was counted."""
    if count.people >= batch.capacity:
        return T("Semua %(n)s tempat sudah terisi.", n=batch.capacity)
    for full in (_full_for_each(batch, count, groups), _full_for_one(batch, count, groups)):
        if full is not None:
            return full
    kept = reserved_for_others(batch, count, groups)
    if batch.capacity - count.people - 1 < kept:
        return T("Tempat yang tersisa disimpan untuk kelompok lain.")
    return None


def reserved_for_others(batch: Batch, count: TakenPlaces, groups: Groups) -> int:
    """Count the places that must stay free once this person has one.

    Groups of one kind share nobody, so what they lack adds up; one person may fill a place of each kind at once.
    """
    lacks: Counter[str] = Counter()
    for quota in batch.quotas:
        has = count.groups[quota.kind, quota.key] + (groups.get(quota.kind) == quota.key)
        lacks[quota.kind] += max(0, (quota.least or 0) - has)
    return max(lacks.values(), default=0)


def places_left(batch: Batch, count: TakenPlaces) -> int:
    """Count the free places of all; whether one of them is for a certain person only `refusal` knows."""
    return max(0, batch.capacity - count.people)


def unreserved_places(batch: Batch, count: TakenPlaces) -> int:
    """Count the places that are free and not kept for a group."""
    return max(0, batch.capacity - count.people - reserved_for_others(batch, count, {}))


def _full_for_each(batch: Batch, count: TakenPlaces, groups: Groups) -> T | None:
    """The limit for every OPD and every village."""
    for kind, most in ((QuotaKind.OPD, batch.per_opd), (QuotaKind.VILLAGE, batch.per_village)):
        key = groups.get(kind)
        if most is None or key is None or _own_limit(batch, kind, key) is not None:
            continue
        if count.groups[kind, key] >= most:
            if kind == QuotaKind.OPD:
                return T("Tempat untuk OPD ini sudah terisi (paling banyak %(n)s orang).", n=most)
            return T("Tempat untuk desa ini sudah terisi (paling banyak %(n)s orang).", n=most)
    return None


def _full_for_one(batch: Batch, count: TakenPlaces, groups: Groups) -> T | None:
    """What `quotas` says of single groups."""
    for quota in batch.quotas:
        of_it = quota.most is not None and groups.get(quota.kind) == quota.key
        if of_it and count.groups[quota.kind, quota.key] >= (quota.most or 0):
            return T("Jatah untuk kelompok ini sudah terisi (paling banyak %(n)s orang).", n=quota.most)
    return None


def _own_limit(batch: Batch, kind: str, key: str) -> BatchQuota | None:
    """What is said of a single OPD or village takes the place of the limit for each."""
    return next((one for one in batch.quotas if one.kind == kind and one.key == key and one.most is not None), None)


def _groups(opd: int | None, village: str | None, district: str | None, sex: str) -> Groups:
    return {
        QuotaKind.OPD: str(opd) if opd is not None else None,
        QuotaKind.VILLAGE: village,
        QuotaKind.DISTRICT: district,
        QuotaKind.SEX: None if sex == Sex.UNKNOWN else sex,
    }
