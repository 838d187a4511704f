import pytest
from sqlalchemy import select

from app.base.media.check import Checked
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.kernel.audit import AuditEntry
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Role
from app.learning.assessments.works import marks
from app.learning.assessments.works import service as works
from app.learning.assessments.works.service import PARTICIPANT, HandIn
from app.learning.training.models import BatchStatus, EnrolmentStatus
from tests.assessments.rubrics import handed_in, rubric_batch


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path / "files")


@pytest.fixture
def enrolment(world):
    return world.enrolment(rubric_batch(world))


def _hand_in(world, storage, enrolment, file=None, **values):
    given = HandIn(**{"title": "Halaman posyandu", **values})
    return works.hand_in(world.session, storage, PARTICIPANT, enrolment.id, given, file=file, now=world.clock.now())


def test_a_participant_hands_in_a_repository_and_changes_it(world, storage, enrolment):
    first, _ = _hand_in(world, storage, enrolment, link=" https://github.com/siti/posyandu ", note="Baca README\r\n")
    assert (first.repository, first.note) == ("https://github.com/siti/posyandu", "Baca README")
    assert first.handed_in_at == world.clock.now()
    again, _ = _hand_in(world, storage, enrolment, link="https://gitlab.com/siti/posyandu")
    assert (again.id, again.repository) == (first.id, "https://gitlab.com/siti/posyandu")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,hai",
        "ftp://contoh.go.id/kode",
        "https://siti:rahasia@github.com/siti/posyandu",
        "https://siti@github.com/siti/posyandu",
        "github",
        "https://",
        "https://contoh.go.id/a b",
    ],
)
def test_an_address_that_no_browser_should_open_is_refused(world, storage, enrolment, link):
    with pytest.raises(Invalid) as error:
        _hand_in(world, storage, enrolment, link=link)
    assert error.value.field == "link"


def test_neither_address_nor_file_is_no_work(world, storage, enrolment):
    with pytest.raises(Invalid) as error:
        _hand_in(world, storage, enrolment)
    assert error.value.field == "link"


def test_a_work_needs_a_name(world, storage, enrolment):
    with pytest.raises(Invalid) as error:
        _hand_in(world, storage, enrolment, title="  ", link="https://contoh.go.id")
    assert error.value.field == "title"


def test_a_new_file_takes_the_place_of_the_old_one_which_goes(world, storage, enrolment):
    pdf = Checked(b"%PDF-satu", "application/pdf", "satu.pdf")
    first, gone = _hand_in(world, storage, enrolment, file=pdf)
    assert gone is None
    old = world.session.get_one(StoredFile, first.file_id).sha256
    again, gone = _hand_in(world, storage, enrolment, file=Checked(b"%PDF-dua", "application/pdf", "dua.pdf"))
    assert gone == old
    assert world.session.scalars(select(StoredFile.name)).all() == ["dua.pdf"]
    with pytest.raises(Invalid):
        _hand_in(world, storage, again and enrolment, keeps_file=False)


def test_a_marked_work_stays_as_it_is(world, storage, enrolment):
    work = handed_in(world, storage, enrolment)
    trainer = world.actor(Role.CONTRIBUTOR)
    mark_all(world, trainer, enrolment, work)
    with pytest.raises(Refused):
        _hand_in(world, storage, enrolment, link="https://contoh.go.id/lain")


def mark_all(world, actor, enrolment, work):
    points = {one.id: str(one.most) for one in enrolment.batch.programme.criteria}
    given = marks.Marking(points, version=work.version)
    marks.mark(world.session, actor, enrolment.batch_id, enrolment.id, given, now=world.clock.now())
    world.session.commit()


@pytest.mark.parametrize("status", [BatchStatus.DRAFT, BatchStatus.FINISHED, BatchStatus.CANCELLED])
def test_a_batch_that_does_not_run_takes_no_work(world, storage, status):
    enrolment = world.enrolment(rubric_batch(world, status=status))
    with pytest.raises(Refused):
        _hand_in(world, storage, enrolment, link="https://contoh.go.id")


def test_only_who_was_accepted_hands_in(world, storage):
    enrolment = world.enrolment(rubric_batch(world), status=EnrolmentStatus.WAITING)
    with pytest.raises(NotFound):
        _hand_in(world, storage, enrolment, link="https://contoh.go.id")


def test_the_trail_names_who_entered_it_and_not_what_it_says(world, storage, enrolment):
    trainer = world.actor(Role.CONTRIBUTOR)
    given = HandIn(title="Buku kas", link="https://contoh.go.id/rahasia")
    works.hand_in(world.session, storage, trainer, enrolment.id, given, now=world.clock.now())
    world.session.flush()
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "work.handed_in")).one()
    assert entry.actor_id == trainer.id
    assert entry.after == {"title": "Buku kas", "link": True, "file": False}


def test_the_list_tells_who_has_not_handed_in_what_waits_and_what_is_marked(world, storage):
    batch = rubric_batch(world)
    rows = [world.enrolment(batch, world.trainee(name)) for name in ("Ani", "Budi", "Citra")]
    world.enrolment(batch, world.trainee("Dedi"), status=EnrolmentStatus.REJECTED)
    handed_in(world, storage, rows[1], title="Aplikasi kas")
    mark_all(world, world.actor(Role.EDITOR), rows[2], handed_in(world, storage, rows[2]))

    def names(**wanted):
        return [row.Enrolment.trainee.name for row in world.session.execute(works.select_works(batch, **wanted))]

    assert names() == ["Ani", "Budi", "Citra"]
    assert [names(state=state) for state in works.STATES] == [["Ani"], ["Budi"], ["Citra"]]
    assert (names(q="kas"), names(q="cit"), names(q="%")) == (["Budi"], ["Citra"], [])
    assert works.count_by_state(world.session, [batch.id])[batch.id] == {"none": 1, "handed_in": 1, "marked": 1}


def test_what_waits_is_told_to_who_keeps_the_batch_only(world, storage):
    user = world.user(Role.TRAINER, organisation=world.organisation())
    batch, other = rubric_batch(world, trainers=[user]), rubric_batch(world)
    simulated = rubric_batch(world, trainers=[user], simulated=True)
    for one in (batch, other, simulated):
        handed_in(world, storage, world.enrolment(one))
    waiting = works.list_unmarked(world.session, world.actor_of(user))
    assert [(one.id, n) for one, n in waiting] == [(batch.id, 1)]
    assert len(works.list_unmarked(world.session, world.actor(Role.EDITOR))) == 2
    assert works.list_unmarked(world.session, world.actor(Role.APPROVER)) == []


def test_without_a_rubric_nothing_waits_for_points(world, storage):
    batch = rubric_batch(world, most=())
    handed_in(world, storage, world.enrolment(batch))
    assert works.list_unmarked(world.session, world.actor(Role.EDITOR)) == []
    assert works.count_by_state(world.session, [batch.id])[batch.id] == {"none": 0, "handed_in": 1, "marked": 0}
