"""Print orders by SMTP to the practice sink, over a real loopback connection."""

from dataclasses import replace

import pytest

from app.channels.print_mail import BODY_SECONDS, REPLY_SECONDS, SLOWEST_LINE, PrintOrderChannel
from app.channels.print_order import MAX_ATTACHED_BYTES, message_id, recipient_of
from app.outreach.outlets.ports import NotSent, OutcomeUnknown, Outgoing, OutgoingFile, Rejected
from tests.listeners import closed_port, dropping_server, mail_server

PDF = OutgoingFile("koran-3x150.pdf", "application/pdf", b"%PDF-1.7\r\n.titik di awal baris\r\n\x00\xff" * 400)
LETTER = "Yth. Redaksi,\n\n.Mohon dimuat pada 1 Desember 2026.\n\nSalam, Diskominfo"


@pytest.fixture
def order(outgoing):
    return outgoing(
        "newspaper", LETTER, files=(PDF,), recipient="iklan@kaltimpost.test", subject="Pesanan iklan 3 × 150 mm"
    )


def test_order_arrives_with_letter_and_pdf(practice, channels, order, memory):
    receipt = channels["newspaper"].publish(order, memory)
    mail = practice.mails()[0]
    assert (mail["message_id"], mail["subject"]) == (receipt.remote_id, "Pesanan iklan 3 × 150 mm")
    assert mail["recipients"] == ["iklan@kaltimpost.test"]
    assert mail["text"].replace("\r\n", "\n").strip() == LETTER
    assert [(part["name"], part["mime"]) for part in mail["attachments"]] == [("koran-3x150.pdf", "application/pdf")]
    assert practice.get(mail["attachments"][0]["url"]).content == PDF.data


def test_message_id_stays_the_same_over_tries_and_differs_between_deliveries(practice, channels, order, memory):
    practice.fault("smtp", "tolak_sementara")
    with pytest.raises(NotSent):
        channels["printer"].publish(order, memory)
    first = channels["printer"].publish(order, memory)
    again = channels["printer"].publish(order, memory)
    other = channels["printer"].publish(replace(order, key="post:12:4"), memory)
    assert first.remote_id == again.remote_id != other.remote_id


@pytest.mark.parametrize(
    ("fault", "expected"), [("mati", NotSent), ("tolak_sementara", NotSent), ("tolak_tetap", Rejected)]
)
def test_each_trouble_becomes_its_error_and_no_order_arrives(practice, channels, order, memory, fault, expected):
    practice.fault("smtp", fault)
    with pytest.raises(expected):
        channels["newspaper"].publish(order, memory)
    assert practice.mails() == []


def test_reply_lost_after_the_data_is_unknown_and_cannot_be_looked_up(practice, channels, order, memory):
    practice.fault("smtp", "balasan_hilang")
    with pytest.raises(OutcomeUnknown):
        channels["newspaper"].publish(order, memory)
    assert len(practice.mails()) == 1
    assert channels["newspaper"].can_look is False
    with pytest.raises(NotSent):
        channels["newspaper"].find(order)


def test_refused_and_silent_servers_are_not_sent(order, memory, monkeypatch):
    monkeypatch.setattr("app.channels.print_mail.SMTP_SECONDS", 0.3)
    with pytest.raises(NotSent):
        PrintOrderChannel("127.0.0.1", closed_port(), tls=False, sender="a@kukar.test").publish(order, memory)
    with dropping_server() as address:
        channel = PrintOrderChannel("127.0.0.1", int(address.rsplit(":", 1)[1]), tls=False, sender="a@kukar.test")
        with pytest.raises(NotSent):
            channel.publish(order, memory)


@pytest.fixture
def heavy(order):
    """An order whose letter is far larger than what the system's own buffers hold."""
    return replace(order, files=(replace(PDF, data=b"x" * (8 * 1024 * 1024)),))


def channel_at(port):
    return PrintOrderChannel("127.0.0.1", port, tls=False, sender="a@kukar.test")


def test_a_slow_line_gets_a_large_order_through(heavy, memory, monkeypatch):
    monkeypatch.setattr("app.channels.print_mail.SMTP_SECONDS", 0.5)
    with mail_server(pause=0.02) as (port, taken):  # more than a second for the letter as a whole
        channel_at(port).publish(heavy, memory)
    assert len(taken) == 1


def test_a_line_too_slow_for_the_bound_of_a_try_is_not_sent(heavy, memory, monkeypatch):
    monkeypatch.setattr("app.channels.print_mail.BODY_SECONDS", 0.2)
    with mail_server(pause=0.02) as (port, taken), pytest.raises(NotSent, match="terlalu lambat"):
        channel_at(port).publish(heavy, memory)
    assert taken == []


def test_a_line_that_stands_still_is_not_sent(heavy, memory, monkeypatch):
    monkeypatch.setattr("app.channels.print_mail.SMTP_SECONDS", 0.3)
    with mail_server(pause=3) as (port, taken), pytest.raises(NotSent, match="di tengah isi surat"):
        channel_at(port).publish(heavy, memory)
    assert taken == []


