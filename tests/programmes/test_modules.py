"""Modules, their materials and the rubric: order, what is in use, and how a removal is undone."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Actor, Role
from app.learning.assessments.models import Mark, Work
from app.learning.programmes import materials, modules, queries, rubric
from app.learning.programmes.materials import MaterialValues
from app.learning.programmes.models import Criterion, Module, ModuleMaterial, Programme
from app.learning.programmes.modules import ModuleValues
from app.learning.programmes.rubric import CriterionValues
from tests.world import World

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


@pytest.fixture
def programme(world: World) -> Programme:
    return world.programme(modules=3)


def titles(session: Session, programme: Programme) -> list[str]:
    return [one.title for one in queries.active_modules(session, programme.id)]


def stored(world: World) -> StoredFile:
    file: StoredFile = world._add(
        StoredFile(sha256="a" * 64, mime="application/pdf", size=10, name="paparan.pdf", created_at=NOW)
    )
    return file


def test_a_module_comes_last_and_leads_to_skills(
    session: Session, world: World, editor: Actor, programme: Programme
) -> None:
    data, web = world.skill(), world.skill()
    modules.edit_module(
        session, editor, programme.modules[0].id, ModuleValues("Awal", skills=[(data.id, 3), (web.id, 1)]), now=NOW
    )
    made = modules.add_module(
        session, editor, programme.id, ModuleValues(" Web  dasar ", minutes=90, skills=[(web.id, 2)]), now=NOW
    )
    session.commit()
    assert titles(session, programme) == ["Awal", "Modul 2", "Modul 3", "Web dasar"]
    assert queries.levels_led_to(session, programme.id) == {data.id: 3, web.id: 2}
    modules.edit_module(session, editor, made.id, ModuleValues("Web", skills=[(data.id, 1)]), now=NOW)
    session.commit()
    assert queries.levels_led_to(session, programme.id) == {data.id: 3, web.id: 1}


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        (ModuleValues(" "), "title"),
        (ModuleValues("x" * 201), "title"),
        (ModuleValues("A", objectives="x" * 4001), "objectives"),
        (ModuleValues("A", outline="x" * 8001), "outline"),
        (ModuleValues("A", minutes=0), "minutes"),
        (ModuleValues("A", minutes=None), "minutes"),
        (ModuleValues("A", minutes=1441), "minutes"),
        (ModuleValues("A", skills=[(9999, 1)]), "skills"),
        (ModuleValues("A", skills=[(1, 1), (1, 2)]), "skills"),
        (ModuleValues("A", skills=[(1, 4)]), "skills"),
        (ModuleValues("A", skills=[(number, 1) for number in range(1, 14)]), "skills"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(
    session: Session, editor: Actor, programme: Programme, values: ModuleValues, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        modules.add_module(session, editor, programme.id, values, now=NOW)
    assert refused.value.field == field


def test_a_skill_put_away_stays_with_its_module_but_is_not_chosen_anew(
    session: Session, world: World, editor: Actor
) -> None:
    old = world.skill(archived_at=NOW)
    programme = world.programme(skills=[(old, 1)])
    first, second = programme.modules
    assert modules.edit_module(session, editor, first.id, ModuleValues("A", skills=[(old.id, 2)]), now=NOW)
    with pytest.raises(Invalid):
        modules.edit_module(session, editor, second.id, ModuleValues("B", skills=[(old.id, 2)]), now=NOW)


def test_a_programme_holds_so_many_modules(session: Session, world: World, editor: Actor) -> None:
    full = world.programme(modules=modules.MOST_MODULES)
    with pytest.raises(Invalid):
        modules.add_module(session, editor, full.id, ModuleValues("Lagi"), now=NOW)


def test_order_changes_among_those_taught(session: Session, editor: Actor, programme: Programme) -> None:
    first, second, third = (one.id for one in programme.modules)
    modules.move_module(session, editor, third, up=True, now=NOW)
    assert titles(session, programme) == ["Modul 1", "Modul 3", "Modul 2"]
    modules.move_module(session, editor, first, up=True, now=NOW)
    modules.move_module(session, editor, second, up=False, now=NOW)
    assert titles(session, programme) == ["Modul 1", "Modul 3", "Modul 2"]


def test_a_module_that_a_batch_taught_is_put_away_and_not_deleted(
    session: Session, world: World, editor: Actor, programme: Programme
) -> None:
    skill = world.skill()
    used = modules.edit_module(
        session, editor, programme.modules[0].id, ModuleValues("Dipakai", skills=[(skill.id, 2)]), now=NOW
    )
    session.commit()
    batch = world.batch(programme=programme)
    world.session_of(batch, module=world.session.get(Module, used.id))
    assert modules.remove_module(session, editor, used.id, now=NOW) is True
    session.commit()
    assert session.get_one(Module, used.id).archived_at == NOW
    assert titles(session, programme) == ["Modul 2", "Modul 3"]
    assert queries.levels_led_to(session, programme.id) == {}
    with pytest.raises(Refused):
        modules.move_module(session, editor, used.id, up=True, now=NOW)
    modules.restore_module(session, editor, used.id, now=NOW)
    assert titles(session, programme)[0] == "Dipakai"


def test_a_batch_that_takes_a_module_in_the_same_moment_keeps_it(
    session: Session, world: World, editor: Actor, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    module_id = programme.modules[0].id
    world.session_of(world.batch(programme=programme), module=world.session.get(Module, module_id))
    monkeypatch.setattr(modules, "used_modules", lambda *_: set())  # as it was when somebody looked
    with pytest.raises(Refused):
        modules.remove_module(session, editor, module_id, now=NOW)
    session.rollback()
    assert session.get(Module, module_id) is not None


def test_a_deleted_module_comes_back_where_it_was_with_all_it_had(
    session: Session, world: World, editor: Actor, programme: Programme
) -> None:
    skill = world.skill()
    middle = programme.modules[1].id
    values = ModuleValues("Tengah", "Tujuan", "Isi", 45, [(skill.id, 3)])
    modules.edit_module(session, editor, middle, values, now=NOW)
    link = MaterialValues("Video", "https://contoh.go.id/video", True)
    materials.add_material(session, editor, middle, link, now=NOW)
    session.commit()
    assert modules.remove_module(session, editor, middle, now=NOW) is False
    session.commit()
    assert session.get(Module, middle) is None
    assert session.scalars(select(ModuleMaterial.id)).all() == []
    back = modules.put_back(session, editor, programme.id, now=NOW)
    session.commit()
    assert titles(session, programme) == ["Modul 1", "Tengah", "Modul 3"]
    assert (back.objectives, back.outline, back.minutes) == ("Tujuan", "Isi", 45)
    assert [(one.skill_id, one.level) for one in back.skills] == [(skill.id, 3)]
    assert [(one.title, one.url, one.for_trainers) for one in back.materials] == [
        ("Video", "https://contoh.go.id/video", True)
    ]
    with pytest.raises(Refused):
        modules.put_back(session, editor, programme.id, now=NOW)


def test_after_another_change_a_deleted_module_stays_deleted(
    session: Session, editor: Actor, programme: Programme
) -> None:
    modules.remove_module(session, editor, programme.modules[0].id, now=NOW)
    modules.add_module(session, editor, programme.id, ModuleValues("Baru"), now=NOW)
    with pytest.raises(Refused):
        modules.put_back(session, editor, programme.id, now=NOW)


def test_a_form_that_was_opened_before_is_told(session: Session, editor: Actor, programme: Programme) -> None:
    seen = programme.version
    modules.move_module(session, editor, programme.modules[0].id, up=False, now=NOW)
    session.commit()
    with pytest.raises(Stale):
        modules.edit_module(session, editor, programme.modules[0].id, ModuleValues("A"), seen=seen, now=NOW)


def test_others_do_not_touch_parts_of_a_programme(session: Session, world: World, programme: Programme) -> None:
    stranger = world.actor(Role.TRAINER, organisation=world.organisation())
    module_id = programme.modules[0].id
    with pytest.raises(Forbidden):
        modules.remove_module(session, stranger, module_id, now=NOW)
    with pytest.raises(Forbidden):
        materials.add_material(session, stranger, module_id, MaterialValues("A", "https://a.id"), now=NOW)
    with pytest.raises(Forbidden):
        rubric.add_criterion(session, stranger, programme.id, CriterionValues("A"), now=NOW)
    with pytest.raises(NotFound):
        modules.edit_module(session, stranger, 9999, ModuleValues("A"), now=NOW)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "ftp://contoh.go.id/x", "//contoh.go.id",
        "contoh.go.id/materi", "https://", "https:///jalur", "http://[::1", "https://a.id:port", "https://a.id/a b",
        "https://kantor:sandi@a.id/", "file:///etc/passwd", "https://a.id/\u0000",
    ],
)  # fmt: skip
def test_a_link_is_an_address_of_the_web_or_refused(
    session: Session, editor: Actor, programme: Programme, url: str
) -> None:
    with pytest.raises(Invalid) as refused:
        materials.add_material(session, editor, programme.modules[0].id, MaterialValues("A", url), now=NOW)
    assert refused.value.field == "url"


def test_a_material_is_a_file_or_a_link_and_has_a_name(
    session: Session, world: World, editor: Actor, programme: Programme
) -> None:
    module_id, file, link = programme.modules[0].id, stored(world), "https://a.id/x"
    for values, given in (
        (MaterialValues("A"), None),
        (MaterialValues("A", link), file),
        (MaterialValues(" ", link), None),
        (MaterialValues("x" * 201, link), None),
        (MaterialValues("A", "https://a.id/" + "x" * 500), None),
    ):
        with pytest.raises(Invalid):
            materials.add_material(session, editor, module_id, values, file=given, now=NOW)
    for number in range(materials.MOST_MATERIALS):
        materials.add_material(session, editor, module_id, MaterialValues(f"Bahan {number}", link), now=NOW)
    with pytest.raises(Invalid):
        materials.add_material(session, editor, module_id, MaterialValues("Lagi", link), now=NOW)


def test_what_is_for_trainers_is_not_for_others(session: Session, world: World, editor: Actor) -> None:
    programme = world.programme()
    module_id = programme.modules[0].id
    secret = materials.add_material(
        session, editor, module_id, MaterialValues("Kunci", for_trainers=True), file=stored(world), now=NOW
    )
    shown = materials.add_material(session, editor, module_id, MaterialValues("Paparan"), file=stored(world), now=NOW)
    session.commit()
    viewer, trainer = world.actor(Role.VIEWER), world.actor(Role.TRAINER, organisation=world.organisation())
    assert materials.file_of_material(session, trainer, secret.id).name == "paparan.pdf"
    assert materials.file_of_material(session, viewer, shown.id)
    with pytest.raises(NotFound):
        materials.file_of_material(session, viewer, secret.id)
    assert [one.title for one in materials.seen_by(viewer, [secret, shown])] == ["Paparan"]
    found = queries.materials_for_participants(session, programme.id)
    assert [one.title for one in found[module_id]] == ["Paparan"]


def test_a_material_is_renamed_and_removed(session: Session, world: World, editor: Actor, programme: Programme) -> None:
    module_id = programme.modules[0].id
    kept = materials.add_material(session, editor, module_id, MaterialValues("A"), file=stored(world), now=NOW)
    link = materials.add_material(session, editor, module_id, MaterialValues("B", "https://a.id"), now=NOW)
    materials.edit_material(session, editor, kept.id, MaterialValues("Paparan", "https://lain.id", True), now=NOW)
    assert (kept.title, kept.url, kept.for_trainers) == ("Paparan", None, True)
    with pytest.raises(Invalid):
        materials.edit_material(session, editor, link.id, MaterialValues("B", ""), now=NOW)
    materials.remove_material(session, editor, kept.id, now=NOW)
    session.commit()
    assert [one.title for one in session.get_one(Module, module_id).materials] == ["B"]
    assert session.scalar(select(StoredFile.id)) is not None


def test_office_files_are_told_what_to_do_and_pictures_pass() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ppt/presentation.xml", "<x/>")
    for data in (packed.getvalue(), b"\xd0\xcf\x11\xe0rest"):
        with pytest.raises(Invalid, match="PDF") as refused:
            materials.check_material(data, "paparan.pptx")
        assert refused.value.field == "file"
    with pytest.raises(Invalid):
        materials.check_material(b"<script>alert(1)</script>", "paparan.pdf")


def test_a_criterion_gives_whole_points_under_a_name_of_its_own(
    session: Session, editor: Actor, programme: Programme
) -> None:
    made = rubric.add_criterion(session, editor, programme.id, CriterionValues("Berjalan", "4: ya", 4), now=NOW)
    for values, field in (
        (CriterionValues(" "), "title"),
        (CriterionValues("x" * 201), "title"),
        (CriterionValues("berjalan"), "title"),
        (CriterionValues("B", "x" * 2001), "guide"),
        (CriterionValues("B", most=0), "most"),
        (CriterionValues("B", most=None), "most"),
        (CriterionValues("B", most=101), "most"),
    ):
        with pytest.raises(Invalid) as refused:
            rubric.add_criterion(session, editor, programme.id, values, now=NOW)
        assert refused.value.field == field
    second = rubric.add_criterion(session, editor, programme.id, CriterionValues("Rapi"), now=NOW)
    rubric.move_criterion(session, editor, second.id, up=True, now=NOW)
    assert [one.title for one in rubric.active_criteria(session, programme.id)] == ["Rapi", "Berjalan"]
    rubric.edit_criterion(session, editor, made.id, CriterionValues("Berjalan", "", 10), now=NOW)
    assert made.most == 10


def test_a_criterion_by_which_work_was_marked_is_put_away_and_keeps_its_points(
    session: Session, world: World, editor: Actor, programme: Programme
) -> None:
    used = rubric.add_criterion(session, editor, programme.id, CriterionValues("Berjalan"), now=NOW)
    free = rubric.add_criterion(session, editor, programme.id, CriterionValues("Rapi"), now=NOW)
    session.commit()
    enrolment = world.enrolment(world.batch(programme=programme))
    world._add(
        Work(enrolment_id=enrolment.id, updated_at=NOW, marks=[Mark(criterion_id=used.id, points=3, most=4, at=NOW)])
    )
    with pytest.raises(Invalid) as refused:
        rubric.edit_criterion(session, editor, used.id, CriterionValues("Berjalan", most=5), now=NOW)
    assert refused.value.field == "most"
    assert rubric.edit_criterion(session, editor, used.id, CriterionValues("Bisa berjalan", "Panduan"), now=NOW)
    assert rubric.remove_criterion(session, editor, used.id, now=NOW) is True
    assert rubric.remove_criterion(session, editor, free.id, now=NOW) is False
    session.commit()
    assert [one.title for one in session.scalars(select(Criterion))] == ["Bisa berjalan"]
    assert rubric.active_criteria(session, programme.id) == []
    with pytest.raises(Invalid, match="diarsipkan"):
        rubric.add_criterion(session, editor, programme.id, CriterionValues("Bisa berjalan"), now=NOW)
    rubric.restore_criterion(session, editor, used.id, now=NOW)
    assert len(rubric.active_criteria(session, programme.id)) == 1
    assert "programme.criterion_archived" in session.scalars(select(AuditEntry.action)).all()
