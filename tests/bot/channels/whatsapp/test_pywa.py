"""Our reading, held against pywa, which others wrote for the same platform."""

from __future__ import annotations

from typing import Any

import pytest
from pywa import WhatsApp
from pywa.types import CallbackButton, CallbackSelection, Message
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
)

ANNA = Phone()
NUMBERLESS = Phone(wa_id="")
CLIENT = WhatsApp(phone_id=PHONE_NUMBER_ID, token=ACCESS_TOKEN)


@pytest.mark.parametrize(
    ("kind", "webhook"),
    [
        (Message, ANNA.text("caf\u00e9 \U0001fa78\nsecond line")),
        (Message, NUMBERLESS.text("hello")),
        (Message, ANNA.image("my leg")),
        (CallbackButton, ANNA.tap('/choose{"site": "spinal"}', "Spine")),
        (CallbackButton, ANNA.message("button", {"payload": "/ask", "text": "Ask"})),
        (CallbackSelection, ANNA.pick("/ask", "Ask")),
    ],
)
def test_messages_are_read_as_pywa_reads_them(kind: Any, webhook: Webhook) -> None:
    """Ids, people, times, words and payloads are the same."""
    (ours,) = read_webhook(webhook, PHONE_NUMBER_ID).messages
    message = kind.from_update(CLIENT, webhook)
    assert message.metadata.phone_number_id == PHONE_NUMBER_ID
    assert (ours.id, ours.user) == (message.id, message.from_user.bsuid)
    assert ours.sent_at == message.timestamp.timestamp()
    assert ours.address.get("to") == message.from_user.wa_id
    if kind is Message:
        assert ours.text == (message.text or message.caption or "")
    else:
        assert (ours.text, ours.payload) == (message.title, message.data)


def test_signatures_are_those_of_pywa() -> None:
    """What we believe and what our fake Meta signs is what pywa believes."""
    body = "caf\u00e9 \U0001fa78\x00".encode()
    header = signature(body)
    for read, is_right in ((body, True), (body + b" ", False)):
        assert webhook_updates_validator(APP_SECRET, read, header) is is_right
        assert is_signed(read, header, APP_SECRET) is is_right
