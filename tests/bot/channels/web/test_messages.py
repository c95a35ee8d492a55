"""What a patient types, and what comes back, whatever was typed."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.bot.channels.serving import Chat, Served, StandInAgent, serve


def typed(text: Any) -> bytes:
    """Write a message as a page does, also one with broken characters."""
    return json.dumps({"text": text, "message_id": "m"}).encode()


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (typed("   \n\t "), "application/json", 400, "empty_text"),
        (typed("\ud83d"), "application/json", 400, "empty_text"),
        (typed(None), "application/json", 400, "missing_text"),
        (b"[]", "application/json", 400, "bad_json"),
        (b"\xff\xfe", "application/json", 400, "bad_json"),
        (b"[" * 9000, "application/json", 400, "bad_json"),
        (typed("hello").replace(b'"m"', b'"a b"'), "application/json", 400, "bad_message_id"),
        # What a foreign page may send without asking.
        (typed("hello"), "text/plain", 415, "not_json"),
        (typed("hello"), "", 415, "not_json"),
    ],
    ids=lambda part: ascii(part)[:20],
)
def test_it_explains_what_is_wrong_with_a_message(
    chat: Chat, body: bytes, kind: str, status: int, code: str
) -> None:
    """A message without words, or a broken request, gets a clear sentence, not an error page."""
    response = chat.post_raw(body, kind)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert error["message"].endswith(".")


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("  what\x00 is\x07 it?\u0085 ", "what is it?"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("هل هو خطير؟ 😀", "هل هو خطير؟ 😀"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        # Nobody can steer the bot by typing its inner commands.
        ('/choose_site{"site": "spinal"}', 'choose_site{"site": "spinal"}'),
        ("\x00/ask_symptoms", "ask_symptoms"),
    ],
)
def test_it_cleans_what_is_typed(served: Served, chat: Chat, text: str, understood: str) -> None:
    """Control characters, broken emoji and commands never reach the bot; words in any script do."""
    assert chat.post_raw(typed(text)).status_code == 200
    assert served.agent.texts[-1] == understood


def test_it_passes_a_command_its_own_button_offered(served: Served, chat: Chat) -> None:
    """Pressing a button works, and only in the chat that showed it."""
    payload = chat.ask("hello")["buttons"][0]["payload"]
    chat.ask(payload)
    assert served.agent.texts[-1] == payload
    Chat(served).ask(payload)
    assert served.agent.texts[-1] == payload.lstrip("/")
    chat.ask(payload.replace("spinal", "ossified"))
    assert not served.agent.texts[-1].startswith("/")


def test_it_does_not_lose_a_long_message(served: Served, chat: Chat) -> None:
    """People in trouble write long messages: the bot gets all of it, marked as too long."""
    long = "My leg is numb. " * 400
    chat.ask(long)
    received = served.agent.received[-1]
    assert (received.text, received.metadata) == (long.strip(), {"too_long": True})
    chat.ask("short")
    assert served.agent.received[-1].metadata is None


@pytest.mark.parametrize("size", [17_000, 3_000_000])
def test_it_refuses_an_oversized_body(chat: Chat, size: int) -> None:
    """A huge request is turned down in kind words before it is read."""
    response = chat.post_raw(typed("a" * size))
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_big")
    assert "emergency" in response.json()["error"]["message"]


async def say_nothing(message: Any) -> None:
    """Yield no answer, as Rasa does when an action is down."""


async def fail(message: Any) -> None:
    raise RuntimeError(f"cannot read {message.text}")


DOMAIN = SimpleNamespace(responses={"utter_unavailable": [{"text": "Our own kind words."}]})


@pytest.mark.parametrize("reply", [say_nothing, fail])
def test_it_is_never_silent(reply: Any) -> None:
    """When the bot yields nothing or breaks, the patient still reads something kind."""
    with serve(StandInAgent(reply)) as served:
        message = Chat(served).ask("hello")
        assert message["custom"]["outcome"] == "unavailable"
        assert "emergency number" in message["text"]
        served.agent.domain = DOMAIN
        assert Chat(served).ask("hello")["text"] == "Our own kind words."
        served.app.ctx.agent = None  # no model is loaded yet
        assert Chat(served).ask("hello")["custom"]["outcome"] == "unavailable"
        assert served.client().get("/ready").status_code == 503
