"""A real server with the web channel in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sanic import Sanic

from bot.channels.metrics import Metrics
from bot.channels.web import WebInput
from bot.settings import load_settings
from tests.bot.channels.sanic_server import app_with, running
from tests.bot.channels.stand_in import StandInAgent

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
