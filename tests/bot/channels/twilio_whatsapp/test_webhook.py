"""What a webhook of Twilio's means."""

from dataclasses import replace

import pytest

from bot.channels.messaging.errors import UndeliverableError
from bot.channels.messaging.message import Kind, Receipt
from bot.channels.twilio_whatsapp.webhook import read_message, read_receipt
from tests.bot.channels.twilio_whatsapp.fake_twilio import Fields, Phone

ANNA = Phone()
TOKEN = "0123456789abcdef" * 2
FAILED = Receipt(TOKEN, "failed", 63016, UndeliverableError)


def sent(kind: str, body: str = "", **more: str) -> Fields:
    return ANNA.message(kind, Body=body, **more)


@pytest.mark.parametrize(
    ("fields", "kind", "text", "payload"),
    [
        (ANNA.text(" /ask "), Kind.TEXT, " /ask ", ""),
        (ANNA.tap("/ask", "Ask"), Kind.CHOICE, "Ask", "/ask"),
        (ANNA.image(), Kind.MEDIA, "", ""),
        (ANNA.image("My leg is numb"), Kind.MEDIA, "My leg is numb", ""),
        (sent("document", "report.pdf", NumMedia="1"), Kind.MEDIA, "", ""),
        (sent("location", Latitude="37.4", Longitude="-122.1"), Kind.MEDIA, "", ""),
        (ANNA.text(""), Kind.MEDIA, "", ""),
        (sent("text", Latitude="37.4"), Kind.MEDIA, "", ""),
    ],
)
def test_each_kind_is_read(fields: Fields, kind: Kind, text: str, payload: str) -> None:
    """Words are words, taps are taps, and all else is something the bot cannot open."""
    message = read_message(fields)
    assert message is not None
    assert (message.kind, message.text, message.payload) == (kind, text, payload)
    assert message.id == fields["MessageSid"]
    assert message.address == {"to": "whatsapp:+16505551234"}
    assert message.sent_at is None


@pytest.mark.parametrize(
    "change",
    [
        {"MessageSid": "", "SmsMessageSid": "", "SmsSid": ""},
        {"MessageSid": "has a space"},
        {"From": "whatsapp:+1650\n5551234"},
        {"From": "whatsapp:" + "1" * 300},
        {"MessageType": "reaction"},
    ],
)
def test_what_cannot_be_answered_is_passed_over(change: Fields) -> None:
    """Without an id or an address there is nothing to do, nor with a thumb under an answer."""
    assert read_message({**ANNA.text("hello"), **change}) is None


@pytest.mark.parametrize(
    ("change", "user"),
    [
        ({}, "16505551234"),
        ({"WaId": "", "MessageSid": ""}, "16505551234"),  # older names of the id are known
        ({"ExternalUserId": "US.13491208655302741918"}, "US.13491208655302741918"),
        ({"WaId": "", "From": "whatsapp:US.1349"}, "US.1349"),
    ],
)
def test_a_person_is_known_by_the_most_lasting_id(change: Fields, user: str) -> None:
    """A person stays the same one, however Twilio names them in this message."""
    message = read_message({**ANNA.text("hello"), **change})
    assert message is not None
    assert message.user == user


@pytest.mark.parametrize(
    ("fields", "token", "receipt"),
    [
        ({"MessageStatus": "accepted"}, TOKEN, Receipt(TOKEN, "accepted")),
        ({"MessageStatus": "undelivered", "ErrorCode": "63016"}, TOKEN, FAILED),
        ({"SmsStatus": "failed", "ErrorCode": "x"}, TOKEN, replace(FAILED, code=None)),
        # Only words we know come into the metrics, and nothing of a foreign token goes further.
        ({"MessageStatus": "hello\n"}, TOKEN, None),
        ({"MessageStatus": "sent"}, "'; DROP TABLE", Receipt("", "sent")),
    ],
)
def test_what_became_of_an_answer_is_read(
    fields: Fields, token: str, receipt: Receipt | None
) -> None:
    """A receipt names the answer by the token that went out with it, and why it failed."""
    assert read_receipt(fields, token) == receipt
