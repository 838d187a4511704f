"""Pieces and orders: whose they are, what their hash covers, what an order may become."""

import threading
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import SYSTEM, Role
from app.outreach.campaigns.models import ShortLink
from app.outreach.printing import queries, service
from app.outreach.printing.context import outdated
from app.outreach.printing.models import OrderStatus, PrintOrder
from tests.printing import builders
from tests.printing.builders import CONTENT
from tests.world import World


def edit(world: World, piece: Any, actor: Any = SYSTEM, **values: Any) -> Any:
    given = {
        "version": piece.version,
        "title": piece.title,
        "content": piece.content,
        "columns": piece.columns,
        "height_mm": piece.height_mm,
        "image_id": piece.image_id,
        "link_url": piece.link_url,
        **values,
    }
    return service.edit_piece(world.session, actor, piece, **given, now=world.clock.now())


def test_a_piece_belongs_to_the_organisation_of_its_campaign(world: World) -> None:
    dinas = world.organisation()
    piece = builders.piece(world, world.actor(Role.EDITOR), campaign=world.campaign(organisation_id=dinas.id))
    assert piece.organisation_id == dinas.id
    assert piece.content_hash


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("kind", "content", "more", "field"),
    [
        ("spanduk", CONTENT, {}, "kind"),
        ("poster", {}, {}, "headline"),
        ("poster", {"headline": "x" * 161}, {}, "headline"),
        ("poster", {**CONTENT, "body": "x" * 12_001}, {}, "body"),
        ("poster", {**CONTENT, "points": ["x"] * 13}, {}, "points"),
        ("poster", CONTENT, {"link_url": "javascript:alert(1)"}, "link_url"),
        ("newspaper", CONTENT, {"columns": None, "height_mm": 100}, "columns"),
        ("newspaper", CONTENT, {"columns": 2, "height_mm": 5}, "height_mm"),
        ("poster", {**CONTENT, "warna": "biru"}, {}, None),
    ],
)
def test_what_cannot_be_printed_is_refused_beside_its_field(
    world: World, kind: str, content: dict[str, Any], more: dict[str, Any], field: str | None
) -> None:
    with pytest.raises(Invalid) as caught:
        builders.piece(world, kind=kind, content=content, **more)
    assert caught.value.field == field


def test_contributors_of_another_organisation_may_not_write(world: World) -> None:
    stranger = world.actor(Role.EDITOR, organisation=world.organisation())
    with pytest.raises(Forbidden):
        builders.piece(world, stranger)
    piece = builders.piece(world)
    with pytest.raises(Forbidden):
        edit(world, piece, stranger, title="Milik orang")
    with pytest.raises(NotFound):
        service.find_piece(world.session, stranger, piece.id)


def test_viewers_may_not_write(world: World) -> None:
    with pytest.raises(Forbidden):
        builders.piece(world, world.actor(Role.VIEWER))


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Nama lain"},
        {"content": {**CONTENT, "points": ["Satu", "Tiga"]}},
        {"content": {**CONTENT, "contact": "Kantor desa"}},
        {"link_url": "https://kukarkab.go.id/lain"},
        {"height_mm": 120},
        {"columns": 4},
    ],
)
def test_every_change_of_what_is_printed_changes_the_hash(world: World, change: dict[str, Any]) -> None:
    piece = builders.piece(world, kind="newspaper", columns=2, height_mm=100, link_url="https://kukarkab.go.id")
    before = piece.content_hash
    edit(world, piece, **change)
    assert piece.content_hash != before


def test_another_picture_changes_the_hash(world: World, storage: Any) -> None:
    actor = world.actor(Role.EDITOR)
    piece = builders.piece(world, actor)
    before = piece.content_hash
    edit(world, piece, actor, image_id=builders.picture(world, storage, actor).id)
    assert piece.content_hash != before


@pytest.mark.parametrize("field", ["name", "address", "phone", "email"])
def test_a_changed_office_is_said_and_printed_only_once_taken_over(world: World, session: Session, field: str) -> None:
    piece = builders.piece(world)
    approved = piece.content_hash
    setattr(world.office(), field, "yang baru")
    session.commit()
    assert piece.content_hash == approved
    assert [str(change).endswith("“yang baru”") for change in outdated(session, piece)] == [True]

    service.refresh_context(session, world.actor(Role.CONTRIBUTOR), piece, now=world.clock.now())
    assert piece.content_hash != approved
    assert outdated(session, piece) == []


