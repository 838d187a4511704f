"""The page of the state: one sentence first, its causes worst first, and buttons for those who may press them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.kernel.text import T
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.publishing import heartbeat, safety
from app.outreach.publishing.decisions import give_up
from app.outreach.publishing.health import STUCK_AFTER
from app.outreach.publishing.heartbeat import SILENT_AFTER
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.models import Pause, PauseReason, PauseScope
from app.outreach.publishing.preflight.models import Inspection, Level
from app.outreach.publishing.removal.models import Removal, RemovalReason, RemovalState
from app.outreach.publishing.safety import Reason
from app.outreach.publishing.self_audit.models import Finding, FindingKind
from app.outreach.publishing.status.causes_waiting import MOST_ACCOUNTS
from tests.pages import asked, sign_in
from tests.publishing.status.conftest import WORKER, Planned
from tests.world import World

ADDRESS = "/tayang/keadaan"
Sign = Callable[[], None]


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


class Seen:
    """What one person reads: the first sentence, and each cause with the address of its button."""

    def __init__(self, page: str) -> None:
        self.page = page.split("<main", 1)[1].split("</main>", 1)[0]
        self.sentence = words(self.page.split('class="state-sentence">')[1].split("</p>")[0])
        listed = self.page.partition('class="state-causes">')[2].partition("</ul>")[0]
        items = listed.split("<li>")[1:]
        self.causes = [words(item) for item in items]
        self.ways = [(re.findall(r'class="btn [^"]*" href="([^"]+)"', item) or [None])[0] for item in items]

    def way(self, said: str) -> str | None:
        (found,) = [way for cause, way in zip(self.causes, self.ways, strict=True) if said in cause]
        return found


@pytest.fixture
def see(client: FlaskClient, world: World, session: Session) -> Callable[..., Seen]:
    def look(role: Role = Role.EDITOR, **values: Any) -> Seen:
        session.commit()
        sign_in(client, world.user(role, **values))
        answer = client.get(ADDRESS)
        assert answer.status_code == 200
        return Seen(answer.text)

    return look


See = Callable[..., Seen]


def test_all_is_well(see: See, alive: Sign) -> None:
    alive()
    seen = see()
    assert seen.sentence == "Semua terkirim. Tidak ada yang menunggu Anda."
    assert seen.causes == []
    assert "btn-primary" not in seen.page
    assert "alert-success" in seen.page


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPD_CONTACT, Role.ADMIN])
def test_everybody_who_reads_deliveries_reads_it(see: See, role: Role) -> None:
    assert see(role).sentence


@pytest.mark.parametrize("role", [Role.COMMUNITY, Role.TRAINER, Role.ENUMERATOR])
def test_others_do_not_and_see_no_link(client: FlaskClient, world: World, role: Role) -> None:
    sign_in(client, world.user(role))
    assert client.get(ADDRESS).status_code == 403
    assert ADDRESS not in client.get("/").text


def test_a_silent_worker_is_named_with_what_waits(see: See, planned: Planned, alive: Sign, clock: FrozenClock) -> None:
    planned(ahead=timedelta(minutes=10))
    alive()
    clock.advance(minutes=20)
    seen = see()
    assert seen.sentence == "Tidak ada tanda hidup dari pengirim sejak 08.00 WITA; 1 kiriman menunggu."
    assert "petugas yang mengurus server" in seen.causes[0]
    assert "systemctl restart gaung-worker" in see(Role.ADMIN).causes[0]
    assert seen.way("tanda hidup") is None


def test_a_worker_that_was_stopped_and_one_that_never_was(
    see: See, alive: Sign, session: Session, clock: FrozenClock
) -> None:
    assert see().sentence == "Belum ada pengirim yang berjalan."
    alive()
    heartbeat.end(session, now=clock.now(), process=WORKER)
    clock.advance(seconds=SILENT_AFTER.total_seconds() + 20)
    seen = see()
    assert seen.sentence == "Pengirim dihentikan sejak 08.00 WITA."
    assert "Dihentikan dengan semestinya, 08.00 WITA" in words(seen.page)


def test_each_worker_stands_there_in_words(see: See, alive: Sign, session: Session, clock: FrozenClock) -> None:
    dead = heartbeat.Process("dua", "server-2", 42, "0.7.0")
    heartbeat.beat(session, now=clock.now(), process=dead)
    session.commit()
    clock.advance(minutes=3)
    alive()
    clock.advance(seconds=12)
    seen = see()
    assert seen.sentence == "Semua terkirim. Tidak ada yang menunggu Anda.", "one that lives is enough"
    said = words(seen.page)
    assert "server-1 Hidup, tanda terakhir 12 detik lalu versi 0.8.0" in said
    assert "server-2 Tidak ada tanda hidup sejak 08.00 WITA versi 0.7.0" in said


@pytest.mark.parametrize(("role", "may"), [(Role.APPROVER, True), (Role.ADMIN, True), (Role.EDITOR, False)])
def test_a_restored_copy_stops_all_and_is_released_by_few(
    see: See, alive: Sign, session: Session, clock: FrozenClock, role: Role, *, may: bool
) -> None:
    sentence = T("Basis data ini salinan lama.")
    safety.stop(session, worker="server-9", reason=Reason.RESTORED, sentence=sentence, now=clock.now())
    alive()
    seen = see(role)
    assert seen.sentence == "Pengiriman berhenti sejak 08.00 WITA: catatan dari salinan lama."
    assert seen.way("Pengiriman berhenti") == ("/tayang/berhenti" if may else None)
    assert ("Minta admin atau penyetuju melanjutkan." in seen.causes[0]) is not may


def test_one_worker_that_stands_still_does_not_stop_the_others(
    see: See, alive: Sign, session: Session, clock: FrozenClock
) -> None:
    safety.stop(session, worker="server-2", reason=Reason.CLOCK, sentence=T("Jam salah."), now=clock.now())
    session.commit()
    alive()
    assert see(Role.ADMIN).sentence == (
        "Semua terkirim. Pengirim di server-2 berhenti: jam server diragukan. Yang lain tetap mengirim."
    )
    safety.stop(session, worker="server-1", reason=Reason.DISK, sentence=T("Cakram penuh."), now=clock.now())
    seen = see(Role.ADMIN)
    assert seen.sentence.startswith("Pengiriman berhenti sejak 08.00 WITA")
    assert seen.way("Cakram penuh.") is None, "it goes on by itself"


def make_pause(session: Session, clock: FrozenClock, **values: Any) -> Pause:
    made = Pause(reason=PauseReason.DISASTER, words="Banjir", by_name="Bu Rina", started_at=clock.now(), **values)
    session.add(made)
    session.commit()
    return made


def test_a_pause_of_everything_is_the_sentence(see: See, alive: Sign, session: Session, clock: FrozenClock) -> None:
    alive()
    made = make_pause(session, clock, scope=PauseScope.ALL)
    seen = see(Role.APPROVER)
    assert seen.sentence == "Pengiriman dihentikan sementara oleh Bu Rina sejak 08.00 WITA."
    assert seen.way("dihentikan sementara") == f"/jeda/{made.id}"
    assert "pause-note" not in seen.page, "the banner says the same"
    assert see(Role.EDITOR).way("Dilanjutkan oleh penyetuju.") is None


def test_a_pause_of_one_outlet_holds_only_what_is_its(
    see: See, alive: Sign, planned: Planned, session: Session, clock: FrozenClock
) -> None:
    row = planned(ahead=timedelta(minutes=1))
    make_pause(session, clock, scope=PauseScope.OUTLET, outlet_id=row.outlet_id)
    assert see().sentence.startswith("Semua terkirim. Saluran")
    clock.advance(minutes=5)
    alive()
    seen = see()
    assert seen.sentence.startswith("Pengiriman berjalan. Saluran")
    assert "Bencana: Banjir. 1 materi menunggu." in seen.causes[0]


def close(session: Session, outlet: Outlet, clock: FrozenClock, **values: Any) -> None:
    for name, value in values.items():
        setattr(outlet, name, value)
    session.commit()


def test_accounts_are_mended_on_their_pages(
    see: See, alive: Sign, session: Session, clock: FrozenClock, world: World
) -> None:
    alive()
    first, second = world.outlet(name="X Kukar"), world.outlet("facebook", name="Halaman Kukar")
    for one in (first, second):
        close(session, one, clock, status=OutletStatus.NEEDS_SIGN_IN, problem=T("Kuncinya ditolak."))
    seen = see()
    assert seen.sentence == "Semua terkirim. 2 akun perlu dihubungkan ulang."
    assert seen.way("X Kukar perlu dihubungkan ulang.") == f"/saluran/{first.id}/hubungkan"
    assert seen.page.count("btn-primary") == 1, "one primary action"
    others = see(Role.VIEWER)
    assert others.ways == [None, None]
    assert "Penanggung jawab: Diskominfo." in others.causes[0]
    assert see(Role.OPD_CONTACT, organisation=world.organisation()).causes == [], "accounts of others"


def test_an_account_that_opens_by_itself_says_when(
    see: See, alive: Sign, planned: Planned, session: Session, clock: FrozenClock, world: World
) -> None:
    outlet = world.outlet(name="X Kukar")
    row = planned(outlet, ahead=timedelta(minutes=1))
    now = clock.advance(minutes=3)
    close(session, outlet, clock, paused_at=now, resume_at=now + timedelta(hours=1), pause_reason=T("Jatahnya habis."))
    alive()
    seen = see()
    assert seen.sentence.startswith("Pengiriman berjalan. 1 akun sedang tidak menerima")
    assert "dicoba lagi sendiri 09.03 WITA. Jatahnya habis. 1 kiriman menunggunya." in seen.causes[0]
    close(session, outlet, clock, resume_at=None)
    assert see().sentence.startswith("Pengiriman berjalan. 1 akun perlu dibereskan.")
    assert row.status == S.QUEUED


def test_many_accounts_are_counted(see: See, alive: Sign, session: Session, clock: FrozenClock, world: World) -> None:
    alive()
    for _number in range(MOST_ACCOUNTS + 3):
        close(session, world.outlet(), clock, status=OutletStatus.NEEDS_SIGN_IN)
    seen = see()
    assert seen.sentence == "Semua terkirim. 8 akun perlu dihubungkan ulang."
    assert len(seen.causes) == MOST_ACCOUNTS + 1
    assert seen.way("3 akun lain juga tidak menerima kiriman.") == "/saluran"


@pytest.mark.parametrize(
    ("status", "lookups", "said"),
    [
        (S.UNKNOWN, 4, "1 kiriman belum pasti terbit"),
        (S.FAILED, 0, "1 kiriman gagal terbit"),
        (S.HANDED_OVER, 0, "1 kiriman diterbitkan dengan tangan"),
        (S.MISSED, 0, "1 kiriman terlewat"),
    ],
)
def test_decisions_open_the_list_they_count_for_those_who_decide(
    see: See, alive: Sign, planned: Planned, session: Session, status: S, lookups: int, said: str
) -> None:
    row = planned()
    row.status, row.lookups = status, lookups
    session.commit()
    alive()
    seen = see()
    assert seen.sentence == "Pengiriman berjalan. 1 kiriman menunggu Anda."
    assert seen.way(said) == f"/tayang?status={status}"
    others = see(Role.VIEWER)
    assert others.sentence == "Pengiriman berjalan. 1 kiriman menunggu putusan orang."
    assert others.way(said) is None
    assert "Minta Editor" in others.causes[0]


def test_what_somebody_left_as_it_is_waits_for_nobody(
    see: See, alive: Sign, planned: Planned, session: Session, clock: FrozenClock, world: World
) -> None:
    row = planned()
    row.status, row.lookups = S.UNKNOWN, 4
    session.commit()
    alive()
    assert see().sentence == "Pengiriman berjalan. 1 kiriman menunggu Anda."
    give_up(session, world.actor(Role.EDITOR), row, seen=S.UNKNOWN, now=clock.now())
    assert row.status == S.FAILED
    assert see().sentence == "Semua terkirim. Tidak ada yang menunggu Anda."


def test_what_a_person_keeps_back_is_said_once_it_is_due(
    see: See, alive: Sign, planned: Planned, session: Session, clock: FrozenClock
) -> None:
    row = planned(ahead=timedelta(minutes=1))
    row.status = S.HELD
    session.commit()
    alive()
    assert see().causes == []
    clock.advance(minutes=2)
    alive()
    seen = see()
    assert seen.sentence == "Semua terkirim. Tidak ada yang menunggu Anda.", "somebody wanted it so"
    assert seen.way("1 kiriman ditahan") == "/tayang?status=held"
    assert see(Role.VIEWER).way("1 kiriman ditahan") is None


def test_what_is_looked_for_by_itself_asks_nobody(see: See, alive: Sign, planned: Planned, session: Session) -> None:
    row = planned()
    row.status, row.lookups, row.lease_until = S.UNKNOWN, 1, row.wake_at
    session.commit()
    alive()
    assert see().sentence == (
        "Pengiriman berjalan. 1 kiriman sedang dicari di akunnya. Tidak ada yang perlu dilakukan."
    )


def test_findings_removals_and_checks_have_their_pages(
    see: See, alive: Sign, planned: Planned, session: Session, clock: FrozenClock
) -> None:
    row = planned()
    session.add(Finding(kind=FindingKind.SENT_TWICE, delivery_id=row.id, found_at=clock.now()))
    session.add(
        Removal(
            delivery_id=row.id, state=RemovalState.TASK, reason=RemovalReason.MISTAKE, asked_by_name="Bu Rina",
            asked_at=clock.now(), wake_at=clock.now(),
        )
    )  # fmt: skip
    session.add(
        Inspection(
            subject=f"delivery:{row.id}", outlet_id=row.outlet_id, delivery_id=row.id, checked_at=clock.now(),
            level=Level.BAD, findings=[],
        )
    )  # fmt: skip
    session.commit()
    alive()
    seen = see()
    assert seen.sentence == (
        "Semua terkirim. 1 catatan tidak cocok dengan isi akun. 1 unggahan menunggu dihapus dengan tangan. "
        "1 hal lain di bawah."
    )
    assert seen.ways == ["/tayang/temuan", f"/tayang/{row.id}", "/tayang/pemeriksaan"]
    assert see(Role.VIEWER).ways == [None, None, "/tayang/pemeriksaan"]


def test_what_is_late_stuck_or_tried_again_is_said(
    see: See, alive: Sign, planned: Planned, session: Session, clock: FrozenClock
) -> None:
    row = planned(ahead=timedelta(minutes=1))
    clock.advance(minutes=11)
    alive()
    seen = see()
    assert seen.sentence == "Pengiriman berjalan. 1 kiriman sudah waktunya dan belum keluar."
    assert "yang terlama sejak 08.01 WITA" in seen.causes[0]
    row.status, row.wake_at = S.RETRYING, clock.now() + timedelta(minutes=4)
    assert see().sentence == "Pengiriman berjalan. 1 kiriman dicoba lagi dengan sendirinya, berikutnya 08.15 WITA."
    row.status, row.lease_until = S.SENDING, clock.now() - STUCK_AFTER - timedelta(minutes=1)
    assert see().sentence == "Pengiriman berjalan. 1 kiriman tersangkut di tengah jalan."


def test_a_plan_after_an_outage_leads_to_its_page(
    see: See, alive: Sign, planned: Planned, session: Session, clock: FrozenClock
) -> None:
    row = planned(ahead=timedelta(minutes=1))
    clock.advance(minutes=30)
    row.spaced_at, row.wake_at = clock.now(), clock.now() + timedelta(minutes=10)
    session.commit()
    alive()
    seen = see()
    assert seen.sentence == "Pengiriman berjalan. 1 kiriman diatur berjarak sesudah gangguan."
    assert seen.way("Lihat dan ubah rencana") == "/tayang/rencana"
    assert see(Role.VIEWER).way("Lihat rencana") == "/tayang/rencana"


def test_the_worst_stands_first(see: See, planned: Planned, session: Session, clock: FrozenClock, world: World) -> None:
    unknown, handed = planned(), planned()
    unknown.status, unknown.lookups, handed.status = S.UNKNOWN, 4, S.HANDED_OVER
    close(session, world.outlet(name="X Kukar"), clock, status=OutletStatus.NEEDS_SIGN_IN)
    make_pause(session, clock, scope=PauseScope.ALL)
    clock.advance(minutes=5)
    order = ["tanda hidup", "dihentikan sementara", "belum pasti", "X Kukar", "dengan tangan"]
    seen = see()
    assert [said for said, cause in zip(order, seen.causes, strict=True) if said not in cause] == []
    assert "Semua terkirim" not in seen.sentence


def test_practice_says_that_nothing_really_goes_out(app: Flask, see: See, alive: Sign) -> None:
    alive()
    app.extensions["wiring"].settings = replace(app.extensions["wiring"].settings, practice=True)
    assert "tidak ada yang terbit sungguhan" in see().causes[-1]


def test_what_goes_out_next_and_what_went_out_last(
    see: See, alive: Sign, planned: Planned, session: Session, clock: FrozenClock
) -> None:
    later, gone = planned(title="Lomba KIM"), planned(title="Vaksin")
    gone.status, gone.sent_at = S.SENT, clock.now()
    session.commit()
    alive()
    following, last = see().page.split("Terakhir keluar")
    assert f'href="/tayang/{later.id}">Lomba KIM</a>' in following
    assert "Sel, 24 Nov 2026 09.00 WITA" in following
    assert f'href="/tayang/{gone.id}">Vaksin</a>' in last


def test_it_costs_as_many_questions_with_much_as_with_little(
    client: FlaskClient, world: World, planned: Planned, session: Session, alive: Sign, clock: FrozenClock
) -> None:
    def cost() -> int:
        alive()
        with asked() as questions:
            assert client.get(ADDRESS).status_code == 200
        return len(questions)

    outlet, closed = world.outlet(), world.outlet(status=OutletStatus.NEEDS_SIGN_IN)
    states = (S.QUEUED, S.RETRYING, S.SENT, S.UNKNOWN, S.FAILED, S.HANDED_OVER)

    def fill() -> None:
        for status in states:
            row = planned(outlet)
            row.status, row.sent_at = status, clock.now() if status == S.SENT else None
            row.lookups = 4
            session.add(Finding(kind=FindingKind.SENT_TWICE, delivery_id=row.id, found_at=clock.now()))
            session.commit()

    fill()
    sign_in(client, world.user(Role.EDITOR))
    cost()
    few = cost()
    for _again in range(3):
        fill()
        world.outlet(status=closed.status)
    assert cost() == few
    assert few < 50


def test_it_looks_again_by_itself_but_not_on_a_shared_computer(
    client: FlaskClient, world: World, alive: Sign, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    alive()
    sign_in(client, world.user(Role.EDITOR))
    assert 'hx-trigger="every 15s"' in client.get(ADDRESS).text
    monkeypatch.setitem(app.jinja_env.globals, "shared_idle", lambda: 1200)
    assert "hx-trigger" not in client.get(ADDRESS).text


@pytest.mark.parametrize("page", ["/", "/tayang"])
def test_pages_lead_to_it(client: FlaskClient, world: World, session: Session, clock: FrozenClock, page: str) -> None:
    sign_in(client, world.user(Role.VIEWER))
    assert f'href="{ADDRESS}"' in client.get(page).text
    make_pause(session, clock, scope=PauseScope.ALL)
    banner = client.get("/materi").text.split("pause-doors", 1)[1]
    assert f'href="{ADDRESS}"' in banner
