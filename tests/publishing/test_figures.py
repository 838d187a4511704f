from datetime import date

from sqlalchemy.orm import Session

from app.outreach.campaigns.links import shorten
from app.outreach.campaigns.models import LinkVisits
from app.outreach.publishing import figures
from app.outreach.publishing.keys import delivery_key
from tests.publishing.counted import measured, sent
from tests.world import World


def test_a_count_that_fell_is_marked(session: Session, world: World) -> None:
    delivery = sent(world, world.outlet("facebook"))
    measured(world, delivery, 1, latest=False, views=100, reactions=4)
    measured(world, delivery, 24, views=80, reactions=9)
    first, second = figures.of_delivery(session, delivery.id)
    assert (first.fell, second.fell) == (frozenset(), {"views"})


def test_platforms_are_never_one_sum_and_what_is_not_given_stays_open(session: Session, world: World) -> None:
    campaign, page, account = world.campaign(), world.outlet("facebook"), world.outlet("x")
    for outlet, counts in ((page, {"views": 100, "reach": 70}), (page, {"views": 50}), (account, {"views": 30})):
        measured(world, sent(world, outlet, campaign=campaign), 24, **counts)
    sent(world, account, campaign=campaign)
    on_page, on_x = figures.of_campaign(session, campaign.id)
    assert (on_page.kind, on_page.counts["views"], on_page.counts["reach"]) == (
        "facebook", figures.FigureSum(150, 2), figures.FigureSum(70, 1),
    )  # fmt: skip
    assert (on_x.sent, on_x.measured, on_x.counts["reach"]) == (2, 1, figures.FigureSum(None, 0))


def test_only_the_newest_figure_counts(session: Session, world: World) -> None:
    campaign = world.campaign()
    delivery = sent(world, world.outlet("facebook"), campaign=campaign)
    measured(world, delivery, 1, latest=False, views=100)
    measured(world, delivery, 24, views=80)
    (only,) = figures.of_campaign(session, campaign.id)
    assert only.counts["views"] == figures.FigureSum(80, 1)


def test_visits_of_a_delivery_go_over_all_its_addresses(session: Session, world: World) -> None:
    outlet, other = world.outlet("x"), world.outlet("facebook")
    post = world.post(outlet, other)
    key = delivery_key(post.id, outlet.id)
    now = world.clock.now()
    for target, count in (("https://kukar.test/a", 3), ("https://kukar.test/b", 4)):
        link = shorten(session, purpose=key, target=target, medium="social", now=now)
        session.add(LinkVisits(code=link.code, day=date(2026, 11, 24), count=count))
    session.commit()
    pairs = [(post.id, outlet.id), (post.id, other.id)]
    assert figures.visits_of(session, pairs) == {pairs[0]: 7, pairs[1]: None}


def test_printed_codes_are_told_by_village(session: Session, world: World) -> None:
    campaign, village = world.campaign(), world.village()
    for place, count in ((village, 5), (None, 2)):
        link = shorten(
            session, purpose=f"piece:1:{place or ''}", target="https://kukar.test", campaign_id=campaign.id,
            village_code=place, medium="print", now=world.clock.now(),
        )  # fmt: skip
        session.add(LinkVisits(code=link.code, day=date(2026, 11, 24), count=count))
    session.commit()
    assert figures.visits_of_campaign(session, campaign.id) == [
        figures.Visits("print", village, 1, 5),
        figures.Visits("print", None, 1, 2),
    ]
