"""Every order of every list that is made from a definition, on both databases: nobody is lost or shown twice."""

import pytest
from sqlalchemy.orm import Session

from app.base.web.listing import Order
from app.kernel.roles import Role
from tests.web.lists import LISTS
from tests.world import World


@pytest.mark.parametrize("name", LISTS)
def test_each_order_shows_every_record_once_page_by_page(session: Session, world: World, name: str) -> None:
    one = LISTS[name]
    for _number in range(3):
        one.make(world)
    query = one.query(world, world.actor(Role.ADMIN), one.listing.filter_type())
    usual = {row[0].id for row in session.execute(query).unique()}
    columns = [column for column in one.listing.available_columns if column.sorts]
    assert columns
    for order in (Order(column, descending) for column in columns for descending in (False, True)):
        ordered = one.listing.in_order(query, order)
        pages = [session.execute(ordered.limit(2).offset(start)).unique().all() for start in range(0, len(usual), 2)]
        shown = [row[0].id for page in pages for row in page]
        assert (set(shown), len(shown)) == (usual, len(usual)), order.name
