from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.areas import connectivity, queries
from app.base.areas.connectivity import (
    Precision,
    as_of_from,
    load_blankspots,
    record_connectivity,
    remove_connectivity,
    set_population,
)
from app.base.areas.models import Connectivity, District, Regency, Village
from app.base.areas.service import load_regency
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.roles import Role
from tests.world import World

BATUQ = "64.02.01.2005"
TODAY = date(2026, 11, 24)


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def record(session: Session, world: World, actor=None, **values):
    values = {
        "status": "partial",
        "status_text": "sinyal hanya di kantor desa",
        "as_of": date(2026, 10, 1),
        "precision": "month",
        "source": "Laporan camat, Oktober 2026",
        "today": TODAY,
        "now": world.clock.now(),
        **values,
    }
    return record_connectivity(session, actor or world.actor(Role.EDITOR), BATUQ, **values)


def test_kutai_kartanegara_has_20_districts_and_237_villages(session: Session) -> None:
    assert (count(session, Regency), count(session, District), count(session, Village)) == (1, 20, 237)
    kinds = dict(session.execute(select(Village.kind, func.count()).group_by(Village.kind)).all())
    assert kinds == {"desa": 193, "kelurahan": 44}
    assert session.get_one(Village, BATUQ).district.name == "Muara Muntai"


def test_loading_again_adds_nothing_and_keeps_what_was_entered(session: Session) -> None:
    session.get_one(District, "64.02.01").population = 18_000
    load_regency(session, "6402")
    session.commit()
    session.expire_all()
    assert (count(session, District), count(session, Village)) == (20, 237)
    assert session.get_one(District, "64.02.01").population == 18_000


def test_another_regency_loads_beside_and_lists_stay_apart(session: Session) -> None:
    assert load_regency(session, "32.76").name == "Kota Depok"
    assert len(queries.districts(session, "32.76")) == 11
    assert len(queries.districts(session, "64.02")) == 20
    assert sum(row.villages for row in queries.districts(session, "32.76")) == 63


@pytest.mark.one_database
@pytest.mark.parametrize("code", ["", "64", "64.02.01", "99.99", "abc", "64.2"])
def test_a_code_that_is_no_regency_is_refused_with_a_sentence(session: Session, code: str) -> None:
    with pytest.raises(Invalid, match="kabupaten/kota"):
        load_regency(session, code)


def test_the_register_of_2021_loads_once(sessions: "sessionmaker[Session]") -> None:
    with sessions() as session:
        assert load_blankspots(session) == 23
        session.commit()
    with sessions() as session:
        assert load_blankspots(session) == 0
        assert count(session, Connectivity) == 23
        statuses = session.execute(select(Connectivity.status, func.count()).group_by(Connectivity.status)).all()
        assert dict(statuses) == {"partial": 3, "served": 20}
        row = session.scalars(select(Connectivity).where(Connectivity.village_code == BATUQ)).one()
        assert (row.as_of, row.as_of_precision) == (date(2024, 7, 1), "month")
        assert row.status_text == "tertangani 2023 (klaim Diskominfo)"
        assert "okeborneo.com" in row.source
        assert row.register == "blankspot-2021"


def test_the_register_says_how_the_source_spelt_a_name(session: Session) -> None:
    load_blankspots(session)
    row = session.scalars(select(Connectivity).where(Connectivity.village_code == "64.02.12.2004")).one()
    assert row.source.endswith("(ditulis “Buluq Sen”)")
    assert (row.as_of, row.as_of_precision) == (date(2022, 1, 1), "year")


def test_a_register_of_villages_that_are_not_here_loads_nothing(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    header = "village_code,name,name_in_source,provider,status,status_text,as_of,source"
    path.write_text(f"{header}\n99.01.01.2001,A,A,X,none,tanpa sinyal,2021,berita\n", encoding="utf-8")
    assert load_blankspots(session, path) == 0


def test_the_latest_statement_is_the_last_known_status(session: Session, world: World) -> None:
    load_blankspots(session)
    record(session, world, as_of=date(2023, 1, 1), precision="year", status="none", status_text="lama")
    record(session, world, as_of=date(2026, 10, 1), status_text="baru")
    session.commit()
    [(_village, _district, latest)] = session.execute(queries.villages("64.02", q=BATUQ)).all()
    assert latest.status_text == "baru"
    assert [row.status_text for row in queries.history(session, BATUQ)][::2] == ["baru", "lama"]


def test_filters_find_the_register_the_unrecorded_and_a_status(session: Session) -> None:
    load_blankspots(session)
    session.commit()

    def found(**filters) -> int:
        return len(session.execute(queries.villages("64.02", **filters)).all())

    assert found(in_register=True) == 23
    assert found(status=queries.UNRECORDED) == 214
    assert found(status="partial") == 3
    assert found(district_code="64.02.12") == 19
    assert found(district_code="64.02.12", in_register=True) == 9


def test_search_takes_names_in_any_case_districts_codes_and_signs(session: Session) -> None:
    def found(q: str) -> list[str]:
        return [row[0].code for row in session.execute(queries.villages("64.02", q=q)).all()]

    assert found("  BATUQ ") == [BATUQ, "64.02.01.2011"]
    assert found(BATUQ) == [BATUQ]
    assert len(found("tabang")) == 19
    assert len(found("64.02.12")) == 19
    assert found("%") == []
    assert found("_") == []
    assert found("' OR 1=1 --") == []


def test_eight_names_repeat_and_their_namesakes_are_named(session: Session) -> None:
    repeated = session.scalars(select(Village.name).group_by(Village.name).having(func.count() > 1)).all()
    assert len(repeated) == 8
    village = session.scalars(select(Village).where(Village.name == repeated[0]).order_by(Village.code)).first()
    assert village is not None
    others = queries.namesakes(session, village)
    assert others
    assert all(other.code != village.code and other.name == village.name for other in others)


def test_the_picker_puts_names_that_begin_so_first(session: Session) -> None:
    names = [village.name for village, _district in queries.find_villages(session, "64.02", "muara")]
    assert names[0].startswith("Muara")
    assert queries.find_villages(session, "64.02", "   ") == []


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((2024,), (date(2024, 1, 1), "year")),
        ((2024, 7), (date(2024, 7, 1), "month")),
        ((2024, 7, 5), (date(2024, 7, 5), "day")),
    ],
)
def test_no_more_is_known_than_was_said(parts, expected) -> None:
    known, precision = as_of_from(*parts)
    assert (known, str(precision)) == expected


