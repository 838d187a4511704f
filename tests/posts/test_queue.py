"""The queue asks the database what `policies.refusal` asks a post: both must always agree."""

from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.roles import Role
from app.outreach.campaigns.models import Service
from app.outreach.posts import queries, service
from app.outreach.posts.diff import differences
from app.outreach.posts.models import Post
from tests.posts.conftest import Desk
from tests.posts.test_drafting import piece
from tests.world import World


def test_the_queue_holds_just_what_may_be_approved(desk: Desk, world: World, session: Session) -> None:
    opd, other = world.organisation(), world.organisation()
    bidang = world.organisation("bidang", parent_id=opd.id)
    own_service = world._add(Service(key="bank-sampah", name="Bank Sampah", owner_id=opd.id))
    admin = world.actor(Role.ADMIN)
    for organisation in (world.office(), other):
        service.set_policy(
            session, admin, organisation_id=organisation.id, kind="social", steps=["kabid"], owner_first=True,
            now=desk.clock.now(),
        )  # fmt: skip
    session.commit()
    writer = world.actor(Role.EDITOR, organisation=other)
    author = world.actor(Role.EDITOR, Role.APPROVER, position="kabid")
    campaign, printer = world.campaign(), world.outlet("office_printer")
    theirs = world.campaign(organisation_id=other.id)
    poster = piece(world, campaign.id)

    desk.submitted()  # waits for a kabid of the office
    desk.submitted(service_id=own_service.id)  # waits for the owner of the service
    half = desk.submitted(printer, campaign_id=campaign.id, pieces={printer.id: (poster.id, 10)})
    first = desk.kabid()
    desk.approve(half, first)  # waits for a kadis
    desk.submit(desk.draft(world.outlet(), actor=author), desk.editor)
    outlet = world.outlet()
    rewritten = desk.draft(outlet)
    fields = desk.fields(outlet, campaign_id=rewritten.campaign_id, text="Kata orang lain.")
    service.edit(session, author, rewritten, version=rewritten.version, now=desk.clock.now(), **fields)
    desk.submit(rewritten)
    own_outlet = world.outlet(organisation_id=other.id)
    desk.submit(desk.draft(own_outlet, actor=writer, campaign_id=theirs.id), writer)
    desk.submit(desk.draft(own_outlet, world.outlet(), actor=writer, campaign_id=theirs.id), writer)
    desk.draft(world.outlet())
    desk.approved(world.outlet())

    people = [
        desk.editor, author, writer, first, admin, desk.kabid(), desk.kadis(),
        world.actor(Role.APPROVER),
        world.actor(Role.OPD_CONTACT, organisation=opd),
        world.actor(Role.OPD_CONTACT, organisation=bidang),
        world.actor(Role.APPROVER, position="kabid", organisation=opd),
        world.actor(Role.APPROVER, position="kabid", organisation=other),
        world.actor(Role.OPD_CONTACT, organisation=other),
        world.actor(Role.EDITOR, position="kabid"),
        world.actor(Role.COMMUNITY, organisation=opd),
    ]  # fmt: skip
    posts = session.scalars(select(Post)).all()
    agreed = set()
    for actor, post in product(people, posts):
        listed = post in queries.queue(session, actor)
        assert listed == service.may_approve(session, actor, post), (actor, post.title, post.waiting_for)
        agreed.add(listed)
        if listed:
            assert service.get(session, actor, post.id) is post  # what waits for a person can be opened
    assert agreed == {True, False}
    for actor in people:
        assert queries.count_waiting(session, actor) == len(queries.queue(session, actor))


def test_differences_keep_the_new_text_whole() -> None:
    old, new = "Buka pukul delapan\n\ndi kantor desa", "Buka pukul sembilan\n\ndi kantor lurah"
    found = differences(old, new)
    assert "".join(piece.text for piece in found if piece.kind != "gone") == new
    assert "".join(piece.text for piece in found if piece.kind != "new") == old
    assert [piece.text for piece in found if piece.kind == "gone"] == ["delapan", "desa"]


def test_long_texts_are_compared_by_line() -> None:
    lines = [f"baris nomor {number} dari naskah yang panjang\n" for number in range(1000)]
    changed = [*lines[:500], "baris yang baru\n", *lines[501:]]
    found = differences("".join(lines), "".join(changed))
    assert [piece.text for piece in found if piece.kind == "new"] == ["baris yang baru\n"]
