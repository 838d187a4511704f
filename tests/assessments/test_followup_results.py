import pytest

from app.kernel.roles import SYSTEM
from app.learning.assessments.followups.results import Share, outcomes
from app.learning.assessments.models import PaperKind, Sitting
from app.learning.assessments.papers.service import prepare
from app.learning.training.models import BatchStatus, EnrolmentStatus, Outcome
from tests.pages import asked

SAID = {"aktif": "ya", "pakai": "hari", "mandiri": "sendiri", "buat": "belum", "hambatan": ["waktu"]}


@pytest.fixture
def batch(world):
    world.office()
    return world.batch(status=BatchStatus.FINISHED)


def _paper(world, batch):
    paper = prepare(world.session, SYSTEM, batch.id, PaperKind.AFTER_3, now=world.clock.now())
    paper.opens_at = world.clock.now()
    world.session.commit()
    return paper


def _answer(world, paper, enrolment, **more):
    answers = {**SAID, **more}
    sitting = Sitting(paper_id=paper.id, enrolment_id=enrolment.id, answers=answers, handed_in_at=world.clock.now())
    world.session.add(sitting)
    world.session.commit()


def test_who_did_not_answer_is_told_as_that_and_never_as_inactive(world, batch):
    paper = _paper(world, batch)
    people = [world.enrolment(batch) for _ in range(8)]
    for one, state in zip(people, ("ya", "ya", "ya", "kadang", "tidak", "ya"), strict=False):
        _answer(world, paper, one, aktif=state)
    found = outcomes(world.session, [batch.id], PaperKind.AFTER_3)
    assert (found.invited, found.answered, found.silent) == (8, 6, 2)
    assert (found.active.n, found.active.of, found.sometimes, found.no_more) == (4, 6, 1, 1)
    low, high = found.active.limits
    assert (low, high) == (pytest.approx(0.3000, abs=1e-4), pytest.approx(0.9032, abs=1e-4))  # Wilson, 4 of 6


def test_who_completed_it_is_told_apart_from_who_did_not(world, batch):
    paper = _paper(world, batch)
    for outcome, state in ((Outcome.COMPLETED, "ya"), (Outcome.COMPLETED, "tidak"), (Outcome.INCOMPLETE, "ya")):
        _answer(world, paper, world.enrolment(batch, outcome=outcome), aktif=state)
    found = outcomes(world.session, [batch.id], PaperKind.AFTER_3)
    assert (found.completed, found.incomplete) == (Share(1, 2), Share(1, 1))


def test_what_was_built_and_what_stands_in_the_way(world, batch):
    paper = _paper(world, batch)
    one = world.enrolment(batch, world.trainee("Siti"))
    built = {"buat": "ya", "buat_apa": "Buku kas", "buat_tautan": "https://contoh.go.id/kas"}
    _answer(world, paper, one, hambatan=["waktu", "alat"], bantuan="Laptop", **built)
    _answer(world, paper, world.enrolment(batch), buat="ya", buat_apa="Situs", buat_tautan="javascript:alert(1)")
    found = outcomes(world.session, [batch.id], PaperKind.AFTER_3)
    assert [(each.trainee.name, each.text, each.link) for each in found.built] == [
        ("Siti", "Buku kas", "https://contoh.go.id/kas"),
        (found.built[1].trainee.name, "Situs", ""),
    ]
    assert found.obstacles == [("Tidak ada waktu", 2), ("Tidak ada komputer atau alatnya", 1)]
    assert (found.help_wanted, found.made_something) == (["Laptop"], Share(2, 2))


def test_only_batches_where_it_was_opened_and_people_who_are_still_known_count(world, batch):
    paper = _paper(world, batch)
    never, unopened = world.batch(status=BatchStatus.FINISHED), world.batch(status=BatchStatus.FINISHED)
    _paper(world, unopened).opens_at = None
    for each in (never, unopened):
        world.enrolment(each)
    world.enrolment(batch, status=EnrolmentStatus.WITHDRAWN)
    gone = world.enrolment(batch)
    _answer(world, paper, gone)
    gone.trainee.erased_at = world.clock.now()
    _answer(world, paper, world.enrolment(batch))
    ids = [batch.id, never.id, unopened.id]
    found = outcomes(world.session, ids, PaperKind.AFTER_3)
    assert (found.batches, found.invited, found.answered) == (1, 1, 1)


def test_nothing_asked_is_no_share(world, batch):
    found = outcomes(world.session, [batch.id], PaperKind.AFTER_12)
    assert (found.invited, found.active.value, found.active.limits) == (0, None, None)
    assert outcomes(world.session, [], PaperKind.AFTER_3).answered == 0


def test_any_number_of_batches_takes_the_same_number_of_queries(world, batch):
    def statements(n):
        ids = []
        for _ in range(n):
            other = world.batch(programme=batch.programme, status=BatchStatus.FINISHED)
            _answer(world, _paper(world, other), world.enrolment(other))
            ids.append(other.id)
        world.session.expunge_all()
        with asked() as seen:
            outcomes(world.session, ids, PaperKind.AFTER_3)
        return len(seen)

    assert statements(1) == statements(6)


def test_an_offices_own_questions_of_another_kind_break_nothing(world, batch):
    """One obstacle in place of several, and what was made chosen from a list."""
    paper = _paper(world, batch)
    _answer(world, paper, world.enrolment(batch), hambatan="waktu", buat_apa=["situs"], bantuan=3)
    found = outcomes(world.session, [batch.id], PaperKind.AFTER_3)
    assert [n for _words, n in found.obstacles] == [1]
    assert (found.built, found.help_wanted) == ([], [])


def test_answers_of_few_are_only_for_those_who_may_read_them(world, batch):
    paper = _paper(world, batch)
    for outcome in [Outcome.COMPLETED] * 3 + [Outcome.INCOMPLETE]:
        _answer(world, paper, world.enrolment(batch, outcome=outcome))
    ids = [batch.id]
    assert outcomes(world.session, ids, PaperKind.AFTER_3, seen=ids).active == Share(4, 4)
    found = outcomes(world.session, ids, PaperKind.AFTER_3, seen=[])
    assert (found.invited, found.answered, found.told, found.withheld) == (4, 4, 0, True)
    assert (found.active, found.obstacles) == (Share(0, 0), [])


def test_no_share_is_told_from_which_that_of_few_could_be_worked_out(world, batch):
    paper = _paper(world, batch)
    for outcome in [Outcome.COMPLETED] * 6 + [Outcome.INCOMPLETE]:
        _answer(world, paper, world.enrolment(batch, outcome=outcome))
    found = outcomes(world.session, [batch.id], PaperKind.AFTER_3, seen=[])
    assert (found.active, found.by_outcome) == (Share(7, 7), False)
    assert (found.completed, found.incomplete) == (Share(0, 0), Share(0, 0))


def test_a_trainer_reads_the_own_few_answers_and_not_those_of_others(world, batch):
    other = world.batch(status=BatchStatus.FINISHED, programme=batch.programme)
    for each in (batch, other):
        paper = _paper(world, each)
        for _ in range(2):
            _answer(world, paper, world.enrolment(each))
    found = outcomes(world.session, [batch.id, other.id], PaperKind.AFTER_3, seen=[batch.id])
    assert (found.answered, found.told, found.active) == (4, 2, Share(2, 2))
