"""What takes two people: asked by one, confirmed by another, or an hour in the open. On both databases."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.confirmations import deputies, queries, service
from app.base.confirmations.kinds import KINDS
from app.base.confirmations.models import Proposal, ProposalStatus
from app.base.confirmations.settling import settle_due
from app.base.notices.models import Notice
from app.base.people import service as people
from app.base.people.delegations import Term
from app.base.people.models import Delegation, User
from app.base.people.rights import Rights, roles_of
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.confirmed import Twofold
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Role
from app.kernel.site import Site
from app.kernel.vault import Vault
from app.outreach.outlets.models import OutletStatus
from app.outreach.outlets.service import credentials_of
from tests.world import World

VAULT = Vault((Fernet.generate_key().decode(),))
TODAY = date(2026, 11, 24)
APPROVER = Rights(frozenset({Role.APPROVER}))
ACCOUNT = {"account_id": "42", "account_name": "@diskominfo", "learnt": {"user_id": "42"}, "settings": {}}


class Office:
    """Two admins, a head who signs, and an editor."""

    def __init__(self, world: World, session: Session) -> None:
        self.world, self.session, self.clock = world, session, world.clock
        self.admin = world.user(Role.ADMIN, name="Admin Satu", email="satu@kukarkab.go.id")
        self.second = world.user(Role.ADMIN, name="Admin Dua")
        self.kadis = world.user(Role.APPROVER, name="Kepala", position="kadis", email="kadis@kukarkab.go.id")
        self.editor = world.user(Role.EDITOR, name="Siti")

    def ask(
        self, kind: Twofold, about: Any, values: dict[str, Any], *, by: User | None = None, **more: Any
    ) -> Proposal:
        actor = self.world.actor_of(by or self.admin)
        asked = service.Ask(kind, about.id, values, more.pop("reason", "Perlu sekali"), **more)
        proposal = service.ask(self.session, actor, asked, vault=VAULT, now=self.clock.now())
        self.session.commit()
        return proposal

    def promote(self, rights: Rights = APPROVER, **more: Any) -> Proposal:
        return self.ask(Twofold.RIGHTS, self.editor, rights.as_json(), **more)

    def confirm(self, proposal: Proposal, by: User) -> None:
        service.confirm(self.session, self.world.actor_of(by), proposal, vault=VAULT, now=self.clock.now())
        self.session.commit()

    def told(self, user: User) -> list[str]:
        query = select(Notice.subject).where(Notice.user_id == user.id).order_by(Notice.id)
        return list(self.session.scalars(query))


@pytest.fixture
def office(world: World, session: Session) -> Office:
    return Office(world, session)


@pytest.fixture(autouse=True)
def in_application(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_every_change_that_takes_two_is_described(office: Office) -> None:
    assert set(KINDS) <= set(Twofold)
    assert all(kind.name == name for name, kind in KINDS.items())


def test_nothing_takes_effect_before_a_second_person_agreed(office: Office, session: Session) -> None:
    proposal = office.promote()
    assert roles_of(office.editor) == {Role.EDITOR}
    assert proposal.title == "Memberi Siti peran Penyetuju"
    assert proposal.changes == [{"label": "Peran", "before": "Editor", "after": "Editor, Penyetuju"}]
    office.confirm(proposal, office.kadis)
    session.refresh(office.editor)
    assert roles_of(office.editor) == {Role.EDITOR, Role.APPROVER}
    assert (proposal.status, proposal.ended_by_name) == ("applied", "Kepala")
    actions = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == ["proposal.asked", "user.granted", "proposal.applied"]


def test_everybody_concerned_is_told_and_mailed(office: Office, session: Session) -> None:
    proposal = office.promote()
    for person in (office.second, office.kadis, office.editor):
        assert office.told(person) == ["Perlu orang kedua: Memberi Siti peran Penyetuju"]
    assert office.told(office.admin) == []
    mailed = session.scalars(select(Notice.email_status).where(Notice.user_id == office.kadis.id)).one()
    assert mailed == "queued"
    office.confirm(proposal, office.second)
    assert office.told(office.admin) == ["Sudah berlaku: Memberi Siti peran Penyetuju"]
    assert office.told(office.kadis)[-1] == "Sudah berlaku: Memberi Siti peran Penyetuju"


def test_neither_the_asker_nor_who_gains_confirms(office: Office, world: World) -> None:
    proposal = office.promote()
    deputy = world.user(Role.APPROVER)
    for person in (office.admin, office.editor, deputy):
        with pytest.raises((Refused, NotFound)):
            office.confirm(proposal, person)
    to_admin = office.ask(Twofold.RIGHTS, office.second, APPROVER.as_json())
    with pytest.raises(Refused, match="orang lain"):
        office.confirm(to_admin, office.second)


def test_a_place_that_signs_is_given_with_its_organisation(office: Office, session: Session, world: World) -> None:
    bidang = world.organisation("bidang", name="Bidang Media", parent_id=world.office().id)
    proposal = office.promote(Rights(frozenset({Role.APPROVER}), "kabid", bidang.id))
    assert proposal.changes[1] == {
        "label": "Jabatan yang menandatangani",
        "before": "tidak ada",
        "after": "Kepala Bidang, Bidang Media",
    }
    office.confirm(proposal, office.second)
    session.refresh(office.editor)
    assert (office.editor.position, office.editor.organisation_id) == ("kabid", bidang.id)


def test_a_reason_is_asked_for(office: Office) -> None:
    with pytest.raises(Invalid) as told:
        office.promote(reason="  ")
    assert told.value.field == "reason"


def test_after_an_hour_that_nobody_stopped_it_takes_effect_once(
    office: Office, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    proposal = office.promote()
    clock.advance(minutes=59)
    assert settle_due(sessions, vault=VAULT, now=clock.now()) == 0
    clock.advance(minutes=1)
    assert settle_due(sessions, vault=VAULT, now=clock.now()) == 1
    assert settle_due(sessions, vault=VAULT, now=clock.now()) == 0
    session.rollback()
    session.refresh(proposal)
    session.refresh(office.editor)
    assert (proposal.status, proposal.ended_by_id) == ("applied", None)
    assert Role.APPROVER in roles_of(office.editor)
    assert list(session.scalars(select(AuditEntry.action))).count("user.granted") == 1


def test_a_lone_admin_waits_the_hour_and_is_told_why(
    world: World, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    admin, editor = world.user(Role.ADMIN), world.user(Role.EDITOR)
    asked = service.Ask(Twofold.RIGHTS, editor.id, APPROVER.as_json(), "Baru dipasang")
    service.ask(session, world.actor_of(admin), asked, vault=VAULT, now=clock.now())
    session.commit()
    body = session.scalars(select(Notice.body).where(Notice.user_id == editor.id)).one()
    assert "Belum ada orang lain yang bisa menyetujui" in body
    clock.advance(hours=1)
    assert settle_due(sessions, vault=VAULT, now=clock.now()) == 1
    session.rollback()
    session.refresh(editor)
    assert Role.APPROVER in roles_of(editor)


def test_in_practice_mode_it_waits_two_minutes(office: Office, session: Session) -> None:
    session.info["site"] = Site(practice=True)
    proposal = office.promote()
    assert proposal.due_at - proposal.asked_at == timedelta(minutes=2)


@pytest.mark.parametrize("who", ["second", "kadis", "editor"])
def test_everybody_concerned_can_stop_it(
    office: Office, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock, who: str
) -> None:
    proposal, person = office.promote(), getattr(office, who)
    actor = office.world.actor_of(person)
    with pytest.raises(Invalid) as told:
        service.refuse(session, actor, proposal, why="", now=clock.now())
    assert told.value.field == "why"
    session.rollback()
    service.refuse(session, actor, proposal, why="Bukan tugasnya", now=clock.now())
    session.commit()
    assert office.told(office.admin) == ["Ditolak: Memberi Siti peran Penyetuju"]
    clock.advance(hours=2)
    assert settle_due(sessions, vault=VAULT, now=clock.now()) == 0
    with pytest.raises(Refused, match="sudah diputuskan"):
        office.confirm(proposal, office.second)
    session.refresh(office.editor)
    assert roles_of(office.editor) == {Role.EDITOR}


def test_who_is_not_concerned_sees_nothing_of_it(office: Office, session: Session, world: World) -> None:
    proposal, stranger = office.promote(), world.actor(Role.EDITOR)
    with pytest.raises(NotFound):
        service.proposal_of(session, stranger, proposal.id)
    assert session.scalars(queries.visible(stranger)).all() == []
    assert session.scalars(queries.visible(world.actor_of(office.editor))).all() == [proposal]


def test_the_asker_withdraws(office: Office, session: Session, clock: FrozenClock) -> None:
    proposal = office.promote()
    with pytest.raises(Refused, match="pengusulnya sendiri"):
        service.withdraw(session, office.world.actor_of(office.second), proposal, now=clock.now())
    service.withdraw(session, office.world.actor_of(office.admin), proposal, now=clock.now())
    session.commit()
    assert proposal.status == ProposalStatus.WITHDRAWN
    assert office.told(office.kadis)[-1].startswith("Ditarik")


def test_a_record_that_changed_meanwhile_is_stale(
    office: Office, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    proposal = office.promote()
    admin = office.world.actor_of(office.admin)
    people.grant(session, admin, office.editor, frozenset({Role.VIEWER}), now=clock.now())
    session.commit()
    with pytest.raises(Stale, match="sudah berubah"):
        office.confirm(proposal, office.second)
    session.rollback()
    clock.advance(hours=1)
    settle_due(sessions, vault=VAULT, now=clock.now())
    session.refresh(proposal)
    session.refresh(office.editor)
    assert proposal.status == ProposalStatus.STALE
    assert roles_of(office.editor) == {Role.VIEWER}
    assert office.told(office.admin)[-1].startswith("Tidak berlaku lagi")


@pytest.mark.parametrize("lost", ["active", "role"])
def test_what_an_admin_asked_ends_with_their_rights(
    office: Office, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock, lost: str
) -> None:
    """An account that was taken over is closed: what it asked for in that hour never happens."""
    proposal, second = office.promote(), office.world.actor_of(office.second)
    if lost == "active":
        people.deactivate(session, second, office.admin, now=clock.now())
    else:
        people.grant(session, second, office.admin, frozenset({Role.VIEWER}), now=clock.now())
    session.commit()
    clock.advance(hours=1)
    settle_due(sessions, vault=VAULT, now=clock.now())
    session.refresh(proposal)
    session.refresh(office.editor)
    assert proposal.status == ProposalStatus.STALE
    assert roles_of(office.editor) == {Role.EDITOR}


def test_asking_anew_replaces_what_waits(office: Office) -> None:
    first = office.promote()
    second = office.promote(Rights(frozenset({Role.ADMIN})))
    assert (first.status, second.status) == ("superseded", "waiting")


def test_keys_wait_sealed_and_are_thrown_away_after(office: Office, session: Session, world: World) -> None:
    outlet = world.outlet(status=OutletStatus.UNCONNECTED)
    by, secrets = world.user(Role.EDITOR), {"token": "sangat-rahasia"}
    proposal = office.ask(Twofold.CONNECTION, outlet, ACCOUNT, by=by, secrets=secrets)
    kept = session.execute(select(Proposal.__table__)).one()
    assert "rahasia" not in str(kept)
    assert outlet.credentials is None
    office.confirm(proposal, office.kadis)
    session.refresh(outlet)
    assert credentials_of(outlet, VAULT) == secrets
    assert proposal.sealed is None
    written = str([[entry.before, entry.after] for entry in session.scalars(select(AuditEntry))])
    assert "rahasia" not in written
    gone = office.ask(Twofold.DISCONNECTION, outlet, {}, by=by)
    office.confirm(gone, office.second)
    session.refresh(outlet)
    assert outlet.credentials is None


def test_an_account_taken_by_another_outlet_meanwhile_is_stale(office: Office, session: Session, world: World) -> None:
    first, second = (world.outlet(status=OutletStatus.UNCONNECTED) for _ in range(2))
    one = office.ask(Twofold.CONNECTION, first, ACCOUNT, secrets={"token": "a"})
    other = office.ask(Twofold.CONNECTION, second, ACCOUNT, secrets={"token": "a"})
    office.confirm(one, office.second)
    with pytest.raises(Stale, match="tayang dua kali"):
        office.confirm(other, office.second)


def test_keys_that_wait_follow_a_new_key_of_the_vault(office: Office, session: Session, world: World) -> None:
    proposal = office.ask(Twofold.CONNECTION, world.outlet(status="unconnected"), ACCOUNT, secrets={"token": "a"})
    new = Fernet.generate_key().decode()
    service.rotate_sealed(session, Vault((new, *VAULT._keys)))
    assert Vault((new,)).open(proposal.sealed or "") == {"token": "a"}


def test_a_delegation_of_an_admin_is_confirmed_by_the_signer_but_not_by_the_deputy(
    office: Office, session: Session, world: World
) -> None:
    deputy = world.user(Role.APPROVER, name="Sekretaris", position="sekretaris")
    term = Term("plh", office.kadis.id, deputy.id, TODAY, TODAY + timedelta(days=2), "800/1/2026")
    proposal = office.ask(Twofold.DELEGATION, office.kadis, term.as_json())
    assert proposal.title == "Sekretaris menjadi Plh menggantikan Kepala"
    with pytest.raises(Refused):
        office.confirm(proposal, deputy)
    session.rollback()
    office.confirm(proposal, office.kadis)
    made = session.scalars(select(Delegation)).one()
    assert (made.to_user_id, made.decree) == (deputy.id, "800/1/2026")


def test_a_new_password_of_a_signer_is_a_permit_for_the_asker_once(
    office: Office, session: Session, clock: FrozenClock
) -> None:
    admin, before = office.world.actor_of(office.admin), office.kadis.password
    proposal = office.ask(Twofold.NEW_PASSWORD, office.kadis, {})
    ask = (Twofold.NEW_PASSWORD, office.kadis.id)
    assert service.use_permit(session, admin, *ask, now=clock.now()) is None
    office.confirm(proposal, office.second)
    assert (proposal.status, office.kadis.password) == ("ready", before)
    other = office.world.actor_of(office.second)
    assert service.use_permit(session, other, *ask, now=clock.now()) is None, "it is the asker's"
    permit = service.use_permit(session, admin, *ask, now=clock.now())
    assert permit is not None
    assert permit.by_id == office.second.id
    assert people.reset_password(session, admin, office.kadis, now=clock.now(), confirmed=permit)
    assert service.use_permit(session, admin, *ask, now=clock.now()) is None
    assert proposal.status == ProposalStatus.APPLIED


def test_a_slip_that_nobody_fetched_expires(
    office: Office, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    proposal = office.ask(Twofold.NEW_PASSWORD, office.kadis, {})
    office.confirm(proposal, office.second)
    clock.advance(hours=24)
    settle_due(sessions, vault=VAULT, now=clock.now())
    session.rollback()
    session.refresh(proposal)
    assert proposal.status == ProposalStatus.EXPIRED
    admin = office.world.actor_of(office.admin)
    assert service.use_permit(session, admin, Twofold.NEW_PASSWORD, office.kadis.id, now=clock.now()) is None


def test_one_proposal_that_fails_keeps_no_other_waiting(
    office: Office, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock, world: World
) -> None:
    broken = office.ask(Twofold.CONNECTION, world.outlet(status="unconnected"), ACCOUNT, secrets={"token": "a"})
    with unit_of_work(sessions) as other:
        other.get_one(Proposal, broken.id).sealed = "tidak bisa dibuka"
    office.promote()
    clock.advance(hours=1)
    assert settle_due(sessions, vault=VAULT, now=clock.now()) == 1
    session.rollback()
    session.refresh(office.editor)
    assert Role.APPROVER in roles_of(office.editor)


# a signer's own deputies


def own_term(holder: User, deputy: User, **values: Any) -> Term:
    return Term(**{"kind": "plh", "from_user_id": holder.id, "to_user_id": deputy.id, "starts_on": TODAY,
                   "ends_on": TODAY, **values})  # fmt: skip


def test_a_signer_appoints_a_deputy_alone_and_at_once(office: Office, session: Session, clock: FrozenClock) -> None:
    deputy = office.world.user(Role.APPROVER, name="Wakil")
    holder = office.world.actor_of(office.kadis)
    made = deputies.appoint(session, holder, own_term(office.kadis, deputy), today=TODAY, now=clock.now())
    session.commit()
    assert office.world.actor_of(deputy).positions == {"kadis"}
    for person in (deputy, office.admin, office.second):
        assert office.told(person) == ["Wakil menggantikan Kepala"]
    deputies.end(session, holder, made.id, now=clock.now())
    session.commit()
    assert office.world.actor_of(deputy).positions == frozenset()
    assert office.told(deputy)[-1] == "Wakil tidak lagi menggantikan Kepala"


def test_nobody_appoints_for_somebody_else_or_without_a_place(
    office: Office, session: Session, clock: FrozenClock
) -> None:
    deputy = office.world.user(Role.APPROVER, name="Wakil")
    term = own_term(office.kadis, deputy)
    made = deputies.appoint(session, office.world.actor_of(office.kadis), term, today=TODAY, now=clock.now())
    session.commit()
    stand_in = office.world.actor_of(deputy)
    with pytest.raises(Forbidden):
        deputies.appoint(session, stand_in, term, today=TODAY, now=clock.now())
    with pytest.raises(Invalid):
        deputies.appoint(session, stand_in, own_term(deputy, office.kadis), today=TODAY, now=clock.now())
    with pytest.raises(Forbidden):
        deputies.end(session, stand_in, made.id, now=clock.now())
