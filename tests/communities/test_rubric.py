"""The local rubric: every change is a version of its own, scores keep theirs."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from app.gatherings.communities import rubric
from app.gatherings.communities.models import Group, RubricScore, RubricVersion
from app.gatherings.communities.rubric import FIRST_CRITERIA, FIRST_LEVELS, Rubric
from app.kernel.errors import Forbidden, Invalid, NotFound, Stale
from app.kernel.roles import Actor, Role
from tests.world import World

TODAY = date(2026, 11, 24)
KEYS = [one["key"] for one in FIRST_CRITERIA]


class Scene:
    def __init__(self, world: World) -> None:
        self.world, self.session = world, world.session
        self.editor: Actor = world.actor(Role.EDITOR)
        self.group: Group = world.group()

    def change(self, criteria: Any = None, levels: Any = None, **values: Any) -> Rubric:
        base = values.pop("base_id", rubric.in_force(self.session).id)
        made = rubric.change_rubric(
            self.session, values.pop("actor", self.editor), base_id=base, now=self.world.clock.now(),
            criteria=FIRST_CRITERIA if criteria is None else criteria,
            levels=FIRST_LEVELS if levels is None else levels,
        )  # fmt: skip
        self.session.commit()
        return made

    def score(self, points: int | dict[str, int | None] = 2, **values: Any) -> RubricScore:
        scores = dict.fromkeys(KEYS, points) if isinstance(points, int) else points
        given = {
            "rubric_id": rubric.in_force(self.session).id, "scored_on": TODAY, "note": "", "today": TODAY,
            "now": self.world.clock.now(), **values,
        }  # fmt: skip
        made = rubric.record_score(
            self.session, given.pop("actor", self.editor), given.pop("group_id", self.group.id), scores=scores, **given
        )
        self.session.commit()
        return made


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def test_the_first_rubric_is_the_codes_and_is_stored_when_used(scene: Scene) -> None:
    assert rubric.in_force(scene.session).id is None
    made = scene.score(2)
    assert (made.percent, made.level) == (50.0, "Berkembang")
    assert [who for _version, who in rubric.versions(scene.session)] == [None]
    assert rubric.in_force(scene.session).id == made.rubric_id


@pytest.mark.parametrize(
    ("points", "level"), [(0, "Rintisan"), (1, "Rintisan"), (2, "Berkembang"), (3, "Maju"), (4, "Mandiri")]
)
def test_the_level_follows_from_the_share_of_the_points(scene: Scene, points: int, level: str) -> None:
    assert scene.score(points).level == level


def test_weights_count() -> None:
    two = Rubric(1, [{"key": "a", "weight": 3}, {"key": "b", "weight": 1}], FIRST_LEVELS)
    assert rubric.percent_of(two, {"a": 4, "b": 0}) == 75.0
    assert rubric.percent_of(two, {"a": 0, "b": 4}) == 25.0


def test_a_change_is_a_new_version_and_scores_keep_theirs(scene: Scene) -> None:
    old = scene.score(4)
    new = scene.change([{"key": "legalitas", "label": "Legalitas baru", "weight": 10, "help": ""}])
    assert new.id != old.rubric_id
    assert old.rubric.criteria[0]["label"] == "Legalitas"
    assert scene.score({"legalitas": 1}, scored_on=date(2026, 11, 23)).rubric_id == new.id
    assert len(rubric.history(scene.session, scene.group.id)) == 2


def test_the_first_change_keeps_what_was_before_in_the_history(scene: Scene) -> None:
    scene.change(levels=[{"from": 0, "label": "Awal"}, {"from": 50, "label": "Akhir"}])
    kept = [version.levels[0]["label"] for version, _who in rubric.versions(scene.session)]
    assert kept == ["Awal", "Rintisan"]


def test_the_same_again_makes_no_version(scene: Scene) -> None:
    scene.change()
    assert scene.session.scalar(select(func.count()).select_from(RubricVersion)) == 0


def test_a_change_over_somebody_elses_is_told(scene: Scene) -> None:
    scene.change([{"label": "A", "weight": 1}])
    with pytest.raises(Stale):
        scene.change([{"label": "B", "weight": 1}], base_id=None)


def test_a_score_by_an_older_version_is_told(scene: Scene) -> None:
    first = scene.score().rubric_id
    scene.change([{"label": "A", "weight": 1}])
    with pytest.raises(Stale):
        scene.score({"a": 1}, rubric_id=first)


def test_a_double_click_scores_once(scene: Scene) -> None:
    assert scene.score(3).id == scene.score(3).id


@pytest.mark.one_database
@pytest.mark.parametrize("missing", [None, -1, 5, 2**40])
def test_every_criterion_needs_its_points(scene: Scene, missing: int | None) -> None:
    with pytest.raises(Invalid) as told:
        scene.score({**dict.fromkeys(KEYS, 2), "media": missing})
    assert told.value.field == "k_media"


def test_a_day_that_has_not_come_is_refused(scene: Scene) -> None:
    with pytest.raises(Invalid) as told:
        scene.score(scored_on=date(2026, 11, 25))
    assert told.value.field == "scored_on"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("criteria", "levels", "field"),
    [
        ([], None, "criteria"),
        ([{"label": " ", "weight": 1}], None, "criteria"),
        ([{"label": "A", "weight": "sepuluh"}], None, "criteria"),
        ([{"label": "A", "weight": 0}], None, "criteria"),
        ([{"label": "A", "weight": 1}, {"label": "a", "weight": 1}], None, "criteria"),
        ([{"label": "A", "weight": 1, "help": "x" * 301}], None, "criteria"),
        ([{"label": f"U{n}", "weight": 1} for n in range(21)], None, "criteria"),
        (None, [], "levels"),
        (None, [{"from": 10, "label": "A"}], "levels"),
        (None, [{"from": 0, "label": "A"}, {"from": 0, "label": "B"}], "levels"),
        (None, [{"from": 0, "label": "A"}, {"from": 101, "label": "B"}], "levels"),
        (None, [{"from": 0, "label": "A"}, {"from": "", "label": "B"}], "levels"),
    ],
)
def test_a_rubric_that_cannot_work_is_refused(scene: Scene, criteria: Any, levels: Any, field: str) -> None:
    with pytest.raises(Invalid) as told:
        scene.change(criteria, levels)
    assert told.value.field == field


def test_keys_stay_apart_where_labels_look_alike(scene: Scene) -> None:
    made = scene.change(
        [{"label": "Média!", "weight": 1}, {"label": "media", "weight": 1}, {"label": "?", "weight": 1}]
    )
    assert [one["key"] for one in made.criteria] == ["media", "media_2", "unsur"]


def test_a_kim_neither_scores_nor_changes(scene: Scene) -> None:
    member = scene.world.actor(Role.COMMUNITY, organisation=scene.group.organisation)
    with pytest.raises(Forbidden):
        scene.score(actor=member)
    with pytest.raises(Forbidden):
        scene.change([{"label": "A", "weight": 1}], actor=member)


def test_a_mistaken_score_is_removed_from_its_own_group_only(scene: Scene) -> None:
    made, other, now = scene.score(), scene.world.group(), scene.world.clock.now()
    with pytest.raises(NotFound):
        rubric.remove_score(scene.session, scene.editor, other.id, made.id, now=now)
    rubric.remove_score(scene.session, scene.editor, scene.group.id, made.id, now=now)
    assert rubric.history(scene.session, scene.group.id) == []
