"""Codes from the phone, codes on paper and passkeys, on both databases."""

from datetime import timedelta

import pytest
from passlib.totp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.access import backup_codes, factor_policy, factors, passkeys
from app.base.access.ending import EndReason, end_reason
from app.base.access.factor_models import BackupCode, Passkey, SecondFactor
from app.base.access.totp import PhoneCodes
from app.base.notices.models import Notice
from app.base.people.models import User
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.confirmed import Confirmed
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import SYSTEM, Actor, Role
from app.kernel.site import Site
from app.kernel.vault import Vault
from tests.access.authenticator import Phone
from tests.access.test_remembering import signed_in
from tests.world import World

VAULT = Vault(("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",))
PARTY = passkeys.Party("localhost", "http://localhost", "Gaung")
CHALLENGES = passkeys.Challenges("a-secret-key-for-tests")
SALT = "salt"


class Office:
    """A person, and what the pages hand to the services."""

    def __init__(self, session: Session, world: World, clock: FrozenClock) -> None:
        self.session, self.clock = session, clock
        self.user: User = world.user(Role.APPROVER, username="siti")
        self.actor: Actor = world.actor_of(self.user)
        self.codes = PhoneCodes("Gaung", clock.now)

    def code(self, key: str, seconds: float = 0) -> str:
        """What a phone shows whose clock is so many seconds ahead."""
        shown = TOTP(key=key).generate(time=int(self.clock.now().timestamp() + seconds))
        return str(shown.token)

    def with_phone(self) -> str:
        key = self.codes.new_key()
        factors.add_phone(
            self.session, self.actor, self.user, self.code(key), key=key, phone=self.codes, vault=VAULT,
            now=self.clock.now(),
        )  # fmt: skip
        self.session.commit()
        self.clock.advance(minutes=10)
        return key

    def show(self, code: str) -> str | None:
        shown = factors.show_code(
            self.session, self.user, code, phone=self.codes, vault=VAULT, salt=SALT, now=self.clock.now()
        )
        self.session.commit()
        return shown

    def with_passkey(self, phone: Phone, label: str = "HP Siti") -> Passkey:
        now, keys = self.clock.now(), passkeys.passkeys_of(self.session, self.user.id)
        handle = factors.handle_of(self.user.id, secret_key="x")
        asked = passkeys.ask_to_make(PARTY, CHALLENGES, self.user, handle, keys, now=now)
        key = factors.add_passkey(
            self.session, self.actor, self.user, PARTY, CHALLENGES, answer=phone.make(asked.options),
            state=asked.state, label=label, now=now,
        )  # fmt: skip
        self.session.commit()
        self.clock.advance(minutes=1)
        return key

    def check(self, answer: str, state: str, **values: int) -> Passkey:
        key = passkeys.check(
            self.session, PARTY, CHALLENGES, "sign-in", answer=answer, state=state, now=self.clock.now(), **values
        )
        self.session.commit()
        return key

    def told(self) -> list[str]:
        return list(self.session.scalars(select(Notice.subject).where(Notice.user_id == self.user.id)))

    def trail(self) -> list[str]:
        return list(self.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.fixture
def office(session: Session, world: World, clock: FrozenClock) -> Office:
    return Office(session, world, clock)


# --- codes from the phone ---


def test_a_code_of_the_phone_counts_once(office: Office) -> None:
    key = office.with_phone()
    code = office.code(key)
    assert office.show(code) == "phone"
    assert office.show(code) is None
    office.clock.advance(seconds=30)
    assert office.show(office.code(key)) == "phone"
    assert office.show(code) is None, "nor does an older one"


@pytest.mark.parametrize("seconds", [-150, -120, 0, 120, 150])
def test_a_clock_two_minutes_off_still_works(office: Office, seconds: int) -> None:
    key = office.with_phone()
    assert office.show(office.code(key, seconds)) == "phone"


@pytest.mark.parametrize("seconds", [-300, 300])
def test_a_code_of_another_time_does_not(office: Office, seconds: int) -> None:
    key = office.with_phone()
    assert office.show(office.code(key, seconds)) is None


def test_the_secret_lies_sealed_and_turns_with_the_keys(office: Office) -> None:
    key = office.with_phone()
    row = office.session.get_one(SecondFactor, office.user.id)
    assert key not in (row.totp_sealed or "")
    newer = Vault(("bmV3LWtleS1mb3ItdGVzdHMtMDEyMzQ1Njc4OTAxMjM=", *VAULT._keys))
    assert factors.rotate_keys(office.session, newer) == 1
    assert Vault(newer._keys[:1]).open(row.totp_sealed or "")["totp"] == key


def test_a_wrong_code_sets_nothing_up(office: Office) -> None:
    key = office.codes.new_key()
    with pytest.raises(Invalid):
        factors.add_phone(
            office.session, office.actor, office.user, "000000", key=key, phone=office.codes, vault=VAULT,
            now=office.clock.now(),
        )  # fmt: skip
    assert not factors.read_factors(office.session, office.user.id, now=office.clock.now()).any


def test_codes_of_somebody_without_a_phone_fit_nothing(office: Office) -> None:
    assert office.show("123456") is None


def test_wrong_codes_pause_as_wrong_passwords_do(office: Office) -> None:
    now = office.clock.now()
    for _ in range(4):
        assert factors.begin_try(office.session, office.user.id, now=now) is None
        office.session.commit()
    assert factors.begin_try(office.session, office.user.id, now=now) == now + timedelta(seconds=15)
    later = office.clock.advance(seconds=16)
    assert factors.begin_try(office.session, office.user.id, now=later) is None
    assert factors.begin_try(office.session, office.user.id, now=later) == later + timedelta(seconds=30)
    factors.forgive(office.session, office.user.id)
    assert office.session.get_one(SecondFactor, office.user.id).failures == 0


def test_setting_up_and_taking_away_is_told_and_written_down(office: Office) -> None:
    office.with_phone()
    key = office.with_passkey(Phone())
    factors.remove_passkey(office.session, office.actor, office.user, key.id, now=office.clock.now())
    factors.remove_phone(office.session, office.actor, office.user, now=office.clock.now())
    assert office.trail() == [
        "factor.phone_added", "factor.passkey_added", "factor.passkey_removed", "factor.phone_removed",
    ]  # fmt: skip
    assert len(office.told()) == 4


# --- codes on paper ---


def test_a_lost_phone_a_code_of_the_sheet_lets_in_once(office: Office) -> None:
    office.with_phone()
    codes = factors.renew_codes(office.session, office.actor, office.user, salt=SALT, now=office.clock.now())
    assert len(set(codes)) == 10
    assert office.show(codes[3].upper().replace("-", " ")) == "backup"
    assert office.show(codes[3]) is None
    assert factors.read_factors(office.session, office.user.id, now=office.clock.now()).backup_codes == 9
    assert "Kode cadangan Anda dipakai untuk masuk" in office.told()


def test_codes_are_kept_as_hashes_only(office: Office) -> None:
    codes = factors.renew_codes(office.session, office.actor, office.user, salt=SALT, now=office.clock.now())
    stored = list(office.session.scalars(select(BackupCode.code_hash)))
    assert not {code for code in codes for kept in stored if code in kept or code.replace("-", "") in kept}
    assert backup_codes.hashed_code(codes[0], "another") not in stored


def test_a_new_sheet_ends_the_old_one(office: Office) -> None:
    old = factors.renew_codes(office.session, office.actor, office.user, salt=SALT, now=office.clock.now())
    new = factors.renew_codes(office.session, office.actor, office.user, salt=SALT, now=office.clock.now())
    assert office.show(old[0]) is None
    assert office.show(new[0]) == "backup"


def test_none_left_the_office_prints_a_code_for_some_days(office: Office) -> None:
    code = factors.print_office_code(office.session, SYSTEM, office.user, salt=SALT, now=office.clock.now())
    newer = factors.print_office_code(office.session, SYSTEM, office.user, salt=SALT, now=office.clock.now())
    assert office.show(code) is None, "the newer one took its place"
    assert office.show(newer) == "office"
    late = factors.print_office_code(office.session, SYSTEM, office.user, salt=SALT, now=office.clock.now())
    office.clock.advance(days=8)
    assert office.show(late) is None


def test_the_code_of_the_sealed_envelope_has_no_end_and_outlives_others(office: Office) -> None:
    now = office.clock.now()
    sealed = factors.print_office_code(office.session, SYSTEM, office.user, salt=SALT, now=now, life=None)
    factors.print_office_code(office.session, SYSTEM, office.user, salt=SALT, now=now)
    factors.renew_codes(office.session, office.actor, office.user, salt=SALT, now=now)
    office.clock.advance(days=400)
    assert office.show(sealed) == "office"


def test_a_code_of_somebody_else_lets_nobody_in(office: Office, world: World) -> None:
    other = world.user(Role.APPROVER)
    codes = factors.renew_codes(office.session, world.actor_of(other), other, salt=SALT, now=office.clock.now())
    assert office.show(codes[0]) is None


def test_two_at_once_with_one_code_are_one(office: Office, sessions: "sessionmaker[Session]") -> None:
    codes = factors.renew_codes(office.session, office.actor, office.user, salt=SALT, now=office.clock.now())
    office.session.commit()
    assert office.show(codes[0]) == "backup"
    with sessions() as other:
        assert backup_codes.use_code(other, office.user.id, codes[0], salt=SALT, now=office.clock.now()) is None


# --- passkeys ---


def test_a_passkey_is_made_and_answers(office: Office) -> None:
    phone = Phone()
    key = office.with_passkey(phone, "  HP   Siti ")
    assert key.label == "HP Siti"
    asked = passkeys.ask_for(PARTY, CHALLENGES, "sign-in", now=office.clock.now())
    assert office.check(phone.sign(asked.options), asked.state).user_id == office.user.id


@pytest.mark.parametrize(
    "phone",
    [
        Phone(origin="https://gaung.jahat.example", rp_id="jahat.example"),
        Phone(origin="https://gaung.jahat.example"),
        Phone(rp_id="jahat.example"),
        Phone(verifies=False),
    ],
    ids=["site", "origin", "rp", "unverified"],
)
def test_a_passkey_of_another_site_or_without_a_finger_is_refused(office: Office, phone: Phone) -> None:
    with pytest.raises(Invalid, match="bukan untuk situs ini"):
        office.with_passkey(phone)
    honest = Phone()
    office.with_passkey(honest)
    honest.origin, honest.rp_id, honest.flags = phone.origin, phone.rp_id, phone.flags
    asked = passkeys.ask_for(PARTY, CHALLENGES, "sign-in", now=office.clock.now())
    with pytest.raises(Invalid, match="bukan untuk situs ini"):
        office.check(honest.sign(asked.options), asked.state)


def test_an_answer_is_taken_once(office: Office) -> None:
    phone = Phone()
    office.with_passkey(phone)
    phone.count = -1  # as keys that are kept in several phones, which do not count
    asked = passkeys.ask_for(PARTY, CHALLENGES, "sign-in", now=office.clock.now())
    phone.count = -1
    answer = phone.sign(asked.options)
    key = office.session.scalars(select(Passkey)).one()
    key.sign_count = 0
    office.check(answer, asked.state)
    office.clock.advance(seconds=1)
    with pytest.raises(Invalid, match="sudah pernah dipakai"):
        office.check(answer, asked.state)


def test_a_question_for_something_else_or_too_old_is_refused(office: Office) -> None:
    phone = Phone()
    office.with_passkey(phone)
    other = passkeys.ask_for(PARTY, CHALLENGES, "step-up:1", now=office.clock.now())
    with pytest.raises(Invalid, match="terlalu lama"):
        office.check(phone.sign(other.options), other.state)
    asked = passkeys.ask_for(PARTY, CHALLENGES, "sign-in", now=office.clock.now())
    office.clock.advance(hours=1, seconds=1)
    with pytest.raises(Invalid, match="terlalu lama"):
        office.check(phone.sign(asked.options), asked.state)


def test_a_key_of_somebody_else_is_no_second_factor_of_mine(office: Office, world: World) -> None:
    phone = Phone()
    office.with_passkey(phone)
    asked = passkeys.ask_for(PARTY, CHALLENGES, "sign-in", now=office.clock.now())
    other = world.user(Role.EDITOR)
    with pytest.raises(Invalid, match="belum terdaftar"):
        office.check(phone.sign(asked.options), asked.state, user_id=other.id)
    with pytest.raises(NotFound):
        factors.remove_passkey(
            office.session, world.actor_of(other), other, office.session.scalars(select(Passkey.id)).one(),
            now=office.clock.now(),
        )  # fmt: skip


@pytest.mark.one_database
@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        "{",
        "null",
        "1",
        '{"id": []}',
        '{"id": "x", "rawId": 3}',
        "[" * 5000,
        "x" * 30_000,
        '{"id": "\\ud800"}',
    ],
)
def test_nonsense_is_no_answer(office: Office, answer: str) -> None:
    asked = passkeys.ask_for(PARTY, CHALLENGES, "sign-in", now=office.clock.now())
    with pytest.raises(Invalid):
        office.check(answer, asked.state)
    made = passkeys.ask_to_make(PARTY, CHALLENGES, office.user, "handle", [], now=office.clock.now())
    with pytest.raises(Invalid):
        passkeys.keep(
            office.session, PARTY, CHALLENGES, office.user, answer=answer, state=made.state, label="x",
            now=office.clock.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("https://gaung.kukarkab.go.id", ("gaung.kukarkab.go.id", "https://gaung.kukarkab.go.id")),
        ("http://127.0.0.1:5000", ("localhost", "http://localhost:5000")),
        ("http://localhost", ("localhost", "http://localhost")),
        ("http://192.168.1.5:5000", None),
        ("http://[::1]:5000", ("localhost", "http://localhost:5000")),
    ],
)
def test_keys_are_bound_to_the_address_of_the_settings(address: str, party: tuple[str, str] | None) -> None:
    found = passkeys.Party.of(address, "Gaung")
    assert (found and (found.rp_id, found.origin)) == party


