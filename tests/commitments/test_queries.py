from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.roles import SYSTEM, Role
from app.oversight.commitments import queries, states
from app.oversight.commitments.models import Clause
from app.oversight.commitments.queries import CommitmentFilters, Progress
from tests.pages import asked
from tests.world import World

TODAY = date(2026, 11, 24)
YESTERDAY = date(2026, 11, 23)


def titles(session: Session, actor, filters: CommitmentFilters) -> list[str]:
    return [row.Commitment.title for row in session.execute(queries.listed(actor, filters, TODAY))]


def test_progress_counts_what_still_binds(
    session: Session, world: World, clock: FrozenClock, agreement, clauses, proved
) -> None:
    dinas = world.organisation()
    owned = {"organisation_id": dinas.id}
    held = agreement(
        {},  # nothing is known of it
        {"due_on": YESTERDAY, **owned},  # late, though nobody recorded how it stands
        {"due_on": TODAY, "status": "running", **owned},
        {"due_on": YESTERDAY, "status": "done", **owned},
        {"due_on": YESTERDAY, "status": "stopped"},
    )
    for clause in clauses(held)[3:]:
        proved(clause)
    proved(clauses(held)[0], removed_at=clock.now())
    agreement({"due_on": YESTERDAY}, title="Dihapus", removed_at=clock.now())
    assert queries.progress(session, TODAY) == Progress(
        total=4, done=1, late=1, no_owner=1, no_due=1, with_evidence=1, unknown=2, stopped=1
    )
    late = session.scalars(select(Clause.position).where(queries.late_clauses(TODAY))).all()
    assert late == [2]
    contact = world.actor(Role.OPD_CONTACT, organisation=dinas)
    assert queries.progress(session, TODAY, actor=contact).total == 3


def test_progress_of_nothing_is_nothing(session: Session) -> None:
    assert queries.progress(session, TODAY) == Progress(0, 0, 0, 0, 0, 0, 0, 0)


def test_the_list_narrows(session: Session, world: World, agreement) -> None:
    dinas = world.organisation()
    agreement({"due_on": YESTERDAY, "organisation_id": dinas.id}, title="Zona integritas", number="180/MoU-12")
    agreement({"status": "running", "text": "Bimtek 100% daring"}, title="Bimtek")
    agreement(title="Tanpa butir")
    editor = world.actor(Role.EDITOR)
    assert titles(session, editor, CommitmentFilters()) == ["Zona integritas", "Bimtek", "Tanpa butir"], (
        "late ones first"
    )
    for filters, expected in (
        (CommitmentFilters(q="MOU-12"), ["Zona integritas"]),
        (CommitmentFilters(q="100%"), ["Bimtek"]),
        (CommitmentFilters(organisation_id=dinas.id), ["Zona integritas"]),
        (CommitmentFilters(state=states.LATE), ["Zona integritas"]),
        (CommitmentFilters(state="running"), ["Bimtek"]),
        (CommitmentFilters(state="running", organisation_id=dinas.id), []),  # of one clause, not of two
        (CommitmentFilters(state=states.NO_OWNER), ["Bimtek"]),
        (CommitmentFilters(state=states.NO_DUE), ["Bimtek"]),
        (CommitmentFilters(state=states.UNKNOWN), ["Zona integritas"]),
        (CommitmentFilters(state="done"), []),
    ):
        assert titles(session, editor, filters) == expected, filters
    rows = session.execute(queries.clauses_to_export(editor, CommitmentFilters(), TODAY)).all()
    assert [(row.Commitment.title, row.Clause is None) for row in rows] == [
        ("Bimtek", False), ("Tanpa butir", True), ("Zona integritas", False),
    ]  # fmt: skip


def test_a_contact_sees_the_clauses_of_the_own_opd_alone(session: Session, world: World, agreement) -> None:
    dinas, other = world.organisation(), world.organisation()
    both = agreement({"organisation_id": dinas.id}, {"organisation_id": other.id}, title="Berdua")
    agreement({"organisation_id": other.id}, title="Orang lain")
    contact = world.actor(Role.OPD_CONTACT, organisation=dinas)
    assert titles(session, contact, CommitmentFilters()) == ["Berdua"]
    seen = queries.clauses_of(session, contact, both.id)
    assert [one.position for one in seen] == [1]
    assert queries.hidden_count(session, both.id, len(seen)) == 1
    [row] = session.execute(queries.clauses_to_export(contact, CommitmentFilters(), TODAY))
    assert row.owner == dinas.name


def test_who_answers_for_a_clause_of_another_opd_sees_it(session: Session, world: World, agreement) -> None:
    contact = world.user(Role.OPD_CONTACT, organisation=world.organisation(), name="Oki")
    world.user(Role.ENUMERATOR, name="Citra")
    held = agreement({"organisation_id": world.organisation().id, "person_id": contact.id})
    assert len(queries.clauses_of(session, world.actor_of(contact), held.id)) == 1
    assert titles(session, world.actor_of(contact), CommitmentFilters()) == [held.title]
    offered = [name.partition(",")[0] for _id, name in queries.person_choices(session)]
    assert offered == ["Oki"], "who cannot open the room is not offered"


def test_the_list_asks_as_little_for_many(session: Session, world: World, agreement) -> None:
    agreement("Satu")

    def count() -> int:
        with asked() as seen:
            session.execute(queries.listed(SYSTEM, CommitmentFilters(), TODAY)).all()
            queries.progress(session, TODAY)
        return len([one for one in seen.statements if one != "BEGIN"])

    few = count()
    for _number in range(10):
        agreement("Satu", "Dua")
    assert count() == few == 2
