"""A list by its definition: what the address narrows and sorts it by, its pages and its file, on both databases."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.base.web import filters
from app.base.web.listing import Column, Listing, View, as_table, in_order_of
from app.kernel.text import T
from tests.pages import asked
from tests.world import World

KINDS = ("vendor", "kim", "opd")


@dataclass(frozen=True)
class Narrowed:
    q: str = ""
    kind: str = ""
    parent_id: int | None = None
    active: bool = True


def organisations(wanted: Narrowed) -> Select[Any]:
    query = select(Organisation, func.length(Organisation.name).label("letters")).where(
        Organisation.active == wanted.active, Organisation.name.icontains(wanted.q, autoescape=True)
    )
    if wanted.kind:
        query = query.where(Organisation.kind == wanted.kind)
    return query.order_by(Organisation.id.desc())


ORGANISATIONS = Listing(
    filter_type=Narrowed,
    filters=(
        filters.words(),
        filters.one_of("jenis", "kind", KINDS),
        filters.number("induk", "parent_id"),
        filters.meaning("keadaan", "active", {"tutup": False}, chooses=True),
    ),
    columns=(
        Column("nama", T("Nama"), lambda row: row.Organisation.name, func.lower(Organisation.name)),
        Column("jenis", T("Jenis"), lambda row: T(row.Organisation.kind), in_order_of(Organisation.kind, KINDS)),
        Column("singkatan", T("Singkatan"), lambda row: row.Organisation.short_name, Organisation.short_name),
        Column("huruf", T("Huruf dari %(n)s"), lambda row: row.letters, "letters", latest_first=True),
        Column("surel", T("Surel"), lambda row: row.Organisation.email, Organisation.email, personal=True),
        Column("aksi", T("Tindakan")),
    ),
    page=("nama", "jenis", "aksi"),
    more=("huruf", "singkatan"),
    unique=Organisation.id,
    default_order="terbaru",
)


@pytest.fixture
def site() -> Flask:
    """The least that a list needs of a site: the address that was asked for."""
    site = Flask(__name__)
    site.add_url_rule("/daftar", "daftar", lambda: "")
    return site


def seen(site: Flask, session: Session, address: str = "", size: int = 25) -> View[Narrowed]:
    with site.test_request_context(f"/daftar?{address}"):
        return ORGANISATIONS.view(session, organisations, size=size)


def names(view: View[Narrowed]) -> list[str]:
    return [row.Organisation.name for row in view.page.items]


def three(world: World) -> None:
    world.organisation("opd", name="Dinas A", short_name="Zeta")
    world.organisation("kim", name="beta", short_name=None)
    world.organisation("vendor", name="Cetak", short_name="Alfa")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("", ["Cetak", "beta", "Dinas A"]),
        ("terbaru", ["Cetak", "beta", "Dinas A"]),
        ("nama", ["beta", "Cetak", "Dinas A"]),
        ("-nama", ["Dinas A", "Cetak", "beta"]),
        ("jenis", ["Cetak", "beta", "Dinas A"]),
        ("huruf", ["Dinas A", "Cetak", "beta"]),
        ("-huruf", ["beta", "Cetak", "Dinas A"]),
        ("singkatan", ["Cetak", "Dinas A", "beta"]),
        ("-singkatan", ["Dinas A", "Cetak", "beta"]),
    ],
)
def test_sorted_by_a_column_either_way_with_the_unknown_last(
    site: Flask, session: Session, world: World, order: str, expected: list[str]
) -> None:
    three(world)
    view = seen(site, session, f"urut={order}")
    assert names(view) == expected
    assert not view.unknown


def test_equal_rows_keep_their_places_from_page_to_page(site: Flask, session: Session, world: World) -> None:
    for name in ("sama", "Sama", "sAma", "saMa", "samA", "SAma", "SAMA"):
        world.organisation("kim", name=name, short_name=None)
    by_name = replace(ORGANISATIONS, unique=Organisation.name)  # not the order in which the database finds them
    expected = list(session.scalars(select(Organisation.name).order_by(Organisation.name)))
    for order in ("nama", "-nama", "jenis", "-huruf", "singkatan"):
        found = []
        for number in (1, 2, 3):
            with site.test_request_context(f"/daftar?urut={order}&hal={number}"):
                found += names(by_name.view(session, organisations, size=3))
        assert found == expected, order


def test_a_page_that_emptied_meanwhile_shows_the_last_one(site: Flask, session: Session, world: World) -> None:
    made = [world.organisation("kim", name=f"KIM {number}") for number in range(7)]
    assert names(seen(site, session, "urut=nama&hal=3", size=3)) == ["KIM 6"]
    for one in made[3:]:
        session.delete(one)
    session.commit()
    view = seen(site, session, "urut=nama&hal=3", size=3)
    assert (view.page.number, names(view)) == (1, ["KIM 0", "KIM 1", "KIM 2"])


def test_a_row_that_came_meanwhile_takes_none_away(site: Flask, session: Session, world: World) -> None:
    for number in range(4):
        world.organisation("kim", name=f"KIM {number}")
    first = names(seen(site, session, "urut=nama", size=2))
    world.organisation("kim", name="KIM 9")
    second = names(seen(site, session, "urut=nama&hal=2", size=2))
    assert [*first, *second] == ["KIM 0", "KIM 1", "KIM 2", "KIM 3"]


def test_n_of_all_is_counted_in_the_same_statement(site: Flask, session: Session, world: World) -> None:
    three(world)
    seen(site, session)
    with asked() as bare:
        everything = seen(site, session)
    with asked() as narrow:
        view = seen(site, session, "jenis=kim")
    assert (everything.is_filtered, everything.page.total, everything.page.out_of) == (False, 3, None)
    assert (view.is_filtered, view.page.total, view.page.out_of) == (True, 1, 3)
    assert len(narrow) == len(bare) == 2, narrow.statements


def test_what_chooses_the_list_does_not_narrow_it(site: Flask, session: Session, world: World) -> None:
    three(world)
    world.organisation("kim", name="Lama", active=False)
    world.organisation("opd", name="Lama sekali", active=False)
    closed = seen(site, session, "keadaan=tutup")
    assert (closed.is_filtered, closed.page.total) == (False, 2)
    view = seen(site, session, "keadaan=tutup&jenis=kim")
    assert (view.page.total, view.page.out_of) == (1, 2), "of the closed ones"


@pytest.mark.parametrize(
    ("address", "unknown"),
    [
        ("urut=rahasia", ["urut"]),
        ("urut=--nama", ["urut"]),
        ("urut=aksi", ["urut"]),  # a column that nothing sorts by
        ("urut=surel", ["urut"]),  # not offered: the order would tell what is not shown
        ("urut=nama%27%3B+DROP+TABLE+organisations", ["urut"]),
        ("urut=" + "x" * 9000, ["urut"]),
        ("kolom=rahasia", ["kolom"]),
        ("kolom=surel&kolom=nama", ["kolom"]),
        ("jenis=rahasia", ["jenis"]),
        ("jenis=%00&induk=abc&keadaan=%E2%80%AE", ["jenis", "induk", "keadaan"]),
        ("induk=99999999999999999999", ["induk"]),
        ("induk=&jenis=&keadaan=&urut=", []),
        ("lain=apa&_external=1&endpoint=x", []),
    ],
)
def test_what_an_address_does_not_mean_is_left_out_and_named(
    site: Flask, session: Session, world: World, address: str, unknown: list[str]
) -> None:
    three(world)
    view = seen(site, session, address)
    assert list(view.unknown) == unknown
    assert names(view) == ["Cetak", "beta", "Dinas A"]
    assert [column.key for column in view.columns] == ["nama", "jenis", "aksi"] or "kolom=nama" in address


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "x" * 100_000])
def test_signs_in_a_search_mean_themselves(site: Flask, session: Session, world: World, text: str) -> None:
    three(world)
    world.organisation("opd", name=f"Nama {text[:3]} aneh")
    with site.test_request_context("/daftar", query_string={"q": text}):
        view = ORGANISATIONS.view(session, organisations)
    assert names(view) == ([] if len(text) > 3 else [f"Nama {text} aneh"])


def shown(site: Flask, session: Session, address: str) -> Sequence[str]:
    return [column.key for column in seen(site, session, address).columns]


def test_columns_are_chosen_in_the_address_and_the_name_always_stands_first(site: Flask, session: Session) -> None:
    assert shown(site, session, "kolom=nama&kolom=singkatan&kolom=huruf") == ["nama", "huruf", "singkatan"]
    assert shown(site, session, "kolom=huruf&kolom=huruf") == ["nama", "huruf"]
    assert shown(site, session, "kolom=nama") == ["nama"]


def test_a_second_press_on_a_head_turns_the_order_round(site: Flask, session: Session) -> None:
    def address(query: str, key: str) -> str:
        with site.test_request_context(f"/daftar?{query}"):
            view = ORGANISATIONS.view(session, organisations)
            column = next(one for one in ORGANISATIONS.columns if one.key == key)
            return f"{view.sort_url(column)} {view.direction(column)}".strip()

    assert address("jenis=kim&hal=3", "nama") == "/daftar?jenis=kim&urut=nama"
    assert address("urut=nama", "nama") == "/daftar?urut=-nama ascending"
    assert address("urut=-nama", "nama") == "/daftar?urut=nama descending"
    assert address("urut=nama", "huruf") == "/daftar?urut=huruf"
    assert address("urut=huruf", "huruf") == "/daftar?urut=-huruf descending"


def test_the_file_has_the_order_and_the_filters_of_the_page_and_nothing_personal(
    site: Flask, session: Session, world: World
) -> None:
    three(world)
    with site.test_request_context("/daftar?urut=nama&q=e&hal=7"):
        rows = ORGANISATIONS.rows(session, organisations)
        assert [row.Organisation.name for row in rows] == ["beta", "Cetak"]
        assert len(ORGANISATIONS.rows(session, organisations, most=1)) == 1
        assert len(ORGANISATIONS.rows(session, organisations, given={"jenis": "opd"})) == 1
    titles, lines = ORGANISATIONS.table(rows, n=5)
    assert titles == ["Nama", "Jenis", "Singkatan", "Huruf dari 5"]
    assert lines == [["beta", "kim", None, 4], ["Cetak", "vendor", "Alfa", 5]]
    assert ORGANISATIONS.table(rows, personal=True)[0][-1] == "Surel"


def test_titles_and_lines_cannot_run_apart() -> None:
    columns = [Column("a", T("A"), lambda row: row), Column("b", T("B")), Column("c", T("C"), lambda row: T("satu"))]
    titles, lines = as_table(columns, [1, 2])
    assert (titles, lines) == (["A", "C"], [[1, "satu"], [2, "satu"]])


def test_a_definition_that_names_an_unknown_column_does_not_start() -> None:
    with pytest.raises(KeyError, match="tidak-ada"):
        Listing(Narrowed, (), (Column("a", T("A")),), ("a", "tidak-ada"), Organisation.id)
