"""What a patient gets back, beside ordinary answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered

from bot.channels.messaging.answers import Answers
from bot.channels.messaging.inbox import State
from bot.channels.messaging.message import Incoming, Kind, Outgoing
from bot.channels.metrics import Metrics
from bot.conversation_store import ConversationStore
from bot.settings import load_settings
from tests.bot.channels.messaging.waited import WaitedInbox

ROOT = Path(__file__).parents[4]
BUTTONS = [{"title": "Symptoms", "payload": '/ask_symptoms{"site": "spinal"}'}]


@dataclass
class Desk:
    """Answers over a real store, with a bot behind that notes what reaches it."""

    answers: Answers
    inbox: WaitedInbox
    store: ConversationStore
    metrics: Metrics
    outcome: str = "answer"
    broken: bool = False
    heard: list[str] = field(default_factory=list)

    def say(
        self,
        text: str = "",
        kind: Kind = Kind.TEXT,
        payload: str = "",
        conversation: str = "anna",
    ) -> str | None:
        """Send a message; give the text that answers it."""
        said = self.message(text, kind, payload, conversation)
        return said and said.text

    def message(
        self,
        text: str = "",
        kind: Kind = Kind.TEXT,
        payload: str = "",
        conversation: str = "anna",
    ) -> Outgoing | None:
        """Send a message; give the message that answers it."""
        incoming = Incoming("m", "anna", {}, kind, text, payload)
        return asyncio.run(self.answers.answer(incoming, conversation))

    async def on_new_message(self, message: UserMessage) -> None:
        """Answer as the bot does, and keep it."""
        if self.broken:
            raise RuntimeError(message.text)
        self.heard.append(str(message.text))
        tracker = await self.store.get_or_create_tracker(message.sender_id)
        tracker.update(BotUttered("An answer.", {"buttons": BUTTONS}))
        await self.store.save(tracker)
        custom = {"outcome": self.outcome, "intent": "ask_symptoms"}
        if self.outcome == "answer":
            custom = {
                **custom,
                "note": "A note.",
                "source": "Source: a title.",
                "disclaimer": "Not advice.",
            }
        text = "An answer.\nA note.\nSource: a title.\nNot advice."
        await message.output_channel.send_response(
            message.sender_id, {"text": text, "buttons": BUTTONS, "custom": custom}
        )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk of one's own."""
    domain = Domain.load(str(ROOT / "domain.yml"))
    store = ConversationStore(domain, file=str(tmp_path / "conversations.db"))
    agent = SimpleNamespace(tracker_store=store, lock_store=InMemoryLockStore(), domain=domain)
    inbox = WaitedInbox(tmp_path)

    async def ask(message: UserMessage) -> Any:
        return await made.on_new_message(message)

    metrics = Metrics()
    answers = Answers("test", ask, lambda: agent, inbox.inbox, metrics, load_settings({}))
    made = Desk(answers, inbox, store, metrics)
    yield made
    inbox.close()


def test_the_first_message_says_that_this_is_a_program(desk: Desk) -> None:
    """Nobody on a messenger takes the bot for a doctor; later messages do not repeat it."""
    first, second = desk.say("question"), desk.say("question")
    assert first is not None
    assert first.startswith("I am a computer program, not a doctor, and not for emergencies.")
    assert second is not None
    assert second.startswith("An answer.")


def test_note_source_and_disclaimer_belong_together(desk: Desk) -> None:
    """What must never be left out is known to whoever has to shorten the message."""
    message = desk.message("question")
    assert message is not None
    assert message.text.split("\n")[-message.last_lines :] == [
        "A note.",
        "Source: a title.",
        "Not advice.",
    ]


def test_an_alarm_comes_before_all_else(desk: Desk) -> None:
    """The first line of an emergency message is the emergency."""
    desk.outcome = "urgent"
    said = desk.say("my legs are numb", Kind.MEDIA)
    assert said is not None
    assert said.startswith("An answer.")


