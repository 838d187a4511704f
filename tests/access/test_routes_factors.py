"""The second factor through the pages: setting up, signing in, a lost phone, and before risky acts."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.base.access import proof, trusted_devices
from app.base.access.commands import factor_code
from app.base.access.entering import enter
from app.base.access.factor_models import Passkey, SecondFactor
from app.base.access.factors import renew_codes, reset_factors
from app.base.access.models import SignIn
from app.base.people.models import User
from app.base.web.guard import risk_of
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.roles import SYSTEM, Actor, Role
from tests.access.authenticator import Phone
from tests.access.test_routes_sign_in import is_in, sign_in
from tests.pages import asked
from tests.world import PASSWORD, World

PAGE = "/akun/langkah-kedua"
EXPORT = "/pengguna/ekspor-lengkap.csv"  # a risky act that any admin may do
SAME = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}


def field(answer: TestResponse, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', answer.get_data(as_text=True))
    assert found, name
    return html.unescape(found[1])


def question(answer: TestResponse) -> tuple[str, str]:
    """What the passkey's button asks: options and state."""
    found = re.search(r'data-options="([^"]*)" data-state="([^"]*)"', answer.get_data(as_text=True))
    assert found
    return html.unescape(found[1]), html.unescape(found[2])


class Person:
    def __init__(self, client: FlaskClient, user: User, clock: FrozenClock) -> None:
        self.client, self.user, self.clock, self.key = client, user, clock, ""

    def code(self) -> str:
        return str(TOTP(key=self.key).generate(time=int(self.clock.now().timestamp())).token)

    def set_up_phone(self) -> list[str]:
        """Returns the Kode cadangan."""
        page = self.client.get(f"{PAGE}/kode-hp")
        shown = re.search(r'id="kunci"[^>]*>([A-Z2-7 ]+)<', page.get_data(as_text=True))
        assert shown
        self.key = shown[1].replace(" ", "")
        done = self.client.post(
            f"{PAGE}/kode-hp", data={"sealed": field(page, "sealed"), "code": self.code()}, follow_redirects=True
        )
        assert done.status_code == 200
        self.client.post(f"{PAGE}/kode-cadangan/disimpan")
        self.clock.advance(minutes=1)
        return re.findall(r'<li class="slip-secret">([a-z0-9-]+)<', done.get_data(as_text=True))

    def set_up_passkey(self, phone: Phone) -> None:
        options, state = question(self.client.get(f"{PAGE}/sidik-jari"))
        values = {"answer": phone.make(options), "state": state, "label": "HP Siti"}
        assert self.client.post(f"{PAGE}/sidik-jari", data=values).status_code in {200, 303}
        self.client.post(f"{PAGE}/kode-cadangan/disimpan")
        self.clock.advance(minutes=1)

    def out(self, *, forgotten: bool = True) -> None:
        """Sign out; `forgotten`: as in a browser that has not seen the person yet."""
        self.client.post("/keluar")
        if forgotten:
            self.client.delete_cookie("gaung_alat")

    def second(self, **values: Any) -> TestResponse:
        return self.client.post("/masuk/langkah-kedua", data=values)


@pytest.fixture
def app(app: Flask) -> Flask:
    app.cli.add_command(factor_code)
    return app


@pytest.fixture
def siti(client: FlaskClient, world: World, clock: FrozenClock) -> Person:
    user = world.user(Role.ADMIN, username="siti")
    sign_in(client, "siti")
    return Person(client, user, clock)


def test_set_up_then_sign_in_with_password_and_code(siti: Person, session: Session) -> None:
    codes = siti.set_up_phone()
    assert len(codes) == 10
    siti.out()
    assert sign_in(siti.client, "siti").location == "/masuk/langkah-kedua"
    assert not is_in(siti.client), "the password alone opens nothing"
    assert siti.second(code="000000").status_code == 422
    assert siti.second(code=siti.code()).status_code == 303
    assert is_in(siti.client)
    assert session.scalars(select(SignIn.how).order_by(SignIn.id)).all() == ["password", "password+phone"]
    actions = select(AuditEntry.action).where(AuditEntry.action.startswith("factor.")).order_by(AuditEntry.id)
    assert session.scalars(actions).all() == [
        "factor.phone_added",
        "factor.codes_made",
        "factor.refused",
        "factor.shown",
    ]


