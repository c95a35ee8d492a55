"""What is read out of a webhook, whatever it holds."""

import copy
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pywa import WhatsApp
from pywa.types import CallbackButton, CallbackSelection, Message
from pywa.utils import webhook_updates_validator

from bot.channels.messaging.message import Incoming, Kind
from bot.channels.whatsapp.channel import is_signed
from bot.channels.whatsapp.webhook import Webhook, read_webhook
from tests.bot.channels.whatsapp import fake_graph
from tests.bot.channels.whatsapp.fake_graph import (
    PHONE_NUMBER_ID,
    Phone,
    message_in,
    status,
    together,
    value_in,
)

ANNA = Phone()
NUMBERLESS = Phone(wa_id="")
BRAZIL = Phone(user_id="", wa_id="5511999998888")
BEN = Phone("BR.998877", "5511999998888", "Ben Canary")
EDIT = {"message": {"type": "text", "text": {"body": "I meant this"}}}


def read(webhook: Any) -> Webhook:
    return read_webhook(webhook, PHONE_NUMBER_ID)


def one(webhook: Any) -> Incoming:
    (message,) = read(webhook).messages
    return message


@pytest.mark.parametrize(
    ("webhook", "kind", "text", "payload"),
    [
        (ANNA.text(""), Kind.TEXT, "", ""),
        (ANNA.pick("/ask", "Ask", description="more"), Kind.CHOICE, "Ask more", "/ask"),
        (ANNA.image(), Kind.MEDIA, "", ""),
        (ANNA.message("unsupported", {"type": "unknown"}), Kind.MEDIA, "", ""),
        (ANNA.message("hologram", {"caption": "look"}), Kind.MEDIA, "look", ""),
        (ANNA.message("edit", EDIT), Kind.TEXT, "I meant this", ""),
        (ANNA.text(None), Kind.MEDIA, "", ""),
        (ANNA.message("interactive", {"button_reply": {"id": 3}}), Kind.MEDIA, "", ""),
    ],
)
def test_every_kind_of_message_is_read(
    webhook: fake_graph.Webhook, kind: Kind, text: str, payload: str
) -> None:
    """Words, taps, and all that is no words, come out as what they are."""
    message = one(webhook)
    assert (message.kind, message.text, message.payload) == (kind, text, payload)


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
def test_messages_are_read_as_pywa_reads_them(kind: Any, webhook: fake_graph.Webhook) -> None:
    """Ids, people, times, words and payloads are those that others read for the same platform."""
    ours = one(webhook)
    client = WhatsApp(phone_id=PHONE_NUMBER_ID, token=fake_graph.ACCESS_TOKEN)
    message = kind.from_update(client, webhook)
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
    header = fake_graph.signature(body)
    for read, is_right in ((body, True), (body + b" ", False)):
        assert webhook_updates_validator(fake_graph.APP_SECRET, read, header) is is_right
        assert is_signed(read, header, fake_graph.APP_SECRET) is is_right


def changed(place: Callable[[Any], Any], name: str, value: Any) -> fake_graph.Webhook:
    webhook = ANNA.text("hello")
    place(webhook)[name] = value
    return webhook


@pytest.mark.parametrize(
    ("webhook", "reason"),
    [
        *((ANNA.message(kind, {}), "not_said") for kind in ("reaction", "system", "revoke")),
        # A group must not read one member's questions.
        (changed(message_in, "group_id", "HBgLMTY"), "group"),
        (changed(message_in, "recipient_type", "group"), "group"),
        # The bot never talks to itself, nor answers what staff wrote on the clinic's phone.
        (Phone("", fake_graph.BUSINESS_NUMBER).text("hello"), "echo"),
        (changed(lambda w: w["entry"][0]["changes"][0], "field", "smb_echoes"), "other_field"),
        (Phone("", "").text("hello"), "malformed"),
        *(
            (changed(message_in, "id", bad), "malformed")
            for bad in (None, 5, "", "a b", "\ud83d", "\x00", "x" * 600)
        ),
        (changed(value_in, "metadata", {}), "wrong_number_id"),
    ],
)
def test_what_is_not_said_to_the_bot_is_dropped(webhook: fake_graph.Webhook, reason: str) -> None:
    """A thumb on a message, or one that nobody can be answered to, gets no answer."""
    assert read(webhook) == Webhook(dropped=[reason])


