"""The pages of a pause, on SQLite."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.outreach.outlets.ports import HandOver
from app.outreach.posts.models import Post
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.models import Pause
from app.outreach.publishing.plan import sweep
from tests.pages import asked, sign_in
from tests.publishing.channels import ScriptedChannel
from tests.world import World


@pytest.fixture
def planned(
    approved: Callable[..., Post], sessions: "sessionmaker[Session]", clock: FrozenClock
) -> Callable[..., Post]:
    """An approved post whose deliveries stand in the ledger."""

    def make(*outlets: object, **values: object) -> Post:
        post = approved(*outlets, **values)
        with unit_of_work(sessions) as work:
            sweep(work, public_url="http://localhost", now=clock.now())
        return post

    return make


def only(session: Session) -> Pause:
    session.commit()
    session.expire_all()
    return session.scalars(select(Pause)).one()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_one_press_of_a_reason_stops_everything(
    role: Role, client: FlaskClient, world: World, session: Session
) -> None:
    sign_in(client, world.user(role))
    home = client.get("/").text
    assert 'href="/jeda/baru"' in home
    page = client.get("/jeda/baru").text
    assert '<option value="semua" selected>' in page
    answer = client.post("/jeda/baru", data={"scope": "semua", "reason": "disaster"}, follow_redirects=True)
    assert answer.status_code == 200
    made = only(session)
    assert (made.scope, made.reason, made.lifted_at) == ("all", "disaster", None)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.TRAINER])
def test_others_are_not_offered_it(role: Role, client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(role))
    assert "/jeda/baru" not in client.get("/").text
    assert client.post("/jeda/baru", data={"reason": "disaster"}).status_code == 403


def test_a_part_is_stopped_by_its_name(client: FlaskClient, world: World, session: Session) -> None:
    outlet = world.outlet(name="Facebook Dinas")
    sign_in(client, world.user(Role.EDITOR))
    assert (
        f'<option value="saluran:{outlet.id}" selected>' in client.get(f"/jeda/baru?cakupan=saluran:{outlet.id}").text
    )
    client.post("/jeda/baru", data={"scope": f"saluran:{outlet.id}", "reason": "mistake"})
    assert only(session).outlet_id == outlet.id


@pytest.mark.parametrize("scope", ["saluran:999999", "saluran:x", "apa saja", "opd:"])
def test_what_is_not_in_the_list_stops_nothing(scope: str, client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert client.post("/jeda/baru", data={"scope": scope, "reason": "mistake"}).status_code in {404, 422}
    assert session.scalars(select(Pause)).all() == []


def test_another_reason_needs_its_words(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert client.post("/jeda/baru", data={"scope": "semua", "reason": "other"}).status_code == 422
    client.post("/jeda/baru", data={"scope": "semua", "reason": "other", "words": "Pemadaman listrik"})
    assert only(session).words == "Pemadaman listrik"


def test_every_page_says_that_it_is_stopped_by_whom_and_what_waits(
    client: FlaskClient, world: World, planned: Callable[..., Post]
) -> None:
    planned()
    person = world.user(Role.EDITOR, name="Budi Santoso")
    sign_in(client, person)
    client.post("/jeda/baru", data={"scope": "semua", "reason": "mourning", "words": "wafatnya Bupati"})
    for path in ("/", "/materi", "/tayang", "/saluran", "/kalender"):
        page = client.get(path).text
        assert "pause-note" in page, path
        assert "Budi Santoso" in page
        assert "wafatnya Bupati" in page
        assert "1 materi menunggu" in page
    sign_in(client, world.user(Role.VIEWER))
    assert "pause-note" in client.get("/").text


def test_whoever_pressed_by_mistake_takes_it_back(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    client.post("/jeda/baru", data={"scope": "semua", "reason": "mistake"})
    address = f"/jeda/{only(session).id}/batal"
    assert f'action="{address}"' in client.get("/").text
    client.post(address)
    made = only(session)
    assert made.undone
    clock.advance(seconds=1)
    assert "pause-note" not in client.get("/").text


def test_a_minute_later_it_is_an_approvers_to_end(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    client.post("/jeda/baru", data={"scope": "semua", "reason": "mistake"})
    number = only(session).id
    clock.advance(seconds=61)
    assert f"/jeda/{number}/batal" not in client.get("/").text
    client.post(f"/jeda/{number}/batal")
    assert only(session).lifted_at is None
    assert client.post(f"/jeda/{number}/lanjutkan", data={"everything": "kirim"}).status_code == 403


def test_an_approver_gives_all_a_new_time_but_one(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock, planned: Callable[..., Post]
) -> None:
    moved, off = planned(title="Jadwal imunisasi"), planned(title="Undangan lama")
    approver = world.user(Role.APPROVER)
    sign_in(client, approver)
    client.post("/jeda/baru", data={"scope": "semua", "reason": "disaster"})
    clock.advance(hours=2)
    number = only(session).id
    page = client.get(f"/jeda/{number}").text
    assert "Jadwal imunisasi" in page
    assert "Undangan lama" in page
    data = {
        "everything": "waktu-baru", "first": "2026-11-24T14:00", "gap": "30", f"materi-{off.id}": "batal",
        "terlihat": [str(moved.id), str(off.id)],
    }  # fmt: skip
    answer = client.post(f"/jeda/{number}/lanjutkan", data=data, follow_redirects=True)
    assert answer.status_code == 200
    session.commit()
    session.expire_all()
    assert session.get_one(Post, moved.id).scheduled_at == clock.now().replace(hour=6, minute=0)
    states = {row.post_id: row.status for row in session.scalars(select(Delivery))}
    assert states == {moved.id: S.QUEUED, off.id: S.CANCELLED}
    assert only(session).lifted_by_name == approver.name


@pytest.mark.parametrize("chosen", ["waktu-baru", ""])
@pytest.mark.parametrize("everything", ["batal", "kirim"])
def test_the_own_time_of_a_post_is_read(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock, planned: Callable[..., Post],
    chosen: str, everything: str,
) -> None:  # fmt: skip
    """Also where nothing was chosen beside it: a time that was typed is not dropped."""
    post = planned()
    sign_in(client, world.user(Role.APPROVER))
    client.post("/jeda/baru", data={"scope": "semua", "reason": "disaster"})
    clock.advance(hours=2)
    data = {
        "everything": everything, f"materi-{post.id}": chosen, f"waktu-{post.id}": "2026-11-25T09:30",
        "terlihat": str(post.id),
    }  # fmt: skip
    client.post(f"/jeda/{only(session).id}/lanjutkan", data=data)
    session.commit()
    session.expire_all()
    moved = session.get_one(Post, post.id).scheduled_at
    assert moved is not None
    assert moved - clock.now() == timedelta(hours=23, minutes=30)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({}, "Pilih apa yang terjadi"),
        ({"everything": "waktu-baru", "first": "2026-11-24T08:30"}, "sudah lewat"),
        ({"everything": "waktu-baru", "terlihat": []}, "jatuh tempo sejak"),
        ({"everything": "kirim", "waktu-1": "besok pagi"}, "“besok pagi” tidak bisa dipakai"),
    ],
)
def test_a_refused_decision_leaves_everything_stopped(
    data: dict[str, object],
    word: str,
    client: FlaskClient,
    world: World,
    session: Session,
    clock: FrozenClock,
    planned: Callable[..., Post],
) -> None:
    post = planned()
    sign_in(client, world.user(Role.APPROVER))
    client.post("/jeda/baru", data={"scope": "semua", "reason": "disaster"})
    clock.advance(hours=2)
    answer = client.post(f"/jeda/{only(session).id}/lanjutkan", data={"terlihat": str(post.id), **data})
    assert answer.status_code == 422
    assert word in answer.text
    assert only(session).lifted_at is None


def test_each_time_has_its_label_begins_today_and_stays_as_typed_after_a_refusal(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock, planned: Callable[..., Post]
) -> None:
    one, other, approver = planned(), planned(), world.user(Role.APPROVER)
    sign_in(client, approver)
    client.post("/jeda/baru", data={"scope": "semua", "reason": "disaster"})
    clock.advance(hours=17)  # 01.00 WITA of the next day, still the 24th in UTC
    sign_in(client, approver)
    address, times = f"/jeda/{only(session).id}", {"first", f"waktu-{one.id}", f"waktu-{other.id}"}
    page = client.get(address).text
    assert {name: times_of(page)[name]["min"] for name in times} == dict.fromkeys(times, "2026-11-25T00:00")
    assert all(f'<label class="form-label" for="{name}">' in page for name in times)
    assert folded(page) == [True, True]
    typed = {"first": "2026-11-24T08:30", f"waktu-{one.id}": "2026-11-26T09:30"}
    seen = [str(one.id), str(other.id)]
    refused = client.post(f"{address}/lanjutkan", data={"everything": "waktu-baru", "terlihat": seen, **typed})
    assert refused.status_code == 422
    kept = {name: values["value"] for name, values in times_of(refused.text).items()}
    assert kept == {**typed, f"waktu-{other.id}": ""}
    assert folded(refused.text) == [False, True], "what was typed is in sight"


def times_of(page: str) -> dict[str, dict[str, str]]:
    """The attributes of each control for a time, by its name."""
    controls = re.findall(r'<input[^>]*type="datetime-local"[^>]*>', page)
    found = [dict(re.findall(r'([\w-]+)="([^"]*)"', control)) for control in controls]
    return {values["name"]: values for values in found}


def folded(page: str) -> list[bool]:
    return [not opened for opened in re.findall(r'<details class="resume-own"( open)?>', page)]


def test_whoever_has_it_to_post_reads_not_to(
    client: FlaskClient, world: World, approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher],
    session: Session,
) -> None:  # fmt: skip
    keeper = world.user(Role.EDITOR)
    approved(world.outlet("whatsapp", responsible_id=keeper.id))
    make_dispatcher(whatsapp=ScriptedChannel(HandOver())).tick()
    sign_in(client, keeper)
    client.post("/jeda/baru", data={"scope": "semua", "reason": "disaster"})
    row = session.scalars(select(Delivery)).one()
    assert "Jangan terbitkan dulu" in client.get(f"/tayang/{row.id}").text


def test_the_page_of_a_pause_costs_the_same_however_much_waits(
    client: FlaskClient, world: World, session: Session, planned: Callable[..., Post]
) -> None:
    outlet = world.outlet()
    planned(outlet)
    sign_in(client, world.user(Role.APPROVER))
    client.post("/jeda/baru", data={"scope": "semua", "reason": "disaster"})
    address = f"/jeda/{only(session).id}"
    client.get(address)
    with asked() as few:
        client.get(address)
    for _ in range(5):
        planned(outlet)
    with asked() as many:
        client.get(address)
    assert len(many) == len(few)


def test_pauses_that_are_over_stay_to_be_read(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.APPROVER))
    client.post("/jeda/baru", data={"scope": "semua", "reason": "disaster"})
    client.post(f"/jeda/{only(session).id}/lanjutkan", data={})
    assert "Dilanjutkan" in client.get("/jeda").text


def test_what_is_sent_at_the_end_is_said_to_begin(
    client: FlaskClient, world: World, session: Session, planned: Callable[..., Post]
) -> None:
    posts = [planned() for _ in range(2)]
    sign_in(client, world.user(Role.APPROVER))
    client.post("/jeda/baru", data={"scope": "semua", "reason": "disaster"})
    seen = {"everything": "kirim", "terlihat": [str(post.id) for post in posts]}
    page = client.post(f"/jeda/{only(session).id}/lanjutkan", data=seen, follow_redirects=True).text
    assert "Dilanjutkan: 2 materi mulai dikirim." in page


def stop_on_page(client: FlaskClient, scope: str = "semua") -> str:
    return client.post("/jeda/baru", data={"scope": scope, "reason": "mistake"}, follow_redirects=True).text


def test_a_part_that_is_stopped_is_named_and_promises_nothing_for_the_rest(
    client: FlaskClient, world: World, session: Session
) -> None:
    outlet, other = world.outlet(name="Facebook Dinas"), world.outlet(name="X Kukar")
    sign_in(client, world.user(Role.EDITOR))
    page = stop_on_page(client, f"saluran:{outlet.id}")
    assert "Saluran Facebook Dinas dihentikan. Yang lain tidak ikut berhenti." in page
    assert "tidak ada yang keluar" not in page
    page = stop_on_page(client, f"saluran:{other.id}")
    assert "Saluran X Kukar dihentikan. Juga masih dihentikan: Saluran Facebook Dinas." in page
    assert "Dihentikan. Mulai sekarang tidak ada yang keluar." in stop_on_page(client)


def test_whoever_is_told_of_a_part_reads_that_only_this_is_stopped(
    client: FlaskClient, world: World, session: Session
) -> None:
    world.user(Role.APPROVER)
    sign_in(client, world.user(Role.EDITOR))
    stop_on_page(client, f"saluran:{world.outlet(name='Facebook Dinas').id}")
    stop_on_page(client)
    session.commit()
    notices = select(Notice).where(Notice.kind == "pause_started").order_by(Notice.id)
    part, whole = [str(one.body) for one in session.scalars(notices)]
    assert "Tidak ada yang keluar" not in part
    assert "menghentikan ini: Saluran Facebook Dinas" in part
    assert "Tidak ada yang keluar" in whole


@pytest.mark.parametrize("way", ["batal", "lanjutkan"])
def test_ending_one_of_two_pauses_says_what_is_still_stopped(
    way: str, client: FlaskClient, world: World, session: Session
) -> None:
    outlet = world.outlet(name="Facebook Dinas")
    sign_in(client, world.user(Role.APPROVER))
    stop_on_page(client, f"saluran:{outlet.id}")
    stop_on_page(client)
    first, second = session.scalars(select(Pause.id).order_by(Pause.id))
    page = client.post(f"/jeda/{second}/{way}", follow_redirects=True).text
    assert "Masih dihentikan: Saluran Facebook Dinas." in page
    assert "berjalan seperti biasa" not in page
    page = client.post(f"/jeda/{first}/{way}", follow_redirects=True).text
    assert "Masih dihentikan" not in page


def test_banner_and_page_count_the_same_posts_also_where_two_pauses_hold_them(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock, planned: Callable[..., Post]
) -> None:
    outlet, other = world.outlet(), world.outlet()
    planned(outlet, other, title="Di dua akun")
    alone = planned(other, title="Hanya di satu")
    sign_in(client, world.user(Role.APPROVER))
    stop_on_page(client)
    whole = only(session).id
    page = client.get(f"/jeda/{whole}").text
    assert "2 materi menunggu." in page
    assert "juga ditahan jeda lain" not in page
    assert "2 materi jatuh tempo" in page
    stop_on_page(client, f"saluran:{other.id}")
    session.commit()
    account = session.scalars(select(Pause.id).order_by(Pause.id.desc())).first()
    page = client.get(f"/jeda/{whole}").text
    assert "2 materi menunggu, 1 juga ditahan jeda lain." in page, "the banner"
    assert "1 materi jatuh tempo" in page
    assert "Sebagian ditahan jeda lain" in page
    assert "1 materi juga ditahan jeda lain dan tetap tertahan sesudah jeda ini berakhir." in page
    page = client.get(f"/jeda/{account}").text
    assert "2 materi menunggu, 2 juga ditahan jeda lain." in page
    assert "Belum ada materi yang jatuh tempo" not in page
    assert "2 materi juga ditahan jeda lain dan tetap tertahan sesudah jeda ini berakhir." in page
    page = client.post(f"/jeda/{account}/lanjutkan", data={}, follow_redirects=True).text
    assert "Dilanjutkan: 2 materi tetap ditahan jeda lain." in page
    session.commit()
    session.expire_all()
    states = {row.status for row in session.scalars(select(Delivery).where(Delivery.post_id == alone.id))}
    assert states == {S.QUEUED}


def test_what_a_delay_plan_gave_a_later_time_is_counted_alike_by_banner_and_page(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock, planned: Callable[..., Post]
) -> None:
    post = planned()
    row = session.scalars(select(Delivery).where(Delivery.post_id == post.id)).one()
    row.wake_at, row.spaced_at = clock.now() + timedelta(hours=3), clock.now()
    session.commit()
    sign_in(client, world.user(Role.APPROVER))
    stop_on_page(client)
    page = client.get(f"/jeda/{only(session).id}").text
    assert "1 materi menunggu." in page
    assert "1 materi jatuh tempo" in page


@pytest.mark.parametrize(
    ("before", "during", "values", "word"),
    [
        (0, 61, {}, "Jedanya lebih dari satu jam"),
        (70, 3, {}, "Ada materi yang terlambat lebih dari satu jam"),
        (0, 10, {"useful_until": timedelta(minutes=5)}, "Ada materi yang sudah lewat batas bergunanya"),
        (0, 10, {}, "Jedanya belum satu jam: bila tidak diubah"),
    ],
)
def test_why_a_decision_is_compulsory_is_true_for_the_case(
    before: int, during: int, values: dict[str, timedelta], word: str,
    client: FlaskClient, world: World, session: Session, clock: FrozenClock, planned: Callable[..., Post],
) -> None:  # fmt: skip
    planned(**{name: clock.now() + after for name, after in values.items()})
    clock.advance(minutes=before)
    sign_in(client, world.user(Role.APPROVER))
    stop_on_page(client)
    clock.advance(minutes=during)
    page = client.get(f"/jeda/{only(session).id}").text
    assert word in page
    others = {"Jedanya lebih dari satu jam", "terlambat lebih dari satu jam", "batas bergunanya, jadi"}
    assert not [one for one in others if one in page and one not in word + ", jadi"]


def test_the_page_of_a_pause_that_is_over_keeps_what_was_decided(
    client: FlaskClient, world: World, session: Session, planned: Callable[..., Post]
) -> None:
    posts = [planned() for _ in range(3)]
    sign_in(client, world.user(Role.APPROVER))
    stop_on_page(client)
    address = f"/jeda/{only(session).id}"
    data = {"everything": "kirim", f"materi-{posts[0].id}": "batal", "terlihat": [str(post.id) for post in posts]}
    client.post(f"{address}/lanjutkan", data=data)
    client.get(address)  # the message of the answer is read
    assert "2 materi mulai dikirim, 1 materi dibatalkan." in client.get(address).text
    stop_on_page(client, f"saluran:{world.outlet().id}")
    session.commit()
    empty = session.scalars(select(Pause.id).order_by(Pause.id.desc())).first()
    client.post(f"/jeda/{empty}/lanjutkan", data={})
    client.get(f"/jeda/{empty}")
    assert "Tidak ada yang tertunda." in client.get(f"/jeda/{empty}").text


def test_from_two_pauses_on_one_banner_names_how_many_and_tells_the_rest_on_a_tap(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock, planned: Callable[..., Post]
) -> None:
    outlets = [world.outlet(name=name) for name in ("Facebook Dinas", "X Kukar")]
    planned(*outlets)
    sign_in(client, world.user(Role.EDITOR, name="Budi Santoso"))
    stop_on_page(client, f"saluran:{outlets[0].id}")
    assert "jeda berlaku" not in client.get("/").text
    stop_on_page(client, f"saluran:{outlets[1].id}")
    page = client.get("/").text
    assert page.count("pause-note") == 1
    assert "2 jeda berlaku" in page
    assert "1 materi menunggu." in page, "one post, though two pauses hold it"
    assert 'href="/jeda"' in page
    assert "Saluran Facebook Dinas" in page
    assert "Budi Santoso" in page
    assert "/batal" in page
    assert '<details class="pause-each" open>' in page, "whoever may take one back finds it at once"
    clock.advance(minutes=2)
    page = client.get("/").text
    assert '<details class="pause-each">' in page
