"""Waves with answers that come in as any other, and the same numbers worked out from the single answers."""

import random
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import AGE_BANDS, SEXES
from app.evidence.responses.models import Response
from app.evidence.responses.service import Submission, content_hash, record, values_of
from app.evidence.surveys.models import Wave, WavePlace
from app.evidence.surveys.statistics.estimates import Estimate, Grouped, estimate
from app.kernel.db import insert_missing
from tests.survey_sample import ANSWERS
from tests.world import World


def villages(world: World, count: int, *, step: int = 9) -> list[str]:
    """Villages of several districts."""
    return [world.village(number * step) for number in range(count)]


def drawn(world: World, places: Sequence[str], **values: Any) -> Wave:
    """A wave whose villages were drawn, each with its own size and probability."""
    values.setdefault("deff", 1.3)
    wave = world.wave(method="pps", **values)
    for number, place in enumerate(places):
        world.session.add(
            WavePlace(
                wave_id=wave.id, place=place, position=number, target=20, size=900 + 150 * number,
                probability=0.05 + 0.02 * number,
            )
        )  # fmt: skip
    world.session.commit()
    world.session.refresh(wave)
    return wave


def give(world: World, wave: Wave, people: int, *, place: str = "", mode: str = "phone", **more: Any) -> None:
    """So many equal answers: one comes in as any other, and the rest are copies of its row."""
    if not people:
        return
    first = world.response(wave, mode=mode, **({"place": place} if place else {}), **more)
    row = {column.key: getattr(first, column.key) for column in Response.__mapper__.column_attrs}
    insert_missing(world.session, Response, [row | {"uuid": str(uuid.uuid4())} for _ in range(people - 1)])
    world.session.commit()


def knows(share: float, chance: random.Random, **others: Any) -> dict[str, Any]:
    """Answers of somebody who knows each thing with this chance."""
    known = "tahu" if chance.random() < share else "belum"
    grid = {**ANSWERS["kenal"], "sampah": "dengar" if chance.random() < share else "belum"}
    return {**ANSWERS, "istilah": known, "kenal": grid, "percaya": chance.choice("1234"), **others}


def planted(
    world: World,
    wave: Wave,
    places: Sequence[str],
    people: int,
    share: float,
    *,
    seed: int = 1,
    one_by_one: bool = False,
) -> None:
    """Answers of which `share` knows the term, more from the first villages than from the last; all at once as a file
    brings them, or through `record`."""
    chance = random.Random(f"{wave.id}:{seed}")
    sent = [
        Submission(
            uuid=str(uuid.UUID(int=chance.getrandbits(128), version=4)), mode="phone",
            place=places[int(len(places) * chance.random() ** 1.4)], sex=chance.choice(SEXES),
            age_band=chance.choice(AGE_BANDS), answers=knows(share, chance),
        )
        for _ in range(people)
    ]  # fmt: skip
    now = world.clock.now()
    if one_by_one:
        for one in sent:
            record(world.session, None, wave, one, now=now)
    else:
        rows = [values_of(None, wave, one, content_hash(one), (), now) for one in sent]
        insert_missing(world.session, Response, rows)
    world.session.commit()


def from_rows(session: Session, wave: Wave, of_answer: Any, weight: Mapping[str, float], **more: Any) -> Estimate:
    """The estimate from the single answers of the sample: no cells, no tally. `weight`: by village."""
    rows = [row for row in session.query(Response).filter_by(wave_id=wave.id) if row.mode != "link"]
    y = np.array([float(of_answer(row)) for row in rows])
    places = sorted({row.place for row in rows})
    inside = np.array([more["inside"](row) for row in rows]) if "inside" in more else None
    sample = Grouped(
        np.ones(len(rows)),
        y,
        y * y,
        np.array([weight[row.place] for row in rows]),
        np.zeros(len(rows), dtype=np.int64),
        np.array([places.index(row.place) for row in rows]),
    )
    return estimate(sample, inside=inside, mean=more.get("mean", False), planned_deff=wave.deff)


def design_weight(session: Session, wave: Wave) -> dict[str, float]:
    """N/(π·n) by village, from the single answers."""
    answers: dict[str, int] = {}
    for row in session.query(Response).filter_by(wave_id=wave.id):
        if row.mode != "link":
            answers[row.place] = answers.get(row.place, 0) + 1
    return {
        place.place: place.size / (place.probability * answers[place.place])
        for place in wave.places
        if place.place in answers
    }