@pytest.mark.parametrize("own", [True, False])
def test_signing_out_forgets_a_device_that_nobody_called_their_own(siti: Person, own: bool) -> None:
    siti.set_up_phone()
    siti.out()
    sign_in(siti.client, "siti")
    siti.second(code=siti.code(), **({"remember": "y"} if own else {}))
    assert is_in(siti.client)
    siti.out(forgotten=False)
    siti.clock.advance(seconds=60)
    assert (sign_in(siti.client, "siti").location == "/masuk/langkah-kedua") is not own


def test_wrong_codes_make_even_the_right_one_wait(siti: Person) -> None:
    siti.set_up_phone()
    siti.out()
    sign_in(siti.client, "siti")
    for _ in range(4):
        assert siti.second(code="000000").status_code == 422
    answer = siti.second(code=siti.code())
    assert answer.status_code == 422
    assert "Terlalu banyak kode yang keliru. Tunggu 15 detik" in answer.get_data(as_text=True)
    siti.clock.advance(seconds=16)
    assert siti.second(code=siti.code()).status_code == 303


def test_the_half_way_ends_after_a_quarter_of_an_hour(siti: Person) -> None:
    siti.set_up_phone()
    siti.out()
    sign_in(siti.client, "siti")
    siti.clock.advance(minutes=15, seconds=1)
    assert siti.second(code=siti.code()).status_code == 401
    assert not is_in(siti.client)


def test_a_lost_phone_a_code_of_the_sheet_then_none_left_the_printed_one(siti: Person, app: Flask) -> None:
    codes = siti.set_up_phone()
    for code in codes:
        siti.out()
        sign_in(siti.client, "siti")
        assert siti.second(backup=code).status_code == 303
        siti.clock.advance(minutes=1)
    siti.out()
    sign_in(siti.client, "siti")
    assert siti.second(backup=codes[0]).status_code == 422
    printed = app.test_cli_runner().invoke(args=["factor-code", "Siti"])
    assert printed.exit_code == 0, printed.output
    code = printed.output.strip().rpartition(" ")[2]
    assert siti.second(backup=code).status_code == 303
    assert is_in(siti.client)
    assert "Tidak ada kode tersisa" in siti.client.get(PAGE).get_data(as_text=True)


def codes_on(answer: TestResponse) -> list[str]:
    return re.findall(r'<li class="slip-secret">([a-z0-9-]+)<', answer.text)


def test_a_sheet_is_shown_again_until_it_is_saved_and_made_once(siti: Person, session: Session) -> None:
    siti.set_up_phone()
    first = siti.client.post(f"{PAGE}/kode-cadangan")
    assert first.status_code == 303
    codes = codes_on(siti.client.get(first.location))
    assert len(codes) == 10
    assert codes_on(siti.client.get(first.location)) == codes
    assert codes_on(siti.client.post(f"{PAGE}/kode-cadangan", follow_redirects=True)) == codes
    assert "belum Anda tandai sudah disimpan" in siti.client.get(PAGE).text
    made = select(func.count()).where(AuditEntry.action == "factor.codes_made")
    assert session.scalar(made) == 2, "with the one of setting up"
    siti.client.post(f"{PAGE}/kode-cadangan/disimpan")
    assert siti.client.get(first.location).location == PAGE
    assert "belum Anda tandai" not in siti.client.get(PAGE).text
    siti.client.post(f"{PAGE}/kode-cadangan")
    siti.clock.advance(minutes=16)
    assert siti.client.get(first.location).location == PAGE, "a quarter of an hour, no longer"


def test_a_sheet_that_a_newer_one_replaced_is_not_shown(siti: Person, session: Session) -> None:
    siti.set_up_phone()
    address = siti.client.post(f"{PAGE}/kode-cadangan").location
    siti.clock.advance(seconds=1)
    actor = Actor(id=siti.user.id, name=siti.user.name)
    renew_codes(session, actor, siti.user, salt="another", now=siti.clock.now())
    session.commit()
    assert siti.client.get(address).location == PAGE


