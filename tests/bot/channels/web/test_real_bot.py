"""The web channel of the really running bot, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest


class RealChat:
    """A patient's page, talking to the running bot."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        token = client.post("/webhooks/web/session", json={}).json()["token"]
        self.headers = {"Authorization": f"Bearer {token}"}
        self._count = 0

    def post(self, text: str) -> httpx.Response:
        """Send one message."""
        self._count += 1
        return self.client.post(
            "/webhooks/web/message",
            json={"text": text, "message_id": f"m{self._count}"},
            headers=self.headers,
        )

    def ask(self, text: str) -> dict[str, Any]:
        """The one bot message that answers the text."""
        response = self.post(text)
        assert response.status_code == 200, response.text
        (message,) = response.json()["messages"]
        return dict(message)


@pytest.fixture
def client(bot_url: str) -> Iterator[httpx.Client]:
    """An HTTP client for the running bot."""
    with httpx.Client(base_url=bot_url, timeout=30) as client:
        yield client


def test_an_answer_is_one_message_with_source_and_disclaimer(client: httpx.Client) -> None:
    """Nothing of an answer travels alone: one message, no blank line, disclaimer last."""
    message = RealChat(client).ask("What are the symptoms of a spinal hematoma?")
    lines = message["text"].split("\n")
    assert all(lines)
    assert message["custom"]["outcome"] == "answer"
    assert lines[-1] == message["custom"]["disclaimer"]
    assert lines[-2].startswith("Source:")
    assert message["custom"]["source"]["title"] in lines[-2]


def test_a_long_story_with_danger_signs_is_an_emergency(client: httpx.Client) -> None:
    """Over 2,000 characters, the danger signs at the end are still seen."""
    story = "It all began last spring when we moved house and I felt fine. " * 40
    message = RealChat(client).ask(story + "Now my legs are numb and I can't pee.")
    assert message["custom"]["outcome"] == "urgent"


@pytest.mark.parametrize("typed", ["😀", "\x00hi\x00", "qwertz " * 300, "/restart", "¿Qué es?"])
def test_odd_input_gets_a_helpful_reply(client: httpx.Client, typed: str) -> None:
    """Whatever is typed, the bot answers with one message in words."""
    assert RealChat(client).ask(typed)["text"]


def test_a_typed_command_does_not_steer_the_bot(client: httpx.Client) -> None:
    """A typed inner command is read as words, so it cannot claim full confidence."""
    chat = RealChat(client)
    typed = chat.ask("/goodbye")
    pressed = chat.ask("What are the symptoms of a spinal hematoma?")["buttons"][-1]["payload"]
    assert typed["text"]
    assert chat.ask(pressed)["custom"]["outcome"] == "answer"


def test_chats_at_once_do_not_mix(client: httpx.Client) -> None:
    """Ten patients asking at once about different bleeds each get their own article."""
    questions = [
        ("spinal", "What are the symptoms of a spinal hematoma?"),
        ("ossified", "What causes an ossified hematoma?"),
    ] * 5

    def ask(question: tuple[str, str]) -> bool:
        article, text = question
        return RealChat(client).ask(text)["custom"]["source"]["article"] == article

    with ThreadPoolExecutor(10) as pool:
        assert all(pool.map(ask, questions))


def test_a_deleted_chat_is_gone(client: httpx.Client) -> None:
    """Deleting works with the bot's own conversation store."""
    chat = RealChat(client)
    chat.ask("What is a spinal hematoma?")
    deleted = client.delete("/webhooks/web/session", headers=chat.headers)
    assert deleted.status_code == 204
    assert chat.post("hello").status_code == 401
