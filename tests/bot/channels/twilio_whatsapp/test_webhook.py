"""What a webhook of Twilio's means."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.messaging.errors import UndeliverableError
from bot.channels.messaging.message import Kind, Receipt
from bot.channels.twilio_whatsapp.webhook import read_message, read_receipt
from tests.bot.channels.twilio_whatsapp.phone import Fields, Phone

ANNA = Phone()
TOKEN = "0123456789abcdef" * 2


def sent(kind: str, body: str = "", **more: str) -> Fields:
    """What Anna sends of another kind."""
    return ANNA.message(kind, Body=body, **more)


@pytest.mark.parametrize(
    ("fields", "kind", "text", "payload"),
    [
        (ANNA.text(" /ask "), Kind.TEXT, " /ask ", ""),
        (ANNA.tap("/ask", "Ask"), Kind.CHOICE, "Ask", "/ask"),
        (ANNA.pick("/ask", "Ask"), Kind.CHOICE, "Ask", "/ask"),
        (ANNA.text("Ask", ButtonPayload="/ask"), Kind.CHOICE, "Ask", "/ask"),
        (ANNA.image(), Kind.MEDIA, "", ""),
        (ANNA.image("My leg is numb"), Kind.MEDIA, "My leg is numb", ""),
        (sent("document", "report.pdf", NumMedia="1"), Kind.MEDIA, "", ""),
        (sent("document", "Is this bad?", NumMedia="1"), Kind.MEDIA, "Is this bad?", ""),
        (sent("contacts", "Ben Canary", NumMedia="1"), Kind.MEDIA, "", ""),
        (sent("location", Latitude="37.4", Longitude="-122.1"), Kind.MEDIA, "", ""),
        (sent("unsupported"), Kind.MEDIA, "", ""),
        (ANNA.text(""), Kind.MEDIA, "", ""),
        (sent("", "Hello"), Kind.TEXT, "Hello", ""),
        (sent("text", Latitude="37.4"), Kind.MEDIA, "", ""),
        (ANNA.text("See", NumMedia="2"), Kind.MEDIA, "See", ""),
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


@pytest.mark.parametrize("fields", [ANNA.reaction(), sent("system", "changed")])
def test_what_nobody_said_is_passed_over(fields: Fields) -> None:
    """A thumb under an answer needs no answer."""
    assert read_message(fields) is None


@pytest.mark.parametrize(
    "change",
    [
        {"MessageSid": "", "SmsMessageSid": "", "SmsSid": ""},
        {"MessageSid": "has a space"},
        {"From": ""},
        {"From": "+16505551234"},
        {"From": "whatsapp:+1650\n5551234"},
        {"From": "whatsapp:" + "1" * 300},
    ],
)
def test_what_cannot_be_answered_is_passed_over(change: Fields) -> None:
    """Without an id or an address there is nothing to do."""
    assert read_message({**ANNA.text("hello"), **change}) is None


@pytest.mark.parametrize(
    ("change", "user"),
    [
        ({}, "16505551234"),
        ({"WaId": "", "MessageSid": ""}, "16505551234"),  # older names of the id are known
        ({"From": "whatsapp:+16505550000"}, "16505551234"),
        ({"ExternalUserId": "US.13491208655302741918"}, "US.13491208655302741918"),
        ({"WaId": "", "From": "whatsapp:US.1349"}, "US.1349"),
        ({"ExternalUserId": "whatsapp:US.1349"}, "US.1349"),
    ],
)
def test_a_person_is_known_by_the_most_lasting_id(change: Fields, user: str) -> None:
    """A person stays the same one, however Twilio names them in this message."""
    message = read_message({**ANNA.text("hello"), **change})
    assert message is not None
    assert message.user == user


NAMES = sorted({*ANNA.tap("/a", "A"), *ANNA.pick("/a", "A"), "ErrorCode", "Latitude"})


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from([*NAMES, "MessageStatus", "ExternalUserId"]),
        st.text(max_size=40) | st.sampled_from(["whatsapp:+1", "SM1", "text", "image", "failed"]),
    ),
    st.text(max_size=40),
)
def test_no_form_breaks_the_reading(fields: Fields, token: str) -> None:
    """Whatever the fields hold, reading ends in a message, a receipt or nothing."""
    for change in ({}, {"From": "whatsapp:+1", "MessageSid": "SM1"}):
        message = read_message({**fields, **change})
        assert message is None or (message.id and message.user and message.address["to"])
    receipt = read_receipt(fields, token)
    assert receipt is None or receipt.token in ("", token)


@pytest.mark.parametrize("word", ["accepted", "delivered", "read"])
def test_any_news_of_an_answer_proves_that_twilio_has_it(word: str) -> None:
    """A receipt names the answer by the token that went out with it."""
    assert read_receipt({"MessageStatus": word}, TOKEN) == Receipt(TOKEN, word)


@pytest.mark.parametrize("word", ["failed", "undelivered"])
def test_a_failed_answer_is_told_with_its_code(word: str) -> None:
    """Who runs the bot learns why an answer did not arrive."""
    assert read_receipt({"MessageStatus": word, "ErrorCode": "63016"}, TOKEN) == (
        Receipt(TOKEN, "failed", 63016, UndeliverableError)
    )
    assert read_receipt({"SmsStatus": word, "ErrorCode": "x"}, TOKEN) == Receipt(
        TOKEN, "failed", None, UndeliverableError
    )


def test_what_is_not_known_is_passed_over() -> None:
    """Only words we know come into the metrics, and nothing of a foreign token goes further."""
    assert read_receipt({"MessageStatus": "hello\n"}, TOKEN) is None
    assert read_receipt({"MessageStatus": "sent"}, "'; DROP TABLE") == Receipt("", "sent")