def test_a_renamed_programme_is_taken_over_by_the_next_edit(world: World, session: Session) -> None:
    campaign = world.campaign(name="Nama lama")
    piece = builders.piece(world, campaign=campaign)
    approved = piece.content_hash
    campaign.name = "Nama baru"
    session.commit()
    assert str(outdated(session, piece)[0]) == "Nama program: “Nama lama” menjadi “Nama baru”"
    edit(world, piece)
    assert piece.context["campaign"] == "Nama baru"
    assert piece.content_hash != approved


def test_taking_over_what_did_not_change_touches_nothing(world: World, session: Session) -> None:
    piece = builders.piece(world)
    before = (piece.content_hash, piece.version, piece.updated_at)
    world.clock.advance(minutes=5)
    service.refresh_context(session, SYSTEM, piece, now=world.clock.now())
    session.commit()
    assert (piece.content_hash, piece.version, piece.updated_at) == before


def test_only_writers_take_over_new_names(world: World, session: Session) -> None:
    piece = builders.piece(world)
    for actor in (world.actor(Role.VIEWER), world.actor(Role.EDITOR, organisation=world.organisation())):
        with pytest.raises(Forbidden):
            service.refresh_context(session, actor, piece, now=world.clock.now())


def test_saving_without_a_change_keeps_hash_and_version(world: World) -> None:
    piece = builders.piece(world)
    before = (piece.content_hash, piece.version)
    edit(world, piece, title="  Poster  Kenal Smart City ")
    world.session.commit()
    assert (piece.content_hash, piece.version) == before


def test_the_second_of_two_editors_is_told_and_changes_nothing(world: World) -> None:
    piece = builders.piece(world)
    opened = piece.version
    edit(world, piece, title="Dari editor pertama")
    world.session.commit()
    with pytest.raises(Stale):
        edit(world, piece, version=opened, title="Dari editor kedua")
    assert piece.title == "Dari editor pertama"


def test_a_picture_of_another_organisation_cannot_be_taken(world: World, storage: Any) -> None:
    owner, other = world.organisation(), world.organisation()
    foreign = builders.picture(world, storage, world.actor(Role.EDITOR, organisation=other))
    campaign = world.campaign(organisation_id=owner.id)
    with pytest.raises(NotFound):
        builders.piece(
            world, world.actor(Role.EDITOR, organisation=owner), campaign=campaign, image_id=foreign.id
        )  # fmt: skip


def test_open_places_are_found_once_and_in_order(world: World) -> None:
    piece = builders.piece(
        world,
        content={
            "headline": "[LENGKAPI: judul]",
            "body": "Ini [LENGKAPI: jam] dan [LENGKAPI: judul].",
            "points": ["[lengkapi]"],
        },
    )
    assert service.placeholders(piece) == ["[LENGKAPI: judul]", "[LENGKAPI: jam]", "[lengkapi]"]
    assert service.placeholders(builders.piece(world)) == []


def test_control_characters_do_not_reach_paper(world: World) -> None:
    piece = builders.piece(world, content={"headline": "Kukar\x00\x1b cerdas\n\n", "body": "a\r\n\r\nb"})
    assert piece.content == {"headline": "Kukar cerdas", "body": "a\n\nb"}


def test_the_link_of_a_piece_is_shortened_once(world: World, session: Session) -> None:
    piece = builders.piece(world, link_url=" https://kukarkab.go.id ")
    edit(world, piece, title="Nama baru")
    codes = session.scalars(select(ShortLink).where(ShortLink.purpose.startswith(f"piece:{piece.id}:"))).all()
    assert [code.target for code in codes] == ["https://kukarkab.go.id"]
    assert queries.piece_codes(session, piece) == {None: codes[0].code}


def test_each_village_gets_a_code_of_its_own_and_keeps_it(world: World, session: Session) -> None:
    piece = builders.piece(world, link_url="https://kukarkab.go.id")
    villages = builders.villages(session, 3)
    for _again in range(2):
        service.link_villages(session, SYSTEM, piece, villages, now=world.clock.now())
        session.commit()
    codes = queries.piece_codes(session, piece)
    assert len(codes) == 4
    assert len(set(codes.values())) == 4
    assert {village.code for village in villages} < set(codes)


def test_a_piece_without_a_link_has_no_village_codes(world: World, session: Session) -> None:
    with pytest.raises(Invalid):
        service.link_villages(
            session, SYSTEM, builders.piece(world), builders.villages(session, 1), now=world.clock.now()
        )  # fmt: skip


# --- orders ---


