"""Sessions are made by the server, cannot be forged or shared, and end when asked."""

from __future__ import annotations

import asyncio

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from bot.channels.refusals import Refusal
from bot.channels.web.tokens import SessionTokens
from bot.conversation_store import ConversationStore
from tests.bot.channels.stand_in import StandInAgent
from tests.bot.channels.web.serving import Chat, Served, serve

SECRET = "0123456789abcdef" * 3


def refused(tokens: SessionTokens, header: str | None) -> str:
    """The code of the refusal a header meets."""
    with pytest.raises(Refusal) as refusal:
        tokens.read(header)
    return refusal.value.code


def test_session_ids_are_long_random_and_safe_to_store() -> None:
    """Nobody guesses another patient's conversation (128 bits), and any store can key it."""
    ids = {SessionTokens(SECRET, 3600).mint()[0].id for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(i) == len("web_") + 22 for i in ids)
    assert all(i.replace("_", "").replace("-", "").isalnum() and i.isascii() for i in ids)


@pytest.mark.parametrize("header", [None, "Basic abc", "Bearer " + "x" * 300, "Bearer é"])
def test_it_refuses_what_is_not_a_token(header: str | None) -> None:
    """Without a token there is no session."""
    assert refused(SessionTokens(SECRET, 3600), header) == "no_session"


def test_it_refuses_a_forged_token() -> None:
    """Changing any character of a token, or signing with another secret, makes it worthless."""
    tokens = SessionTokens(SECRET, 3600)
    session, token = tokens.mint()
    assert tokens.read(f"Bearer {token}") == session
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        forged = token[:place] + other + token[place + 1 :]
        assert refused(tokens, f"Bearer {forged}") == "session_expired"
    _, foreign = SessionTokens("another secret " * 3, 3600).mint()
    assert refused(tokens, f"Bearer {foreign}") == "session_expired"


def test_it_refuses_an_expired_token() -> None:
    """A session ends by itself."""
    now = [1000.0]
    tokens = SessionTokens(SECRET, 60, now=lambda: now[0])
    _, token = tokens.mint()
    now[0] = 1059.0
    tokens.read(f"Bearer {token}")
    now[0] = 1060.0
    assert refused(tokens, f"Bearer {token}") == "session_expired"


@pytest.mark.parametrize("path", ["message", "feedback"])
def test_it_answers_nobody_without_a_session(served: Served, path: str) -> None:
    """A request without a true token gets a 401 that says to start a chat."""
    response = served.client().post(
        f"/webhooks/web/{path}",
        json={"text": "hi", "message_id": "m"},
        headers={"Authorization": "Bearer v1.web_x.9999999999.AAAA"},
    )
    assert response.status_code == 401
    assert "start a new chat" in response.json()["error"]["message"]


def test_the_bot_sees_the_servers_id_and_not_the_pages(served: Served) -> None:
    """A page cannot name another conversation, whatever fields it sends."""
    chat = Chat(served)
    chat.client.post(
        "/webhooks/web/message",
        json={
            "text": "hi",
            "message_id": "m",
            "sender": "victim",
            "sender_id": "victim",
            "metadata": {"a": 1},
            "input_channel": "rest",
        },
        headers=chat.headers,
    )
    received = served.agent.received[-1]
    assert received.sender_id.startswith("web_")
    assert (received.input_channel, received.metadata) == ("web", None)


class Undeletable(InMemoryTrackerStore):
    """A store nobody taught to delete."""


def test_deleting_a_chat_erases_what_was_stored() -> None:
    """Nothing of a deleted chat stays; another chat is untouched."""
    store = ConversationStore(Domain.empty(), file=":memory:")
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
        again = Chat(served)
        again.token = chat.token
        again.ask(payload)
        again.ask("/other_payload")
        assert agent.texts == ["hello", payload, "other_payload"]
    with serve() as served:
        again = Chat(served)
        again.token = chat.token
        assert again.post("still me").json()["error"]["code"] == "session_expired"