def test_the_sheet_of_setting_up_stays_with_what_was_typed_when_the_page_is_loaded_again(siti: Person) -> None:
    page = siti.client.get(f"{PAGE}/kode-hp")
    shown = re.search(r'id="kunci"[^>]*>([A-Z2-7 ]+)<', page.text)
    assert shown
    siti.key = shown[1].replace(" ", "")
    values = {"sealed": field(page, "sealed"), "code": siti.code()}
    codes = codes_on(siti.client.post(f"{PAGE}/kode-hp", data=values, follow_redirects=True))
    assert len(codes) == 10
    assert codes_on(siti.client.post(f"{PAGE}/kode-hp", data=values, follow_redirects=True)) == codes


def test_the_printed_code_is_for_people_who_are_there(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["factor-code", "tidakada"])
    assert answer.exit_code == 1
    assert "tidakada" in answer.output


def test_a_passkey_signs_in_without_name_and_password(siti: Person) -> None:
    phone = Phone()
    siti.set_up_passkey(phone)
    siti.out()
    options, state = question(siti.client.get("/masuk"))
    assert '"allowCredentials": []' in options or "allowCredentials" not in options, "it names nobody"
    values = {"answer": phone.sign(options), "state": state, "next": "/akun", "remember": "y", "shared": "y"}
    assert siti.client.post("/masuk/sidik-jari", data=values).location == "/akun"
    assert is_in(siti.client)
    assert siti.client.get_cookie("gaung_ingat") is None, "on a shared computer nothing is remembered"
    assert siti.client.post(EXPORT).status_code == 200, "it is two factors in one"
    siti.out()
    again = siti.client.post("/masuk/sidik-jari", data=values)
    assert again.status_code == 422, "an answer is taken once"
    assert not is_in(siti.client)


def test_a_passkey_is_a_second_step_too(siti: Person) -> None:
    phone = Phone()
    siti.set_up_passkey(phone)
    siti.out()
    sign_in(siti.client, "siti")
    options, state = question(siti.client.get("/masuk/langkah-kedua"))
    assert siti.second(answer=phone.sign(options), state=state).status_code == 303
    assert is_in(siti.client)


def test_a_closed_account_has_no_passkey(siti: Person, session: Session) -> None:
    phone = Phone()
    siti.set_up_passkey(phone)
    siti.out()
    siti.user.active = False
    session.commit()
    options, state = question(siti.client.get("/masuk"))
    assert (
        siti.client.post("/masuk/sidik-jari", data={"answer": phone.sign(options), "state": state}).status_code == 422
    )


def test_a_passkey_of_another_site_does_not_sign_in(siti: Person) -> None:
    phone = Phone()
    siti.set_up_passkey(phone)
    siti.out()
    phone.origin = "https://gaung-palsu.example"
    options, state = question(siti.client.get("/masuk"))
    answer = siti.client.post("/masuk/sidik-jari", data={"answer": phone.sign(options), "state": state})
    assert answer.status_code == 422
    assert "bukan untuk situs ini" in answer.get_data(as_text=True)


def test_the_address_of_keys_is_never_taken_from_host(siti: Person) -> None:
    siti.out()
    page = siti.client.get("/masuk", headers={"Host": "jahat.example"})
    options, _state = question(page)
    assert '"rpId": "localhost"' in options
    assert 'data-origin="http://localhost"' in page.get_data(as_text=True)


# --- before risky acts ---


def test_a_risky_act_asks_for_the_factor_and_goes_on_with_what_was_typed(siti: Person) -> None:
    siti.set_up_phone()
    siti.clock.advance(minutes=16)
    asks = siti.client.post(EXPORT, data={"q": "orang kampung"}, headers=SAME)
    assert asks.status_code == 401
    assert "Pastikan ini Anda" in asks.get_data(as_text=True)
    parked = field(asks, "parked")
    wrong = siti.client.post(f"{PAGE}/tunjukkan", data={"parked": parked, "code": "000000"})
    assert wrong.status_code == 422
    shown = siti.client.post(f"{PAGE}/tunjukkan", data={"parked": field(wrong, "parked"), "code": siti.code()})
    page = shown.get_data(as_text=True)
    assert f'action="{EXPORT}"' in page
    assert "orang kampung" in page
    assert siti.client.post(EXPORT, data={"q": "orang kampung"}).status_code == 200
    siti.clock.advance(minutes=15, seconds=1)
    assert siti.client.post(EXPORT).status_code == 401


