"""A stand-in for Meta's Graph API on loopback: its checks, its limits, and its bad days.

with FakeGraph() as graph:
    graph.fail_next(code(131056), RESET_AFTER)
    ...  # a bot whose settings are graph.settings() sends
    assert [sent.text for sent in graph.sent] == [...]
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from aiohttp import web

from tests.bot.channels.whatsapp import phone
from tests.bot.channels.whatsapp.graph_limits import problem_with
from tests.bot.channels.whatsapp.phone import Phone, deliver, out_of_order, replayed, together

__all__ = [
    "GARBLED",
    "RESET_AFTER",
    "RESET_BEFORE",
    "FakeGraph",
    "Fault",
    "Phone",
    "Sent",
    "code",
    "deliver",
    "http",
    "out_of_order",
    "replayed",
    "slow",
    "together",
]


@dataclass(frozen=True)
class Sent:
    """A message that Meta has taken.

    Attributes:
        to: whom it is for: phone number or business-scoped id.
        text: what the person reads.
        buttons: title and id of each button or row.
        raw: the whole request.
        at: when it was taken, on the clock of `time.monotonic`.
    """

    to: str
    text: str
    buttons: list[tuple[str, str]]
    raw: dict[str, Any]
    at: float

    @property
    def token(self) -> str:
        """What comes back in the statuses of the message."""
        return str(self.raw.get("biz_opaque_callback_data", ""))


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one request."""

    code: int | None = None  # Meta's error code
    subcode: int | None = None
    status: int | None = None  # HTTP status; without a code the body is a gateway's page
    retry_after: str | None = None
    seconds: float = 0.0  # late by so much
    resets: str = ""  # the connection breaks "before" or "after" the message is taken
    garbled: bool = False  # the message is taken, and the answer cannot be read


RESET_BEFORE = Fault(resets="before")
RESET_AFTER = Fault(resets="after")
GARBLED = Fault(garbled=True)


def code(number: int, status: int = 400, **more: Any) -> Fault:
    """Turn a message down with one of Meta's codes."""
    return Fault(code=number, status=status, **more)


def http(status: int, **more: Any) -> Fault:
    """Answer with a bare HTTP status, as a gateway does."""
    return Fault(status=status, **more)


def slow(seconds: float) -> Fault:
    """Take the message, but late."""
    return Fault(seconds=seconds)


# What goes wrong under `rate`: everything that a retry mends.
PASSING = (
    code(130429, 429),
    code(131000, 500),
    code(131016, 503),
    http(502),
    http(503),
    slow(0.3),
    RESET_BEFORE,
    RESET_AFTER,
    GARBLED,
)


