"""The results page of a survey as a signed-in editor asks for it, right after one more answer has come in.

10,000 or 1,000,000 answers from all villages of the regency, twelve questions with a measure each, drawn villages,
weights raked. Each round first stores one answer, which the worker has not counted yet. `queries` are the statements of
one request, `bytes` what goes over the line.
"""

import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event as hooks
from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.base.areas.models import District, Village
from app.base.areas.service import load_regency
from app.base.people.models import User
from app.base.people.roles import load_roles, role_rows
from app.evidence.instruments.definition import AGE_BANDS, SEXES, read
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.evidence.responses.models import Cell, Response
from app.evidence.responses.tally import Key, vectors
from app.evidence.surveys.models import Mode, Wave, WavePlace
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from benchmarks import pages
from benchmarks.database import office, throw_away
from benchmarks.measure import line, rss_mb

SIZES = (10_000, 1_000_000)
ROUNDS, WARM_UP = 30, 5
QUESTIONS, FORMS = 12, 250
"""Questions of the instrument, and different ways to answer it."""
MODES = (Mode.PHONE, Mode.PAPER, Mode.LINK)
NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Form:
    """One way to answer, as a row of responses has it."""

    answers: dict[str, str]
    place: str
    sex: str
    age_band: str
    mode: str
    codes: Mapping[str, list[str]]
    flags: Sequence[str]


def run() -> Iterator[dict[str, object]]:
    for people in SIZES:
        with throw_away() as (url, sessions):
            wave_id, villages = _fill(sessions, people)
            app = create_app(pages.settings(url), clock=FrozenClock(NOW))
            client = pages.signed_in(app, "editor")
            times = [_timed(sessions, client, wave_id, villages, turn) for turn in range(WARM_UP + ROUNDS)][WARM_UP:]
            with app.app_context():
                engine = app.extensions["sqlalchemy"].engine
            queries, size = _once(engine, client, wave_id)
            yield line("estimates", f"page-{people}", times, queries=queries, bytes=size, rss_mb=rss_mb())
            engine.dispose()


def _definition() -> dict[str, Any]:
    options = [{"key": key, "text": f"Jawaban {key}"} for key in "abcd"]
    questions = [
        {"key": f"p{n}", "kind": "one", "text": f"Pertanyaan nomor {n}?", "options": options} for n in range(QUESTIONS)
    ]
    measures = [
        {"key": f"m{n}", "label": f"Ukuran {n}", "question": f"p{n}", "counts": ["a"]} for n in range(QUESTIONS)
    ]
    return {
        "title": "Ukur", "consent": "Bersedia?", "languages": ["id"],
        "sections": [{"key": "satu", "title": "Satu", "questions": questions}], "measures": measures,
    }  # fmt: skip


def _fill(sessions: "sessionmaker[Session]", people: int) -> tuple[int, list[str]]:
    """A wave with so many answers, counted but for none; returns its id and the villages."""
    organisation_id, campaign_id, _outlet = office(sessions, NOW)
    raw = _definition()
    with unit_of_work(sessions) as session:
        load_regency(session, "64.02")
        load_roles(session)
        session.add(
            User(username="editor", name="Editor", fs_uniquifier="editor", organisation_id=organisation_id,
                 roles=role_rows(session, frozenset({Role.EDITOR})), created_at=NOW)
        )  # fmt: skip
        villages = list(session.scalars(select(Village.code).order_by(Village.code)))
        districts = list(session.scalars(select(District.code)))
        version = InstrumentVersion(number=1, definition=raw, frozen_at=NOW, created_at=NOW, updated_at=NOW)
        session.add(
            Instrument(key="ukur", title="Ukur", organisation_id=organisation_id, created_at=NOW, versions=[version])
        )
        session.flush()
        wave = Wave(
            code="ukur", name="Ukur", organisation_id=organisation_id, campaign_id=campaign_id,
            instrument_version_id=version.id, modes=[str(mode) for mode in Mode], starts_on=date(2026, 11, 1),
            ends_on=date(2026, 12, 20), target=people, method="pps", strata="district", status="open",
            opened_at=NOW, created_at=NOW, updated_at=NOW,
            margins={
                "sex_age": {f"{sex}.{band}": 1000 for sex in SEXES for band in AGE_BANDS},
                "district": dict.fromkeys(districts, 1000),
            },
            places=[
                WavePlace(place=code, position=n, target=people // len(villages), size=1000 + n, stratum=code[:8],
                          probability=0.1 + n / 1000)
                for n, code in enumerate(villages)
            ],
        )  # fmt: skip
        session.add(wave)
        session.flush()
        _answers(session, wave, raw, villages, people)
        return wave.id, villages


