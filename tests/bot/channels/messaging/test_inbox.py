"""The inbox knows each message for a month, and keeps it until it is answered."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from actions.reply import Reply, Role, lines_of
from bot.channels.messaging import inbox as inbox_module
from bot.channels.messaging.inbox import REMEMBERED_SECONDS, Inbox
from bot.channels.messaging.message import Incoming, Kind
from bot.channels.messaging.people import REST_SECONDS
from bot.sealing import Sealer
from bot.storage.database import open_database
from knowledge_base.outcome import Outcome

Open = Callable[..., Inbox]
do = asyncio.run


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens the inbox; opened twice in one test, it is the same one after a restart."""
    with ExitStack() as stack:

        def open_inbox(letter: str = "s") -> Inbox:
            database = open_database(tmp_path / "inbox.db", durable=True)
            stack.enter_context(closing(database))
            return Inbox("test", Sealer(letter * 32), database)

        yield open_inbox


def message(number: str = "1") -> Incoming:
    return Incoming(number, "+16505551234", {"to": "+16505551234"}, Kind.TEXT, "hello")


def travel(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time() + seconds
    monkeypatch.setattr(inbox_module.time, "time", lambda: now)


def test_an_answered_message_is_forgotten_after_a_month(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name is kept as long as a platform might repeat it, with time to spare, not longer."""
    inbox = opened()
    row = do(inbox.next_of(do(inbox.add(message("done"))) or ""))
    assert row
    do(inbox.done(row.name))
    do(inbox.add(message("waits")))
    travel(monkeypatch, REMEMBERED_SECONDS - 3600)
    assert do(inbox.add(message("done"))) is None
    travel(monkeypatch, REMEMBERED_SECONDS + 3600)
    assert do(inbox.add(message("other")))
    with sqlite3.connect(tmp_path / "inbox.db") as database:
        kept = database.execute("SELECT COUNT(*) FROM messages").fetchone()
    assert kept == (2,)  # the one that waits is kept


def test_silence_is_remembered(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asked for silence keeps it over restarts and months, until they end it."""
    do(opened().people.set_stopped("anna", True))
    travel(monkeypatch, 400 * 86_400)
    again = opened()
    do(again.add(message()))
    assert do(again.people.is_stopped("anna"))
    do(again.people.set_stopped("anna", False))
    assert not do(again.people.is_stopped("anna"))


def test_the_rest_of_an_answer_waits_for_an_hour(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MORE brings what is left of the last answer, and nothing from long ago."""
    inbox = opened()
    offered = ({"title": "A", "payload": "/a"},)
    rest = Reply(Outcome.ANSWER, lines_of(Role.LEAD, "The rest."), offered, data={"intent": "a"})
    do(inbox.people.keep_rest("anna", rest))
    assert do(inbox.people.rest_of("anna")) == rest
    assert do(inbox.people.rest_of("ben")) is None
    travel(monkeypatch, REST_SECONDS + 1)
    assert do(inbox.people.rest_of("anna")) is None


def test_a_changed_secret_loses_messages_and_nothing_else(opened: Open) -> None:
    """What nobody can read any more is dropped, and the bot goes on."""
    first = opened()
    conversation = do(first.add(message())) or ""
    do(first.people.keep_rest(conversation, Reply(Outcome.ANSWER, ())))
    second = opened(letter="t")
    assert do(second.waiting()) == [conversation]
    assert do(second.next_of(conversation)) is None
    assert do(second.waiting()) == []
    assert do(second.people.rest_of(conversation)) is None
