"""The rubric for practical work: its criteria, each with the most points it gives and what earns how many."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.ordered import in_use, next_place, put_away, step, take_out
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import at_most, line, paragraph
from app.learning.programmes.models import Criterion, Programme
from app.learning.programmes.queries import used_criteria
from app.learning.programmes.service import to_change, touch

MOST_CRITERIA = 20
MOST_POINTS = 100
MAX_TITLE = 200
MAX_GUIDE = 2000


@dataclass(frozen=True)
class CriterionValues:
    """What a person enters about a criterion: 0 to `most` whole points; `guide`: what earns how many."""

    title: str = ""
    guide: str = ""
    most: int | None = 4


def active_criteria(session: Session, programme_id: int) -> list[Criterion]:
    """List the criteria by which work is marked, in their order."""
    return list(
        session.scalars(
            select(Criterion)
            .where(Criterion.programme_id == programme_id, Criterion.archived_at.is_(None))
            .order_by(Criterion.position, Criterion.id)
        )
    )


def add_criterion(
    session: Session, actor: Actor, programme_id: int, values: CriterionValues, *, seen: int | None = None,
    now: datetime,
) -> Criterion:  # fmt: skip
    """Add a further criterion, last. Raises Invalid with its field, Stale, Forbidden, NotFound."""
    programme = to_change(session, actor, programme_id, seen=seen)
    plain = _checked(programme, values, None)
    if len(in_use(programme.criteria)) >= MOST_CRITERIA:
        raise Invalid(T("Paling banyak %(n)s kriteria dalam satu program.", n=MOST_CRITERIA), field="title")
    place = next_place(programme.criteria)
    criterion = Criterion(position=place, **plain)
    programme.criteria.append(criterion)
    touch(session, programme, now)
    audit.record(session, actor, "programme.criterion_added", programme, now=now, after=plain)
    return criterion


def edit_criterion(
    session: Session, actor: Actor, criterion_id: int, values: CriterionValues, *, seen: int | None = None,
    now: datetime,
) -> Criterion:  # fmt: skip
    """Change it. One by which work was marked keeps its `most`: raises Refused; else as `add_criterion`."""
    programme, criterion = of_programme(session, actor, criterion_id, seen=seen)
    plain, before = _checked(programme, values, criterion), _facts(criterion)
    if plain["most"] != criterion.most and used_criteria(session, [criterion.id]):
        raise Invalid(
            T("Sudah ada tugas yang dinilai dengan kriteria ini, jadi nilai terbanyaknya tetap %(n)s. "
              "Arsipkan kriteria ini dan buat yang baru bila perlu.", n=criterion.most), field="most",
        )  # fmt: skip
    for name, value in plain.items():
        setattr(criterion, name, value)
    if before != plain:
        touch(session, programme, now)
        audit.record(session, actor, "programme.criterion_edited", programme, now=now, before=before, after=plain)
    return criterion


def remove_criterion(
    session: Session, actor: Actor, criterion_id: int, *, seen: int | None = None, now: datetime
) -> bool:
    """Delete it, or put it away where work was marked by it. Gives True where it is only put away."""
    programme, criterion = of_programme(session, actor, criterion_id, seen=seen)
    facts = _facts(criterion)
    used = bool(used_criteria(session, [criterion.id]))
    if used:
        put_away(criterion, now)
    else:
        programme.criteria.remove(criterion)
    touch(session, programme, now)
    action = "programme.criterion_archived" if used else "programme.criterion_removed"
    audit.record(session, actor, action, programme, now=now, before=facts)
    return used


def restore_criterion(session: Session, actor: Actor, criterion_id: int, *, now: datetime) -> Criterion:
    """Mark by it again."""
    programme, criterion = of_programme(session, actor, criterion_id)
    if take_out(criterion):
        touch(session, programme, now)
        audit.record(session, actor, "programme.criterion_restored", programme, now=now, after=_facts(criterion))
    return criterion


def move_criterion(session: Session, actor: Actor, criterion_id: int, *, up: bool, now: datetime) -> Criterion:
    """Change places with its neighbour among those in use."""
    programme, criterion = of_programme(session, actor, criterion_id)
    if criterion.archived_at is not None:
        raise Refused(T("Kriteria ini diarsipkan. Pakai lagi dahulu, baru ubah urutannya."))
    if step(in_use(programme.criteria), criterion, up=up):
        touch(session, programme, now)
        audit.record(session, actor, "programme.criterion_moved", programme, now=now, after={"title": criterion.title})
    return criterion


def of_programme(
    session: Session, actor: Actor, criterion_id: int, *, seen: int | None = None
) -> tuple[Programme, Criterion]:
    """Return the criterion with its programme, to be changed. Raises NotFound, Forbidden, Stale."""
    criterion = session.get(Criterion, criterion_id)
    if criterion is None:
        raise NotFound(T("Kriteria ini tidak ada lagi."))
    return to_change(session, actor, criterion.programme_id, seen=seen), criterion


def _checked(programme: Programme, values: CriterionValues, criterion: Criterion | None) -> dict[str, Any]:
    title, guide = line(values.title), paragraph(values.guide)
    if not title:
        raise Invalid(T("Isi nama kriterianya, misalnya “Bisa dipakai tanpa dibantu”."), field="title")
    for field, value, most in (("title", title, MAX_TITLE), ("guide", guide, MAX_GUIDE)):
        at_most(value, most, field)
    if values.most is None or not 1 <= values.most <= MOST_POINTS:
        raise Invalid(T("Nilai terbanyak harus antara 1 dan %(n)s.", n=MOST_POINTS), field="most")
    for other in programme.criteria:
        if other is not criterion and other.title.lower() == title.lower():
            raise Invalid(
                T("Kriteria bernama itu sudah diarsipkan. Pakai lagi kriteria itu, atau beri nama lain.")
                if other.archived_at else T("Sudah ada kriteria bernama “%(title)s”.", title=title), field="title",
            )  # fmt: skip
    return {"title": title, "guide": guide, "most": values.most}


def _facts(criterion: Criterion) -> dict[str, Any]:
    return {"title": criterion.title, "guide": criterion.guide, "most": criterion.most}
