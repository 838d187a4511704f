"""What each account says of itself before anything goes out, over real loopback HTTP and SMTP."""

from datetime import UTC, datetime, timedelta

import pytest

from app.channels.x_account import account_report
from app.outreach.outlets.ports import Inspectable, NeedsSignIn, NotSent

KINDS = ("x", "facebook", "instagram")


def inspect(practice, channels, kind):
    return channels[kind].inspect(practice.credentials(kind), practice.account(kind), now=datetime.now(UTC))


@pytest.mark.parametrize("kind", [*KINDS, "newspaper", "printer"])
def test_an_account_in_order_lacks_nothing_and_nothing_goes_out(practice, channels, kind):
    report = inspect(practice, channels, kind)
    assert (report.expires_at, list(report.missing)) == (None, [])
    assert practice.posts() == []
    assert practice.mails() == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_dead_token_needs_sign_in(practice, channels, kind):
    practice.fault(kind, "kedaluwarsa", times=None)
    with pytest.raises(NeedsSignIn):
        inspect(practice, channels, kind)


@pytest.mark.parametrize("kind", ["facebook", "instagram"])
def test_the_graph_tells_the_end_of_a_token(practice, channels, kind):
    practice.fault(kind, "segera_berakhir", seconds=3600)
    report = inspect(practice, channels, kind)
    assert timedelta(minutes=58) < report.expires_at - datetime.now(UTC) < timedelta(minutes=62)


@pytest.mark.parametrize(
    ("kind", "right"),
    [("x", "Read and write"), ("facebook", "pages_manage_posts"), ("instagram", "instagram_content_publish")],
)
def test_a_right_that_was_not_given_is_named(practice, channels, kind, right):
    practice.fault(kind, "izin_kurang")
    assert list(inspect(practice, channels, kind).missing) == [right]


def test_instagram_tells_what_is_left_of_its_quota(practice, channels):
    assert inspect(practice, channels, "instagram").quota_left == 100
    practice.fault("instagram", "jatah_habis")
    assert inspect(practice, channels, "instagram").quota_left == 0


def test_x_tells_what_is_left_of_a_day_where_it_does():
    headers = {
        "x-user-limit-24hour-remaining": "3",
        "x-app-limit-24hour-remaining": "17",
        "x-access-level": "read-write",
    }
    assert account_report(headers).quota_left == 3
    assert account_report({}).quota_left is None
    assert account_report({}).scopes is None


def test_a_mail_server_that_is_away_cannot_be_asked(practice, channels):
    practice.fault("smtp", "mati", times=None)
    with pytest.raises(NotSent):
        inspect(practice, channels, "newspaper")


def test_what_a_person_serves_has_no_account_to_ask(channels):
    assert not isinstance(channels["whatsapp"], Inspectable)
    assert isinstance(channels["facebook"], Inspectable)


@pytest.mark.parametrize("kind", ["x", "facebook", "instagram"])
def test_an_account_says_its_present_name(channels, practice, kind):
    account, keys = practice.account(kind), practice.credentials(kind)
    found = channels[kind].inspect(keys, account, now=datetime.now(UTC))
    assert found.name == channels[kind].identify(keys, account).name


@pytest.mark.parametrize(("kind", "setting"), [("x", "user_id"), ("facebook", "page_id"), ("instagram", "ig_user_id")])
def test_keys_of_another_account_need_sign_in_and_say_so(channels, practice, kind, setting):
    with pytest.raises(NeedsSignIn) as caught:
        channels[kind].inspect(
            practice.credentials(kind), {**practice.account(kind), setting: "99"}, now=datetime.now(UTC)
        )
    assert "kunci" in str(caught.value.sentence).lower()
