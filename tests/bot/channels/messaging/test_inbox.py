"""The inbox knows each message for a month, keeps it until it is answered, and tells nothing."""

from __future__ import annotations

import sqlite3
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.messaging import inbox as inbox_module
from bot.channels.messaging.inbox import REMEMBERED_SECONDS, REST_SECONDS, State
from bot.channels.messaging.message import Incoming, Kind, Outgoing
from bot.sealing import Sealer
from tests.bot.channels.messaging.waited import WaitedInbox


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[WaitedInbox]:
    """An inbox of one's own."""
    opened = WaitedInbox(tmp_path)
    yield opened
    opened.close()


def message(
    number: str = "1", who: str = "+16505551234", sent_at: float | None = None, text: str = "hello"
) -> Incoming:
    """A message."""
    return Incoming(number, who, {"to": who}, Kind.TEXT, text, sent_at=sent_at)


def travel(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let time pass."""
    now = time.time() + seconds
    monkeypatch.setattr(inbox_module.time, "time", lambda: now)


def rows(folder: Path) -> int:
    """How many messages the file knows."""
    with sqlite3.connect(folder / "inbox.db") as database:
        return int(database.execute("SELECT COUNT(*) FROM messages").fetchone()[0])


def test_a_message_comes_back_as_it_was(inbox: WaitedInbox) -> None:
    """Nothing of what the platform told is lost."""
    sent = Incoming("1", "anna", {"to": "a", "b": "c"}, Kind.CHOICE, "Tea\n", '/ask{"a": 1}', 5.5)
    conversation = inbox.add(sent)
    assert conversation == inbox.conversation_of("anna")
    row = inbox.next_of(conversation)
    assert row is not None
    assert row.incoming == sent
    assert (row.state, row.wire, row.conversation) == (State.WAITING, None, conversation)


@settings(deadline=None, max_examples=25)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_words_come_back(text: str) -> None:
    """Patients write in any script."""
    with tempfile.TemporaryDirectory() as folder:
        kept = WaitedInbox(Path(folder))
        row = kept.next_of(kept.add(message(text=text)) or "")
        kept.close()
    assert row is not None
    assert row.incoming.text == text


def test_a_known_message_is_refused_at_every_stage(inbox: WaitedInbox) -> None:
    """Before, while and after it is answered, a second delivery is recognised."""
    conversation = inbox.add(message())
    assert conversation
    assert inbox.add(message(text="changed")) is None
    row = inbox.next_of(conversation)
    assert row is not None
    inbox.keep_answer(row.name, {"text": "hi"})
    assert inbox.add(message()) is None
    inbox.done(row.name)
    assert inbox.add(message()) is None
    assert inbox.waiting() == []


def test_a_known_message_is_recognised_after_a_restart(tmp_path: Path) -> None:
    """A server that starts again remembers what it has answered."""
    first = WaitedInbox(tmp_path)
    conversation = first.add(message())
    assert conversation
    first.done(first.next_of(conversation).name)  # type: ignore[union-attr]
    first.close()
    second = WaitedInbox(tmp_path)
    assert second.add(message()) is None
    second.close()


def test_channels_share_a_file_and_nothing_else(tmp_path: Path) -> None:
    """The same id or person on two platforms is two messages, and two people."""
    one, two = WaitedInbox(tmp_path, "one"), WaitedInbox(tmp_path, "two")
    first, second = one.add(message()), two.add(message())
    assert first
    assert second
    assert first.removeprefix("one_") != second.removeprefix("two_")
    assert one.waiting() == [first]
    one.set_stopped(first, True)
    assert not two.is_stopped(second)
    one.close()
    two.close()


def test_messages_are_answered_in_the_order_they_were_sent(inbox: WaitedInbox) -> None:
    """What was sent first comes first; among equals, what came first."""
    now = time.time()
    for number, at in (("b", now - 5), ("a", now - 9), ("c", now - 5), ("d", None)):
        conversation = inbox.add(message(number, sent_at=at))
    order = []
    while row := inbox.next_of(conversation or ""):
        order.append(row.incoming.id)
        inbox.done(row.name)
    assert order == ["a", "b", "c", "d"]


def test_the_message_begun_comes_before_one_sent_earlier(inbox: WaitedInbox) -> None:
    """An answer on its way is finished before another message is looked at."""
    conversation = inbox.add(message("late", sent_at=100.0)) or ""
    row = inbox.next_of(conversation)
    assert row is not None
    inbox.keep_answer(row.name, {"text": "hi"})
    inbox.add(message("early", sent_at=50.0))
    again = inbox.next_of(conversation)
    assert again is not None
    assert (again.incoming.id, again.state, again.wire) == ("late", State.ANSWERED, {"text": "hi"})


def test_people_do_not_see_each_others_messages(inbox: WaitedInbox) -> None:
    """Each conversation has its own queue."""
    anna, ben = inbox.add(message("1", "anna")), inbox.add(message("2", "ben"))
    assert sorted(inbox.waiting()) == sorted([anna or "", ben or ""])
    row = inbox.next_of(ben or "")
    assert row is not None
    assert row.incoming.user == "ben"
    assert inbox.next_of("nobody") is None


def test_only_an_answer_on_its_way_is_confirmed(inbox: WaitedInbox) -> None:
    """A receipt that is false, or comes at the wrong moment, loses no message."""
    conversation = inbox.add(message()) or ""
    row = inbox.next_of(conversation)
    assert row is not None
    for state in (State.WAITING, State.ANSWERED):
        inbox.set_state(row.name, state)
        inbox.confirm(row.name)
        assert inbox.waiting() == [conversation]
    inbox.set_state(row.name, State.SENDING)
    inbox.confirm("unknown")
    inbox.confirm("")
    assert inbox.waiting() == [conversation]
    inbox.confirm(row.name)
    assert inbox.waiting() == []


def test_what_is_done_stays_done(inbox: WaitedInbox) -> None:
    """A late word on an answer does not bring its message back."""
    conversation = inbox.add(message()) or ""
    row = inbox.next_of(conversation)
    assert row is not None
    inbox.done(row.name)
    inbox.set_state(row.name, State.SENDING)
    assert inbox.next_of(conversation) is None


def test_an_answered_message_is_forgotten_after_a_month(
    inbox: WaitedInbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name is kept as long as a platform might repeat it, with time to spare, not longer."""
    conversation = inbox.add(message("done")) or ""
    inbox.done(inbox.next_of(conversation).name)  # type: ignore[union-attr]
    inbox.add(message("waits"))
    travel(monkeypatch, REMEMBERED_SECONDS - 3600)
    assert inbox.add(message("done")) is None
    travel(monkeypatch, REMEMBERED_SECONDS + 3600)
    assert inbox.add(message("other"))
    assert rows(tmp_path) == 2  # the one that waits is kept


def test_silence_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asked for silence keeps it over restarts and months, until they end it."""
    first = WaitedInbox(tmp_path)
    assert not first.is_stopped("anna")
    first.set_stopped("anna", True)
    first.close()
    travel(monkeypatch, 400 * 86_400)
    second = WaitedInbox(tmp_path)
    second.add(message())
    assert second.is_stopped("anna")
    second.set_stopped("anna", False)
    assert not second.is_stopped("anna")
    second.close()


def test_the_rest_of_an_answer_waits_for_an_hour(
    inbox: WaitedInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MORE brings what is left of the last answer, and nothing from long ago."""
    rest = Outgoing("The rest.", ({"title": "A", "payload": "/a"},), last_lines=1)
    inbox.keep_rest("anna", rest)
    assert inbox.rest_of("anna") == rest
    assert inbox.rest_of("ben") is None
    inbox.keep_rest("anna", None)
    assert inbox.rest_of("anna") is None
    inbox.keep_rest("anna", rest)
    travel(monkeypatch, REST_SECONDS + 1)
    assert inbox.rest_of("anna") is None


def test_erasing_forgets_silence_and_rest(inbox: WaitedInbox) -> None:
    """After "delete my data" nothing is known of the person."""
    inbox.set_stopped("anna", True)
    inbox.keep_rest("anna", Outgoing("The rest."))
    inbox.erase("anna")
    assert not inbox.is_stopped("anna")
    assert inbox.rest_of("anna") is None


def test_it_tells_what_is_unanswered_and_for_how_long(
    inbox: WaitedInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who runs the bot sees that people wait; an answer that is out is waited for no more."""
    assert inbox.unanswered() == (0, 0.0)
    came = time.time()
    monkeypatch.setattr(time, "time", lambda: came)
    conversation = inbox.add(message("1")) or ""
    monkeypatch.setattr(time, "time", lambda: came + 60)
    inbox.add(message("2"))
    assert inbox.unanswered() == (2, 60.0)
    row = inbox.next_of(conversation)
    assert row is not None
    inbox.set_state(row.name, State.SENT)
    assert inbox.unanswered() == (1, 0.0)


def test_the_file_tells_nothing(inbox: WaitedInbox, tmp_path: Path) -> None:
    """Neither words nor numbers nor ids can be read in it, before an answer or after."""
    conversation = inbox.add(message("SMcanary", text="my canary")) or ""
    row = inbox.next_of(conversation)
    assert row is not None
    inbox.keep_answer(row.name, {"text": "canary answer"})
    inbox.keep_rest(conversation, Outgoing("canary rest"))
    for _ in range(2):
        kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert b"canary" not in kept
        assert b"6505551234" not in kept
        inbox.done(row.name)


def test_what_is_printed_tells_nothing(inbox: WaitedInbox) -> None:
    """A message that slips into a log shows no word, id or number."""
    conversation = inbox.add(message("SMcanary", text="my canary")) or ""
    shown = repr(inbox.next_of(conversation))
    assert "canary" not in shown
    assert "650555" not in shown


def test_a_changed_secret_loses_messages_and_nothing_else(tmp_path: Path) -> None:
    """What nobody can read any more is dropped, and the bot goes on."""
    first = WaitedInbox(tmp_path)
    conversation = first.add(message("1")) or ""
    first.add(message("2"))
    first.keep_rest(conversation, Outgoing("The rest."))
    first.close()
    second = WaitedInbox(tmp_path, sealer=Sealer("t" * 32))
    assert second.waiting() == [conversation]
    assert second.next_of(conversation) is None
    assert second.waiting() == []
    assert second.rest_of(conversation) is None
    second.close()


def test_the_file_is_for_its_owner_alone(inbox: WaitedInbox, tmp_path: Path) -> None:
    """Nobody else on the machine may open it."""
    assert stat.S_IMODE((tmp_path / "inbox.db").stat().st_mode) == 0o600
