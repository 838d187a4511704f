"""What holds for every channel."""

import logging

import pytest

from app.channels.registry import make_channels
from app.outreach.outlets.kinds import ASSISTED, BY_HAND, KINDS
from app.outreach.outlets.ports import ChannelError, HandOver, NotSent
from config import Settings

SECRETS = {
    "consumer_key": "rahasia-ck",
    "consumer_secret": "rahasia-cs",
    "access_token": "12345-rahasia-at",
    "access_token_secret": "rahasia-ats",
}
HANDED_OVER = sorted({*BY_HAND, ASSISTED})


def test_every_kind_of_outlet_has_a_channel():
    channels = make_channels(Settings())
    assert set(channels) == {*KINDS, ASSISTED}


def test_real_addresses_give_links_to_the_platforms():
    channels = make_channels(Settings())
    assert channels["x"].links.to("1") == "https://x.com/i/web/status/1"
    assert channels["facebook"].links.to("1_2") == "https://www.facebook.com/1_2"


def test_what_is_secret_is_asked_for_as_a_secret():
    for channel in make_channels(Settings()).values():
        assert all(field.secret for field in channel.credential_fields)
        assert not any(field.secret for field in channel.setting_fields)


@pytest.mark.parametrize("kind", HANDED_OVER)
def test_assisted_outlets_hand_over_and_cannot_look(channels, outgoing, memory, kind):
    with pytest.raises(HandOver):
        channels[kind].publish(outgoing(kind), memory)
    with pytest.raises(NotSent):
        channels[kind].find(outgoing(kind))
    assert channels[kind].can_look is False


def test_assisted_outlets_know_their_limits(channels, outgoing, picture):
    assert channels["whatsapp"].check(outgoing("whatsapp", "a" * 4096)) == []
    assert "kelebihan 4 karakter" in str(channels["whatsapp"].check(outgoing("whatsapp", "a" * 4100))[0].sentence)
    assert channels["radio"].check(outgoing("radio", "")) != []
    assert channels["radio"].check(outgoing("radio", "Siaran", files=(picture(),))) == []
    assert channels["radio"].check(outgoing("radio", "", files=(picture(),))) != []
    assert channels["office_printer"].check(outgoing("office_printer", "")) == []


@pytest.mark.parametrize("fault", ["kedaluwarsa", "rusak", "batas", "balasan_hilang", None])
@pytest.mark.parametrize("kind", ["x", "facebook", "instagram"])
def test_no_secret_reaches_an_error_or_a_log(practice, channels, outgoing, memory, picture, caplog, kind, fault):
    caplog.set_level(logging.DEBUG)
    out = outgoing(kind, files=(picture(),), credentials={**SECRETS, **practice.credentials(kind)})
    if fault is None:
        out = outgoing(kind, files=(picture(),), credentials=SECRETS)  # refused by the platform
    else:
        practice.fault(kind, fault)
    with pytest.raises(ChannelError) as caught:
        channels[kind].publish(out, memory)
    said = "".join([caplog.text, repr(caught.value), str(caught.value), repr(channels[kind]), repr(memory.values)])
    chain: BaseException | None = caught.value
    while chain:
        said += repr(chain) + str(chain)
        chain = chain.__cause__
    for secret in out.credentials.values():
        assert secret not in said


def test_mail_password_is_in_no_error_and_no_representation(practice, outgoing, memory, caplog):
    caplog.set_level(logging.DEBUG)
    settings = Settings(
        smtp_host="127.0.0.1",
        smtp_port=practice.smtp_port,
        smtp_tls=False,
        smtp_user="u",
        smtp_password="rahasia-surel",
    )
    channel = make_channels(settings)["newspaper"]
    with pytest.raises(NotSent) as caught:  # the sink offers no sign-in
        channel.publish(outgoing("newspaper", recipient="a@b.test"), memory)
    assert "rahasia-surel" not in caplog.text + repr(caught.value) + repr(channel)
