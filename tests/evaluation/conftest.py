"""A small bot with fixed replies, and short ways to make questions and replies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest


class StubBot:
    """Answers over HTTP as Rasa's REST channel does, and remembers what it was asked."""

    def __init__(self) -> None:
        """Start listening on a free port."""
        self.asked: list[dict[str, Any]] = []
        self.replies: dict[str, list[dict[str, Any]]] = {}
        self.default: Any = [{"text": "Hello.", "custom": {"outcome": "smalltalk"}}]
        self.status = 200
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        bot = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def do_POST(self) -> None:
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                bot.asked.append(message)
                body = json.dumps(bot.replies.get(message["message"], bot.default)).encode()
                self.send_response(bot.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler


@pytest.fixture
def stub_bot() -> Iterator[StubBot]:
    """A small bot that listens until the test ends."""
    bot = StubBot()
    yield bot
    bot.stop()
