"""A real server with the web channel in it, and a small bot standing where Rasa's would be."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
from rasa.core.channels.channel import UserMessage, register
from rasa.core.run import _create_app_without_api
from sanic import Sanic

from bot.channels.metrics import Metrics
from bot.channels.web import WebInput
from bot.settings import load_settings

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
    Sanic._app_registry.clear()
    Sanic.test_mode = True  # allows one process to start several servers
    app = _create_app_without_api(None)
    app.ctx.agent = agent
    channel = WebInput(
        load_settings(
            {f"HEMATOMA_GUIDE_{name.upper()}": value for name, value in settings.items()}
        ),
        Metrics(),
    )
    register([channel], app, "/webhooks/")
    ready = threading.Event()
    running = SimpleNamespace(loop=None)
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))

    def run() -> None:
        loop = running.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(
            app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
        )
        loop.run_until_complete(server.startup())
        loop.run_until_complete(server.before_start())
        loop.run_until_complete(server.after_start())
        ready.set()
        loop.run_forever()
        server.close()
        for connection in list(server.connections):
            connection.abort()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(20), "the test server did not start"
    try:
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", agent, channel, app)
    finally:
        running.loop.call_soon_threadsafe(running.loop.stop)
        thread.join(10)
        listening.close()