def test_a_photo_gets_kind_words_with_the_emergency_line(desk: Desk) -> None:
    """What is not words is met with one reply, and the bot is not asked."""
    said = desk.say(kind=Kind.MEDIA)
    assert said is not None
    assert "only read words" in said
    assert "emergency" in said
    assert desk.heard == []


def test_a_caption_is_read(desk: Desk) -> None:
    """Words under a photo may tell of an emergency."""
    said = desk.say("my legs are numb", Kind.MEDIA)
    assert desk.heard == ["my legs are numb"]
    assert said is not None
    assert "I only read your words" in said


@pytest.mark.parametrize("word", ["STOP", "stop.", "Unsubscribe"])
def test_stop_brings_silence_until_start(desk: Desk, word: str) -> None:
    """Who asks for silence gets it, and gets it ended."""
    stopped = desk.say(word)
    assert stopped is not None
    assert "START" in stopped
    assert desk.say("What is a hematoma?") is None
    assert desk.say(kind=Kind.MEDIA) is None
    assert desk.say("start") is not None
    assert desk.say("What is a hematoma?") is not None


@pytest.mark.parametrize("outcome", ["urgent", "crisis"])
def test_silence_does_not_hide_an_emergency(desk: Desk, outcome: str) -> None:
    """Words that sound like an emergency are answered in spite of STOP."""
    desk.say("STOP")
    desk.outcome = outcome
    assert desk.say("My legs are numb") is not None


def test_help_leads_with_the_emergency_number(desk: Desk) -> None:
    """HELP may be a cry for help: its first line says where help is."""
    said = desk.say("HELP!!!")
    assert said is not None
    assert "emergency number" in said.split("\n")[0]


def test_delete_my_data_deletes_it(desk: Desk) -> None:
    """Nothing of the conversation is left, and the person is a stranger again."""
    before = Incoming("before", "anna", {}, Kind.TEXT, "question")
    anna = desk.inbox.add(before)
    assert anna
    desk.say("question", conversation=anna)
    desk.inbox.keep_rest(anna, Outgoing("rest"))
    row = desk.inbox.next_of(anna)
    assert row
    desk.inbox.set_state(row.name, State.SENT)
    said = desk.say("Please delete my data", conversation=anna)
    assert said is not None
    assert "deleted" in said
    assert asyncio.run(desk.store.retrieve(anna)) is None
    assert desk.inbox.rest_of(anna) is None
    assert desk.inbox.is_done(row.name)


def test_a_number_means_the_choice_of_that_number(desk: Desk) -> None:
    """Where there are no buttons, a digit does what a tap does; other digits are words."""
    for text in ("question", "1", "2"):
        desk.say(text)
    assert desk.heard == ["question", BUTTONS[0]["payload"], "2"]


def test_a_tap_counts_only_if_the_button_was_offered(desk: Desk) -> None:
    """A made-up payload does not steer the bot: its title is read as words."""
    desk.say("question")
    desk.say("Symptoms", Kind.CHOICE, BUTTONS[0]["payload"])
    desk.say("Symptoms", Kind.CHOICE, "/restart")
    desk.say("/restart")
    assert desk.heard == ["question", BUTTONS[0]["payload"], "Symptoms", "restart"]


def test_more_gives_the_rest_of_a_shortened_answer(desk: Desk) -> None:
    """MORE is the channel's word while something is left, and the bot's otherwise."""
    desk.inbox.keep_rest("anna", Outgoing("The rest."))
    assert desk.say("more") == "The rest."
    desk.inbox.keep_rest("anna", None)
    desk.say("More")
    assert desk.heard == ["More"]


def test_a_broken_bot_still_says_something(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody is left without a word, and no word is logged."""
    desk.broken = True
    said = desk.say("my secret words")
    assert said is not None
    assert "seek medical attention" in said
    assert "secret" not in caplog.text
