"""Rasa's own kind of server with one channel, and a small bot where Rasa's agent would be."""

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from rasa.core.channels.channel import InputChannel, UserMessage, register
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.run import _create_app_without_api
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Sanic

from actions.reply import Reply as Said
from actions.reply import Role, lines_of
from bot.bounded_http import BoundedProtocol, bound
from bot.channels.metrics import Metrics
from bot.channels.web import WebInput
from bot.settings import load_settings
from knowledge_base.outcome import Outcome

_START_SECONDS = 20
_STOP_SECONDS = 15


def app_with(channel: InputChannel, agent: Any) -> Sanic:
    Sanic._app_registry.clear()
    Sanic.test_mode = True  # allows one process to start several servers
    app = _create_app_without_api(None)
    app.ctx.agent = agent
    register([channel], app, "/webhooks/")
    bound(app)
    return app


@contextmanager
def running(app: Sanic, port: int = 0) -> Iterator[str]:
    """Run an app in a thread until the block ends, on a free port for 0; yield its address."""
    ready = threading.Event()
    started = SimpleNamespace(loop=None)
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))

    def run() -> None:
        loop = started.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(
            app.create_server(
                sock=listening,
                return_asyncio_server=True,
                access_log=False,
                protocol=BoundedProtocol,
            )
        )
        for step in (server.startup, server.before_start, server.after_start):
            loop.run_until_complete(step())
        ready.set()
        loop.run_forever()
        server.close()
        loop.run_until_complete(server.before_stop())
        for connection in list(server.connections):
            connection.abort()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(_START_SECONDS), "the test server did not start"
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        started.loop.call_soon_threadsafe(started.loop.stop)
        thread.join(_STOP_SECONDS)
        listening.close()


def value(metrics: Metrics, sample: str) -> float | None:
    """The value of one sample, named without prefix; None if it is not there."""
    name = re.escape(f"hematoma_guide_{sample}")
    found = re.search(rf"^{name} (\S+)$", metrics.render(), re.MULTILINE)
    return float(found[1]) if found else None


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


RATES = ("session_rate", "address_rate", "new_session_rate")
GENEROUS = dict.fromkeys(RATES, "100000/minute")


@dataclass
class Served:
    """A running server."""

    url: str
    agent: StandInAgent
    channel: WebInput
    app: Sanic

    def client(self, **kwargs: Any) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=20, **kwargs)


class Chat:
    """A patient's page, as far as the server can tell."""

    def __init__(
        self, served: Served | None, client: httpx.Client | None = None, token: str = ""
    ) -> None:
        self.client = client or served.client()
        opened = token or self.client.post("/webhooks/web/session", json={}).json()["token"]
        self.token = str(opened)
        self._count = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, text: Any, message_id: Any = None, **kwargs: Any) -> httpx.Response:
        self._count += 1
        return self.client.post(
            "/webhooks/web/message",
            json={"text": text, "message_id": message_id or f"m{self._count}"},
            headers=self.headers,
            **kwargs,
        )

    def post_raw(self, body: bytes, content_type: str = "application/json") -> httpx.Response:
        headers = {**self.headers, "Content-Type": content_type}
        return self.client.post("/webhooks/web/message", content=body, headers=headers)

    def delete(self) -> httpx.Response:
        return self.client.delete("/webhooks/web/session", headers=self.headers)

    def vote(self, value: Any, message_id: str) -> int:
        body = {"message_id": message_id, "value": value}
        return self.client.post(
            "/webhooks/web/feedback", json=body, headers=self.headers
        ).status_code

    def ask(self, text: str, message_id: str | None = None) -> dict[str, Any]:
        response = self.post(text, message_id)
        assert response.status_code == 200, response.text
        return response.json()["messages"][0]


@contextmanager
def serve(agent: StandInAgent | None = None, port: int = 0, **settings: str) -> Iterator[Served]:
    """Run Rasa's own kind of app, with the web channel, on a free port of this machine."""
    agent = agent or StandInAgent()
    environ = {f"HEMATOMA_GUIDE_{name.upper()}": value for name, value in settings.items()}
    channel = WebInput(load_settings(environ), Metrics())
    app = app_with(channel, agent)
    with running(app, port) as url:
        yield Served(url, agent, channel, app)
