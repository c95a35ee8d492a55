"""What every stand-in for a messaging platform does on loopback: it listens, takes and fails."""

import asyncio
import contextlib
import random
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx
from aiohttp import web


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one request."""

    code: int | None = None  # the platform's error code
    subcode: int | None = None  # Meta alone has these
    status: int | None = None  # HTTP status; without a code the body is a gateway's page
    retry_after: str | None = None
    seconds: float = 0.0  # late by so much
    resets: str = ""  # the connection breaks "before" or "after" the message is taken
    garbled: bool = False  # the message is taken, and the answer cannot be read


RESET_BEFORE = Fault(resets="before")
RESET_AFTER = Fault(resets="after")
GARBLED = Fault(garbled=True)


def code(number: int, status: int = 400, **more: Any) -> Fault:
    return Fault(code=number, status=status, **more)


def http(status: int, **more: Any) -> Fault:
    return Fault(status=status, **more)


# What a retry mends on any platform; each adds its own passing codes.
PASSING = (http(502), http(503), Fault(seconds=0.3), RESET_BEFORE, RESET_AFTER, GARBLED)


def until(check: Callable[[], Any], seconds: float = 30.0, pause: float = 0.02) -> Any:
    """Wait until it gives something true, and return that."""
    deadline = time.monotonic() + seconds
    while not (got := check()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(pause)
    return got


@dataclass(frozen=True)
class Sent:
    """A message that the platform has taken."""

    to: str  # a phone number or an id
    text: str
    raw: dict[str, Any]  # what was asked of the platform
    buttons: Sequence[tuple[str, str]] = ()  # title and id of each button or row
    sid: str = ""  # Twilio's id
    at: float = field(default_factory=time.monotonic)


class FakePlatform:
    """Serves a platform's API until the block ends.

    Each platform has its own `settings` and `report`, and reads and answers requests in its own
    form: `_refusal`, `_read`, `_receipt`, `_error`.
    """

    passing: ClassVar[Sequence[Fault]] = PASSING  # what a retry mends
    taken: ClassVar[int] = 200
    reports: Sequence[str] = ("sent", "delivered")
    repeats_reports = False  # until the bot takes them

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.refused: list[int] = []  # codes of requests of a wrong form or with a wrong secret
        self.tries = 0
        # Gives the fault of a request, by its number, when no fault of `fail_next` is left.
        self.plan: Callable[[int], Fault | None] = lambda number: None
        self.report_to: str | None = None  # the bot; None for silence
        self.url = ""
        self._faults: deque[Fault] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Any:
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(self, *_: Any) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def fail_next(self, *faults: Fault) -> None:
        self._faults.extend(faults)

    def fail_at_random(self, rate: float, seed: int) -> None:
        def fault_of(number: int) -> Fault | None:
            chance = random.Random(f"{seed} {number}")  # noqa: S311
            return chance.choice(self.passing) if chance.random() < rate else None

        self.plan = fault_of

    def wait_for(self, count: int) -> list[Sent]:
        until(lambda: len(self.sent) >= count)
        return list(self.sent)

    def to(self, person: Any) -> list[str]:
        return [sent.text for sent in self.sent if sent.to in person.ids]

    def _found(self, request: web.Request) -> web.Response | None:
        return None

    async def _tell(self, sent: Sent) -> None:
        for word in self.reports:
            while self.report_to:
                with contextlib.suppress(httpx.HTTPError, AssertionError):  # the bot is down
                    await asyncio.to_thread(self.report, sent, word)
                    break
                if not self.repeats_reports:
                    break
                await asyncio.sleep(0.3)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        number, self.tries = self.tries, self.tries + 1
        body = (await request.read()).decode()
        fault = (self._faults.popleft() if self._faults else self.plan(number)) or Fault()
        await asyncio.sleep(fault.seconds)
        if fault.resets == "before":
            return _broken_off(request)
        if fault.status is not None:
            return self._turned_down(fault)
        if (found := self._found(request)) is not None:
            return found
        if refusal := self._refusal(request, body):
            self.refused.append(refusal.code or 0)
            return self._turned_down(refusal)
        self.sent.append(sent := self._read(body))
        if self.report_to:
            task = asyncio.create_task(self._tell(sent))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if fault.resets == "after":
            return _broken_off(request)
        if fault.garbled:
            return _page("Bye", self.taken)
        return web.json_response(self._receipt(sent), status=self.taken)

    def _turned_down(self, fault: Fault) -> web.Response:
        status = fault.status or 400
        headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
        if fault.code is None:
            return _page("Bad gateway", status, headers)
        return web.json_response(self._error(fault), status=status, headers=headers)

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _open(self) -> None:
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._runner.cleanup()


def _page(words: str, status: int, headers: dict[str, str] | None = None) -> web.Response:
    page = f"<html>{words}</html>"
    return web.Response(status=status, text=page, content_type="text/html", headers=headers)


def _broken_off(request: web.Request) -> web.Response:
    """Reset the connection: whoever waits for the answer gets none."""
    if request.transport is not None:
        open_socket = request.transport.get_extra_info("socket")
        open_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()
