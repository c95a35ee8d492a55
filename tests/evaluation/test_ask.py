"""Messages go out one conversation each, and replies are read whole."""

from __future__ import annotations

import pytest

from evaluation import EvaluationError
from evaluation.ask import Bot
from tests.evaluation.conftest import StubBot


def test_earlier_messages_come_first_and_senders_are_fresh(stub_bot: StubBot) -> None:
    """A follow-up reaches the bot in its conversation, and no conversation meets another."""
    bot = Bot(stub_bot.url + "/")
    bot.ask("and the causes?", ["what is a spinal hematoma"])
    bot.ask("hi")
    first, second, third = stub_bot.asked
    assert [first["message"], second["message"]] == ["what is a spinal hematoma", "and the causes?"]
    assert first["sender"] == second["sender"] != third["sender"]


def test_a_reply_in_several_pieces_is_read_whole(stub_bot: StubBot) -> None:
    """Text, buttons and data may come in different elements; a silent bot has its own outcome."""
    passages = [{"id": "a/b/1", "article": "a"}, {"id": "a/b/2", "article": "a"}]
    sources = [{"article": "a", "title": "A"}, {"article": "c", "title": "C"}]
    custom = {"outcome": "answer", "answerability": 0.75, "passages": passages, "sources": sources}
    stub_bot.replies = {
        "hi": [
            {"text": "One.", "buttons": [{"title": "More", "payload": "/more"}]},
            {"text": "Two.", "custom": custom},
        ],
        "silence": [],
    }
    reply = Bot(stub_bot.url).ask("hi")
    assert (reply.parts, reply.text, reply.buttons) == (("One.", "Two."), "One.\nTwo.", ("More",))
    assert (reply.outcome, reply.answerability, reply.cited) == ("answer", 0.75, ["a", "c"])
    silent = Bot(stub_bot.url).ask("silence")
    assert (silent.outcome, silent.text, silent.passages) == ("none", "", [])


def test_one_refused_message_does_not_end_the_run(stub_bot: StubBot) -> None:
    """A refusal is a failure of that message, with its status."""
    stub_bot.status = 429
    assert Bot(stub_bot.url).ask("hi").outcome == "http 429"


def test_a_bot_that_is_not_there_or_is_none_is_named(stub_bot: StubBot) -> None:
    """A wrong address gives one sentence, not a traceback."""
    stub_bot.default = {"status": "ok"}
    with pytest.raises(EvaluationError, match="no JSON list"):
        Bot(stub_bot.url).ask("hi")
    stub_bot.stop()
    with pytest.raises(EvaluationError, match=stub_bot.url):
        Bot(stub_bot.url).ask("hi")