def test_reading_asks_nothing(siti: Person) -> None:
    siti.set_up_phone()
    siti.clock.advance(minutes=16)
    for path in ("/pengguna", "/pengguna/baru", "/keamanan-masuk", "/saluran", "/delegasi"):
        assert siti.client.get(path).status_code == 200, path


def test_taking_a_factor_away_asks_for_one(siti: Person, session: Session) -> None:
    siti.set_up_phone()
    siti.clock.advance(minutes=16)
    assert siti.client.post(f"{PAGE}/kode-hp/lepas").status_code == 401
    assert siti.client.get(f"{PAGE}/kode-hp").status_code == 401, "so does putting another in its place"
    answer = siti.client.post(f"{PAGE}/tunjukkan", data={"next": PAGE, "code": siti.code()})
    assert answer.location == PAGE
    assert siti.client.post(f"{PAGE}/kode-hp/lepas").status_code == 303
    assert session.get_one(SecondFactor, siti.user.id).totp_sealed is None


def test_the_first_factor_on_an_open_browser_asks_for_the_password(siti: Person) -> None:
    siti.clock.advance(minutes=16)
    asks = siti.client.get(f"{PAGE}/kode-hp")
    assert asks.status_code == 401
    data = {"next": field(asks, "next"), "password": "salah"}
    assert siti.client.post(f"{PAGE}/tunjukkan", data=data).status_code == 422
    assert siti.client.post(f"{PAGE}/tunjukkan", data=data | {"password": PASSWORD}).location == f"{PAGE}/kode-hp"
    assert siti.client.get(f"{PAGE}/kode-hp").status_code == 200


@pytest.fixture
def approving(app: Flask) -> Iterator[str]:
    """The path of a risky act of the lighter kind, as approving is: where one's own device is enough."""
    view = app.view_functions["people.users_full_sheet"]
    risk = view.__dict__["risk"]
    view.__dict__["risk"] = replace(risk, remembered=True)
    yield EXPORT
    view.__dict__["risk"] = risk


def test_approving_is_of_the_lighter_kind(app: Flask) -> None:
    assert risk_of(app, "posts.approve").remembered  # type: ignore[union-attr]


def test_on_a_remembered_device_neither_signing_in_nor_approving_asks_for_30_days(siti: Person, approving: str) -> None:
    siti.set_up_phone()
    siti.out()
    siti.client.delete_cookie("gaung_alat")
    sign_in(siti.client, "siti")
    assert siti.second(code=siti.code(), remember="y").status_code == 303
    siti.clock.advance(days=29)
    assert sign_in(siti.client, "siti").location == "/"
    assert siti.client.post(approving).status_code == 200
    assert siti.client.post(f"{PAGE}/kode-hp/lepas").status_code == 401, "the gravest acts ask nevertheless"
    siti.clock.advance(days=2)
    assert sign_in(siti.client, "siti").location == "/masuk/langkah-kedua"


def test_a_known_device_that_is_not_ones_own_signs_in_but_asks_before_approving(siti: Person, approving: str) -> None:
    siti.set_up_phone()
    siti.clock.advance(days=1)
    assert sign_in(siti.client, "siti").location == "/"
    assert siti.client.post(approving).status_code == 401


def test_another_person_in_the_same_browser_is_asked(siti: Person, world: World, app: Flask) -> None:
    siti.set_up_phone()
    ahmad = Person(app.test_client(), world.user(Role.EDITOR, username="ahmad"), siti.clock)
    sign_in(ahmad.client, "ahmad")
    ahmad.set_up_phone()
    siti.out()
    assert sign_in(siti.client, "ahmad").location == "/masuk/langkah-kedua"


