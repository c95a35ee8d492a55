"""A small bot, standing where Rasa's agent would be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered

from actions.reply import Reply as Said
from actions.reply import Role, lines_of
from knowledge_base.outcome import Outcome

Reply = Callable[[UserMessage], Awaitable[None]]

DISCLAIMER = "Not advice."
BUTTONS = [{"title": "Spine", "payload": '/choose_site{"site": "spinal"}'}]


async def echo(message: UserMessage, outcome: Outcome = Outcome.ANSWER) -> None:
    role = Role.PASSAGE if outcome is Outcome.ANSWER else Role.ALARM
    lines = (
        *lines_of(role, f"You said: {message.text}", "- one", "- two"),
        *lines_of(Role.SOURCE, "Source: A title."),
        *lines_of(Role.DISCLAIMER, DISCLAIMER),
    )
    said = Said(outcome, lines, tuple(BUTTONS), ({"title": "A"},))
    await message.output_channel.send_response(message.sender_id, said.to_message())


@dataclass
class StandInAgent:
    """Answers as told, keeps what reached it, and stores conversations if it has a store."""

    reply: Reply = echo
    received: list[UserMessage] = field(default_factory=list)
    tracker_store: Any = None
    lock_store: Any = field(default_factory=InMemoryLockStore)
    domain: Any = None

    def is_ready(self) -> bool:
        return True

    async def handle_message(self, message: UserMessage) -> None:
        self.received.append(message)
        await self.reply(message)
        if self.tracker_store is None:
            return
        tracker = await self.tracker_store.get_or_create_tracker(message.sender_id)
        tracker.update(UserUttered(message.text))
        if said := message.output_channel.reply:
            tracker.update(BotUttered(said.text, {"buttons": said.buttons}))
        await self.tracker_store.save(tracker)

    @property
    def texts(self) -> list[str]:
        return [str(message.text) for message in self.received]


@cache
def real_domain() -> Domain:
    return Domain.load(str(Path(__file__).parents[3] / "domain.yml"))
