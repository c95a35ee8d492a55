"""Our reading, held against pywa, which others wrote for the same platform."""

from __future__ import annotations

from typing import Any

import pytest
from pywa import WhatsApp
from pywa.types import CallbackButton, CallbackSelection, Message, MessageStatus
from pywa.utils import webhook_updates_validator

from bot.channels.whatsapp.signature import is_signed
from bot.channels.whatsapp.webhook import read_webhook
from tests.bot.channels.whatsapp.phone import (
    ACCESS_TOKEN,
    APP_SECRET,
    PHONE_NUMBER_ID,
    Phone,
    Webhook,
    signature,
    status,
)

ANNA = Phone()
NUMBERLESS = Phone(wa_id="")
CLIENT = WhatsApp(phone_id=PHONE_NUMBER_ID, token=ACCESS_TOKEN)


def theirs(kind: Any, webhook: Webhook) -> Any:
    """Read a webhook with pywa."""
    return kind.from_update(CLIENT, webhook)


@pytest.mark.parametrize(
    ("kind", "webhook"),
    [
        (Message, ANNA.text("caf\u00e9 \U0001fa78\nsecond line")),
        (Message, NUMBERLESS.text("hello")),
        (Message, ANNA.image("my leg")),
        (Message, ANNA.message("location", {"latitude": 37.48, "longitude": -122.14})),
        (CallbackButton, ANNA.tap('/choose{"site": "spinal"}', "Spine")),
        (CallbackButton, NUMBERLESS.tap("/ask", "Ask")),
        (CallbackButton, ANNA.message("button", {"payload": "/ask", "text": "Ask"})),
        (CallbackSelection, ANNA.pick("/ask", "Ask")),
    ],
)
def test_messages_are_read_as_pywa_reads_them(kind: Any, webhook: Webhook) -> None:
    """Ids, people, times, words and payloads are the same."""
    (ours,) = read_webhook(webhook, PHONE_NUMBER_ID).messages
    message = theirs(kind, webhook)
    assert message.metadata.phone_number_id == PHONE_NUMBER_ID
    assert (ours.id, ours.user) == (message.id, message.from_user.bsuid)
    assert ours.sent_at == message.timestamp.timestamp()
    assert ours.address.get("to") == message.from_user.wa_id
    if kind is Message:
        assert ours.text == (message.text or message.caption or "")
    else:
        assert (ours.text, ours.payload) == (message.title, message.data)


@pytest.mark.parametrize(
    ("word", "code"), [("sent", None), ("delivered", None), ("read", None), ("failed", 131047)]
)
def test_statuses_are_read_as_pywa_reads_them(word: str, code: int | None) -> None:
    """Token, status, time and error code are the same."""
    webhook = status("0f" * 16, word, code)
    (ours,) = read_webhook(webhook, PHONE_NUMBER_ID).statuses
    told = theirs(MessageStatus, webhook)
    assert ours.token == told.tracker
    assert ours.status == told.status.value
    assert ours.code == (told.error.code if told.error else None)


def test_signatures_are_those_of_pywa() -> None:
    """What we believe and what our fake Meta signs is what pywa believes."""
    body = "caf\u00e9 \U0001fa78\x00".encode()
    header = signature(body)
    for read, is_right in ((body, True), (body + b" ", False)):
        assert webhook_updates_validator(APP_SECRET, read, header) is is_right
        assert is_signed(read, header, APP_SECRET) is is_right
