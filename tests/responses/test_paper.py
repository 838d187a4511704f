"""Numbered forms: every number once, the same words as everywhere."""

import copy
import io
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.documents.render import Renderer
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.evidence.instruments.definition import read
from app.evidence.responses.models import PaperRun
from app.evidence.responses.paper import sheets as paper
from app.evidence.responses.paper.skips import END, jumps, numbers, only_if
from app.evidence.surveys.models import Wave
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.roles import Role
from tests.survey_sample import DEFINITION
from tests.world import VILLAGE, World

ASKED = read(DEFINITION)


def reserve(session: Session, world: World, wave: Wave, copies: int, **values: Any) -> PaperRun:
    values = {"place": "", "language": "id", "now": world.clock.now(), **values}
    return paper.reserve(session, world.actor_of(world.user(Role.EDITOR)), wave.id, copies, **values)


def test_numbers_go_on_where_the_last_forms_ended(world: World, session: Session) -> None:
    wave = world.wave()
    first, second = reserve(session, world, wave, 20), reserve(session, world, wave, 5, place=VILLAGE)
    assert (first.first, first.last, second.first, second.last) == (1, 20, 21, 25)
    assert session.get_one(Wave, wave.id).sheets == 25
    printed = session.scalars(select(AuditEntry.after).where(AuditEntry.action == "survey.forms_printed")).all()
    assert [entry["first"] for entry in printed if entry] == [1, 21]


def test_two_who_print_at_once_never_get_the_same_number(
    world: World, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    wave, actor = world.wave(), world.actor_of(world.user(Role.EDITOR))
    ranges: list[tuple[int, int]] = []
    together = threading.Barrier(4)

    def press() -> None:
        together.wait()
        with unit_of_work(sessions) as own:
            run = paper.reserve(own, actor, wave.id, 7, place="", language="id", now=clock.now())
            ranges.append((run.first, run.last))

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ranges) == [(1, 7), (8, 14), (15, 21), (22, 28)]


@pytest.mark.one_database
@pytest.mark.parametrize(("copies", "values"), [(0, {}), (501, {}), (1, {"place": "99"}), (1, {"language": "bjn"})])
def test_what_cannot_be_printed_reserves_no_number(
    world: World, session: Session, copies: int, values: dict[str, Any]
) -> None:
    wave = world.wave()
    with pytest.raises(Invalid):
        reserve(session, world, wave, copies, **values)
    assert session.get_one(Wave, wave.id).sheets == 0


@pytest.mark.parametrize("values", [{"status": "draft"}, {"status": "closed"}, {"modes": ["link"]}])
def test_only_an_open_survey_on_paper_gets_numbered_forms(
    world: World, session: Session, clock: FrozenClock, values: dict[str, Any]
) -> None:
    if values.get("status") == "closed":
        values = {**values, "closed_at": clock.now() - timedelta(hours=1)}
    with pytest.raises(Refused):
        reserve(session, world, world.wave(**values), 1)


def test_somebody_from_another_opd_prints_nothing(world: World, session: Session) -> None:
    wave = world.wave()
    enumerator = world.actor_of(world.user(Role.ENUMERATOR))
    with pytest.raises(Forbidden):
        paper.reserve(session, enumerator, wave.id, 1, place="", language="id", now=world.clock.now())


def test_a_lost_form_is_printed_again_as_it_was(world: World, session: Session) -> None:
    wave = world.wave()
    reserve(session, world, wave, 3)
    reserve(session, world, wave, 3, place=VILLAGE, language="kut")
    again = paper.forms(session, wave, 3, 4)
    assert [(form.number, bool(form.place), form.language) for form in again] == [(3, False, "id"), (4, True, "kut")]
    with pytest.raises(Invalid):
        paper.reprint(session, world.actor_of(world.user(Role.EDITOR)), wave.id, 5, 7, now=world.clock.now())


