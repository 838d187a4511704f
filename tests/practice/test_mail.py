"""The SMTP sink, asked by Python's own smtplib."""

import smtplib
from email.message import EmailMessage

import pytest


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@kukar.test", "b@koran.test", "Pesanan – iklan"
    message["Message-ID"] = "<satu@kukar.test>"
    message.set_content("Mohon dimuat.")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="iklan.pdf")
    return message


def send(practice) -> None:
    with smtplib.SMTP("127.0.0.1", practice.smtp_port, timeout=5) as session:
        session.send_message(letter())


def test_letter_is_kept_with_its_attachment(practice):
    send(practice)
    mail = practice.mails()[0]
    assert (mail["subject"], mail["message_id"]) == ("Pesanan – iklan", "<satu@kukar.test>")
    assert mail["text"].strip() == "Mohon dimuat."
    answer = practice.get(mail["attachments"][0]["url"])
    assert answer.content == b"%PDF-1.7"
    assert answer.headers["content-type"] == "application/pdf"
    assert practice.get(f"/surel/{mail['id']}/7").status_code == 404


def test_down_drops_the_caller_then_recovers(practice):
    practice.fault("smtp", "mati", times=2)
    for _ in range(2):
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            send(practice)
    send(practice)
    assert len(practice.mails()) == 1


@pytest.mark.parametrize(("fault", "code"), [("tolak_sementara", 451), ("tolak_tetap", 550)])
def test_recipient_is_refused(practice, fault, code):
    practice.fault("smtp", fault)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        send(practice)
    assert caught.value.recipients["b@koran.test"][0] == code
    assert practice.mails() == []


def test_reply_that_is_lost_leaves_one_letter(practice):
    practice.fault("smtp", "balasan_hilang")
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(practice)
    assert len(practice.mails()) == 1