def _answers(session: Session, wave: Wave, raw: dict[str, Any], villages: Sequence[str], people: int) -> None:
    """Rows of responses and the cells that count them. In bulk: a million take a minute so."""
    chance = random.Random(2026)
    forms = [{f"p{n}": chance.choices("abcd", (n + 2, 5, 5, 5))[0] for n in range(QUESTIONS)} for _ in range(FORMS)]
    counted: Counter[tuple[int, str, str, str, str]] = Counter()
    same = {"wave_id": wave.id, "language": "id", "content_hash": "x", "received_at": NOW, "tallied": True}
    for first in range(0, people, 20_000):
        rows = []
        for _ in range(first, min(first + 20_000, people)):
            form, place = chance.randrange(FORMS), chance.choice(villages)
            key = (form, place, chance.choice(SEXES), chance.choice(AGE_BANDS), str(chance.choice(MODES)))
            counted[key] += 1
            rows.append({
                **same, "uuid": str(uuid.UUID(int=chance.getrandbits(128), version=4)), "mode": key[4],
                "place": place, "sex": key[2], "age_band": key[3], "answers": forms[form],
            })  # fmt: skip
        session.execute(insert(Response), rows)
    session.execute(insert(Cell), list(_cells(wave.id, raw, forms, counted)))


def _cells(
    wave_id: int, raw: dict[str, Any], forms: Sequence[dict[str, str]], counted: Mapping[Any, int]
) -> Iterator[dict[str, Any]]:
    definition = read(raw)
    of_form = [next(iter(vectors(definition, [Form(form, "", "", "", "", {}, ())]).values()))[1] for form in forms]
    cells: dict[Key, tuple[int, Any]] = {}
    for (form, *key), people in counted.items():
        before = cells.get(tuple(key), (0, 0.0))
        cells[tuple(key)] = (before[0] + people, before[1] + people * of_form[form])
    for (place, sex, band, mode), (people, sums) in cells.items():
        yield {
            "wave_id": wave_id, "place": place, "sex": sex, "age_band": band, "mode": mode, "people": people,
            "sums": sums.astype("<f8").tobytes(),
        }  # fmt: skip


def _timed(
    sessions: "sessionmaker[Session]", client: FlaskClient, wave_id: int, villages: Sequence[str], turn: int
) -> float:
    """Milliseconds of the page after one more answer."""
    with unit_of_work(sessions) as session:
        answers = {f"p{n}": "abcd"[(turn + n) % 4] for n in range(QUESTIONS)}
        session.execute(
            insert(Response),
            {
                "uuid": str(uuid.UUID(int=turn, version=4)), "wave_id": wave_id, "mode": "phone",
                "place": villages[turn], "sex": "f", "age_band": "25-34", "answers": answers, "codes": {},
                "content_hash": "x", "received_at": NOW, "flags": [],
            },
        )  # fmt: skip
    start = time.perf_counter()
    _get(client, wave_id)
    return (time.perf_counter() - start) * 1000


def _get(client: FlaskClient, wave_id: int) -> Any:
    answer = client.get(f"/survei/{wave_id}/hasil", headers={"Accept-Encoding": "gzip, br"})
    if answer.status_code != 200:
        raise RuntimeError(f"the results page answered {answer.status_code}")
    return answer


def _once(engine: Any, client: FlaskClient, wave_id: int) -> tuple[int, int]:
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    hooks.listen(engine, "before_cursor_execute", note)
    size = len(_get(client, wave_id).data)
    hooks.remove(engine, "before_cursor_execute", note)
    return len(statements), size