def test_a_new_password_or_a_reset_ends_what_a_device_knew(siti: Person, session: Session) -> None:
    siti.set_up_phone()
    siti.out()
    reset_factors(session, SYSTEM, siti.user, now=siti.clock.now())
    session.commit()
    sign_in(siti.client, "siti")
    siti.set_up_phone()
    siti.out()
    sign_in(siti.client, "siti")
    siti.clock.advance(seconds=60)
    siti.second(code=siti.code(), remember="y")
    siti.out(forgotten=False)
    assert sign_in(siti.client, "siti").location == "/"
    siti.out(forgotten=False)
    session.refresh(siti.user)
    siti.user.fs_uniquifier = "another"
    session.commit()
    assert sign_in(siti.client, "siti").location == "/masuk/langkah-kedua"


def test_a_cookie_that_was_changed_is_worth_nothing(siti: Person) -> None:
    siti.set_up_phone()
    siti.out(forgotten=False)
    cookie = siti.client.get_cookie("gaung_alat")
    assert cookie is not None
    assert cookie.http_only
    siti.client.set_cookie("gaung_alat", cookie.value[:-3] + "abc")
    assert sign_in(siti.client, "siti").location == "/masuk/langkah-kedua"


def test_nothing_is_remembered_on_a_shared_computer(siti: Person, app: Flask) -> None:
    siti.set_up_phone()
    siti.out()
    siti.client.delete_cookie("gaung_alat")
    with app.test_request_context("/masuk", method="POST"):
        enter(siti.user, how="password", shown=True, shared=True, own_device=True)
        assert proof.shared_here()
        assert not trusted_devices.is_own(siti.user, siti.clock.now())
        assert not trusted_devices.is_known(siti.user, siti.clock.now())


# --- who must ---


def test_in_the_time_of_grace_everything_works_and_the_days_are_counted(siti: Person) -> None:
    assert "Waktunya tinggal 14 hari" in siti.client.get("/pengguna").get_data(as_text=True)
    assert siti.client.post(EXPORT).status_code == 200
    siti.clock.advance(hours=11)
    siti.clock.advance(days=12)
    sign_in(siti.client, "siti")
    assert "Waktunya tinggal 2 hari" in siti.client.get("/pengguna").get_data(as_text=True)


def test_after_it_one_reads_and_risky_acts_ask_to_set_one_up(siti: Person) -> None:
    siti.clock.advance(days=15)
    sign_in(siti.client, "siti")
    assert "sudah lewat" in siti.client.get("/pengguna").get_data(as_text=True)
    asks = siti.client.post(EXPORT, data={"q": "orang kampung"}, headers=SAME)
    assert asks.status_code == 401
    assert "Pasang langkah kedua dahulu" in asks.get_data(as_text=True)
    begun = siti.client.post(f"{PAGE}/kode-hp", data={"mulai": "1", "parked": field(asks, "parked")})
    assert begun.status_code == 200
    shown = re.search(r'id="kunci"[^>]*>([A-Z2-7 ]+)<', begun.get_data(as_text=True))
    assert shown
    siti.key = shown[1].replace(" ", "")
    values = {"sealed": field(begun, "sealed"), "parked": field(begun, "parked"), "code": siti.code()}
    done = siti.client.post(f"{PAGE}/kode-hp", data=values).get_data(as_text=True)
    assert f'action="{EXPORT}"' in done, "with the sheet of codes one goes on where one was"
    assert "orang kampung" in done
    assert siti.client.post(EXPORT).status_code == 200
    assert "langkah kedua" not in siti.client.get("/pengguna").get_data(as_text=True)


def test_after_it_a_printed_code_lets_through_on_the_day(siti: Person, app: Flask) -> None:
    siti.clock.advance(days=15)
    sign_in(siti.client, "siti")
    asks = siti.client.post(EXPORT, data={"csrf_token": "-"}, headers=SAME)
    code = app.test_cli_runner().invoke(args=["factor-code", "siti"]).output.strip().rpartition(" ")[2]
    shown = siti.client.post(f"{PAGE}/tunjukkan", data={"parked": field(asks, "parked"), "backup": code})
    assert f'action="{EXPORT}"' in shown.get_data(as_text=True)
    assert siti.client.post(EXPORT).status_code == 200


def test_the_password_does_not_stand_for_a_factor(siti: Person) -> None:
    siti.clock.advance(days=15)
    sign_in(siti.client, "siti")
    siti.client.post(f"{PAGE}/tunjukkan", data={"password": PASSWORD})
    assert siti.client.post(EXPORT).status_code == 401


