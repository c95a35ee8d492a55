"""A real server with the web channel in it, and a small bot standing where Rasa's would be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from bot.channels.metrics import Metrics
from bot.channels.web import WebInput
from bot.settings import load_settings
from tests.bot.channels.sanic_server import app_with, running

Reply = Callable[[UserMessage], Awaitable[None]]


async def echo(message: UserMessage) -> None:
    """Say back what was understood, in the shape of a real answer."""
    await message.output_channel.send_response(
        message.sender_id,
        {
            "text": f"You said: {message.text}\n- one\n\n- two\nSource: A title.\nNot advice.",
            "buttons": [{"title": "Spine", "payload": '/choose_site{"site": "spinal"}'}],
            "custom": {"outcome": "answer", "passages": [], "disclaimer": "Not advice."},
        },
    )


@dataclass
class StandInAgent:
    """Stands where Rasa's agent is; keeps what reached it."""

    reply: Reply = echo
    received: list[UserMessage] = field(default_factory=list)
    tracker_store: Any = None
    lock_store: Any = None
    domain: Any = None

    def is_ready(self) -> bool:
        """Say that a model is loaded."""
        return True

    async def handle_message(self, message: UserMessage) -> None:
        """Note the message and answer it."""
        self.received.append(message)
        await self.reply(message)


@dataclass
class Served:
    """A running server."""

    url: str
    agent: StandInAgent
    channel: WebInput
    app: Sanic

    def client(self, **kwargs: Any) -> httpx.Client:
        """A plain HTTP client for it."""
        return httpx.Client(base_url=self.url, timeout=20, **kwargs)


class Chat:
    """A patient's page, as far as the server can tell."""

    def __init__(self, served: Served, client: httpx.Client | None = None) -> None:
        self.client = client or served.client()
        self.token: str = self.client.post("/webhooks/web/session", json={}).json()["token"]
        self._count = 0

    @property
    def headers(self) -> dict[str, str]:
        """What proves the session."""
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, text: Any, message_id: Any = None, **kwargs: Any) -> httpx.Response:
        """Send one message."""
        self._count += 1
        return self.client.post(
            "/webhooks/web/message",
            json={"text": text, "message_id": message_id or f"m{self._count}"},
            headers=self.headers,
            **kwargs,
        )

    def ask(self, text: str, message_id: str | None = None) -> dict[str, Any]:
        """The first bot message that answers the text."""
        response = self.post(text, message_id)
        assert response.status_code == 200, response.text
        return response.json()["messages"][0]


@contextmanager
def serve(agent: StandInAgent | None = None, port: int = 0, **settings: str) -> Iterator[Served]:
    """Run Rasa's own kind of app, with the web channel, on a free port of this machine."""
    agent = agent or StandInAgent()
    channel = WebInput(
        load_settings(
            {f"HEMATOMA_GUIDE_{name.upper()}": value for name, value in settings.items()}
        ),
        Metrics(),
    )
    app = app_with(channel, agent)
    with running(app, port) as url:
        yield Served(url, agent, channel, app)
