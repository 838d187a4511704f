"""Writing and changing a post."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.media.models import StoredFile
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import SYSTEM, Actor, Role
from app.outreach.campaigns.models import Service
from app.outreach.posts import service
from app.outreach.posts.content import content_hash
from app.outreach.posts.models import Post, PostStatus
from app.outreach.printing.models import PrintPiece
from tests.posts.conftest import Desk
from tests.world import World


def picture(world: World, number: int = 1, *, by: Actor | None = None, **values: object) -> StoredFile:
    """Uploaded by this person, who has not used it yet."""
    values.setdefault("organisation_id", world.office().id)
    return world._add(
        StoredFile(
            sha256=f"{number:064x}",
            mime="image/jpeg",
            size=1000,
            width=800,
            height=600,
            name=f"foto{number}.jpg",
            created_at=world.clock.now(),
            uploaded_by_id=by.id if by else None,
            **values,
        )
    )


def piece(world: World, campaign_id: int, **values: object) -> PrintPiece:
    values.setdefault("content", {"headline": "Kenal Smart City", "body": "Isi"})
    values.setdefault("content_hash", "a" * 64)
    values.setdefault("title", "Poster")
    return world._add(
        PrintPiece(
            campaign_id=campaign_id,
            organisation_id=world.office().id,
            kind="poster",
            created_at=world.clock.now(),
            updated_at=world.clock.now(),
            **values,
        )
    )


def test_draft_keeps_everything(desk: Desk, world: World, sessions: "sessionmaker[Session]") -> None:
    x, facebook = world.outlet("x"), world.outlet("facebook")
    foto = picture(world, by=desk.editor)
    village = "64.02.12.2002"
    post = desk.draft(
        outlet_texts={x.id: "Pendek", facebook.id: None},
        media=[(foto.id, "Warga di kantor desa")],
        link_url=" https://kukarkab.go.id/smart ",
        village_codes=[village, village],
        text="Baris satu\r\nBaris dua\x00",
    )
    with sessions() as other:
        found = other.get_one(Post, post.id)
        assert found.text == "Baris satu\nBaris dua"
        assert {v.outlet_id: v.text for v in found.variants} == {x.id: "Pendek", facebook.id: None}
        assert [(m.file_id, m.alt_text) for m in found.media] == [(foto.id, "Warga di kantor desa")]
        assert found.link_url == "https://kukarkab.go.id/smart"
        assert [v.code for v in found.villages] == [village]
        assert found.useful_until == found.scheduled_at + timedelta(days=3)
        assert found.content_hash == content_hash(found)
        assert found.status == PostStatus.DRAFT
        assert found.author_id == desk.editor.id


def test_a_second_press_of_the_button_is_one_draft(desk: Desk, world: World, session: Session) -> None:
    fields = desk.fields(world.outlet())
    first = service.draft(session, desk.editor, now=desk.clock.now(), form_key="abc", **fields)
    second = service.draft(session, desk.editor, now=desk.clock.now(), form_key="abc", **fields)
    assert first is second


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"title": "  "}, "title", "Tulis judul"),
        ({"title": "x" * 201}, "title", "Judul terlalu panjang"),
        ({"text": "a" * 1_000_000}, "text", "1000000 karakter"),
        ({"campaign_id": 999}, "campaign_id", "Pilih program"),
        ({"outlet_texts": {999: None}}, "outlets", "Saluran yang dipilih tidak ada"),
        ({"media": [(999, "x")]}, "media", "Gambar ini tidak ditemukan"),
        ({"village_codes": ["64.02.99.9999"]}, "village_codes", "64.02.99.9999 tidak dikenal"),
        ({"service_id": 999}, "service_id", "Layanan ini tidak dikenal"),
        ({"audience": "semua"}, "audience", "Pilih sasaran"),
        ({"link_url": "javascript:alert(1)"}, "link_url", "https://"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(desk: Desk, changes: dict, field: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        desk.draft(**changes)
    assert caught.value.field == field


def test_useful_until_before_the_time_is_refused(desk: Desk) -> None:
    now = desk.clock.now()
    with pytest.raises(Invalid) as caught:
        desk.draft(scheduled_at=now + timedelta(days=1), useful_until=now)
    assert caught.value.field == "useful_until"


def test_print_outlet_takes_a_piece_of_the_same_campaign_only(desk: Desk, world: World) -> None:
    campaign = world.campaign()
    printer = world.outlet("printer")
    mine, foreign = piece(world, campaign.id), piece(world, world.campaign().id)
    post = desk.draft(printer, campaign_id=campaign.id, pieces={printer.id: (mine.id, 50)})
    assert (post.variants[0].piece_id, post.variants[0].copies) == (mine.id, 50)
    with pytest.raises(Invalid, match="program yang sama"):
        desk.draft(printer, campaign_id=campaign.id, pieces={printer.id: (foreign.id, 50)})


def test_roles_that_do_not_write_cannot_draft(desk: Desk, world: World) -> None:
    for role in (Role.VIEWER, Role.COMMUNITY, Role.OPD_CONTACT, Role.APPROVER):
        with pytest.raises(Forbidden):
            desk.draft(actor=world.actor(role))


def test_command_line_drafts_for_the_owner_of_the_campaign(desk: Desk, world: World) -> None:
    campaign = world.campaign(organisation_id=world.organisation().id)
    post = desk.draft(world.outlet(), actor=SYSTEM, campaign_id=campaign.id, kit_key="hari-1")
    assert (post.organisation_id, post.author_id) == (campaign.organisation_id, None)


def test_contributor_edits_only_the_own_organisation(desk: Desk, world: World, session: Session) -> None:
    other = world.organisation()
    bidang = world.organisation("bidang", parent_id=world.office().id)
    post = desk.draft(world.outlet())
    fields = desk.fields(campaign_id=post.campaign_id, title="Baru")
    for actor in (world.actor(Role.CONTRIBUTOR, organisation=other), world.actor(Role.EDITOR, organisation=other)):
        with pytest.raises(Forbidden):
            service.edit(session, actor, post, version=post.version, now=desk.clock.now(), **fields)
        with pytest.raises(NotFound):
            service.get(session, actor, post.id)
    colleague = world.actor(Role.CONTRIBUTOR, organisation=bidang)
    service.edit(session, colleague, post, version=post.version, now=desk.clock.now(), **fields)
    assert post.title == "Baru"


def test_contact_sees_posts_about_the_own_service(desk: Desk, world: World, session: Session) -> None:
    opd = world.organisation()
    own = world._add(Service(key="idaman-rt", name="Idaman RT", owner_id=opd.id))
    contact = world.actor(Role.OPD_CONTACT, organisation=opd)
    about, another = desk.draft(service_id=own.id), desk.draft()
    assert service.get(session, contact, about.id) is about
    with pytest.raises(NotFound):
        service.get(session, contact, another.id)
    with pytest.raises(NotFound):
        service.get(session, world.actor(Role.COMMUNITY), about.id)


def test_the_second_editor_is_told_and_nothing_is_written(
    desk: Desk, world: World, session: Session, sessions: "sessionmaker[Session]"
) -> None:
    post = desk.draft(world.outlet())
    opened = post.version
    rina = world.actor(Role.EDITOR, name="Rina")
    fields = desk.fields(campaign_id=post.campaign_id, outlet_texts={post.variants[0].outlet_id: None})
    with sessions() as first:
        theirs = first.get_one(Post, post.id)
        service.edit(first, rina, theirs, version=opened, now=desk.clock.now(), **{**fields, "text": "Dari Rina"})
        first.commit()
    with pytest.raises(service.StaleEdit, match="Rina mengubah") as caught:
        service.edit(
            session, desk.editor, post, version=opened, now=desk.clock.now(), **{**fields, "text": "Punya saya"}
        )
    difference = next(d for d in caught.value.differences if str(d.label) == "teks dasar")
    assert (difference.current, difference.mine) == ("Dari Rina", "Punya saya")
    session.rollback()
    # knowingly saved over
    service.edit(
        session,
        desk.editor,
        post,
        version=caught.value.version,
        now=desk.clock.now(),
        **{**fields, "text": "Punya saya"},
    )
    assert post.text == "Punya saya"


def test_a_change_of_variants_alone_counts_the_version_up(desk: Desk, world: World, session: Session) -> None:
    x = world.outlet()
    post = desk.draft(x)
    before = post.version
    fields = desk.fields(campaign_id=post.campaign_id, outlet_texts={x.id: "Sendiri"}, useful_until=post.useful_until)
    service.edit(session, desk.editor, post, version=before, now=desk.clock.now(), **fields)
    assert post.version == before + 1


def test_saving_the_same_twice_changes_nothing(desk: Desk, world: World, session: Session) -> None:
    x = world.outlet()
    post = desk.draft(x)
    fields = desk.fields(campaign_id=post.campaign_id, outlet_texts={x.id: None}, text="Lain")
    opened = post.version
    for _ in range(2):
        service.edit(session, desk.editor, post, version=opened, now=desk.clock.now(), **fields)
        session.commit()
    assert post.version == opened + 1


def test_edit_of_a_submitted_post_brings_it_back(desk: Desk, world: World, session: Session) -> None:
    x = world.outlet()
    post = desk.submitted(x)
    fields = desk.fields(campaign_id=post.campaign_id, outlet_texts={x.id: None}, text="Lain")
    service.edit(session, desk.editor, post, version=post.version, now=desk.clock.now(), **fields)
    assert (post.status, post.waiting_for) == (PostStatus.DRAFT, None)
    assert [r.decision for r in post.reviews] == ["submitted", "edited"]


def test_edit_after_approval_needs_new_approval(desk: Desk, world: World, session: Session) -> None:
    x = world.outlet()
    post = desk.approved(x)
    fields = desk.fields(campaign_id=post.campaign_id, outlet_texts={x.id: "Belum disetujui"})
    service.edit(session, desk.editor, post, version=post.version, now=desk.clock.now(), **fields)
    assert post.status == PostStatus.DRAFT
    assert post.content_hash != post.approved_hash


def test_new_title_of_an_approved_post_voids_nothing(desk: Desk, world: World, session: Session) -> None:
    x = world.outlet()
    post = desk.approved(x)
    fields = desk.fields(campaign_id=post.campaign_id, outlet_texts={x.id: None}, title="Judul rapi")
    service.edit(session, desk.editor, post, version=post.version, now=desk.clock.now(), **fields)
    assert (post.status, post.title) == (PostStatus.APPROVED, "Judul rapi")


def test_removing_an_outlet_and_reordering_pictures(desk: Desk, world: World, session: Session) -> None:
    x, facebook = world.outlet("x"), world.outlet("facebook")
    one, two = picture(world, 1, by=desk.editor), picture(world, 2, by=desk.editor)
    post = desk.draft(x, facebook, media=[(one.id, "satu"), (two.id, "dua")])
    fields = desk.fields(facebook, campaign_id=post.campaign_id, media=[(two.id, "dua"), (one.id, "satu")])
    service.edit(session, desk.editor, post, version=post.version, now=desk.clock.now(), **fields)
    session.commit()
    session.expire_all()
    assert [v.outlet_id for v in post.variants] == [facebook.id]
    assert [m.file_id for m in post.media] == [two.id, one.id]


def test_post_that_moves_to_another_campaign_leaves_its_kit(desk: Desk, world: World, session: Session) -> None:
    x = world.outlet()
    post = desk.draft(x, kit_key="hari-1")
    fields = desk.fields(x)
    desk.draft(x, campaign_id=fields["campaign_id"], kit_key="hari-1")
    service.edit(session, desk.editor, post, version=post.version, now=desk.clock.now(), **fields)
    session.commit()
    assert (post.campaign_id, post.kit_key) == (fields["campaign_id"], None)


def test_cancelled_post_cannot_be_edited(desk: Desk, world: World, session: Session) -> None:
    post = desk.draft(world.outlet())
    service.cancel(session, desk.editor, post, now=desk.clock.now())
    with pytest.raises(Refused, match="salinan"):
        service.edit(
            session,
            desk.editor,
            post,
            version=post.version,
            now=desk.clock.now(),
            **desk.fields(campaign_id=post.campaign_id),
        )


def test_a_foreign_picture_cannot_be_attached(desk: Desk, world: World) -> None:
    opd = world.organisation()
    campaign = world.campaign(organisation_id=opd.id)
    foreign = picture(world, by=desk.editor)
    with pytest.raises(Invalid) as caught:
        desk.draft(actor=world.actor(Role.EDITOR, organisation=opd), campaign_id=campaign.id, media=[(foreign.id, "x")])
    assert caught.value.field == "media"


def test_fill_puts_the_words_everywhere(desk: Desk, world: World, session: Session) -> None:
    x = world.outlet()
    token = "[LENGKAPI: jam layanan]"
    post = desk.draft(outlet_texts={x.id: f"Buka {token}"}, text=f"Kantor buka {token}.")
    service.fill(session, desk.editor, post, token=token, value="08.00–15.00", now=desk.clock.now())
    assert (post.text, post.variants[0].text) == ("Kantor buka 08.00–15.00.", "Buka 08.00–15.00")
    assert post.content_hash == content_hash(post)
    with pytest.raises(Stale, match="sudah mengisinya"):
        service.fill(session, desk.editor, post, token=token, value="lagi", now=desk.clock.now())


@pytest.mark.one_database
@pytest.mark.parametrize("value", ["", "   ", "[LENGKAPI: lagi]"])
def test_fill_needs_words(desk: Desk, world: World, session: Session, value: str) -> None:
    post = desk.draft(world.outlet(), text="Jam [LENGKAPI: jam]")
    with pytest.raises(Invalid):
        service.fill(session, desk.editor, post, token="[LENGKAPI: jam]", value=value, now=desk.clock.now())


def test_duplicate_is_a_draft_without_a_time(desk: Desk, world: World, session: Session) -> None:
    x = world.outlet()
    foto = picture(world, by=desk.editor)
    post = desk.approved(x, outlet_texts={x.id: "Sendiri"}, media=[(foto.id, "Foto")])
    copy = service.duplicate(session, desk.editor, post, now=desk.clock.now())
    assert (copy.status, copy.scheduled_at, copy.title) == (PostStatus.DRAFT, None, f"Salinan: {post.title}")
    assert [(v.outlet_id, v.text) for v in copy.variants] == [(x.id, "Sendiri")]
    assert copy.content_hash == post.content_hash


def test_every_verb_leaves_a_trace(desk: Desk, world: World, session: Session) -> None:
    x = world.outlet()
    post = desk.draft(x)
    fields = desk.fields(campaign_id=post.campaign_id, outlet_texts={x.id: None}, text="Lain")
    service.edit(session, desk.editor, post, version=post.version, now=desk.clock.now(), **fields)
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.subject_kind == "posts").order_by(AuditEntry.id)
    ).all()
    assert [entry.action for entry in entries] == ["post.drafted", "post.edited"]
    assert entries[1].before["text"] == "Kukar menuju kota cerdas."
    assert entries[1].after["text"] == "Lain"
