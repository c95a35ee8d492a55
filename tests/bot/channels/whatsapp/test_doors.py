"""Who is let in at the webhook, and who is not."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from bot.channels.metrics import Metrics
from bot.channels.whatsapp import WhatsAppInput
from bot.channels.whatsapp.channel import MOST_BYTES
from bot.channels.whatsapp.signature import is_same, is_signed, signature_of
from bot.settings import load_settings
from tests.bot.channels.messaging.serving import StandIn, serving
from tests.bot.channels.whatsapp.clinic import Clinic
from tests.bot.channels.whatsapp.phone import (
    APP_SECRET,
    VERIFY_TOKEN,
    WEBHOOK_PATH,
    Phone,
    deliver,
    signature,
    together,
)

HANDSHAKE = {
    "hub.mode": "subscribe",
    "hub.verify_token": VERIFY_TOKEN,
    "hub.challenge": "1158201444",
}
BODY = json.dumps(Phone().text("hello")).encode()


@pytest.fixture
def client(clinic: Clinic) -> Iterator[httpx.Client]:
    """A plain HTTP client for the clinic's bot."""
    with httpx.Client(base_url=clinic.url, timeout=30, trust_env=False) as client:
        yield client


def post(client: httpx.Client, body: bytes, header: str | None) -> int:
    """Bring a body with a signature of our choice."""
    headers = {} if header is None else {"X-Hub-Signature-256": header}
    return client.post(WEBHOOK_PATH, content=body, headers=headers).status_code


def test_it_shakes_hands_with_who_knows_the_verify_token(client: httpx.Client) -> None:
    """Meta gets its challenge back, bare and as plain text."""
    response = client.get(WEBHOOK_PATH, params=HANDSHAKE)
    assert (response.status_code, response.text) == (200, "1158201444")
    assert response.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "change",
    [
        {"hub.verify_token": "verify-0123456788"},
        {"hub.verify_token": VERIFY_TOKEN + " "},
        {"hub.verify_token": "\u00fc\ud7ff"},
        {"hub.verify_token": ""},
        {"hub.verify_token": None},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": None},
        {"hub.challenge": "<script>alert(1)</script>"},
        {"hub.challenge": "1" * 200},
        {"hub.challenge": ""},
        {"hub.challenge": None},
    ],
)
def test_it_rejects_a_wrong_handshake(
    clinic: Clinic, client: httpx.Client, change: dict[str, str | None]
) -> None:
    """Who does not know the token, or sends something odd to be said back, gets nothing."""
    params = {name: value for name, value in (HANDSHAKE | change).items() if value is not None}
    response = client.get(WEBHOOK_PATH, params=params)
    assert (response.status_code, response.content) == (403, b"")
    assert clinic.counted('refusals_total{channel="whatsapp",reason="wrong_verify_token"} 1')


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        signature(BODY, "an old secret of the app"),
        signature(BODY.replace(b"hello", b"help!")),
        signature(BODY).removeprefix("sha256="),
        signature(BODY).replace("sha256=", "sha1="),
        signature(BODY).upper(),
        "sha256=\u00e4",
    ],
    ids=[
        "missing",
        "empty",
        "no digits",
        "made up",
        "old secret",
        "of another body",
        "no scheme",
        "other scheme",
        "other case",
        "not ascii",
    ],
)
def test_it_rejects_a_bad_signature(
    clinic: Clinic, client: httpx.Client, header: str | None
) -> None:
    """Nobody but Meta can put words into a patient's mouth."""
    given = header.encode() if header is not None else None
    headers = {} if given is None else {b"X-Hub-Signature-256": given}
    response = client.post(WEBHOOK_PATH, content=BODY, headers=headers)
    assert (response.status_code, response.content) == (403, b"")
    assert clinic.counted('refusals_total{channel="whatsapp",reason="wrong_signature"} 1')
    clinic.rest()
    assert clinic.agent.received == []


