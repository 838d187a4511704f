import pytest
from sqlalchemy import select

from app.base.media.storage import Storage
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Role
from app.learning.assessments.works import marks
from app.learning.assessments.works import service as works
from app.learning.assessments.works.marks import Marking, points_of
from app.learning.assessments.works.rubric import criteria_of
from app.learning.programmes.models import Criterion
from app.learning.training.models import BatchStatus
from tests.assessments.rubrics import handed_in, rubric_batch


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path / "files")


@pytest.fixture
def teacher(world):
    return world.user(Role.TRAINER)


@pytest.fixture
def trainer(world, teacher):
    return world.actor_of(teacher)


@pytest.fixture
def batch(world, teacher):
    return rubric_batch(world, most=(4, 10), trainers=[teacher])


def _mark(world, actor, enrolment, *points, notes=(), comment="", version=None):
    criteria = [one.id for one in enrolment.batch.programme.criteria]
    work = works.work_of(world.session, enrolment.id)
    given = Marking(
        dict(zip(criteria, points, strict=False)), dict(zip(criteria, notes, strict=False)), comment,
        (work.version if work else 0) if version is None else version,
    )  # fmt: skip
    return marks.mark(world.session, actor, enrolment.batch_id, enrolment.id, given, now=world.clock.now())


@pytest.mark.parametrize(
    ("typed", "points"), [("3", 3), ("3,5", 3.5), ("3.5", 3.5), (" 0 ", 0), ("4,0", 4), ("", None), ("4", 4)]
)
def test_points_are_read_as_people_type_them(typed, points):
    assert points_of(typed, 4, "points_1") == points


@pytest.mark.parametrize("typed", ["4,5", "5", "-1", "3,25", "tiga", "1e9", "3 5", "٣", "nan", "3,5,1", "99999999"])
def test_points_above_the_maximum_or_that_are_none_are_refused_beside_their_field(typed):
    with pytest.raises(Invalid) as error:
        points_of(typed, 4, "points_1")
    assert error.value.field == "points_1"


def test_the_percent_is_of_the_whole_rubric(world, storage, trainer, batch):
    enrolment = world.enrolment(batch)
    handed_in(world, storage, enrolment)
    work = _mark(world, trainer, enrolment, "3,5", "7", notes=["Rapi"], comment="Bagus")
    criteria = criteria_of(world.session, batch)
    assert marks.percent_of(work, criteria) == pytest.approx(75)
    assert marks.percent_by_enrolment(world.session, [batch.id]) == {enrolment.id: pytest.approx(75)}
    assert (work.comment, work.marks[0].note, work.marks[0].by_id) == ("Bagus", "Rapi", trainer.id)


def test_half_a_rubric_gives_no_percent(world, storage, trainer, batch):
    enrolment = world.enrolment(batch)
    handed_in(world, storage, enrolment)
    work = _mark(world, trainer, enrolment, "4", "")
    assert marks.percent_of(work, criteria_of(world.session, batch)) is None
    assert marks.percent_by_enrolment(world.session, [batch.id]) == {}


def test_an_archived_criterion_counts_no_more(world, storage, trainer, batch):
    enrolment = world.enrolment(batch)
    handed_in(world, storage, enrolment)
    _mark(world, trainer, enrolment, "4", "5")
    batch.programme.criteria[1].archived_at = world.clock.now()
    world.session.commit()
    assert marks.percent_by_enrolment(world.session, [batch.id]) == {enrolment.id: 100}


def test_a_new_criterion_asks_for_points_again(world, storage, trainer, batch):
    enrolment = world.enrolment(batch)
    handed_in(world, storage, enrolment)
    _mark(world, trainer, enrolment, "4", "5")
    batch.programme.criteria.append(Criterion(position=9, title="Baru", most=2))
    world.session.commit()
    assert marks.percent_by_enrolment(world.session, [batch.id]) == {}
    assert marks.next_unmarked(world.session, batch) == enrolment.id


def test_a_changed_maximum_leaves_what_was_marked_under_the_old_one(world, storage, trainer, batch):
    enrolment = world.enrolment(batch)
    handed_in(world, storage, enrolment)
    _mark(world, trainer, enrolment, "4", "10")
    batch.programme.criteria[0].most = 2
    world.session.commit()
    assert marks.percent_by_enrolment(world.session, [batch.id]) == {enrolment.id: 100}


