"""The web channel of the really running bot, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.bot.channels.web.serving import Chat


@pytest.fixture
def chat(bot_url: str) -> Iterator[Chat]:
    """A chat with the running bot."""
    with httpx.Client(base_url=bot_url, timeout=30) as client:
        yield Chat(None, client)


def test_an_answer_is_one_message_with_source_and_disclaimer(chat: Chat) -> None:
    """Nothing of an answer travels alone: one message, no blank line, disclaimer last."""
    (message,) = chat.post("What are the symptoms of a spinal hematoma?").json()["messages"]
    lines = message["text"].split("\n")
    assert all(lines)
    assert message["custom"]["outcome"] == "answer"
    assert lines[-1] == message["custom"]["disclaimer"]
    assert lines[-2].startswith("Source:")
    assert message["custom"]["source"]["title"] in lines[-2]


def test_a_long_story_with_danger_signs_is_an_emergency(chat: Chat) -> None:
    """Over 2,000 characters, the danger signs at the end are still seen."""
    story = "It all began last spring when we moved house and I felt fine. " * 40
    message = chat.ask(story + "Now my legs are numb and I can't pee.")
    assert message["custom"]["outcome"] == "urgent"


def test_a_typed_command_does_not_steer_the_bot(chat: Chat) -> None:
    """A typed inner command is read as words, so it cannot claim full confidence."""
    typed = chat.ask("/goodbye")
    pressed = chat.ask("What are the symptoms of a spinal hematoma?")["buttons"][-1]["payload"]
    assert typed["text"]
    assert chat.ask(pressed)["custom"]["outcome"] == "answer"


def test_a_deleted_chat_is_gone(chat: Chat) -> None:
    """Deleting works with the bot's own conversation store."""
    chat.ask("What is a spinal hematoma?")
    assert chat.delete().status_code == 204
    assert chat.post("hello").status_code == 401
