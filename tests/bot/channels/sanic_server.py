"""Rasa's own kind of app, with one channel, on a real port of this machine."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from rasa.core.channels.channel import InputChannel, register
from rasa.core.run import _create_app_without_api
from sanic import Sanic

from bot.bounded_http import BoundedProtocol, bound

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