@pytest.mark.parametrize("parts", [(2024, None, 5), (2024, 2, 30), (1850,), (10_000,)])
def test_dates_that_cannot_be_are_refused(parts) -> None:
    with pytest.raises(Invalid):
        as_of_from(*parts)


def test_recording_the_same_twice_keeps_one(session: Session, world: World) -> None:
    editor = world.actor(Role.EDITOR)
    assert record(session, world, editor) is record(session, world, editor)
    assert count(session, Connectivity) == 1
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "connectivity.recorded")).all()
    assert [entry.actor_id for entry in entries] == [editor.id]


def test_the_same_day_and_words_with_another_source_are_a_visible_conflict(session: Session, world: World) -> None:
    record(session, world)
    with pytest.raises(Invalid, match="sudah ada"):
        record(session, world, source="berita lain")


def test_a_statement_needs_a_source_a_known_village_and_a_day_that_has_come(session: Session, world: World) -> None:
    with pytest.raises(Invalid, match="sumber"):
        record(session, world, source="  ")
    with pytest.raises(Invalid, match="belum terjadi"):
        record(session, world, as_of=date(2026, 11, 25), precision="day")
    with pytest.raises(NotFound):
        record_connectivity(
            session,
            world.actor(Role.EDITOR),
            "64.02.99.2001",
            status="none",
            status_text="x",
            as_of=TODAY,
            precision="day",
            source="x",
            today=TODAY,
            now=world.clock.now(),
        )
    assert count(session, Connectivity) == 0


def test_only_editors_and_admins_of_the_office_change_areas(session: Session, world: World) -> None:
    outsider = world.actor(Role.EDITOR, organisation=world.organisation())
    for actor in (world.actor(Role.CONTRIBUTOR), outsider):
        with pytest.raises(Forbidden):
            record(session, world, actor)
        with pytest.raises(Forbidden):
            set_population(session, actor, "64.02.01", population=1, source="x", now=world.clock.now())


def test_a_mistake_is_taken_back_and_the_trail_keeps_it(session: Session, world: World, clock: FrozenClock) -> None:
    admin = world.actor(Role.ADMIN)
    mistake = record(session, world, admin)
    remove_connectivity(session, admin, mistake.id, now=clock.now())
    session.commit()
    assert count(session, Connectivity) == 0
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "connectivity.removed")).one()
    assert entry.before is not None
    assert entry.before["status_text"] == "sinyal hanya di kantor desa"


def test_the_register_of_2021_cannot_be_deleted(session: Session, world: World, clock: FrozenClock) -> None:
    load_blankspots(session)
    row = session.scalars(select(Connectivity)).first()
    assert row is not None
    with pytest.raises(Forbidden, match="2021"):
        remove_connectivity(session, world.actor(Role.ADMIN), row.id, now=clock.now())


def test_population_needs_a_source_and_keeps_both_in_the_trail(
    session: Session, world: World, clock: FrozenClock
) -> None:
    admin = world.actor(Role.ADMIN)
    with pytest.raises(Invalid, match="sumber"):
        set_population(session, admin, "64.02.06", population=120_000, source=" ", now=clock.now())
    for _twice in range(2):
        set_population(session, admin, "64.02.06", population=120_000, source="Disdukcapil, Juni 2026", now=clock.now())
    session.commit()
    district = session.get_one(District, "64.02.06")
    assert (district.population, district.population_source) == (120_000, "Disdukcapil, Juni 2026")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "district.population")).one()
    assert entry.subject_id == "64.02.06"
    set_population(session, admin, "64.02.06", population=None, source="", now=clock.now())
    assert district.population is None
    assert district.population_source is None


def test_precisions_are_those_of_the_table() -> None:
    assert {str(precision) for precision in Precision} == {"year", "month", "day"}
    assert connectivity.BLANKSPOTS.is_file()