class FakeGraph:
    """Serves ``POST /{version}/{phone_number_id}/messages`` until the block ends.

    Attributes:
        sent: what was taken, in the order of taking.
        refused: codes of messages turned down for their form or their credentials.
        tries: requests that came, whatever became of them.
        plan: returns the fault of a request (or None) from its number, counted from 0; asked
            when no fault of `fail_next` is left.
        report_to: address of the bot that is told what becomes of its messages; None for silence.
        reports: the statuses it is told.
    """

    def __init__(
        self,
        app_secret: str = phone.APP_SECRET,
        access_token: str = phone.ACCESS_TOKEN,
        phone_number_id: str = phone.PHONE_NUMBER_ID,
        version: str = "v26.0",
        port: int = 0,
    ) -> None:
        self.app_secret = app_secret
        self.access_token = access_token
        self.phone_number_id = phone_number_id
        self.version = version
        self.sent: list[Sent] = []
        self.refused: list[int] = []
        self.tries = 0
        self.plan: Callable[[int], Fault | None] = lambda number: None
        self.report_to: str | None = None
        self.reports: Sequence[str] = ("sent", "delivered")
        self.url = ""
        self._port = port
        self._faults: deque[Fault] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> FakeGraph:
        """Open the port."""
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(self, *_: Any) -> None:
        """Close it."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def settings(self) -> dict[str, str]:
        """Return the environment of a bot that talks to this server."""
        named = {
            "PHONE_NUMBER_ID": self.phone_number_id,
            "ACCESS_TOKEN": self.access_token,
            "APP_SECRET": self.app_secret,
            "VERIFY_TOKEN": phone.VERIFY_TOKEN,
            "API_VERSION": self.version,
            "API_URL": self.url,
        }
        return {f"HEMATOMA_GUIDE_WHATSAPP_{name}": value for name, value in named.items()}

    def fail_next(self, *faults: Fault) -> None:
        """Let the next requests go wrong, one fault each."""
        self._faults.extend(faults)

    def fail_at_random(self, rate: float, seed: int, faults: Sequence[Fault] = PASSING) -> None:
        """Let a part of all requests go wrong, the same ones for the same seed."""

        def fault_of(number: int) -> Fault | None:
            chance = random.Random(f"{seed} {number}")  # noqa: S311
            return chance.choice(faults) if chance.random() < rate else None

        self.plan = fault_of

    def to(self, phone_or_id: Phone | str) -> list[str]:
        """Return the texts one person got, in their order."""
        one = phone_or_id
        ids = (one.wa_id, one.user_id) if isinstance(one, Phone) else (one,)
        return [sent.text for sent in self.sent if sent.to in ids]

    def wait_for(self, count: int, seconds: float = 30.0) -> list[Sent]:
        """Wait until so many messages were taken; return all."""
        deadline = time.monotonic() + seconds
        while len(self.sent) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.sent) >= count, f"{len(self.sent)} of {count} messages in {seconds} s"
        return list(self.sent)

    def report(self, sent: Sent, *words: str, code: int | None = None) -> None:
        """Tell the bot what became of a message; `code` is why it failed."""
        assert self.report_to
        for word in words:
            webhook = phone.status(sent.token, word, code)
            assert deliver(self.report_to, webhook, app_secret=self.app_secret) == 200

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _open(self) -> None:
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        number, self.tries = self.tries, self.tries + 1
        body = await request.read()
        fault = (self._faults.popleft() if self._faults else self.plan(number)) or Fault()
        await asyncio.sleep(fault.seconds)
        if fault.resets == "before":
            return _broken_off(request)
        if fault.status is not None:
            return _turned_down(fault)
        refusal = self._refusal(request, body)
        if refusal is not None:
            self.refused.append(refusal.code or 0)
            return _turned_down(refusal)
        sent = self._take(json.loads(body))
        if self.report_to:
            task = asyncio.create_task(self._tell(sent))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if fault.resets == "after":
            return _broken_off(request)
        if fault.garbled:
            return web.Response(text="<html>Bye</html>", content_type="text/html")
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": sent.to, "wa_id": sent.to}],
                "messages": [{"id": phone.new_message_id()}],
            }
        )

    def _refusal(self, request: web.Request, body: bytes) -> Fault | None:
        if request.method != "POST":
            return code(100)
        if request.headers.get("Authorization") != f"Bearer {self.access_token}":
            return code(190, 401)
        if request.path == f"/{self.version}/{self.phone_number_id}/messages":
            try:
                problem = problem_with(json.loads(body))
            except ValueError:
                return code(100)
            return code(problem[0]) if problem else None
        wrong_number = request.path.startswith(f"/{self.version}/")
        return code(100, subcode=33) if wrong_number else code(2500)

    def _take(self, raw: dict[str, Any]) -> Sent:
        interactive = raw.get("interactive", {})
        text = interactive["body"]["text"] if interactive else raw["text"]["body"]
        action = interactive.get("action", {})
        shown = [button["reply"] for button in action.get("buttons", [])]
        shown += [row for section in action.get("sections", []) for row in section["rows"]]
        buttons = [
            (" ".join(filter(None, (one["title"], one.get("description")))), one["id"])
            for one in shown
        ]
        to = raw.get("to") or raw["recipient"]
        self.sent.append(sent := Sent(to, text, buttons, raw, time.monotonic()))
        return sent

    async def _tell(self, sent: Sent) -> None:
        """Bring the statuses of a message, each again and again until the bot takes it."""
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            for word in self.reports:
                body = json.dumps(phone.status(sent.token, word)).encode()
                headers = {"X-Hub-Signature-256": phone.signature(body, self.app_secret)}
                while self.report_to:
                    url = self.report_to + phone.WEBHOOK_PATH
                    with contextlib.suppress(httpx.HTTPError):  # the bot is down just now
                        if (await client.post(url, content=body, headers=headers)).is_success:
                            break
                    await asyncio.sleep(0.3)


def _broken_off(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _turned_down(fault: Fault) -> web.Response:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    if fault.code is None:
        page = "<html>Bad day</html>"
        return web.Response(
            status=fault.status or 500, text=page, headers=headers, content_type="text/html"
        )
    error: dict[str, Any] = {
        "message": f"(#{fault.code}) A message that our code must not need",
        "type": "OAuthException",
        "code": fault.code,
        "error_data": {"messaging_product": "whatsapp", "details": "Details"},
        "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam",
    }
    if fault.subcode is not None:
        error["error_subcode"] = fault.subcode
    return web.json_response({"error": error}, status=fault.status or 400, headers=headers)
