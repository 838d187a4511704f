"""A kit becomes a campaign with drafts, once for each start."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.service import load_blankspots
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import SYSTEM, Actor, Role
from app.kits.service import ImportResult, import_kit
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.campaigns.service import load_services
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post, PostStatus
from app.outreach.printing.models import PrintPiece
from tests.kits.shipped import shipped
from tests.world import World

KITS = Path(__file__).parents[2] / "campaigns"
KENAL = KITS / "kenal-smart-city"
MONDAY = date(2026, 11, 30)
KINDS = ("x", "facebook", "instagram", "whatsapp", "newspaper", "printer")


@pytest.fixture
def outlets(world: World) -> dict[str, Outlet]:
    return {kind: world.outlet(kind) for kind in KINDS}


@pytest.fixture
def editor(world: World, session: Session) -> Actor:
    actor = world.actor(Role.EDITOR)
    load_services(session)
    load_blankspots(session)
    session.commit()
    return actor


def run(session: Session, actor: Actor, tmp_path: Path, world: World, path: Path = KENAL, **more: Any) -> ImportResult:
    more.setdefault("start", MONDAY)
    result = import_kit(
        session,
        actor,
        shipped(path),
        storage=Storage(tmp_path / "media"),
        now=world.clock.now(),
        tz="Asia/Makassar",
        **more,
    )  # fmt: skip
    session.commit()
    return result


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_kit_becomes_a_planned_campaign_with_goals_and_messages(
    session: Session, editor: Actor, outlets: dict[str, Outlet], world: World, tmp_path: Path
) -> None:
    result = run(session, editor, tmp_path, world)
    campaign = result.campaign
    assert result.created
    assert campaign.name == "Kenal Smart City"
    assert campaign.status == CampaignStatus.PLANNED
    assert (campaign.starts_on, campaign.ends_on) == (MONDAY, date(2026, 12, 27))
    assert campaign.organisation_id == world.office().id
    assert campaign.created_by_id == editor.id
    assert [row.key for row in campaign.dimensions] == [
        "smart-governance",
        "smart-branding",
        "smart-economy",
        "smart-living",
        "smart-society",
        "smart-environment",
    ]
    assert len(campaign.services) == 6
    assert len(campaign.key_messages) == 4
    assert campaign.goals[0].baseline is None
    assert "n = 30" in (campaign.goals[0].baseline_note or "")
    assert campaign.goals[0].due_on == date(2027, 1, 11)


def test_posts_are_drafts_for_every_outlet_of_their_kind(
    session: Session, editor: Actor, outlets: dict[str, Outlet], world: World, tmp_path: Path
) -> None:
    second = world.outlet("whatsapp")
    world.outlet("x", active=False)
    result = run(session, editor, tmp_path, world)
    assert len(result.posts) == 16  # fourteen, and two orders of print
    assert result.skipped == []
    first = next(post for post in result.posts if post.kit_key == "posts/01-apa-itu-smart-city")
    assert first.status == PostStatus.DRAFT
    # Monday 08.30 WITA
    assert first.scheduled_at == datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
    assert first.useful_until == datetime(2026, 12, 3, 0, 30, tzinfo=UTC)
    by_outlet = {variant.outlet_id: variant.text for variant in first.variants}
    social = {outlets[kind].id for kind in ("x", "facebook", "instagram", "whatsapp")}
    assert set(by_outlet) == social | {second.id}
    assert by_outlet[outlets["facebook"].id] is None, "Facebook takes the base text"
    assert (by_outlet[outlets["x"].id] or "").startswith("Smart city itu apa?")
    assert by_outlet[second.id] == by_outlet[outlets["whatsapp"].id]
    assert first.media[0].alt_text.startswith("Gambar datar tiga rumah")
    assert first.link_url == "https://kukarkab.go.id"
    governance = next(post for post in result.posts if post.kit_key == "posts/03-smart-governance")
    assert governance.service is not None
    assert governance.service.key == "idaman-rt"
    assert governance.audience == "both"


def test_print_is_ordered_by_posts_that_name_the_piece(
    session: Session, editor: Actor, outlets: dict[str, Outlet], world: World, tmp_path: Path
) -> None:
    result = run(session, editor, tmp_path, world)
    assert {piece.kind for piece in result.pieces} == {"poster", "leaflet", "newspaper"}
    order = next(post for post in result.posts if post.kit_key == "print/koran")
    [variant] = order.variants
    assert variant.outlet_id == outlets["newspaper"].id
    assert variant.piece is not None
    assert variant.piece.kind == "newspaper"
    assert variant.piece.kit_key == "koran"
    assert (variant.piece.columns, variant.piece.height_mm) == (4, 220)
    poster = next(post for post in result.posts if post.kit_key == "print/poster")
    assert [(v.outlet_id, v.copies) for v in poster.variants] == [(outlets["printer"].id, 250)]


def test_same_kit_and_start_again_doubles_nothing_and_overwrites_nothing(
    session: Session, editor: Actor, outlets: dict[str, Outlet], world: World, tmp_path: Path
) -> None:
    first = run(session, editor, tmp_path, world)
    post = first.posts[0]
    post.title = "Judul yang sudah diubah kantor"
    session.commit()
    numbers = [count(session, model) for model in (Campaign, Post, PrintPiece, StoredFile, AuditEntry)]
    again = run(session, world.actor(Role.EDITOR), tmp_path, world)
    assert not again.created
    assert again.campaign.id == first.campaign.id
    assert again.posts == []
    assert [count(session, model) for model in (Campaign, Post, PrintPiece, StoredFile, AuditEntry)] == numbers
    session.refresh(post)
    assert post.title == "Judul yang sudah diubah kantor"


def test_another_start_makes_a_second_campaign(
    session: Session, editor: Actor, outlets: dict[str, Outlet], world: World, tmp_path: Path
) -> None:
    first = run(session, editor, tmp_path, world)
    second = run(session, editor, tmp_path, world, start=date(2027, 1, 4))
    assert second.created
    assert second.campaign.id != first.campaign.id
    assert second.campaign.starts_on == date(2027, 1, 4)
    assert count(session, Post) == 32


def test_an_import_after_its_start_still_finds_the_first_one(
    session: Session, editor: Actor, outlets: dict[str, Outlet], world: World, tmp_path: Path
) -> None:
    run(session, editor, tmp_path, world)
    world.clock.advance(days=20)  # type: ignore[attr-defined]
    assert not run(session, editor, tmp_path, world).created
    with pytest.raises(Invalid, match="Tanggal mulai sudah lewat"):
        run(session, editor, tmp_path, world, start=date(2026, 12, 7))


def test_kinds_without_an_outlet_are_skipped_and_told(
    session: Session, editor: Actor, world: World, tmp_path: Path
) -> None:
    world.outlet("x")
    world.outlet("facebook", organisation_id=world.organisation().id)  # another OPD's page is not ours
    result = run(session, editor, tmp_path, world)
    told = " ".join(str(sentence) for sentence in result.skipped)
    for kind in ("Halaman Facebook", "Instagram", "Grup WhatsApp", "Koran", "Percetakan"):
        assert f"“{kind}”" in told
    assert "X (Twitter)" not in told
    assert all(len(post.variants) <= 1 for post in result.posts)


def test_another_organisation_gets_a_campaign_of_its_own(
    session: Session, editor: Actor, world: World, tmp_path: Path
) -> None:
    of_office = run(session, editor, tmp_path, world)
    health = world.organisation(name="Dinas Kesehatan")
    colleague = world.actor(Role.EDITOR, organisation=health)
    own = run(session, colleague, tmp_path, world)
    assert own.created
    assert own.campaign.organisation_id == health.id
    assert not run(session, colleague, tmp_path, world).created
    assert run(session, editor, tmp_path, world).campaign.id == of_office.campaign.id
    assert count(session, Campaign) == 2


def test_an_image_shown_twice_is_stored_once(
    session: Session, editor: Actor, outlets: dict[str, Outlet], world: World, tmp_path: Path
) -> None:
    run(session, editor, tmp_path, world)
    images = len(list((KENAL / "media").iterdir()))
    assert count(session, StoredFile) == images, "nothing is stored twice"


def test_command_line_plans_for_the_office(
    session: Session, editor: Actor, outlets: dict[str, Outlet], world: World, tmp_path: Path
) -> None:
    result = run(session, SYSTEM, tmp_path, world)
    assert result.campaign.organisation_id == world.office().id
    assert result.campaign.created_by_id is None


def test_a_kit_with_errors_writes_nothing(session: Session, editor: Actor, world: World, tmp_path: Path) -> None:
    broken = tmp_path / "rusak"
    shutil.copytree(KENAL, broken)
    (broken / "posts" / "02-enam-dimensi.md").write_text("---\ntitle: Enam\n---\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"posts/02-enam-dimensi.md:2"):
        run(session, editor, tmp_path, world, path=broken)
    session.rollback()
    assert count(session, Campaign) == 0
    assert count(session, StoredFile) == 0


def test_viewer_may_not_import(session: Session, editor: Actor, world: World, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        run(session, world.actor(Role.VIEWER), tmp_path, world)
    session.rollback()
    assert count(session, Campaign) == 0


def test_unknown_service_names_the_key(session: Session, world: World, tmp_path: Path) -> None:
    actor = world.actor(Role.EDITOR)  # load_services was not called
    with pytest.raises(Invalid, match="idaman-rt"):
        run(session, actor, tmp_path, world)
    session.rollback()
    assert count(session, Campaign) == 0
