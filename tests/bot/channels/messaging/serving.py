"""A real server with a messaging channel in it, and a small bot standing where Rasa's would be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.events import BotUttered

from tests.bot.channels.sanic_server import app_with, running

Reply = Callable[[UserMessage], Awaitable[dict[str, Any]]]

DISCLAIMER = "This is not medical advice."
BUTTONS = [{"title": "Spine", "payload": '/choose_site{"site": "spinal"}'}]
_ROOT = Path(__file__).parents[4]


async def echo(message: UserMessage) -> dict[str, Any]:
    """Say back what was understood, in the shape of a real answer."""
    source = "Source: A title."
    return {
        "text": f"You said: {message.text}\n{source}\n{DISCLAIMER}",
        "buttons": BUTTONS,
        "custom": {"outcome": "answer", "source": {"title": "A"}, "disclaimer": DISCLAIMER},
    }


class Memory:
    """A tracker store that knows what the bot said."""

    def __init__(self) -> None:
        self.said: dict[str, list[BotUttered]] = {}

    async def retrieve(self, conversation: str) -> Any:
        """Return the conversation, as far as a channel looks at it."""
        events = self.said.get(conversation)
        return SimpleNamespace(events=list(events)) if events else None

    def delete(self, conversation: str) -> None:
        """Forget a conversation."""
        self.said.pop(conversation, None)


@dataclass
class StandIn:
    """Stands where Rasa's agent is; keeps what reached it."""

    reply: Reply = echo
    received: list[UserMessage] = field(default_factory=list)
    tracker_store: Memory = field(default_factory=Memory)
    lock_store: Any = field(default_factory=InMemoryLockStore)
    domain: Any = field(
        default_factory=lambda: SimpleNamespace(
            responses=yaml.safe_load((_ROOT / "domain.yml").read_text("utf-8"))["responses"]
        )
    )

    def is_ready(self) -> bool:
        """Say that a model is loaded."""
        return True

    async def handle_message(self, message: UserMessage) -> None:
        """Note the message and answer it."""
        self.received.append(message)
        said = await self.reply(message)
        await message.output_channel.send_response(message.sender_id, said)
        event = BotUttered(said["text"], {"buttons": said.get("buttons")})
        self.tracker_store.said.setdefault(message.sender_id, []).append(event)

    @property
    def texts(self) -> list[str]:
        """What reached the bot, as text."""
        return [message.text for message in self.received]


@contextmanager
def serving(channel: InputChannel, agent: StandIn, port: int = 0) -> Iterator[str]:
    """Run Rasa's own kind of app with one channel; yield its address.

    The inbox and its key are files in the working folder: change to a fresh one before.

    Args:
        channel: the channel.
        agent: the bot; may outlive the server, as a stored conversation does.
        port: 0 for a free one.
    """
    with running(app_with(channel, agent), port) as url:
        yield url