@pytest.mark.parametrize(
    ("who", "user", "address"),
    [
        (ANNA, ANNA.user_id, {"to": ANNA.wa_id}),
        (NUMBERLESS, ANNA.user_id, {"recipient": ANNA.user_id}),
        (Phone(user_id=""), ANNA.wa_id, {"to": ANNA.wa_id}),
        (Phone(user_id="a b"), ANNA.wa_id, {"to": ANNA.wa_id}),
        # In Brazil and Mexico the number in a message may differ from the contact's.
        (BRAZIL, BRAZIL.wa_id, {"to": BRAZIL.wa_id}),
    ],
    ids=["both", "no number", "number alone", "bad id", "two ways"],
)
def test_a_person_can_be_answered(who: Phone, user: str, address: dict[str, str]) -> None:
    """Since people can have usernames, the number may be missing; in old webhooks the id is."""
    webhook = who.text("hello")
    if who is BRAZIL:
        message_in(webhook)["from"] = "551199998888"
    message = one(webhook)
    assert (message.user, message.address) == (user, address)


@pytest.mark.parametrize("cut", ["none", "from", "from_user_id"])
def test_each_message_of_a_batch_gets_its_own_sender(cut: str) -> None:
    """Two people in one webhook are never taken for one another."""
    batch = together(ANNA.text("a"), BEN.text("b"), ANNA.text("c"))
    value = value_in(batch)
    value["contacts"] = value["contacts"][::-1][:2]  # other order, each person once
    for message in value["messages"]:
        message.pop(cut, None)
    users = [(message.text, message.user) for message in read(batch).messages]
    assert users == [("a", ANNA.user_id), ("b", BEN.user_id), ("c", ANNA.user_id)]


def test_a_lone_contact_is_not_given_the_messages_of_others() -> None:
    """A contact that is missing from a batch is not replaced by another person's."""
    batch = together(Phone(user_id="").text("a"), Phone("", BEN.wa_id).text("b"))
    value_in(batch)["contacts"] = [{"wa_id": ANNA.wa_id, "user_id": ANNA.user_id}]
    assert [m.user for m in read(batch).messages] == [ANNA.user_id, BEN.wa_id]


@pytest.mark.parametrize("timestamp", [None, 1700000000, "nan", "-1", "9" * 40, "\u0664"])
def test_a_time_that_cannot_be_read_is_no_time(timestamp: Any) -> None:
    """A message without a readable time is still answered."""
    assert one(changed(message_in, "timestamp", timestamp)).sent_at is None


def test_an_unknown_status_cannot_make_a_new_counter() -> None:
    """What names a counter comes from a closed list; another number's news is not ours."""
    news = status("0f" * 16, 'x"} 1\nfake{a="')
    assert read(news).statuses[0].status == "other"
    assert read_webhook(news, "1") == Webhook(dropped=["wrong_number_id"])


ODD = st.sampled_from([[], {}, ["text"], [None], {"body": None}, PHONE_NUMBER_ID, "\ud800"])
ODD |= st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
SAMPLES = [
    ANNA.pick("/ask", "Ask", description="more"),
    ANNA.image("my leg"),
    ANNA.message("edit", EDIT),
    status("0f" * 16, "failed", 131047),
    together(ANNA.text("a"), BEN.tap("/ask", "Ask")),
]


def places(node: Any) -> list[tuple[Any, Any]]:
    """Return all places in a tree, as the holder and the key."""
    keys = node.keys() if isinstance(node, dict) else range(len(node))
    inner = [key for key in keys if isinstance(node[key], dict | list)]
    return [(node, key) for key in keys] + [at for key in inner for at in places(node[key])]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_value_in_any_place_breaks_the_reading(data: st.DataObject) -> None:
    """Whatever stands where a word was expected, reading goes on, and gives what can be stored."""
    tree = [copy.deepcopy(data.draw(st.sampled_from(SAMPLES)))]
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places(tree)))
        holder[key] = data.draw(ODD)
    for message in read(tree[0]).messages:
        assert message.id.isascii()
        assert message.user.isascii()
        assert all((message.id, message.user))
        assert Incoming.from_dict(json.loads(json.dumps(asdict(message)))) == message