def test_a_line_that_breaks_after_the_last_dot_is_unknown(order, memory):
    with mail_server(after_data=None) as (port, taken), pytest.raises(OutcomeUnknown):
        channel_at(port).publish(order, memory)
    assert len(taken) == 1


def test_the_bound_of_a_try_covers_the_largest_letter_on_the_slowest_line():
    largest = Outgoing("post:1:1", LETTER, files=(replace(PDF, data=b"x" * MAX_ATTACHED_BYTES),))
    raw = PrintOrderChannel("", 25, sender="a@kukar.test").letter(largest, "a@b.test").as_bytes()
    assert len(raw) * 8 / SLOWEST_LINE < BODY_SECONDS < PrintOrderChannel.seconds - REPLY_SECONDS


def test_what_no_mailbox_takes_is_refused_before_any_connection(order, memory):
    too_large = replace(order, files=(replace(PDF, data=b"x" * (MAX_ATTACHED_BYTES + 1024 * 1024)),))
    with pytest.raises(Rejected) as caught:
        channel_at(closed_port()).publish(too_large, memory)
    assert str(caught.value.sentence) == "PDF terlalu besar untuk surel (16,0 MB). Perkecil gambarnya."


@pytest.mark.parametrize("answers", [{"at_mail": "552 5.3.4 Too big", "size": 1000}, {"after_data": "552 Too big"}])
def test_a_server_that_finds_the_order_too_large_is_not_taken_for_a_wrong_address(order, memory, answers):
    with mail_server(**answers) as (port, taken), pytest.raises(Rejected) as caught:
        channel_at(port).publish(order, memory)
    assert "PDF terlalu besar" in str(caught.value.sentence)
    assert "alamat" not in str(caught.value.sentence)
    assert len(taken) == ("after_data" in answers)


def test_a_full_mailbox_is_not_taken_for_a_large_order(order, memory):
    with mail_server(after_data="552 5.2.2 Mailbox full") as (port, _), pytest.raises(Rejected) as caught:
        channel_at(port).publish(order, memory)
    assert "terlalu besar" not in str(caught.value.sentence)


def test_server_without_encryption_is_refused_where_encryption_is_set(practice, order, memory):
    channel = PrintOrderChannel("127.0.0.1", practice.smtp_port, tls=True, sender="a@kukar.test")
    with pytest.raises(NotSent):
        channel.publish(order, memory)
    assert practice.mails() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "Pesanan\r\nBcc: lain@luar.test"),
        ("key", "post:1\r\nBcc: lain@luar.test"),
        ("files", (replace(PDF, name='a".pdf\r\nBcc: lain@luar.test'),)),
    ],
)
def test_no_header_can_be_smuggled_in(practice, channels, order, memory, field, value):
    channels["newspaper"].publish(replace(order, **{field: value}), memory)
    mail = practice.mails()[0]
    assert mail["recipients"] == ["iklan@kaltimpost.test"]
    headers = practice.server.store.mails()[0].raw.split(b"\r\n\r\n")
    assert not any(line.lower().startswith(b"bcc:") for part in headers for line in part.split(b"\r\n"))


@pytest.mark.parametrize(
    "address", ["", "iklan", "a@b.test\r\nRCPT TO:<x@y.test>", "a b@c.test", "a@b.test, c@d.test", "@b.test", "a@"]
)
def test_what_is_no_single_address_is_refused(channels, order, memory, address):
    out = replace(order, recipient=address)
    assert recipient_of(out) is None
    with pytest.raises(Rejected):
        channels["newspaper"].publish(out, memory)
    assert [problem.field for problem in channels["newspaper"].check(out)] == ["outlet"]


def test_address_of_the_outlet_is_used_where_none_is_given(order):
    assert recipient_of(replace(order, recipient=None, settings={"email": "cetak@jaya.test"})) == "cetak@jaya.test"


def test_check_wants_a_mail_server_and_files_that_fit(channels, order):
    assert channels["newspaper"].check(order) == []
    assert [problem.field for problem in PrintOrderChannel("", 25, sender="a@b.test").check(order)] == ["outlet"]
    heavy = replace(order, files=(replace(PDF, data=b"x" * (16 * 1024 * 1024)),))
    assert [problem.field for problem in channels["newspaper"].check(heavy)] == ["piece"]


def test_identify_only_greets_the_server(practice, channels):
    assert channels["newspaper"].identify({}, {}).name == "127.0.0.1"
    assert practice.mails() == []
    practice.fault("smtp", "mati")
    with pytest.raises(NotSent):
        channels["newspaper"].identify({}, {})


def test_message_id_holds_only_what_a_header_may_hold():
    assert message_id("post:1 <x>\r\n", "kukar.test").count("\n") == 0
    assert message_id("post:1:23", "a") != message_id("post:12:3", "a")
