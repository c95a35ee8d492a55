"""Turns: each message answered once, one at a time, in time, never to the wrong patient."""

import asyncio
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from bot.channels.web import conversations
from tests.bot.channels.serving import GENEROUS, Chat, Served, StandInAgent, echo, serve


def test_a_retried_message_is_answered_once(served: Served, chat: Chat) -> None:
    """A page that sends again gets the same answer, asked once; another text gets none."""
    before = len(served.agent.received)
    first, again = chat.post("hello", "same"), chat.post("hello", "same")
    assert first.json() == again.json()
    other = chat.post("goodbye", "same")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "message_id_reused")
    assert len(served.agent.received) == before + 1


def test_it_forgets_the_oldest_idle_chats_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory stays bounded however many chats come: a forgotten message is answered anew."""
    monkeypatch.setattr(conversations, "MOST_CONVERSATIONS", 3)
    with serve() as served:
        chats = [Chat(served) for _ in range(4)]
        for chat in (*chats, *reversed(chats)):
            chat.ask("hello", "m")
        assert len(served.agent.received) == 5
        assert served.agent.received[-1].sender_id in chats[0].token


class Slow:
    """Takes its time, and counts how many turns of one chat overlap."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.begun = threading.Event()
        self.under_way: dict[str, int] = {}
        self.most = 0
        self.turns = 0

    async def __call__(self, message: Any) -> None:
        self.turns += 1
        self.begun.set()
        now = self.under_way.get(message.sender_id, 0) + 1
        self.under_way[message.sender_id] = now
        self.most = max(self.most, now)
        try:
            await asyncio.sleep(self.seconds)
            await echo(message)
        finally:
            self.under_way[message.sender_id] -= 1


def test_one_chat_has_one_turn_under_way() -> None:
    """Quick messages wait for each other, doubled ones are one turn, a pile is refused kindly."""
    slow = Slow(0.3)
    with serve(StandInAgent(slow)) as served, ThreadPoolExecutor(8) as pool:
        chat = Chat(served)
        first, second = pool.map(lambda _: chat.post("hello", "same"), range(2))
        assert first.json() == second.json()
        assert slow.turns == 1
        responses = list(pool.map(lambda n: chat.post(f"q{n}", f"id{n}"), range(6)))
    codes = sorted(response.status_code for response in responses)
    assert slow.most == 1
    assert codes == [200, 200, 200, 429, 429, 429]
    assert "Retry-After" in next(r for r in responses if r.status_code == 429).headers


def test_a_turn_survives_a_broken_connection() -> None:
    """A page that lost its connection mid-turn finds the answer ready when it asks again."""
    slow = Slow(0.5)
    with serve(StandInAgent(slow)) as served:
        chat = Chat(served)
        with contextlib.suppress(httpx.TimeoutException):
            chat.post("hello", "same", timeout=0.1)
        assert chat.ask("hello", "same")["text"].startswith("You said: hello")
    assert slow.turns == 1


def test_a_turn_that_takes_too_long_ends_in_kind_words() -> None:
    """After the time limit the patient hears so, and a retry is a fresh try."""
    slow = Slow(30)
    with serve(StandInAgent(slow), turn_seconds="1") as served:
        chat = Chat(served)
        response = chat.post("hello", "same")
        assert (response.status_code, response.json()["error"]["code"]) == (504, "slow")
        assert "try again" in response.json()["error"]["message"]
        slow.seconds = 0
        assert chat.ask("hello", "same")["text"].startswith("You said: hello")


def test_deleting_a_chat_stops_its_turn() -> None:
    """A patient who deletes the chat mid-turn is not written into the store afterwards."""
    slow = Slow(30)
    with serve(StandInAgent(slow)) as served, ThreadPoolExecutor(1) as pool:
        chat = Chat(served)
        waiting = pool.submit(chat.post, "hello")
        assert slow.begun.wait(10)
        chat.delete()
        assert waiting.result().status_code == 401


def test_a_hundred_chats_at_once_get_their_own_answers() -> None:
    """No reply ever reaches another patient, however many ask at once, under the same ids."""
    mixed: list[str] = []
    ids: set[str] = set()

    async def reply(message: Any) -> None:
        await asyncio.sleep(0.001 * (hash(message.text) % 7))
        await message.output_channel.send_response(
            message.sender_id, {"text": f"{message.sender_id} {message.text}"}
        )

    with serve(StandInAgent(reply), **GENEROUS) as served, served.client() as client:

        def visit(number: int) -> None:
            chat = Chat(served, client)
            own = chat.token.split(".")[1]
            ids.add(own)
            for turn in range(3):
                said = chat.ask(f"patient {number} turn {turn}")["text"]
                if said != f"{own} patient {number} turn {turn}":
                    mixed.append(said)

        with ThreadPoolExecutor(25) as pool:
            list(pool.map(visit, range(100)))
    assert not mixed
    assert len(ids) == 100


def test_feedback_is_counted_once_per_answer() -> None:
    """A thumb counts for an answer this chat got; a changed mind is counted beside it."""
    with serve() as served:
        chat, stranger = Chat(served), Chat(served)
        chat.ask("hello", "m")
        assert [chat.vote(value, "m") for value in ("up", "up", "down", "meh")] == [204] * 3 + [400]
        assert [chat.vote("up", "x"), stranger.vote("up", "m")] == [404, 404]
        counts = served.client().get("/metrics").text
        assert 'feedback_total{outcome="answer",value="up"} 1.0' in counts
        assert 'feedback_total{outcome="answer",value="down"}' not in counts
        assert 'feedback_changes_total{outcome="answer",value="down"} 1.0' in counts