def test_wrong_points_change_nothing(world, storage, trainer, batch):
    enrolment = world.enrolment(batch)
    handed_in(world, storage, enrolment)
    with pytest.raises(Invalid) as error:
        _mark(world, trainer, enrolment, "4", "11")
    world.session.rollback()
    assert error.value.field == f"points_{batch.programme.criteria[1].id}"
    assert works.work_of(world.session, enrolment.id).marks == []


def test_a_change_of_points_stands_in_the_trail(world, storage, trainer, batch):
    enrolment = world.enrolment(batch)
    handed_in(world, storage, enrolment)
    _mark(world, trainer, enrolment, "4", "5")
    _mark(world, trainer, enrolment, "4", "6")
    _mark(world, trainer, enrolment, "4", "6")
    entries = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "work.marked")).all()
    assert len(entries) == 2
    second = str(batch.programme.criteria[1].id)
    assert (entries[1].before["points"][second], entries[1].after["points"][second]) == (5, 6)


def test_who_opened_the_page_before_a_change_does_not_overwrite_it(world, storage, trainer, batch):
    enrolment = world.enrolment(batch)
    seen = handed_in(world, storage, enrolment).version
    _mark(world, trainer, enrolment, "4", "5")
    with pytest.raises(Stale):
        _mark(world, trainer, enrolment, "1", "1", version=seen)


def test_points_after_the_end_of_the_batch_are_refused(world, storage, trainer, batch):
    enrolment = world.enrolment(batch)
    handed_in(world, storage, enrolment)
    batch.status = BatchStatus.FINISHED
    world.session.commit()
    with pytest.raises(Refused):
        _mark(world, trainer, enrolment, "4", "5")


def test_nothing_handed_in_gets_no_points(world, trainer, batch):
    with pytest.raises(NotFound):
        _mark(world, trainer, world.enrolment(batch), "4", "5")


def test_a_trainer_of_another_organisation_marks_only_the_own_batches(world, storage, batch):
    user = world.user(Role.TRAINER, organisation=world.organisation())
    own = rubric_batch(world, trainers=[user])
    mine, other = world.enrolment(own), world.enrolment(batch)
    for one in (mine, other):
        handed_in(world, storage, one)
    _mark(world, world.actor_of(user), mine, "4", "5")
    with pytest.raises(NotFound):
        _mark(world, world.actor_of(user), other, "4", "5")
    with pytest.raises(Forbidden):
        _mark(world, world.actor(Role.APPROVER), other, "4", "5")


def test_a_work_given_back_may_be_changed_and_marked_anew(world, storage, trainer, batch):
    enrolment = world.enrolment(batch)
    handed_in(world, storage, enrolment)
    _mark(world, trainer, enrolment, "1", "1", comment="Tambah README")
    marks.give_back(world.session, trainer, batch.id, enrolment.id, now=world.clock.now())
    work = handed_in(world, storage, enrolment, link="https://contoh.go.id/baru")
    assert (work.marks, work.comment) == ([], "Tambah README")
    with pytest.raises(Refused):
        marks.give_back(world.session, trainer, batch.id, enrolment.id, now=world.clock.now())


def test_the_next_that_waits_follows_by_name_and_begins_anew_at_the_end(world, storage, trainer, batch):
    rows = [world.enrolment(batch, world.trainee(name)) for name in ("Ani", "budi", "Citra", "Dewi")]
    for one in rows[:3]:
        handed_in(world, storage, one)
    assert marks.next_unmarked(world.session, batch, rows[0]) == rows[1].id
    assert marks.next_unmarked(world.session, batch, rows[2]) == rows[0].id
    _mark(world, trainer, rows[0], "4", "5")
    _mark(world, trainer, rows[1], "4", "5")
    assert marks.next_unmarked(world.session, batch, rows[1]) == rows[2].id
    _mark(world, trainer, rows[2], "4", "5")
    assert marks.next_unmarked(world.session, batch, rows[2]) is None