def test_the_file_has_a_page_for_each_form_with_its_number_and_no_field_for_a_name(
    world: World, session: Session
) -> None:
    wave = world.wave()
    reserve(session, world, wave, 2, place=VILLAGE)
    reserve(session, world, wave, 1, language="kut")
    texts = paper.texts_of(session, wave, {"id", "kut"})
    document = paper.render(Renderer(compilers=1), texts, paper.forms(session, wave, 1, 3), duplex=False)
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert len(pdf.pages) == 3
    questions = [question for section in texts["id"]["sections"] for question in section["questions"]]
    assert [question["number"] for question in questions] == [1, 2, 3, 4, 5, 6, 7]
    assert questions[2]["jumps"] == ["Bila “Tidak” atau “Tidak yakin”, lanjut ke no. 5."]
    assert questions[3]["only_if"] == "no. 3 dijawab “Ya”"
    assert [option["code"] for option in questions[3]["options"]] == ["1", "2", "3", "4"]
    assert "Jangan beri contoh." in questions[0]["notes"]
    assert texts["kut"]["sections"][0]["questions"][1]["text"] == "Pernah dengar istilah Smart City?"


def test_a_picture_that_is_shown_stands_beside_its_question(world: World, session: Session, tmp_path: Path) -> None:
    storage, written = Storage(tmp_path / "media"), io.BytesIO()
    Image.new("RGB", (1600, 900), (20, 90, 60)).save(written, "PNG")
    digest = storage.put(written.getvalue())
    file = StoredFile(
        sha256=digest, mime="image/png", size=len(written.getvalue()), width=1600, height=900, name="poster.png",
        created_at=world.clock.now(),
    )  # fmt: skip
    session.add(file)
    session.flush()
    definition = copy.deepcopy(DEFINITION)
    definition["sections"][0]["questions"][2]["picture"] = file.id
    wave = world.wave(instrument=world.instrument(definition=definition))
    reserve(session, world, wave, 2)
    pictures = paper.pictures_of(session, storage, wave)
    texts = paper.texts_of(session, wave, {"id"})
    document = paper.render(
        Renderer(compilers=1), texts, paper.forms(session, wave, 1, 2), duplex=False, pictures=pictures
    )
    assert list(pictures) == [f"gambar{file.id}"] == [texts["id"]["sections"][0]["questions"][2]["picture"]]
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert any(isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image" for one in pdf.objects)


def with_conditions(*whens: Any) -> Any:
    """Three yes-or-no questions and a number before questions that are asked under these conditions."""
    options = [{"key": "ya", "text": "Ya"}, {"key": "tidak", "text": "Tidak"}]
    asked = [{"key": key, "kind": "one", "text": key, "options": options} for key in ("a", "b")]
    asked += [{"key": "n", "kind": "number", "text": "n"}]
    asked += [{"key": f"q{number}", "kind": "text", "text": "?", "when": when} for number, when in enumerate(whens)]
    return read({"title": "x", "sections": [{"key": "s", "questions": asked}]})


A_YES, B_YES = ({"question": key, "is": ["ya"]} for key in ("a", "b"))


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"all": [A_YES, {"any": [B_YES, {"question": "n", "least": 2}]}]},
         "no. 1 dijawab “Ya” dan (no. 2 dijawab “Ya” atau no. 3 paling sedikit 2)"),
        ({"not": A_YES}, "no. 1 tidak dijawab “Ya”"),
        ({"question": "n", "least": 1, "most": 5}, "no. 3 berisi 1 sampai 5"),
        ({"question": "n", "answered": True}, "no. 3 diisi"),
    ],
)  # fmt: skip
def test_a_condition_in_words(when: Any, words: str) -> None:
    definition = with_conditions(when)
    assert only_if(definition, definition.questions[-1].when) == words


def test_a_jump_is_only_said_where_what_follows_at_once_is_left_out() -> None:
    definition = with_conditions(A_YES, A_YES)
    assert jumps(definition, definition.by_key["a"]) == []  # "b" is asked of everybody in between
    at_the_end = with_conditions(B_YES)
    last = read({"title": "x", "sections": [{"key": "s", "questions": [
        {"key": "a", "kind": "one", "text": "a", "options": [{"key": "ya", "text": "Ya"}, {"key": "t", "text": "T"}]},
        {"key": "z", "kind": "text", "text": "z", "when": A_YES},
    ]}]})  # fmt: skip
    assert jumps(last, last.by_key["a"]) == [(("t",), END)]
    assert numbers(at_the_end)["q0"] == 4
