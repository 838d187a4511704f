"""The matrix of skills as a signed-in editor asks for it: 5,000 people of 40 OPDs, 20 skills, about six pieces of
evidence a person, some of it withdrawn.

`queries` are the statements of one request, `queries_tenth` those with a tenth of the people, `bytes` what goes over
the line. PostgreSQL is a server of its own, which does not wait for the disk.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.base.areas.models import Village
from app.base.areas.service import load_regency
from app.base.people.models import Organisation, User
from app.base.people.roles import load_roles, role_rows
from app.kernel.clock import FrozenClock
from app.kernel.db import make_engine, unit_of_work
from app.kernel.roles import Role
from app.learning.programmes.models import Programme, Skill
from app.learning.skills.models import SkillEvidence
from app.learning.training.models import Batch, Enrolment, Trainee
from app.migrate import upgrade
from benchmarks import pages
from benchmarks.database import keep_up, of_kind, office
from benchmarks.measure import line

PEOPLE, OPDS, SKILLS = 5_000, 40, 20
EVIDENCE = 6  # a person
ROUNDS, WARM_UP = 60, 5
NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
PATH = "/pelatihan/keterampilan"


def run() -> Iterator[dict[str, object]]:
    for kind in ("sqlite", "postgresql"):
        few, _size, _times = _measured(kind, PEOPLE // 10, 0)
        queries, size, times = _measured(kind, PEOPLE, ROUNDS)
        yield line(
            "skills", "matrix" if kind == "sqlite" else f"matrix-{kind}", times, people=PEOPLE, opds=OPDS,
            skills=SKILLS, queries=queries, queries_tenth=few, bytes=size,
        )  # fmt: skip


def _measured(kind: str, people: int, rounds: int) -> tuple[int, int, list[float]]:
    with of_kind(kind) as (url, _folder):
        upgrade(url)
        engine = make_engine(url)
        _fill(sessionmaker(engine, expire_on_commit=False), people)
        engine.dispose()
        keep_up(url)
        app = create_app(pages.settings(url), clock=FrozenClock(NOW))
        client = pages.signed_in(app, "editor")
        pages.get(client, PATH)
        queries, size = pages.once(app, client, PATH)
        times = [pages.timed(client, PATH) for _ in range(WARM_UP + rounds)][WARM_UP:]
        pages.dispose(app)
        return queries, size, times


def _fill(sessions: "sessionmaker[Session]", people: int) -> None:
    """People of all OPDs and villages, a tenth of them practice, in ten batches."""
    organisation_id, _campaign, _outlet = office(sessions, NOW)
    chance = random.Random(2026)
    with unit_of_work(sessions) as session:
        load_regency(session, "64.02")
        load_roles(session)
        _editor(session, organisation_id)
        opds = [Organisation(kind="opd", name=f"Dinas contoh nomor {number}") for number in range(1, OPDS)]
        skills = [
            Skill(
                key=f"k{number}", group=f"Kelompok {number // 4}", name=f"Keterampilan nomor {number}", position=number
            )
            for number in range(SKILLS)
        ]
        programme = Programme(key="ukur", title="Ukur", organisation_id=organisation_id, created_at=NOW, updated_at=NOW)
        session.add_all([*opds, *skills, programme])
        session.flush()
        batches = [_batch(number, programme.id, organisation_id) for number in range(10)]
        session.add_all(batches)
        session.flush()
        villages = session.scalars(select(Village.code)).all()
        homes = [organisation_id, *(one.id for one in opds)]
        session.execute(insert(Trainee), [_trainee(n, chance, homes, villages) for n in range(1, people + 1)])
        session.execute(insert(Enrolment), [_enrolment(n, batches[n % 10].id) for n in range(1, people + 1)])
        ids = [one.id for one in skills]
        session.execute(
            insert(SkillEvidence),
            [_evidence(n, chance, ids) for n in range(1, people + 1) for _ in range(EVIDENCE)],
        )


def _editor(session: Session, organisation_id: int) -> None:
    roles = role_rows(session, frozenset({Role.EDITOR}))
    session.add(
        User(
            username="editor", name="Editor", fs_uniquifier="editor", organisation_id=organisation_id, roles=roles,
            created_at=NOW,
        )
    )  # fmt: skip


def _batch(number: int, programme_id: int, organisation_id: int) -> Batch:
    return Batch(
        code=f"ukur{number}", name=f"Ukur {number}", programme_id=programme_id, organisation_id=organisation_id,
        starts_on=date(2026, 3, 1), ends_on=date(2026, 4, 1), status="finished", simulated=number == 0,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def _trainee(number: int, chance: random.Random, homes: list[int], villages: Any) -> dict[str, Any]:
    phone = f"+62812{number:07d}"
    return {
        "id": number, "name": f"Peserta {number}", "phone": phone, "contact_key": phone, "sex": "fm"[number % 2],
        "village_code": chance.choice(villages), "organisation_id": chance.choice(homes), "created_at": NOW,
        "updated_at": NOW,
    }  # fmt: skip


def _enrolment(number: int, batch_id: int) -> dict[str, Any]:
    return {
        "batch_id": batch_id, "trainee_id": number, "status": "accepted", "queue_no": number, "applied_at": NOW,
        "outcome": "completed",
    }  # fmt: skip


def _evidence(number: int, chance: random.Random, skills: list[int]) -> dict[str, Any]:
    return {
        "trainee_id": number, "skill_id": chance.choice(skills), "level": chance.choice((1, 1, 2, 2, 3)),
        "kind": "observed", "on": date(2026, 1, 1) + timedelta(days=chance.randrange(300)), "created_at": NOW,
        "withdrawn_at": NOW if chance.random() < 0.05 else None,
    }  # fmt: skip
