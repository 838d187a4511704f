"""Only a proof counts a village as reached; an order, a draft or a withdrawn proof never does."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.base.media.storage import Storage
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.periods import Period
from app.kernel.roles import SYSTEM, Actor, Role
from app.outreach.printing import proofs, queries, service
from app.outreach.printing.models import OrderStatus, PrintOrder, PrintPiece, Proof
from app.outreach.printing.reach import reached_villages
from tests.printing import builders
from tests.printing.builders import TODAY
from tests.world import World


class Scene:
    """A piece, an editor, a photo and three villages."""

    def __init__(self, world: World, storage: Storage) -> None:
        self.world, self.session, self.storage = world, world.session, storage
        self.editor = world.actor(Role.EDITOR)
        self.piece: PrintPiece = builders.piece(world)
        self.photo = builders.picture(world, storage, self.editor)
        self.villages = [village.code for village in builders.villages(world.session, 3)]

    def prove(self, actor: Actor | None = None, **values: Any) -> Proof:
        given = {
            "villages": self.villages[:2],
            "placed_on": TODAY,
            "copies": 20,
            "photo_id": self.photo.id,
            "today": TODAY,
            "now": self.world.clock.now(),
            **values,
        }
        proof = proofs.prove(self.session, actor or self.editor, given.pop("piece", self.piece), **given)
        self.session.commit()
        return proof

    def order(self) -> PrintOrder:
        made = service.record_order(
            self.session, SYSTEM, piece_id=self.piece.id, outlet_id=self.world.outlet("printer").id, copies=10,
            now=self.world.clock.now(),
        )  # fmt: skip
        self.session.commit()
        return made


@pytest.fixture
def scene(world: World, storage: Storage) -> Scene:
    return Scene(world, storage)


def test_a_village_is_reached_by_proof_and_by_nothing_before(scene: Scene) -> None:
    order = scene.order()
    service.confirm_order(scene.session, scene.editor, order, cost=None, now=scene.world.clock.now())
    assert reached_villages(scene.session) == {}
    scene.prove(order=order)
    assert reached_villages(scene.session) == dict.fromkeys(scene.villages[:2], TODAY)


def test_the_last_day_counts_and_earlier_ones_can_be_left_out(scene: Scene) -> None:
    week_ago = TODAY - timedelta(days=7)
    scene.prove(placed_on=week_ago)
    scene.prove(villages=scene.villages[1:])
    reached = reached_villages(scene.session)
    assert reached == {scene.villages[0]: week_ago, scene.villages[1]: TODAY, scene.villages[2]: TODAY}
    assert set(reached_villages(scene.session, period=Period(TODAY, TODAY))) == set(scene.villages[1:])
    assert queries.proved_counts(scene.session, scene.piece.id) == (3, 40)


def test_a_withdrawn_proof_no_longer_counts_but_stays_in_the_list(scene: Scene) -> None:
    proof = scene.prove()
    with pytest.raises(Invalid):
        proofs.withdraw_proof(scene.session, scene.editor, proof, reason="", now=scene.world.clock.now())
    proofs.withdraw_proof(scene.session, scene.editor, proof, reason="Salah desa", now=scene.world.clock.now())
    proofs.withdraw_proof(scene.session, scene.editor, proof, reason="Lagi", now=scene.world.clock.now())
    scene.session.commit()
    assert reached_villages(scene.session) == {}
    assert proof.withdrawn_reason == "Salah desa"
    assert len(scene.session.execute(queries.proofs(scene.editor)).all()) == 1


def test_a_proof_closes_its_order_and_its_withdrawal_opens_it_again(scene: Scene) -> None:
    order = scene.order()
    service.confirm_order(scene.session, scene.editor, order, cost=None, now=scene.world.clock.now())
    first = scene.prove(order=order)
    second = scene.prove(order=order, villages=scene.villages[2:])
    assert order.status == OrderStatus.DONE
    with pytest.raises(Refused):
        service.cancel_order(scene.session, scene.editor, order, reason="x", now=scene.world.clock.now())
    proofs.withdraw_proof(scene.session, scene.editor, first, reason="Salah", now=scene.world.clock.now())
    assert order.status == OrderStatus.DONE, "the other proof still stands"
    proofs.withdraw_proof(scene.session, scene.editor, second, reason="Salah", now=scene.world.clock.now())
    assert order.status == OrderStatus.CONFIRMED


def test_a_double_click_records_one_proof(scene: Scene) -> None:
    assert scene.prove().id == scene.prove(villages=[*reversed(scene.villages[:2]), scene.villages[0]]).id


def test_tomorrow_cannot_be_proved(scene: Scene) -> None:
    with pytest.raises(Invalid) as caught:
        scene.prove(placed_on=TODAY + timedelta(days=1))
    assert caught.value.field == "placed_on"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"villages": []}, "villages"),
        ({"villages": ["64.02.99.9999"]}, "villages"),
        ({"villages": ["'; DROP TABLE villages"]}, "villages"),
        ({"copies": 0}, "copies"),
        ({"copies": -5}, "copies"),
        ({"photo_id": None}, "photo_id"),
    ],
)
def test_an_incomplete_proof_is_refused_beside_its_field(scene: Scene, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        scene.prove(**values)
    assert caught.value.field == field
    assert reached_villages(scene.session) == {}


def test_a_photo_that_is_not_there_is_refused(scene: Scene) -> None:
    with pytest.raises(NotFound):
        scene.prove(photo_id=987654)


def test_a_cancelled_order_takes_no_proof(scene: Scene) -> None:
    order = scene.order()
    service.cancel_order(scene.session, scene.editor, order, reason="Batal", now=scene.world.clock.now())
    with pytest.raises(Refused):
        scene.prove(order=order)


def test_an_order_of_another_piece_is_refused(scene: Scene) -> None:
    with pytest.raises(Invalid):
        scene.prove(order=scene.order(), piece=builders.piece(scene.world))


def test_a_kim_proves_for_its_own_village_only(scene: Scene) -> None:
    kim = scene.world.organisation("kim", village_code=scene.villages[0])
    member = scene.world.actor(Role.COMMUNITY, organisation=kim)
    photo = builders.picture(scene.world, scene.storage, member)
    with pytest.raises(Forbidden):
        scene.prove(member, photo_id=photo.id)
    proof = scene.prove(member, photo_id=photo.id, villages=scene.villages[:1])
    assert set(reached_villages(scene.session)) == {scene.villages[0]}
    assert proofs.find_proof(scene.session, member, proof.id).id == proof.id


def test_a_kim_without_a_village_and_a_viewer_prove_nothing(scene: Scene) -> None:
    lost = scene.world.actor(Role.COMMUNITY, organisation=scene.world.organisation("kim"))
    for actor in (lost, scene.world.actor(Role.VIEWER)):
        with pytest.raises(Forbidden):
            scene.prove(actor)


def test_another_organisation_neither_proves_nor_withdraws(scene: Scene) -> None:
    proof = scene.prove()
    stranger = scene.world.actor(Role.EDITOR, organisation=scene.world.organisation())
    with pytest.raises(Forbidden):
        scene.prove(stranger)
    with pytest.raises(NotFound):
        proofs.find_proof(scene.session, stranger, proof.id)
    with pytest.raises(Forbidden):
        proofs.withdraw_proof(scene.session, stranger, proof, reason="x", now=scene.world.clock.now())


def test_past_days_may_be_recorded_late(scene: Scene, session: Session) -> None:
    scene.prove(placed_on=date(2026, 1, 2))
    assert reached_villages(session)[scene.villages[0]] == date(2026, 1, 2)
