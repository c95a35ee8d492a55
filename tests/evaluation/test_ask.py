"""Messages go out one conversation each, and replies are read whole."""

from __future__ import annotations

from evaluation.ask import Bot
from tests.evaluation.conftest import StubBot


def test_a_conversation_is_asked_in_order_and_its_reply_read_whole(stub_bot: StubBot) -> None:
    """Text, buttons and data may come in different elements; no conversation meets another."""
    sources = [{"article": "a", "title": "A"}, {"article": "c", "title": "C"}]
    custom = {"outcome": "answer", "answerability": 0.75, "sources": sources}
    stub_bot.replies = {
        "and the causes?": [
            {"text": "One.", "buttons": [{"title": "More", "payload": "/more"}]},
            {"text": "Two.", "custom": custom},
        ],
        "silence": [],
    }
    bot = Bot(stub_bot.url + "/")
    reply = bot.ask("and the causes?", ["what is a spinal hematoma"])
    assert (reply.parts, reply.text, reply.buttons) == (("One.", "Two."), "One.\nTwo.", ("More",))
    assert (reply.outcome, reply.answerability, reply.cited) == ("answer", 0.75, ["a", "c"])
    silent = bot.ask("silence")
    assert (silent.outcome, silent.text, silent.passages) == ("none", "", [])
    first, second, third = stub_bot.asked
    assert [first["message"], second["message"]] == ["what is a spinal hematoma", "and the causes?"]
    assert first["sender"] == second["sender"] != third["sender"]