def send_order(session: Session, world: World, key: str | None = "post:1:2", **values: Any) -> PrintOrder:
    values.setdefault("piece_id", builders.piece(world).id)
    values.setdefault("outlet_id", world.outlet("printer").id)
    made = service.record_order(session, SYSTEM, delivery_key=key, copies=500, now=world.clock.now(), **values)
    session.commit()
    return made


def test_the_same_delivery_is_ordered_once(world: World, session: Session) -> None:
    first = send_order(session, world)
    again = send_order(session, world, piece_id=first.piece_id, outlet_id=first.outlet_id)
    assert again.id == first.id
    assert session.scalar(select(func.count(PrintOrder.id))) == 1


def test_two_workers_with_one_delivery_make_one_order(world: World, sessions: "sessionmaker[Session]") -> None:
    piece_id, outlet_id = builders.piece(world).id, world.outlet("printer").id
    world.session.commit()
    made, together = [], threading.Barrier(2)

    def settle() -> None:
        together.wait()
        with unit_of_work(sessions) as session:
            made.append(
                service.record_order(
                    session, SYSTEM, piece_id=piece_id, outlet_id=outlet_id, delivery_key="post:9:9",
                    now=world.clock.now(),
                ).id
            )  # fmt: skip

    workers = [threading.Thread(target=settle) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(made) == 2
    assert len(set(made)) == 1


def test_only_print_outlets_take_orders(world: World, session: Session) -> None:
    with pytest.raises(NotFound):
        send_order(session, world, outlet_id=world.outlet("x").id)


def test_confirming_twice_is_harmless_and_a_cost_can_be_corrected(
    world: World, session: Session, clock: FrozenClock
) -> None:
    order, editor = send_order(session, world), world.actor(Role.EDITOR)
    service.confirm_order(session, editor, order, cost=1_500_000, note="Bu Rina", now=clock.now())
    first = order.confirmed_at
    clock.advance(hours=1)
    service.confirm_order(session, editor, order, cost=1_500_000, note="Bu Rina", now=clock.now())
    assert (order.status, order.cost, order.confirmed_at) == (OrderStatus.CONFIRMED, 1_500_000, first)
    service.confirm_order(session, editor, order, cost=1_750_000, note="Bu Rina", now=clock.now())
    assert (order.cost, order.confirmed_at) == (1_750_000, first)


def test_a_cancelled_order_stays_cancelled(world: World, session: Session) -> None:
    order, editor = send_order(session, world), world.actor(Role.EDITOR)
    with pytest.raises(Invalid):
        service.cancel_order(session, editor, order, reason=" ", now=world.clock.now())
    service.cancel_order(session, editor, order, reason="Salah ukuran", now=world.clock.now())
    service.cancel_order(session, editor, order, reason="Lagi", now=world.clock.now())
    assert (order.status, order.note) == (OrderStatus.CANCELLED, "Salah ukuran")
    with pytest.raises(Refused):
        service.confirm_order(session, editor, order, cost=1, now=world.clock.now())


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.APPROVER])
def test_only_editors_and_admins_confirm(world: World, session: Session, role: Role) -> None:
    order = send_order(session, world)
    with pytest.raises(Forbidden):
        service.confirm_order(session, world.actor(role), order, cost=None, now=world.clock.now())


def test_a_negative_cost_is_refused(world: World, session: Session) -> None:
    with pytest.raises(Invalid):
        service.confirm_order(
            session, world.actor(Role.EDITOR), send_order(session, world), cost=-1, now=world.clock.now()
        )


def test_the_list_tells_ordered_from_proved(world: World, session: Session) -> None:
    order = send_order(session, world)
    idle = builders.piece(world, title="Belum dipesan")
    office = world.actor(Role.VIEWER)

    def listed(state: str) -> set[int]:
        return {row[0].id for row in session.execute(queries.pieces(office, state=state))}

    assert (listed("draft"), listed("ordered"), listed("proved")) == ({idle.id}, {order.piece_id}, set())
    service.cancel_order(session, SYSTEM, order, reason="Batal", now=world.clock.now())
    assert listed("draft") == {idle.id, order.piece_id}


def test_others_see_only_their_own_organisations_pieces(world: World, session: Session) -> None:
    dinas = world.organisation()
    own = builders.piece(world, campaign=world.campaign(organisation_id=dinas.id))
    builders.piece(world)
    actor = world.actor(Role.EDITOR, organisation=dinas)
    assert [row[0].id for row in session.execute(queries.pieces(actor))] == [own.id]
    assert [choice[0] for choice in queries.campaign_choices(session, actor)] == [own.campaign_id]