# --- whom the office asks ---


def test_who_must_by_default(session: Session) -> None:
    policy = factor_policy.read_policy(session)
    assert policy.required == {Role.ADMIN, Role.APPROVER, Role.EDITOR, Role.CONTRIBUTOR}


def test_nobody_must_in_practice(session: Session) -> None:
    session.info["site"] = Site(practice=True)
    assert factor_policy.read_policy(session).required == frozenset()


@pytest.mark.parametrize("role", [Role.COMMUNITY, Role.TRAINER, Role.ENUMERATOR])
def test_people_of_villages_and_classes_are_never_compelled(
    session: Session, world: World, clock: FrozenClock, role: Role
) -> None:
    admin = world.actor(Role.ADMIN)
    with pytest.raises(Invalid, match="tidak pernah"):
        factor_policy.change_policy(session, admin, frozenset({Role.ADMIN, role}), days=7, now=clock.now())
    assert not factor_policy.needs_factor(world.user(role), factor_policy.read_policy(session))


def test_admins_change_who_must_and_the_days(session: Session, world: World, clock: FrozenClock) -> None:
    admin = world.actor(Role.ADMIN)
    change = factor_policy.change_policy
    change(session, admin, frozenset({Role.ADMIN, Role.VIEWER}), days=30, now=clock.now())
    session.commit()
    policy = factor_policy.read_policy(session)
    assert policy.required == {Role.ADMIN, Role.VIEWER}
    assert policy.grace == timedelta(days=30)
    assert list(session.scalars(select(AuditEntry.action))) == ["factor.policy_changed"]
    for roles, days in (({Role.VIEWER}, 7), ({Role.ADMIN}, -1), ({Role.ADMIN}, 61)):
        with pytest.raises(Invalid):
            change(session, admin, frozenset(roles), days=days, now=clock.now())
    with pytest.raises(Forbidden):
        change(session, world.actor(Role.EDITOR), frozenset({Role.ADMIN}), days=7, now=clock.now())


