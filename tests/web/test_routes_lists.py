"""The pages of the lists that are made from a definition: heads that sort, columns, and the way back."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Environment

from app.kernel.roles import Role
from tests.pages import asked, sign_in
from tests.web.lists import LISTS, Listed
from tests.world import World

PAGE = {"Accept": "text/html"}


@pytest.fixture
def admin(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.ADMIN, Role.EDITOR))
    return client


@pytest.fixture
def one(world: World, name: str) -> Listed:
    LISTS[name].make(world)
    LISTS[name].make(world)
    return LISTS[name]


def heads(page: str) -> list[str]:
    head = page[page.index("<thead>") : page.index("</thead>")]
    return [re.sub(r"<[^>]+>|\s+", " ", text).strip() for text in re.findall(r"<th.*?</th>", head, re.DOTALL)]


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("name", LISTS)
def test_every_head_that_sorts_is_a_link_that_says_where_it_leads(admin: FlaskClient, one: Listed) -> None:
    page = admin.get(one.path).text
    assert "aria-sort" not in page
    sorting = [column for column in one.listing.available_columns[: len(one.listing.page)] if column.sorts]
    assert page.count('class="list-sort"') == len(sorting)
    column = sorting[0]
    down, up = ("descending", "ascending") if column.latest_first else ("ascending", "descending")
    first = admin.get(f"{one.path}?urut={column.key}").text
    assert first.count(f'aria-sort="{down}"') == 1
    assert f'href="{one.path}?urut=-{column.key}"' in first
    assert f'aria-sort="{up}"' in admin.get(f"{one.path}?urut=-{column.key}").text


@pytest.mark.parametrize("name", LISTS)
def test_every_column_can_be_shown_and_none_is_asked_for_row_by_row(
    admin: FlaskClient, one: Listed, world: World
) -> None:
    offered = one.listing.available_columns
    address = f"{one.path}?" + "&".join(f"kolom={column.key}" for column in offered)
    page = admin.get(address).text
    assert len(heads(page)) == len(offered)
    assert "%(" not in page[page.index("<thead>") :]
    admin.get(one.path)
    with asked() as usual:
        admin.get(one.path)
    with asked() as whole:
        admin.get(address)
    one.make(world)
    with asked() as more:
        admin.get(f"{address}&urut={next(column.key for column in offered if column.sorts)}")
    assert len(usual) == len(whole) == len(more), more.statements


@pytest.mark.parametrize("name", LISTS)
def test_filters_take_no_question_more_and_keep_order_and_columns(admin: FlaskClient, one: Listed) -> None:
    key = next(column.key for column in one.listing.available_columns if column.sorts)
    name = one.listing.page[0]
    look = f"urut=-{key}&kolom={name}&kolom={one.listing.page[1]}"
    page = admin.get(f"{one.path}?{one.narrow}&{look}").text
    form = page[page.index('class="filters"') :].partition("</form>")[0]
    assert f'type="hidden" name="urut" value="-{key}"' in form
    assert form.count('type="hidden" name="kolom"') == 2
    assert "Hapus saringan" in form
    with asked() as bare:
        admin.get(one.path)
    with asked() as narrowed:
        admin.get(f"{one.path}?{one.narrow}")
    assert len(narrowed) <= len(bare), narrowed.statements


@pytest.mark.parametrize("name", LISTS)
def test_an_unknown_order_or_column_is_said_and_the_list_is_there(admin: FlaskClient, one: Listed) -> None:
    page = admin.get(f"{one.path}?urut=%3Cscript%3E&kolom=%27").text
    assert "memuat pilihan yang tidak dikenal, jadi bagian itu diabaikan: urut, kolom." in words(page)
    assert len(heads(page)) == len(one.listing.page)
    assert "<script>" not in page


@pytest.mark.parametrize("name", [name for name, one in LISTS.items() if one.files])
def test_files_answer_to_the_order_and_filters_of_the_page(admin: FlaskClient, one: Listed) -> None:
    key = next(column.key for column in one.listing.available_columns if column.sorts)
    for path in one.files:
        answer = admin.get(f"{path}?urut=-{key}&{one.narrow}&kolom={key}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", LISTS)
def test_each_macro_of_cells_belongs_to_a_column(app: Flask, name: str) -> None:
    environment: Environment = app.jinja_env
    one = LISTS[name]
    _app, _wing, room, *_job = one.listing.filter_type.__module__.split(".")
    tree = environment.parse(environment.loader.get_source(environment, f"{room}/_cells.html")[0])  # type: ignore[union-attr]
    macros = {node.name for node in tree.body if type(node).__name__ == "Macro"}
    keys = {column.key for column in one.listing.columns}
    assert macros <= keys
    assert {column.key for column in one.listing.available_columns if column.value is None} <= macros, (
        "else a cell stays empty"
    )


def test_n_of_all_stands_above_a_narrowed_list(admin: FlaskClient, world: World) -> None:
    for title in ("Rapat", "Pameran", "Pameran kecil"):
        world.event(title=title)
    assert "2 dari 3" in words(admin.get("/kegiatan?q=pameran").text)
    assert "dari 3" not in words(admin.get("/kegiatan").text)


def test_sorting_keeps_the_filters_and_begins_at_the_first_page(admin: FlaskClient, world: World) -> None:
    for number in range(30):
        world.event(title=f"Pameran {number:02}")
    page = admin.get("/kegiatan?q=pameran&hal=2").text
    assert 'href="/kegiatan?q=pameran&amp;urut=kegiatan"' in page
    sorted_page = admin.get("/kegiatan?q=pameran&urut=-kegiatan").text
    assert sorted_page.index("Pameran 29") < sorted_page.index("Pameran 28")
    assert 'href="/kegiatan?q=pameran&amp;urut=-kegiatan&amp;hal=2"' in sorted_page
    assert "unduh.csv?q=pameran&amp;urut=-kegiatan" in sorted_page


def test_a_record_leads_back_to_the_list_as_it_was_left(admin: FlaskClient, world: World) -> None:
    event = world.event(title="Pameran")
    assert "Kembali ke daftar" not in admin.get(f"/kegiatan/{event.id}", headers=PAGE).text
    admin.get("/kegiatan?q=pameran&urut=waktu", headers=PAGE)
    assert 'href="/kegiatan?q=pameran&amp;urut=waktu"' in admin.get(f"/kegiatan/{event.id}", headers=PAGE).text
    bare = admin.get("/kegiatan", headers=PAGE).text
    assert "Pakai saringan terakhir" in bare
    assert 'href="/kegiatan?q=pameran&amp;urut=waktu"' in bare
    assert "Pakai saringan terakhir" not in admin.get("/kegiatan?q=lain", headers=PAGE).text
    assert "Kembali ke daftar" not in admin.get(f"/materi/{world.post(world.outlet()).id}", headers=PAGE).text


def test_whoever_signs_in_next_does_not_find_what_was_searched_for(admin: FlaskClient, world: World) -> None:
    admin.get("/kegiatan?q=rahasia", headers=PAGE)
    with admin.session_transaction() as kept:
        searched = kept["lists"]
    admin.post("/keluar")
    sign_in(admin, world.user(Role.EDITOR))
    with admin.session_transaction() as kept:
        kept["lists"] = searched  # as where a session ended without signing out
    assert "rahasia" not in admin.get("/kegiatan", headers=PAGE).text


def test_a_list_that_is_called_otherwise_since_an_update_harms_nobody(admin: FlaskClient, world: World) -> None:
    event = world.event()
    admin.get("/kegiatan?q=pameran", headers=PAGE)
    with admin.session_transaction() as kept:
        kept["lists"] = {**kept["lists"], "lists": {"events.old_name": {"q": ["pameran"]}}}
    assert "Kembali ke daftar" not in admin.get(f"/kegiatan/{event.id}", headers=PAGE).text


def test_only_a_few_short_addresses_are_kept(admin: FlaskClient) -> None:
    admin.get(f"/kegiatan?q={'x' * 500}", headers=PAGE)
    assert "Pakai saringan terakhir" not in admin.get("/kegiatan", headers=PAGE).text
    for one in LISTS.values():
        admin.get(f"{one.path}?{one.narrow}", headers=PAGE)
    offered = ["Pakai saringan terakhir" in admin.get(one.path, headers=PAGE).text for one in LISTS.values()]
    assert offered.count(True) <= 5
    assert offered[-1]
    cookie = admin.get_cookie(admin.application.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    assert len(cookie.value) < 2000


def test_old_orders_of_posts_still_work(admin: FlaskClient, world: World) -> None:
    for title in ("Beta", "Alfa"):
        world.post(world.outlet(), title=title)
    for order in ("judul", "diubah", "jadwal", ""):
        assert "tidak dikenal" not in admin.get(f"/materi?urut={order}").text
    by_title = admin.get("/materi?urut=judul").text
    assert by_title.index("Alfa") < by_title.index("Beta")
