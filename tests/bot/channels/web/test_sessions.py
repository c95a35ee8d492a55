"""Sessions are made by the server, cannot be forged or shared, and end when asked."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import AwaitableTrackerStore, InMemoryTrackerStore, SQLTrackerStore
from rasa.shared.core.domain import Domain

from bot.channels.refusals import Refusal
from bot.channels.web.tokens import SessionTokens
from bot.conversation_store import ConversationStore
from tests.bot.channels.serving import Chat, Served, StandInAgent, serve

SECRET = "0123456789abcdef" * 3


def refused(tokens: SessionTokens, header: str | None) -> str:
    with pytest.raises(Refusal) as refusal:
        tokens.read(header)
    return refusal.value.code


def test_session_ids_are_long_random_and_the_servers_own(served: Served) -> None:
    """Nobody guesses another patient's conversation (128 bits), or names it in a request."""
    ids = {SessionTokens(SECRET, 3600).mint()[0].id for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"web_[\w-]{22}", i, re.ASCII) for i in ids)
    chat = Chat(served)
    victim = {"sender": "victim", "sender_id": "victim", "metadata": {}, "input_channel": "rest"}
    body = {"text": "hi", "message_id": "m", **victim}
    chat.client.post("/webhooks/web/message", json=body, headers=chat.headers)
    received = served.agent.received[-1]
    assert received.sender_id in chat.token
    assert (received.input_channel, received.metadata) == ("web", None)


def test_it_refuses_a_forged_token() -> None:
    """A token that was changed, signed with another secret, or that is old is worthless."""
    now = [1000.0]
    tokens = SessionTokens(SECRET, 60, now=lambda: now[0])
    session, token = tokens.mint()
    assert tokens.read(f"Bearer {token}") == session
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        forged = token[:place] + other + token[place + 1 :]
        assert refused(tokens, f"Bearer {forged}") == "session_expired"
    _, foreign = SessionTokens("another secret " * 3, 3600).mint()
    assert refused(tokens, f"Bearer {foreign}") == "session_expired"
    now[0] += 60.0  # a session ends by itself
    assert refused(tokens, f"Bearer {token}") == "session_expired"
    for header in (None, "Basic abc", "Bearer " + "x" * 300, "Bearer é"):
        assert refused(tokens, header) == "no_session"


class Undeletable(InMemoryTrackerStore):
    """A store nobody taught to delete."""


@pytest.mark.parametrize(
    "make",
    [
        lambda _: AwaitableTrackerStore(InMemoryTrackerStore(Domain.empty())),
        lambda folder: SQLTrackerStore(Domain.empty(), db=str(folder / "chats.db")),
        lambda _: ConversationStore(Domain.empty(), file=":memory:"),
    ],
    ids=["wrapped", "sql", "own"],
)
def test_deleting_a_chat_erases_what_was_stored(make: Any, tmp_path: Path) -> None:
    """Nothing of a deleted chat stays, whatever store it is in; another chat is untouched."""
    store = make(tmp_path)
    with serve(StandInAgent(tracker_store=store)) as served:
        gone, kept = Chat(served), Chat(served)
        gone.ask("my secret")
        kept.ask("hello")
        ids = [message.sender_id for message in served.agent.received]
        assert gone.delete().status_code == 204
        assert gone.post("again").status_code == 401
        assert kept.post("again").status_code == 200
        assert "deleted_total 1" in gone.client.get("/metrics").text
    assert asyncio.run(store.retrieve(ids[0])) is None
    assert asyncio.run(store.retrieve(ids[1])) is not None


def test_it_says_so_when_a_chat_cannot_be_erased() -> None:
    """A patient is never told "deleted" when it is not so."""
    with serve(StandInAgent(tracker_store=Undeletable(Domain.empty()))) as served:
        chat = Chat(served)
        chat.ask("hello")
        response = chat.delete()
        assert (response.status_code, response.json()["error"]["code"]) == (503, "not_erased")


def test_a_restart_with_the_same_secret_keeps_sessions() -> None:
    """A clinic that sets a secret may restart the bot: chats go on, and their buttons work."""
    agent = StandInAgent(tracker_store=InMemoryTrackerStore(Domain.empty()))
    with serve(agent, token_secret=SECRET) as served:
        chat = Chat(served)
        payload = chat.ask("hello")["buttons"][0]["payload"]
    with serve(agent, token_secret=SECRET) as served:
        again = Chat(served, token=chat.token)
        again.ask(payload)
        again.ask("/other_payload")
        assert agent.texts == ["hello", payload, "other_payload"]
    with serve() as served:
        again = Chat(served, token=chat.token)
        assert again.post("still me").json()["error"]["code"] == "session_expired"
