"""Who is named in an OPD's letter: every row is looked at before anybody is entered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.gatherings.events.registration.names import name_key
from app.kernel.errors import GaungError, Invalid
from app.kernel.text import T
from app.learning.training.admission.waiting import lock_people
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Trainee
from app.learning.training.participants.people import Applicant, Checked, check, ids_by_contact

NOT_HERE = T("Nomor atau surel ini tidak bisa dipakai di sini. Kosongkan, atau hubungi kantor.")
SOMEBODY_ELSE = T(
    "Nomor ini milik orang lain yang sudah tercatat. Kosongkan nomornya, atau pastikan namanya sama."
)  # fmt: skip


class RowInvalid(Invalid):
    """Rows of a letter that cannot be taken. `rows`: number of the row, from 0 → what is wrong with that person. `row`
    is the first of them."""

    def __init__(self, rows: Mapping[int, GaungError]) -> None:
        self.row, cause = min(rows.items(), key=lambda one: one[0])
        self.rows = dict(rows)
        super().__init__(
            T("Orang ke-%(n)s: %(why)s", n=self.row + 1, why=cause.sentence)
            if len(rows) == 1
            else T("Periksa %(n)s orang; keterangannya ada di barisnya masing-masing.", n=len(rows))
        )


class SameName(Invalid):
    """Refused at first since somebody of this name is there; whoever writes has to say that it is another person."""

    def __init__(self, sentence: T) -> None:
        super().__init__(sentence, field="other")


@dataclass(frozen=True)
class _Around:
    """What the rows are compared with. `own`: the OPD with its bidang; `here`: names of its people in the batch."""

    by_office: bool
    own: Collection[int]
    known: Sequence[Trainee]
    here: Collection[str]

    def owners(self, clean: Checked) -> list[Trainee]:
        """Who is known by this contact."""
        return [
            one for one in self.known
            if (clean.phone and one.phone == clean.phone) or (clean.email and one.email == clean.email)
        ]  # fmt: skip


def check_rows(
    session: Session, batch: Batch, organisation_id: int, people: Sequence[Applicant], *, by_office: bool,
    others: Collection[int] = (),
) -> list[Checked]:  # fmt: skip
    """Check all rows of a letter and return their usable values; their people, where known, are locked. Raises
    RowInvalid with every row to look at.

    `others`: rows whose name is there already and is another person all the same. Whoever does not keep the batch
    learns nothing about people of another OPD.
    """
    wrong: dict[int, GaungError] = {}
    rows: dict[int, Checked] = {}
    for row, values in enumerate(people):
        try:
            rows[row] = check(session, values, needs_contact=False, asks_consent=False)
        except GaungError as error:
            wrong[row] = error
    lock_people(session, batch, ids_by_contact(session, rows.values()))
    around = _around(session, batch, organisation_id, list(rows.values()), by_office=by_office)
    for row, clean in rows.items():
        before = {n: one for n, one in rows.items() if n < row}
        found = _twice(around, clean, before) or _of_somebody_else(around, clean)
        if found is None and row not in others:
            found = _same_name(around, clean, before)
        if found is not None:
            wrong[row] = found
    if wrong:
        raise RowInvalid(wrong)
    return list(rows.values())


def _around(
    session: Session, batch: Batch, organisation_id: int, rows: Sequence[Checked], *, by_office: bool
) -> _Around:
    own = select(Organisation.id).where(
        or_(Organisation.id == organisation_id, Organisation.parent_id == organisation_id)
    )
    ids = set(session.scalars(own))
    here = session.execute(
        select(Trainee.name, Trainee.organisation_id)
        .join(Enrolment, Enrolment.trainee_id == Trainee.id)
        .where(Enrolment.batch_id == batch.id, Enrolment.status != EnrolmentStatus.WITHDRAWN)
    )
    names = {name_key(name) for name, of in here if of in ids or (of is None and by_office)}
    known = select(Trainee).where(Trainee.id.in_(ids_by_contact(session, rows))).order_by(Trainee.id)
    return _Around(by_office, ids, session.scalars(known, execution_options={"populate_existing": True}).all(), names)


def _twice(around: _Around, clean: Checked, before: Mapping[int, Checked]) -> Invalid | None:
    """The contact stands in an earlier row."""
    mine = {one.id for one in around.owners(clean)}
    for row, one in before.items():
        field = "phone" if clean.phone and clean.phone == one.phone else "email"
        same = getattr(clean, field) is not None and getattr(clean, field) == getattr(one, field)
        if same or mine & {each.id for each in around.owners(one)}:
            return Invalid(
                T("Nomor atau surel ini sudah ditulis untuk orang ke-%(n)s. Kosongkan di sini bila orangnya lain, atau "
                  "kosongkan barisnya bila orang yang sama.", n=row + 1),
                field=field,
            )  # fmt: skip
    return None


def _of_somebody_else(around: _Around, clean: Checked) -> Invalid | None:
    """The contact belongs to a person of another name, or of another OPD."""
    owners = around.owners(clean)
    differ = [one for one in owners if name_key(one.name) != name_key(clean.name)]
    field = "phone" if clean.phone else "email"
    if around.by_office:
        if len(owners) > 1:
            names = ", ".join(one.name for one in owners)
            return Invalid(
                T("Telepon dan surel ini milik dua orang yang berbeda: %(names)s. Kosongkan salah satunya.",
                  names=names), field=field,
            )  # fmt: skip
        if differ:
            return Invalid(
                T("Nomor atau surel ini milik %(known)s. Kosongkan, atau samakan namanya bila memang orang yang sama.",
                  known=differ[0].name), field=field,
            )  # fmt: skip
        return None
    foreign = [one for one in owners if one.organisation_id not in around.own]
    if len(owners) > 1 or any(one.organisation_id is not None or one in differ for one in foreign):
        return Invalid(NOT_HERE, field=field)
    return Invalid(SOMEBODY_ELSE, field=field) if differ else None


def _same_name(around: _Around, clean: Checked, before: Mapping[int, Checked]) -> SameName | None:
    """Nobody is known by the contact, and the name is there."""
    if around.owners(clean):
        return None
    key = name_key(clean.name)
    row = next((n for n, one in before.items() if name_key(one.name) == key), None)
    if row is not None:
        return SameName(
            T("“%(name)s” sudah ditulis untuk orang ke-%(n)s. Orang yang sama? Kosongkan baris ini. Orang lain yang "
              "namanya sama? Centang “Orang lain”, lalu simpan lagi.", name=clean.name, n=row + 1)
        )  # fmt: skip
    if key in around.here:
        return SameName(
            T("“%(name)s” sudah ada di angkatan ini. Orang yang sama? Kosongkan barisnya. Orang lain yang namanya "
              "sama? Centang “Orang lain”, lalu simpan lagi.", name=clean.name)
        )  # fmt: skip
    return None