@pytest.mark.parametrize("role", [Role.COMMUNITY, Role.TRAINER, Role.ENUMERATOR, Role.VIEWER])
def test_others_are_asked_for_nothing(client: FlaskClient, world: World, clock: FrozenClock, role: Role) -> None:
    world.user(role, username="kim")
    for _ in range(2):
        sign_in(client, "kim")
        assert "langkah kedua untuk masuk" not in client.get("/pemberitahuan").get_data(as_text=True)
        clock.advance(days=30)


def test_the_banner_asks_the_database_nothing(siti: Person) -> None:
    def cost() -> int:
        siti.client.get("/pengguna")
        with asked() as seen:
            siti.client.get("/pengguna")
        return len(seen)

    before = cost()
    with siti.client.session_transaction() as kept:
        kept.pop("factor_due")
    assert cost() == before


def test_a_first_password_keeps_the_days_in_view(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="baru", must_change_password=True)
    sign_in(client, "baru")
    new = "sungai mahakam tenang sekali"
    fields = {"new_password": new, "repeat_password": new}
    assert client.post("/akun/kata-sandi-baru", data=fields).status_code == 303
    assert "Waktunya tinggal 14 hari" in client.get("/pemberitahuan").get_data(as_text=True)


def test_somebody_else_in_the_same_browser_takes_nothing_over(siti: Person, world: World) -> None:
    siti.set_up_phone()
    world.user(Role.ADMIN, username="ahmad")
    sign_in(siti.client, "ahmad")
    with siti.client.session_transaction() as kept:
        assert "factor_at" not in kept


# --- the admins' page ---


def test_admins_say_who_must_and_see_who_has(siti: Person, world: World) -> None:
    world.user(Role.EDITOR, name="Rahmat Editor")
    world.user(Role.COMMUNITY, name="Ibu Kim")
    page = siti.client.get("/keamanan-masuk").get_data(as_text=True)
    assert "Rahmat Editor" in page
    assert "Ibu Kim" not in page
    assert "Ibu Kim" in siti.client.get("/keamanan-masuk?keadaan=all&q=kim").get_data(as_text=True)
    saved = siti.client.post("/keamanan-masuk", data={"required": ["admin", "viewer"], "days": "30"})
    assert saved.status_code == 303
    assert "Rahmat Editor" not in siti.client.get("/keamanan-masuk").get_data(as_text=True)
    for wrong in (
        {"required": ["community", "admin"], "days": "3"},
        {"required": ["admin"], "days": "²"},
        {"days": "3"},
    ):
        assert siti.client.post("/keamanan-masuk", data=wrong).status_code == 422


def test_a_page_that_lay_open_too_long_or_is_of_somebody_else_sets_nothing_up(
    siti: Person, world: World, app: Flask, session: Session
) -> None:
    page = siti.client.get(f"{PAGE}/kode-hp")
    other = app.test_client()
    world.user(Role.EDITOR, username="ahmad")
    sign_in(other, "ahmad")
    for client, sealed in (
        (other, field(page, "sealed")),
        (siti.client, "rusak"),
        (siti.client, "²"),
        (siti.client, ""),
    ):
        assert client.post(f"{PAGE}/kode-hp", data={"sealed": sealed, "code": "123456"}).status_code == 422
    assert session.scalars(select(SecondFactor.totp_sealed).where(SecondFactor.totp_sealed.is_not(None))).all() == []


def test_one_takes_only_ones_own_passkey_away(siti: Person, world: World, app: Flask, session: Session) -> None:
    siti.set_up_passkey(Phone())
    key = session.scalars(select(Passkey.id)).one()
    session.rollback()
    other = app.test_client()
    world.user(Role.EDITOR, username="ahmad")
    sign_in(other, "ahmad")
    for value in (str(key), "²", ""):
        other.post(f"{PAGE}/sidik-jari/lepas", data={"perangkat": value})
        assert session.scalars(select(Passkey.id)).all() == [key], "it stays"
        session.rollback()
    siti.client.post(f"{PAGE}/sidik-jari/lepas", data={"perangkat": str(key)})
    assert session.scalars(select(Passkey.id)).all() == []
