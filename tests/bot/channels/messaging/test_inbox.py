"""The inbox knows each message for a month, keeps it until it is answered, and tells nothing."""

from __future__ import annotations

import asyncio
import inspect
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from bot.channels.messaging import inbox as inbox_module
from bot.channels.messaging.inbox import REMEMBERED_SECONDS, REST_SECONDS, Inbox, State
from bot.channels.messaging.message import Incoming, Kind, Outgoing
from bot.sealing import Sealer
from bot.storage.database import open_database

Open = Callable[..., Any]


class WaitedInbox:
    """An inbox for tests that do one thing at a time: what it does is done when a call returns."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox

    def __getattr__(self, name: str) -> Any:
        """Return what the inbox has, waited for."""
        found = getattr(self.inbox, name)
        if not inspect.iscoroutinefunction(found):
            return found
        return lambda *arguments: asyncio.run(found(*arguments))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens the inbox; opened twice in one test, it is the same one after a restart."""
    with ExitStack() as stack:

        def open_inbox(channel: str = "test", letter: str = "s") -> WaitedInbox:
            database = open_database(tmp_path / "inbox.db", durable=True)
            stack.enter_context(closing(database))
            return WaitedInbox(Inbox(channel, Sealer(letter * 32), database))

        yield open_inbox


@pytest.fixture
def inbox(opened: Open) -> Any:
    """An inbox of one's own."""
    return opened()


def message(
    number: str = "1", who: str = "+16505551234", sent_at: float | None = None, text: str = "hello"
) -> Incoming:
    """A message."""
    return Incoming(number, who, {"to": who}, Kind.TEXT, text, sent_at=sent_at)


def travel(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let time pass."""
    now = time.time() + seconds
    monkeypatch.setattr(inbox_module.time, "time", lambda: now)


def test_messages_are_answered_in_the_order_they_were_sent(inbox: Any) -> None:
    """What was begun comes first, then what was sent first; among equals, what came first."""
    now = time.time()
    for number, at in (("b", now - 5), ("a", now - 9), ("c", now - 5), ("d", None)):
        conversation = inbox.add(message(number, sent_at=at))
    inbox.keep_answer(inbox.next_of(conversation).name, {"text": "hi"})
    inbox.add(message("early", sent_at=now - 20))
    order = []
    while row := inbox.next_of(conversation):
        order.append(row.incoming.id)
        inbox.done(row.name)
    assert order == ["a", "early", "b", "c", "d"]


def test_only_an_answer_on_its_way_is_confirmed(inbox: Any) -> None:
    """A receipt that is false, late or comes at the wrong moment loses and revives no message."""
    conversation = inbox.add(message())
    name = inbox.next_of(conversation).name
    for state, token in (
        (State.WAITING, name),
        (State.ANSWERED, name),
        (State.SENDING, "unknown"),
        (State.SENDING, ""),
    ):
        inbox.set_state(name, state)
        inbox.confirm(token)
        assert inbox.waiting() == [conversation]
    inbox.confirm(name)
    inbox.set_state(name, State.SENDING)
    assert inbox.waiting() == []


def test_an_answered_message_is_forgotten_after_a_month(
    inbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name is kept as long as a platform might repeat it, with time to spare, not longer."""
    inbox.done(inbox.next_of(inbox.add(message("done"))).name)
    inbox.add(message("waits"))
    travel(monkeypatch, REMEMBERED_SECONDS - 3600)
    assert inbox.add(message("done")) is None
    travel(monkeypatch, REMEMBERED_SECONDS + 3600)
    assert inbox.add(message("other"))
    with sqlite3.connect(tmp_path / "inbox.db") as database:
        kept = database.execute("SELECT COUNT(*) FROM messages").fetchone()
    assert kept == (2,)  # the one that waits is kept


def test_silence_is_remembered(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asked for silence keeps it over restarts and months, until they end it."""
    opened().set_stopped("anna", True)
    travel(monkeypatch, 400 * 86_400)
    again = opened()
    again.add(message())
    assert again.is_stopped("anna")
    again.set_stopped("anna", False)
    assert not again.is_stopped("anna")


def test_the_rest_of_an_answer_waits_for_an_hour(
    inbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MORE brings what is left of the last answer, and nothing from long ago."""
    rest = Outgoing("The rest.", ({"title": "A", "payload": "/a"},), last_lines=1)
    inbox.keep_rest("anna", rest)
    assert inbox.rest_of("anna") == rest
    assert inbox.rest_of("ben") is None
    travel(monkeypatch, REST_SECONDS + 1)
    assert inbox.rest_of("anna") is None


def test_it_tells_what_is_unanswered_and_for_how_long(
    inbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who runs the bot sees that people wait; an answer that is out is waited for no more."""
    assert inbox.unanswered() == (0, 0.0)
    travel(monkeypatch, 0)
    conversation = inbox.add(message("1"))
    travel(monkeypatch, 60)
    inbox.add(message("2"))
    count, seconds = inbox.unanswered()
    assert (count, round(seconds)) == (2, 60)
    inbox.set_state(inbox.next_of(conversation).name, State.SENT)
    assert inbox.unanswered() == (1, 0.0)


def test_the_file_tells_nothing(inbox: Any, tmp_path: Path) -> None:
    """Neither words nor numbers nor ids can be read in it or in what is printed of a message."""
    conversation = inbox.add(message("SMcanary", text="my canary"))
    row = inbox.next_of(conversation)
    inbox.keep_answer(row.name, {"text": "canary answer"})
    inbox.keep_rest(conversation, Outgoing("canary rest"))
    for _ in range(2):
        seen = b"".join(file.read_bytes() for file in tmp_path.iterdir()) + repr(row).encode()
        assert b"canary" not in seen
        assert b"6505551234" not in seen
        inbox.done(row.name)
    assert stat.S_IMODE((tmp_path / "inbox.db").stat().st_mode) == 0o600


def test_a_changed_secret_loses_messages_and_nothing_else(opened: Open) -> None:
    """What nobody can read any more is dropped, and the bot goes on."""
    first = opened()
    conversation = first.add(message("1"))
    first.keep_rest(conversation, Outgoing("The rest."))
    second = opened(letter="t")
    assert second.waiting() == [conversation]
    assert second.next_of(conversation) is None
    assert second.waiting() == []
    assert second.rest_of(conversation) is None
