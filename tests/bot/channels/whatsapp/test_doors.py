"""Who is let in at Meta's webhook, beside what holds for every platform."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.bot.channels.messaging.clinic import META, Clinic, only
from tests.bot.channels.whatsapp.phone import (
    VERIFY_TOKEN,
    WEBHOOK_PATH,
    Phone,
    signature,
    together,
    value_in,
)

pytestmark = only(META)

HANDSHAKE = {
    "hub.mode": "subscribe",
    "hub.verify_token": VERIFY_TOKEN,
    "hub.challenge": "1158201444",
}


def shake(clinic: Clinic, **change: str | None) -> httpx.Response:
    changed = HANDSHAKE | {f"hub.{name}": value for name, value in change.items()}
    params = {name: value for name, value in changed.items() if value is not None}
    return httpx.get(clinic.url + WEBHOOK_PATH, params=params, trust_env=False)


def test_it_shakes_hands_with_who_knows_the_verify_token(shared: Clinic) -> None:
    """Meta gets its challenge back, bare and as plain text."""
    response = shake(shared)
    assert (response.status_code, response.text) == (200, "1158201444")
    assert response.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "change",
    [
        {"verify_token": "verify-0123456788"},
        {"verify_token": "\u00fc\ud7ff"},
        {"verify_token": None},
        {"challenge": "<script>alert(1)</script>"},
    ],
)
def test_it_rejects_a_wrong_handshake(shared: Clinic, change: dict[str, str | None]) -> None:
    """Who does not know the token, or sends something odd to be said back, gets nothing."""
    with shared.refusing("wrong_verify_token"):
        response = shake(shared, **change)
    assert (response.status_code, response.content) == (403, b"")


def test_it_checks_the_bytes_as_they_came(shared: Clinic) -> None:
    """A body written in another way (spaces, escapes) is taken if its own bytes are signed."""
    said = "caf\u00e9 \U0001fa78"
    body = json.dumps(shared.person().text(said), indent=3, ensure_ascii=False).encode()
    assert shared.knock(body, {META.header: signature(body)}) == 200
    shared.rest()
    assert shared.agent.texts[-1] == said
    shared.bring(shared.person().text("x" * (META.most_bytes - 2000)))  # as much as Meta sends
    shared.rest()
    assert "xxx" in shared.agent.texts[-1]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe{}"])
def test_it_rejects_what_is_not_a_json_object(shared: Clinic, body: bytes) -> None:
    """Even signed, what cannot be a webhook is turned down."""
    with shared.refusing("bad_json"):
        assert shared.knock(body, {META.header: signature(body)}) == 400


def test_it_drops_what_is_for_another_number(shared: Clinic) -> None:
    """Another number of the account is not our business, and Meta need not come again."""
    before = len(shared.agent.received)
    shared.bring(Phone(phone_number_id="999999999999999").text("hello"))
    shared.rest()
    assert len(shared.agent.received) == before
    assert shared.count("dropped_total", reason="wrong_number_id") == 1


def test_it_takes_the_good_messages_of_a_batch_with_bad_ones(shared: Clinic) -> None:
    """One message that cannot be read does not lose the others."""
    anna = shared.person()
    batch = together(*(anna.text(text) for text in ("one", "two", "three")))
    value_in(batch)["messages"][1] = {"id": 7, "type": None}
    batch["entry"].insert(0, None)
    shared.bring(batch)
    shared.rest()
    assert shared.agent.texts[-2:] == ["one", "three"]
    assert shared.count("dropped_total", reason="malformed") == 1
