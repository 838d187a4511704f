"""Decisions as a person records and closes them on the page of a campaign."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.roles import Role
from app.outreach.campaigns.models import Decision
from tests.pages import sign_in
from tests.world import World

TYPED = {
    "text": "Tambah kunjungan ke Tabang",
    "owner_text": "Kabid PIKP",
    "decided_on": "2026-11-20",
    "due_on": "2026-11-22",
}


def the_one(session: Session) -> Decision:
    session.rollback()
    return session.scalars(select(Decision)).one()


def test_a_decision_from_first_to_last(client: FlaskClient, world: World, session: Session) -> None:
    campaign = world.campaign()
    page = f"/program/{campaign.id}"
    sign_in(client, world.user(Role.EDITOR))
    assert "Keputusan belum dicatat" in client.get(page).text
    answer = client.post(f"{page}/keputusan/baru", data=TYPED)
    assert answer.status_code == 303
    assert answer.location.endswith(f"{page}#keputusan")
    shown = client.get(page).text
    assert "Terlambat 2 hari" in shown
    assert "Kabid PIKP" in shown
    one = f"{page}/keputusan/{the_one(session).id}"
    assert client.post(one, data={**TYPED, "due_on": "2026-12-01"}).status_code == 303
    assert "Terlambat" not in client.get(page).text
    done = client.post(f"{one}/selesai", data={"outcome": "Dikunjungi", "done_on": "2026-11-24"})
    assert done.status_code == 303
    shown = client.get(page).text
    assert "Dikunjungi" in shown
    assert "Buka lagi" in shown
    client.post(f"{one}/buka")
    client.post(f"{one}/hentikan")
    assert "Tidak dilanjutkan" in client.get(page).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"owner_text": ""}, "Pilih penanggung jawabnya, atau tulis jabatannya"),
        ({"due_on": "2026-11-01"}, "tidak mendahului tanggal diputuskan"),
        ({"due_on": ""}, "Bagian ini wajib diisi"),
        ({"owner_id": "99x"}, "Pilih"),
    ],
)
def test_a_wrong_entry_comes_back_as_it_was_typed(
    client: FlaskClient, world: World, session: Session, changes, sentence
):
    campaign = world.campaign()
    sign_in(client, world.user(Role.EDITOR))
    answer = client.post(f"/program/{campaign.id}/keputusan/baru", data={**TYPED, **changes})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert TYPED["text"] in answer.text
    assert session.scalar(select(Decision.id)) is None


def test_who_comes_second_keeps_what_was_typed_and_can_save_again(
    client: FlaskClient, world: World, session: Session
) -> None:
    campaign = world.campaign()
    sign_in(client, world.user(Role.EDITOR))
    client.post(f"/program/{campaign.id}/keputusan/baru", data=TYPED)
    one = f"/program/{campaign.id}/keputusan/{the_one(session).id}"
    seen = re.search(r'name="version"[^>]*value="(\d+)"', client.get(one).text)
    assert seen
    client.post(one, data={**TYPED, "text": "Dari orang lain", "version": seen[1]})
    answer = client.post(one, data={**TYPED, "text": "Ketikan saya", "version": seen[1]})
    assert answer.status_code == 422
    assert "Ketikan saya" in answer.text
    again = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert again
    assert client.post(one, data={**TYPED, "text": "Ketikan saya", "version": again[1]}).status_code == 303
    assert the_one(session).text == "Ketikan saya"


def test_from_the_chain_one_comes_back_to_the_chain(client: FlaskClient, world: World) -> None:
    campaign = world.campaign()
    sign_in(client, world.user(Role.EDITOR))
    answer = client.post(f"/program/{campaign.id}/keputusan/baru?dari=rantai", data=TYPED)
    assert answer.location.endswith(f"/program/{campaign.id}/rantai#learning")
    page = client.get(f"/program/{campaign.id}/rantai")
    assert 'id="learning"' in page.text
    assert "keputusan/baru?dari=rantai" in page.text


def test_who_only_reads_finds_no_button(client: FlaskClient, world: World, session: Session) -> None:
    campaign = world.campaign()
    sign_in(client, world.user(Role.EDITOR))
    client.post(f"/program/{campaign.id}/keputusan/baru", data=TYPED)
    client.get("/keluar")
    reader = client.application.test_client()
    sign_in(reader, world.user(Role.VIEWER))
    shown = reader.get(f"/program/{campaign.id}").text
    assert TYPED["text"] in shown
    for words in ("Catat keputusan", "Tandai selesai", "Hentikan"):
        assert words not in shown
    assert reader.get(f"/program/{campaign.id}/keputusan/baru").status_code == 403
    assert reader.post(f"/program/{campaign.id}/keputusan/{the_one(session).id}/selesai").status_code == 403


def test_who_answers_for_a_decision_of_a_campaign_of_others_closes_it(
    client: FlaskClient, world: World, session: Session
) -> None:
    campaign, owner = world.campaign(), world.user(Role.CONTRIBUTOR, organisation=world.organisation("opd"))
    made = Decision(campaign_id=campaign.id, text=TYPED["text"], owner_id=owner.id, due_on=date(2026, 11, 20),
                    decided_on=date(2026, 11, 10), recorded_at=world.clock.now())  # fmt: skip
    world._add(made)
    session.commit()
    page, one = f"/program/{campaign.id}", f"/program/{campaign.id}/keputusan/{made.id}"
    sign_in(client, owner)
    assert client.get(page).status_code == 404
    assert f'href="{one}/selesai"' in client.get("/perlu-dikejar").text
    assert TYPED["text"] in client.get(f"{one}/selesai").text
    assert client.get(one).status_code == 403
    done = client.post(f"{one}/selesai", data={"outcome": "Dikunjungi", "done_on": "2026-11-24"})
    assert (done.status_code, done.location) == (303, "/perlu-dikejar")
    session.expire_all()
    assert the_one(session).status == "done"
    client.post("/keluar")
    sign_in(client, world.user(Role.CONTRIBUTOR, organisation=world.organisation("opd")))
    assert client.post(f"{one}/buka").status_code == 404