@pytest.mark.parametrize("place", [0, len(BODY) // 2, len(BODY) - 1])
def test_it_rejects_a_body_changed_by_one_byte(
    clinic: Clinic, client: httpx.Client, place: int
) -> None:
    """A message that was touched on its way is not read."""
    changed = bytearray(BODY)
    changed[place] ^= 1
    assert post(client, bytes(changed), signature(BODY)) == 403
    clinic.rest()
    assert clinic.agent.received == []


def test_it_checks_the_bytes_as_they_came(clinic: Clinic, client: httpx.Client) -> None:
    """A body written in another way (spaces, escapes) is taken if its own bytes are signed."""
    body = json.dumps(Phone().text("caf\u00e9 \U0001fa78"), indent=3, ensure_ascii=False).encode()
    assert post(client, body, signature(body)) == 200
    clinic.graph.wait_for(1)
    assert clinic.agent.texts == ["caf\u00e9 \U0001fa78"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe{}"])
def test_it_rejects_what_is_not_a_json_object(
    clinic: Clinic, client: httpx.Client, body: bytes
) -> None:
    """Even signed, what cannot be a webhook is turned down."""
    assert post(client, body, signature(body)) == 400
    assert clinic.counted('refusals_total{channel="whatsapp",reason="bad_json"} 1')


def test_it_looks_at_the_signature_before_it_parses(client: httpx.Client) -> None:
    """A stranger does not even learn whether the body could be read."""
    assert post(client, b"{", "sha256=" + "0" * 64) == 403


def test_it_enforces_the_size_limit(clinic: Clinic, client: httpx.Client) -> None:
    """A body over Meta's own limit is not read to its end; one just below is."""
    big = Phone().text("x" * (MOST_BYTES - 2000))
    assert deliver(clinic.url, big) == 200
    bigger = json.dumps(Phone().text("x" * MOST_BYTES)).encode()
    # The server may hang up while we are still talking.
    with contextlib.suppress(httpx.TransportError):
        assert post(client, bigger, signature(bigger)) == 413
    assert clinic.counted('refusals_total{channel="whatsapp",reason="too_big"} 1')


def test_it_drops_what_is_for_another_number(clinic: Clinic) -> None:
    """Another number of the account is not our business, and Meta need not come again."""
    other = Phone(phone_number_id="999999999999999")
    assert deliver(clinic.url, other.text("hello")) == 200
    clinic.rest()
    assert clinic.agent.received == []
    assert clinic.counted('dropped_total{channel="whatsapp",reason="wrong_number_id"} 1')


def test_it_takes_the_good_messages_of_a_batch_with_bad_ones(clinic: Clinic) -> None:
    """One message that cannot be read does not lose the others."""
    batch = together(Phone().text("one"), Phone().text("two"), Phone().text("three"))
    batch["entry"][0]["changes"][0]["value"]["messages"][1] = {"id": 7, "type": None}
    batch["entry"].insert(0, None)
    assert deliver(clinic.url, batch) == 200
    clinic.graph.wait_for(2)
    assert clinic.agent.texts == ["one", "three"]
    assert clinic.counted('dropped_total{channel="whatsapp",reason="malformed"} 1')


def test_it_asks_meta_to_come_again_when_it_cannot_store(clinic: Clinic) -> None:
    """A message is only confirmed once it is safe."""
    with sqlite3.connect("inbox.db") as database:
        database.execute("DROP TABLE messages")
    assert deliver(clinic.url, Phone().text("hello")) == 500


def test_it_takes_no_other_method(client: httpx.Client) -> None:
    """Only what Meta does is possible."""
    assert client.put(WEBHOOK_PATH, content=BODY).status_code == 405


def test_without_its_settings_it_has_no_address(
    opened: Callable[..., AbstractContextManager[Clinic]],
) -> None:
    """A clinic without WhatsApp has no door there."""
    channel = WhatsAppInput(load_settings({}), Metrics())
    with serving(channel, StandIn()) as url:
        for method in ("GET", "POST"):
            assert httpx.request(method, url + WEBHOOK_PATH, trust_env=False).status_code == 404


@pytest.mark.parametrize("secret", [None, ""])
def test_nothing_is_believed_without_a_secret(secret: Any) -> None:
    """An empty secret, which anybody can guess, proves nothing."""
    assert not is_signed(b"{}", signature_of(b"{}", ""), secret)
    assert not is_same("", secret)
    assert is_signed(b"{}", signature(b"{}"), APP_SECRET)