def test_the_time_runs_from_the_first_sign_in_at_which_it_was_asked(office: Office) -> None:
    first = office.clock.now()
    assert factors.want(office.session, office.user.id, now=first) == first
    later = office.clock.advance(days=3)
    assert factors.want(office.session, office.user.id, now=later) == first
    assert factor_policy.read_policy(office.session).ends_at(first) == first + timedelta(days=14)


# --- resetting ---


def test_a_reset_takes_everything_and_gives_new_time(office: Office, world: World) -> None:
    office.with_phone()
    office.with_passkey(Phone())
    codes = factors.renew_codes(office.session, office.actor, office.user, salt=SALT, now=office.clock.now())
    admin, stolen = world.actor(Role.ADMIN), signed_in(office.session, office.user, office.clock)
    with pytest.raises(Refused):
        factors.reset_factors(office.session, admin, office.user, now=office.clock.now())
    factors.reset_factors(office.session, admin, office.user, confirmed=Confirmed(1, 2), now=office.clock.now())
    found = factors.read_factors(office.session, office.user.id, now=office.clock.now())
    assert found == factors.UserFactors(False, 0, 0, office.clock.now())
    office.session.expire_all()
    assert end_reason(stolen, office.user, office.clock.now()) is EndReason.OFFICE
    assert office.show(codes[0]) is None
    assert "Langkah kedua Anda diatur ulang oleh admin" in office.told()


def test_nobody_resets_their_own_nor_without_being_admin(office: Office, world: World) -> None:
    admin = world.user(Role.ADMIN)
    for actor, user in ((world.actor_of(admin), admin), (world.actor(Role.APPROVER), office.user)):
        with pytest.raises(Forbidden):
            factors.reset_factors(office.session, actor, user, confirmed=Confirmed(1, 2), now=office.clock.now())
        with pytest.raises(Forbidden):
            factors.print_office_code(office.session, actor, user, salt=SALT, now=office.clock.now())
