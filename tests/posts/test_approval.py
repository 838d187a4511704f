"""The way of a post from submission to approval, and what moves or ends it afterwards."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.base.people.models import Delegation, User
from app.base.people.service import actor_of
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid, Refused, Stale
from app.kernel.roles import SYSTEM, Role
from app.outreach.campaigns.models import Service
from app.outreach.posts import service
from app.outreach.posts.composer import previews
from app.outreach.posts.models import Post, PostStatus, Review
from app.outreach.printing.models import PrintPiece
from app.outreach.printing.service import draft_piece, edit_piece
from tests.posts.conftest import Desk
from tests.posts.test_drafting import picture, piece
from tests.world import World

TODAY = date(2026, 11, 24)


def told(session: Session, kind: str) -> set[int]:
    return set(session.scalars(select(Notice.user_id).where(Notice.kind == kind)))


def test_submission_waits_for_the_kabid_and_tells_them(desk: Desk, session: Session) -> None:
    kabid, kadis = desk.kabid(), desk.kadis()
    post = desk.submitted()
    assert (post.status, post.round, post.steps, post.waiting_for) == (PostStatus.IN_REVIEW, 1, ["kabid"], "kabid")
    assert told(session, "post.review") == {kabid.id}
    assert not service.may_approve(session, kadis, post, desk.clock.now())


def test_double_click_is_one_submission(desk: Desk, session: Session) -> None:
    desk.kabid()
    post = desk.submitted()
    desk.submit(post)
    assert session.scalar(select(Review).where(Review.post_id == post.id)).decision == "submitted"
    assert (post.round, len(post.reviews)) == (1, 1)
    assert len(session.scalars(select(Notice)).all()) == 1


def test_two_presses_at_the_same_time_are_one_submission(
    desk: Desk, world: World, sessions: "sessionmaker[Session]"
) -> None:
    post = desk.draft(world.outlet())
    both, errors = threading.Barrier(2), []

    def press() -> None:
        try:
            both.wait()
            with unit_of_work(sessions) as session:
                mine = session.get_one(Post, post.id)
                service.submit(
                    session, desk.editor, mine, channels=desk.channels, settings=desk.settings, now=desk.clock.now()
                )
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with sessions() as session:
        assert [r.decision for r in session.scalars(select(Review).where(Review.post_id == post.id))] == ["submitted"]
        assert session.get_one(Post, post.id).round == 1


def test_contributor_cannot_submit(desk: Desk, world: World) -> None:
    post = desk.draft(world.outlet())
    with pytest.raises(Forbidden, match="editor"):
        desk.submit(post, world.actor(Role.CONTRIBUTOR))


def test_two_drafts_of_one_form_at_the_same_time_are_one(
    desk: Desk, world: World, sessions: "sessionmaker[Session]"
) -> None:
    fields = desk.fields(world.outlet())
    both, made, errors = threading.Barrier(2), [], []

    def press() -> None:
        try:
            both.wait()
            with unit_of_work(sessions) as session:
                made.append(service.draft(session, desk.editor, now=desk.clock.now(), form_key="f" * 32, **fields).id)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(made)) == 1


def test_approval_opens_the_window_and_asks_to_be_planned(desk: Desk, session: Session) -> None:
    post = desk.submitted()
    desk.approve(post, desk.kabid())
    assert post.status == PostStatus.APPROVED
    assert post.approved_hash == post.content_hash
    assert (post.window_start, post.window_end) == (post.scheduled_at, post.useful_until)
    assert post.planned_hash is None
    assert told(session, "post.approved") == {desk.editor.id}


def test_second_press_on_approve_does_nothing(desk: Desk) -> None:
    post, kabid = desk.submitted(), desk.kabid()
    desk.approve(post, kabid)
    desk.approve(post, kabid)
    assert [r.decision for r in post.reviews] == ["submitted", "approved"]


def test_print_takes_two_steps_by_two_people(desk: Desk, world: World, session: Session) -> None:
    campaign = world.campaign()
    printer = world.outlet("office_printer")
    kabid, kadis = desk.kabid(), desk.kadis()
    poster = piece(world, campaign.id)
    post = desk.submitted(printer, campaign_id=campaign.id, pieces={printer.id: (poster.id, 10)})
    assert post.steps == ["kabid", "kadis"]
    desk.approve(post, kabid)
    assert (post.status, post.waiting_for) == (PostStatus.IN_REVIEW, "kadis")
    assert told(session, "post.review") == {kabid.id, kadis.id}
    desk.approve(post, kadis)
    assert post.status == PostStatus.APPROVED
    assert [(r.step, r.step_name) for r in post.reviews if r.decision == "approved"] == [(1, "kabid"), (2, "kadis")]


def test_nobody_takes_two_steps(desk: Desk, world: World, session: Session) -> None:
    campaign = world.campaign()
    printer = world.outlet("office_printer")
    poster = piece(world, campaign.id)
    post = desk.submitted(printer, campaign_id=campaign.id, pieces={printer.id: (poster.id, 10)})
    kabid_user, kadis_user = (
        world.user(Role.APPROVER, position="kabid"),
        world.user(Role.APPROVER, position="kadis", title="Kepala Dinas Kominfo"),
    )
    world._add(
        Delegation(kind="plh", from_user_id=kadis_user.id, to_user_id=kabid_user.id, starts_on=TODAY, ends_on=TODAY)
    )
    both = actor_of(session, kabid_user, TODAY)
    assert both.positions == {"kabid", "kadis"}
    desk.approve(post, both)
    with pytest.raises(Forbidden, match="langkah sebelumnya"):
        service.approve(session, both, post, seen_hash="x" * 64, now=desk.clock.now())
    desk.approve(post, actor_of(session, kadis_user, TODAY))
    assert post.status == PostStatus.APPROVED


def test_deputy_signs_on_behalf(desk: Desk, world: World, session: Session) -> None:
    kabid = world.user(Role.APPROVER, position="kabid", title="Kepala Bidang IKP")
    deputy = world.user(Role.APPROVER)
    order = Delegation(kind="plh", from_user_id=kabid.id, to_user_id=deputy.id, starts_on=TODAY, ends_on=TODAY)
    world._add(order)
    post = desk.submitted()
    assert told(session, "post.review") == {kabid.id, deputy.id}
    desk.approve(post, actor_of(session, deputy, TODAY))
    assert post.reviews[-1].on_behalf == "Plh. Kepala Bidang IKP"
    other = desk.submitted()
    assert not service.may_approve(session, actor_of(session, deputy, TODAY + timedelta(days=1)), other)


def test_author_and_submitter_cannot_approve(desk: Desk, world: World, session: Session) -> None:
    author = world.actor(Role.EDITOR, Role.APPROVER, position="kabid")
    submitter = world.actor(Role.EDITOR, Role.APPROVER, position="kabid")
    post = desk.submit(desk.draft(world.outlet(), actor=author), submitter)
    with pytest.raises(Forbidden, match="Penulis tidak menyetujui"):
        desk.approve(post, author)
    with pytest.raises(Forbidden, match="Yang mengajukan"):
        desk.approve(post, submitter)
    assert desk.approve(post, desk.kabid()).status == PostStatus.APPROVED


def test_who_rewrites_a_draft_of_another_does_not_approve_it(desk: Desk, world: World, session: Session) -> None:
    rewriter, bystander = (world.actor(Role.EDITOR, Role.APPROVER, position="kabid") for _ in range(2))
    outlet, now = world.outlet(), desk.clock.now()
    post = desk.draft(outlet)
    fields = desk.fields(outlet, campaign_id=post.campaign_id, text="Semua kata saya.")
    service.edit(session, rewriter, post, version=post.version, now=now, **fields)
    service.edit(session, bystander, post, version=post.version, now=now, **fields | {"title": "Judul lain"})
    desk.submit(post)
    with pytest.raises(Forbidden, match="ikut mengubah"):
        desk.approve(post, rewriter)
    assert {user.id for user in service.approvers(session, post, TODAY)} == {bystander.id}
    desk.approve(post, bystander)  # another title does not leave the house
    service.withdraw(session, desk.editor, post, now=now)
    session.commit()
    assert service.may_approve(session, rewriter, desk.submit(post))  # its words were approved by another since


def test_who_fills_a_post_of_a_kit_does_not_approve_it(desk: Desk, world: World, session: Session) -> None:
    filler, outlet = world.actor(Role.EDITOR, Role.APPROVER, position="kabid"), world.outlet()
    post = desk.draft(outlet, actor=SYSTEM, text="Buka pukul [LENGKAPI: jam].")
    service.fill(session, filler, post, token="[LENGKAPI: jam]", value="08.00", now=desk.clock.now())
    desk.submit(post)
    assert not service.may_approve(session, filler, post)
    assert desk.approve(post, desk.kabid()).status == PostStatus.APPROVED


def test_who_edits_the_print_piece_does_not_approve_it(desk: Desk, world: World, session: Session) -> None:
    campaign, printer = world.campaign(), world.outlet("office_printer")
    editor = world.actor(Role.EDITOR, Role.APPROVER, position="kabid")
    poster = draft_piece(
        session, desk.editor, campaign.id, "poster", "Poster", {"headline": "Kenal Smart City", "body": "Isi."},
        now=desk.clock.now(),
    )  # fmt: skip
    session.commit()
    post = desk.draft(printer, campaign_id=campaign.id, pieces={printer.id: (poster.id, 10)})
    edit_piece(
        session, editor, poster, version=poster.version, title="Poster",
        content={"headline": "Kata saya", "body": "Isi."}, now=desk.clock.now(),
    )  # fmt: skip
    session.commit()
    desk.submit(post)
    assert not service.may_approve(session, editor, post)
    assert service.may_approve(session, desk.kabid(), post)


def test_position_without_the_role_does_not_sign(desk: Desk, world: World) -> None:
    with pytest.raises(Forbidden):
        desk.approve(desk.submitted(), world.actor(Role.EDITOR, position="kabid"))


def test_kabid_of_another_opd_does_not_sign_for_the_office(desk: Desk, world: World) -> None:
    stranger = world.actor(Role.APPROVER, position="kabid", organisation=world.organisation())
    with pytest.raises(Forbidden):
        desk.approve(desk.submitted(), stranger)


def test_opd_signs_its_own_post_only_for_its_own_outlets(desk: Desk, world: World, session: Session) -> None:
    opd = world.organisation()
    campaign = world.campaign(organisation_id=opd.id)
    writer = world.actor(Role.EDITOR, organisation=opd)
    kabid = world.actor(Role.APPROVER, position="kabid", organisation=opd)
    own = desk.draft(world.outlet("x", organisation_id=opd.id), actor=writer, campaign_id=campaign.id)
    through_office = desk.draft(world.outlet("x"), actor=writer, campaign_id=campaign.id)
    desk.submit(own, writer)
    desk.submit(through_office, writer)
    assert service.may_approve(session, kabid, own)
    assert not service.may_approve(session, kabid, through_office)
    assert service.may_approve(session, desk.kabid(), through_office)


def test_owner_of_the_service_may_be_asked_first(desk: Desk, world: World, session: Session) -> None:
    admin, opd = world.actor(Role.ADMIN), world.organisation()
    own = world._add(Service(key="bank-sampah", name="Bank Sampah", owner_id=opd.id))
    service.set_policy(
        session, admin, organisation_id=world.office().id, kind="social", steps=["kabid"], owner_first=True,
        now=desk.clock.now(),
    )  # fmt: skip
    contact, kabid = world.actor(Role.OPD_CONTACT, organisation=opd), desk.kabid()
    post = desk.submitted(service_id=own.id)
    assert (post.steps, post.waiting_for) == (["owner", "kabid"], "owner")
    assert told(session, "post.review") == {contact.id}
    with pytest.raises(Forbidden):
        desk.approve(post, kabid)
    desk.approve(post, contact)
    assert post.waiting_for == "kabid"
    desk.approve(post, kabid)
    assert post.status == PostStatus.APPROVED
    assert desk.submitted().steps == ["kabid"]  # no service, nobody to ask


def test_policy_of_the_parent_holds_for_a_bidang(desk: Desk, world: World, session: Session) -> None:
    office = world.office()
    bidang = world.organisation("bidang", parent_id=office.id)
    service.set_policy(
        session, world.actor(Role.ADMIN), organisation_id=office.id, kind="social",
        steps=["kabid", "sekretaris", "kadis"], owner_first=False, now=desk.clock.now(),
    )  # fmt: skip
    assert service.policy_for(session, bidang.id, "social").steps == ("kabid", "sekretaris", "kadis")
    assert service.policy_for(session, bidang.id, "print").steps == ("kabid", "kadis")


@pytest.mark.one_database
@pytest.mark.parametrize("steps", [[], ["bupati"], ["kabid", "kabid"]])
def test_policy_needs_known_steps_once_each(desk: Desk, world: World, session: Session, steps: list[str]) -> None:
    with pytest.raises(Invalid):
        service.set_policy(
            session, world.actor(Role.ADMIN), organisation_id=world.office().id, kind="social", steps=steps,
            owner_first=False, now=desk.clock.now(),
        )  # fmt: skip


def test_only_admins_set_policies(desk: Desk, world: World, session: Session) -> None:
    with pytest.raises(Forbidden):
        service.set_policy(
            session, desk.editor, organisation_id=world.office().id, kind="social", steps=["kabid"],
            owner_first=False, now=desk.clock.now(),
        )  # fmt: skip


def test_running_round_keeps_its_steps(desk: Desk, world: World, session: Session) -> None:
    post = desk.submitted()
    service.set_policy(
        session, world.actor(Role.ADMIN), organisation_id=world.office().id, kind="social", steps=["kadis"],
        owner_first=False, now=desk.clock.now(),
    )  # fmt: skip
    session.commit()
    assert desk.approve(post, desk.kabid()).status == PostStatus.APPROVED


def test_only_the_version_that_was_seen_is_approved(desk: Desk, session: Session) -> None:
    post, kabid = desk.submitted(), desk.kabid()
    with pytest.raises(Stale, match="Belum ada yang disetujui"):
        desk.approve(post, kabid, seen_hash="0" * 64)
    with pytest.raises(Stale):
        service.return_(session, kabid, post, note="Perbaiki", seen_hash="0" * 64, now=desk.clock.now())


def test_return_needs_a_note_and_the_next_round_starts_over(desk: Desk, session: Session) -> None:
    post, kabid = desk.submitted(), desk.kabid()
    with pytest.raises(Invalid) as caught:
        service.return_(session, kabid, post, note=" ", seen_hash=post.content_hash, now=desk.clock.now())
    assert caught.value.field == "note"
    service.return_(session, kabid, post, note="Sebut tempatnya", seen_hash=post.content_hash, now=desk.clock.now())
    session.commit()
    assert (post.status, post.reviews[-1].note) == (PostStatus.RETURNED, "Sebut tempatnya")
    assert told(session, "post.returned") == {desk.editor.id}
    desk.submit(post)
    assert (post.round, post.waiting_for) == (2, "kabid")
    assert desk.approve(post, kabid).status == PostStatus.APPROVED


def test_returned_post_stays_returned_while_it_is_mended(desk: Desk, world: World, session: Session) -> None:
    x = world.outlet()
    post = desk.submitted(x)
    service.return_(session, desk.kabid(), post, note="Ubah", seen_hash=post.content_hash, now=desk.clock.now())
    fields = desk.fields(x, campaign_id=post.campaign_id, text="Sudah diubah")
    service.edit(session, desk.editor, post, version=post.version, now=desk.clock.now(), **fields)
    assert post.status == PostStatus.RETURNED


def test_approved_after_its_time_asks_for_a_new_one(desk: Desk, session: Session) -> None:
    post, kabid = desk.submitted(), desk.kabid()
    desk.clock.advance(hours=2)
    with pytest.raises(service.NeedsNewTime) as caught:
        desk.approve(post, kabid)
    assert caught.value.field == "new_time"
    session.rollback()
    with pytest.raises(Invalid, match="sudah lewat"):
        desk.approve(post, kabid, new_time=desk.clock.now())
    session.rollback()
    with pytest.raises(Invalid, match="di luar jam pengiriman"):
        desk.approve(post, kabid, new_time=desk.clock.now() + timedelta(hours=10))
    session.rollback()
    new_time = desk.clock.now() + timedelta(hours=1)
    desk.approve(post, kabid, new_time=new_time)
    assert (post.status, post.scheduled_at, post.window_start) == (PostStatus.APPROVED, new_time, new_time)


def test_new_time_after_the_useful_end_moves_the_end_along(desk: Desk, session: Session) -> None:
    post, kabid = desk.submitted(), desk.kabid()
    desk.clock.advance(days=7)
    new_time = desk.clock.now() + timedelta(hours=1)
    desk.approve(post, kabid, new_time=new_time)
    assert post.useful_until == new_time + timedelta(days=3)


def test_move_inside_the_window_voids_nothing(desk: Desk, session: Session) -> None:
    post = desk.approved()
    service.mark_planned(session, post)
    session.commit()
    assert post.planned_hash == post.content_hash
    later = post.scheduled_at + timedelta(days=1)
    service.reschedule(session, desk.editor, post, scheduled_at=later, settings=desk.settings, now=desk.clock.now())
    session.commit()
    assert (post.status, post.scheduled_at, post.planned_hash) == (PostStatus.APPROVED, later, None)
    assert post.approved_hash == post.content_hash


@pytest.mark.parametrize("days", [4, 30])
def test_move_outside_the_window_needs_new_approval(desk: Desk, session: Session, days: int) -> None:
    post = desk.approved()
    moved = post.scheduled_at + timedelta(days=days)
    service.reschedule(session, desk.editor, post, scheduled_at=moved, now=desk.clock.now())
    assert post.status == PostStatus.DRAFT
    assert post.useful_until == moved + timedelta(days=3)


def test_move_into_the_past_or_the_night_is_refused(desk: Desk, session: Session) -> None:
    post, now = desk.approved(), desk.clock.now()
    with pytest.raises(Invalid, match="sudah lewat"):
        service.reschedule(session, desk.editor, post, scheduled_at=now, now=now)
    with pytest.raises(Invalid, match="tulis alasannya"):
        service.reschedule(
            session, desk.editor, post, scheduled_at=now + timedelta(hours=12), settings=desk.settings, now=now
        )
    service.reschedule(
        session, desk.editor, post, scheduled_at=now + timedelta(hours=12), settings=desk.settings, now=now,
        off_hours_reason="Peringatan banjir",
    )  # fmt: skip
    assert post.off_hours_reason == "Peringatan banjir"


def test_marking_as_planned_disturbs_nobody_who_types(desk: Desk, session: Session) -> None:
    post = desk.approved()
    before = post.version
    service.mark_planned(session, post)
    session.commit()
    session.expire_all()
    assert (post.planned_hash, post.version) == (post.content_hash, before)


def test_marking_leaves_alone_what_moved_meanwhile(
    desk: Desk, session: Session, sessions: "sessionmaker[Session]"
) -> None:
    post, later = desk.approved(), desk.clock.now() + timedelta(days=1)
    with unit_of_work(sessions) as other:
        moved = other.get_one(Post, post.id)
        assert service.mark_planned(other, moved)
        service.reschedule(other, desk.editor, moved, scheduled_at=later, now=desk.clock.now())
    assert not service.mark_planned(session, post)
    assert post.planned_hash is None
    session.commit()
    session.refresh(post)
    assert (post.status, post.scheduled_at, post.planned_hash) == (PostStatus.APPROVED, later, None)


def test_withdraw_takes_it_back(desk: Desk, session: Session) -> None:
    post = desk.submitted()
    service.withdraw(session, desk.editor, post, now=desk.clock.now())
    assert (post.status, post.waiting_for) == (PostStatus.DRAFT, None)
    with pytest.raises(Refused):
        service.withdraw(session, desk.editor, post, now=desk.clock.now())


def test_cancel_ends_it_and_asks_the_ledger_to_follow(desk: Desk, session: Session) -> None:
    post = desk.approved()
    service.mark_planned(session, post)
    service.cancel(session, desk.editor, post, now=desk.clock.now())
    assert (post.status, post.planned_hash) == (PostStatus.CANCELLED, None)
    service.cancel(session, desk.editor, post, now=desk.clock.now())
    with pytest.raises(Refused):
        desk.submit(post)


def test_edited_print_piece_takes_its_posts_back(
    desk: Desk, world: World, session: Session, sessions: "sessionmaker[Session]"
) -> None:
    campaign, printer = world.campaign(), world.outlet("office_printer")
    poster = piece(world, campaign.id)
    post = desk.submitted(printer, campaign_id=campaign.id, pieces={printer.id: (poster.id, 10)})
    desk.approve(post, desk.kabid())
    desk.approve(post, desk.kadis())
    assert post.status == PostStatus.APPROVED
    with sessions() as elsewhere:  # the printing room, which does not know posts
        theirs = elsewhere.get_one(PrintPiece, poster.id)
        theirs.content_hash = "b" * 64
        elsewhere.commit()
    session.expire_all()
    assert post.status == PostStatus.DRAFT
    assert post.content_hash != post.approved_hash


def test_piece_edited_after_the_window_leaves_the_record_alone(desk: Desk, world: World, session: Session) -> None:
    campaign, printer = world.campaign(), world.outlet("office_printer")
    poster = piece(world, campaign.id)
    post = desk.submitted(printer, campaign_id=campaign.id, pieces={printer.id: (poster.id, 10)})
    desk.approve(post, desk.kabid())
    desk.approve(post, desk.kadis())
    poster.content_hash = "b" * 64
    poster.updated_at = desk.clock.advance(days=4)
    session.commit()
    session.expire_all()
    assert post.status == PostStatus.APPROVED


def test_withdrawn_edit_of_a_piece_touches_nothing(desk: Desk, world: World, session: Session) -> None:
    campaign, printer = world.campaign(), world.outlet("office_printer")
    poster = piece(world, campaign.id)
    post = desk.submitted(printer, campaign_id=campaign.id, pieces={printer.id: (poster.id, 10)})
    poster.content_hash = "b" * 64
    session.flush()
    session.rollback()
    session.commit()
    session.expire_all()
    assert post.status == PostStatus.IN_REVIEW


def test_everything_in_the_way_is_listed_at_once(desk: Desk, world: World, session: Session) -> None:
    foto = picture(world, by=desk.editor)
    post = desk.draft(
        world.outlet("x", name="X Kukar"), world.outlet("instagram", name="IG Kukar"), world.outlet("printer"),
        text="Jam [LENGKAPI: jam buka] {tautan}" + "a" * 300, media=[(foto.id, "")], scheduled_at=None,
    )  # fmt: skip
    with pytest.raises(service.NotReady) as caught:
        desk.submit(post)
    found = {(f.field, f.outlet_name) for f in caught.value.findings}
    assert {("gaps", None), ("media", None), ("link_url", None), ("scheduled_at", None), ("text", "X Kukar")} <= found
    assert {f.field for f in caught.value.findings if f.outlet_name not in {None, "X Kukar"}} == {"piece"}
    assert "[LENGKAPI: jam buka]” di teks dasar" in str(caught.value)
    session.rollback()
    assert post.status == PostStatus.DRAFT


def test_unconnected_account_keeps_the_limits_of_its_platform(desk: Desk, world: World) -> None:
    post = desk.draft(world.outlet("x", status="unconnected"), text="a" * 281)
    with pytest.raises(service.NotReady, match="terlalu panjang"):
        desk.submit(post)


def test_a_channel_without_pictures_gets_none_and_refuses_none(desk: Desk, world: World) -> None:
    radio, media = world.outlet("radio"), [(picture(world, by=desk.editor).id, "Warga antre")]
    post = desk.submitted(radio, world.outlet("facebook"), media=media)
    cards = previews(post, channels=desk.channels, public_url="http://localhost")
    assert {card.outlets[0][0].outlet.kind: card.pictures for card in cards} == {"radio": False, "facebook": True}
    with pytest.raises(service.NotReady, match="Tulis teksnya"):
        desk.submitted(radio, media=media, text="")


def test_link_takes_room_in_the_count(desk: Desk, world: World) -> None:
    text = "a" * 270
    assert desk.submit(desk.draft(world.outlet("x"), text=text)).status == PostStatus.IN_REVIEW
    post = desk.draft(world.outlet("x"), text=text, link_url="https://kukarkab.go.id/halaman")
    with pytest.raises(service.NotReady, match="terlalu panjang"):
        desk.submit(post)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outlet_texts": {}}, "outlets"),
        ({"scheduled_at": None}, "scheduled_at"),
    ],
)
def test_outlets_and_a_time_are_needed(desk: Desk, world: World, values: dict, field: str) -> None:
    post = desk.draft(*([] if "outlet_texts" in values else [world.outlet()]), **values)
    with pytest.raises(service.NotReady) as caught:
        desk.submit(post)
    assert [f.field for f in caught.value.findings] == [field]


def test_past_time_and_night_are_in_the_way(desk: Desk, world: World, session: Session) -> None:
    now = desk.clock.now()
    past = desk.draft(world.outlet(), scheduled_at=now - timedelta(minutes=1), useful_until=now + timedelta(days=1))
    night = desk.draft(world.outlet(), scheduled_at=now + timedelta(hours=14))
    for post, field in ((past, "scheduled_at"), (night, "off_hours_reason")):
        with pytest.raises(service.NotReady) as caught:
            desk.submit(post)
        assert field in {f.field for f in caught.value.findings}
        session.rollback()
    urgent = desk.draft(world.outlet(), scheduled_at=now + timedelta(hours=14), off_hours_reason="Banjir")
    assert desk.submit(urgent).status == PostStatus.IN_REVIEW


def test_outlet_that_is_out_of_use_is_in_the_way(desk: Desk, world: World, session: Session) -> None:
    outlet = world.outlet()
    post = desk.draft(outlet)
    outlet.active = False
    session.commit()
    with pytest.raises(service.NotReady, match="tidak dipakai lagi"):
        desk.submit(post)


def test_approvers_left_out_are_author_and_inactive(desk: Desk, world: World, session: Session) -> None:
    kabid, gone = desk.kabid(), desk.kabid()
    session.get_one(User, gone.id).active = False
    session.commit()
    post = desk.submitted()
    assert [user.id for user in service.approvers(session, post, TODAY)] == [kabid.id]
