"""Messages go out one conversation each, and replies are read whole."""

from __future__ import annotations

import pytest

from evaluation.ask import Bot, parse
from evaluation.errors import EvaluationError
from tests.evaluation.conftest import StubBot


def test_earlier_messages_come_first_and_senders_are_fresh(stub_bot: StubBot) -> None:
    """A follow-up reaches the bot in its conversation, and no conversation meets another."""
    bot = Bot(stub_bot.url + "/")
    bot.ask("and the causes?", ["what is a spinal hematoma"])
    bot.ask("hi")
    first, second, third = stub_bot.asked
    assert [first["message"], second["message"]] == ["what is a spinal hematoma", "and the causes?"]
    assert first["sender"] == second["sender"] != third["sender"]


def test_a_reply_in_several_pieces_is_read_whole() -> None:
    """Text, buttons and data may come in different elements."""
    reply = parse(
        [
            {"text": "One.", "buttons": [{"title": "More", "payload": "/more"}]},
            {
                "text": "Two.",
                "custom": {
                    "outcome": "answer",
                    "answerability": 0.75,
                    "intent": "ask_causes",
                    "passages": [
                        {"id": "a/b/1", "article": "a", "topic": "b", "similarity": 0.5},
                        {"id": "a/b/2", "article": "a", "topic": "b", "similarity": 0.4},
                    ],
                    "source": {"article": "a", "title": "A"},
                    "sources": [{"article": "a", "title": "A"}, {"article": "c", "title": "C"}],
                },
            },
        ],
        0.1,
    )
    assert reply.text == "One.\nTwo."
    assert reply.parts == ("One.", "Two.")
    assert reply.buttons == ("More",)
    assert reply.cited == ("a", "c")
    assert (reply.outcome, reply.intent, reply.answerability) == ("answer", "ask_causes", 0.75)


def test_silence_is_an_outcome_of_its_own() -> None:
    """A bot that says nothing is seen in the report, not taken for an answer."""
    reply = parse([], 0.0)
    assert (reply.outcome, reply.text, reply.passages) == ("none", "", ())


def test_one_refused_message_does_not_end_the_run(stub_bot: StubBot) -> None:
    """A refusal is a failure of that message, with its status."""
    stub_bot.status = 429
    assert Bot(stub_bot.url).ask("hi").outcome == "http 429"


def test_a_bot_that_is_not_there_is_named(stub_bot: StubBot) -> None:
    """A wrong address gives one sentence, not a traceback."""
    stub_bot.stop()
    with pytest.raises(EvaluationError, match=stub_bot.url):
        Bot(stub_bot.url).ask("hi")


def test_an_answer_that_is_no_list_is_named(stub_bot: StubBot) -> None:
    """Some other server behind the address is noticed."""
    stub_bot.default = {"status": "ok"}
    with pytest.raises(EvaluationError, match="no JSON list"):
        Bot(stub_bot.url).ask("hi")
