"""A stand-in for Twilio's REST API on loopback: its checks, its limits, and its bad days.

with FakeTwilio() as twilio:
    twilio.fail_next(code(63018, 429), RESET_AFTER)
    ...  # a bot whose settings are twilio.settings() sends
    assert twilio.to(Phone()) == [...]
"""

from __future__ import annotations

import asyncio
import base64
import random
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from aiohttp import web

from tests.bot.channels.twilio_whatsapp import phone
from tests.bot.channels.twilio_whatsapp.phone import Fields, Phone, deliver, new_sid, post

__all__ = [
    "GARBLED",
    "RESET_AFTER",
    "RESET_BEFORE",
    "FakeTwilio",
    "Fault",
    "Phone",
    "Sent",
    "code",
    "deliver",
    "http",
    "slow",
]

BODY = 1600


@dataclass(frozen=True)
class Sent:
    """A message that Twilio has taken.

    Attributes:
        to: whom it is for, as ``whatsapp:+16505551234``.
        text: what the person reads.
        raw: all fields of the request.
        at: when it was taken, on the clock of `time.monotonic`.
        sid: Twilio's id of it.
    """

    to: str
    text: str
    raw: Fields
    at: float
    sid: str

    @property
    def token(self) -> str:
        """What comes back in the status callbacks of the message."""
        return self.raw.get("StatusCallback", "").rpartition("?answer=")[2]


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one request."""

    code: int | None = None  # Twilio's error code
    status: int | None = None  # HTTP status; without a code the body is a gateway's page
    retry_after: str | None = None
    seconds: float = 0.0  # late by so much
    resets: str = ""  # the connection breaks "before" or "after" the message is taken
    garbled: bool = False  # the message is taken, and the answer cannot be read


RESET_BEFORE = Fault(resets="before")
RESET_AFTER = Fault(resets="after")
GARBLED = Fault(garbled=True)


def code(number: int, status: int = 400, **more: Any) -> Fault:
    """Turn a message down with one of Twilio's codes."""
    return Fault(code=number, status=status, **more)


def http(status: int, **more: Any) -> Fault:
    """Answer with a bare HTTP status, as a gateway does."""
    return Fault(status=status, **more)


def slow(seconds: float) -> Fault:
    """Take the message, but late."""
    return Fault(seconds=seconds)


# What goes wrong with `fail_at_random`: everything that a retry mends.
PASSING = (
    code(20429, 429),
    code(63018, 429),
    code(20500, 500),
    code(20503, 503),
    http(502),
    http(503),
    slow(0.3),
    RESET_BEFORE,
    RESET_AFTER,
    GARBLED,
)


class FakeTwilio:
    """Serves ``POST /2010-04-01/Accounts/{sid}/Messages.json`` until the block ends.

    Attributes:
        sent: what was taken, in the order of taking.
        refused: codes of requests turned down for their form or their credentials.
        tries: requests that came, whatever became of them.
        plan: returns the fault of a request (or None) from its number, counted from 0; asked
            when no fault of `fail_next` is left.
        report_to: address of the bot that is told what becomes of its messages, in place of the
            public one, which still stands in the signature; None for silence.
        reports: the statuses it is told.
        told: the status codes it answered them with; 0 if it was not there.
    """

    def __init__(
        self,
        account_sid: str = phone.ACCOUNT_SID,
        auth_token: str = phone.AUTH_TOKEN,
        number: str = phone.NUMBER,
        port: int = 0,
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.number = number
        self.sent: list[Sent] = []
        self.refused: list[int] = []
        self.tries = 0
        self.plan: Callable[[int], Fault | None] = lambda number: None
        self.report_to: str | None = None
        self.reports: Sequence[str] = ("queued", "sent", "delivered")
        self.told: list[int] = []
        self.url = ""
        self._port = port
        self._faults: deque[Fault] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> FakeTwilio:
        """Open the port."""
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(self, *_: Any) -> None:
        """Close it."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def settings(self, public_url: str = phone.PUBLIC_URL) -> dict[str, str]:
        """Return the environment of a bot that talks to this server."""
        named = {
            "TWILIO_ACCOUNT_SID": self.account_sid,
            "TWILIO_AUTH_TOKEN": self.auth_token,
            "TWILIO_NUMBER": self.number,
            "TWILIO_API_URL": self.url,
            "PUBLIC_URL": public_url,
        }
        return {f"HEMATOMA_GUIDE_{name}": value for name, value in named.items()}

    def fail_next(self, *faults: Fault) -> None:
        """Let the next requests go wrong, one fault each."""
        self._faults.extend(faults)

    def fail_at_random(self, rate: float, seed: int, faults: Sequence[Fault] = PASSING) -> None:
        """Let a part of all requests go wrong, the same ones for the same seed."""

        def fault_of(number: int) -> Fault | None:
            chance = random.Random(f"{seed} {number}")  # noqa: S311
            return chance.choice(faults) if chance.random() < rate else None

        self.plan = fault_of

    def to(self, person: Phone | str) -> list[str]:
        """Return the texts one person got, in their order."""
        address = person.address if isinstance(person, Phone) else person
        return [sent.text for sent in self.sent if sent.to == address]

    def wait_for(self, count: int, seconds: float = 30.0) -> list[Sent]:
        """Wait until so many messages were taken; return all."""
        deadline = time.monotonic() + seconds
        while len(self.sent) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.sent) >= count, f"{len(self.sent)} of {count} messages in {seconds} s"
        return list(self.sent)

    def report(self, sent: Sent, word: str, code: int | None = None) -> int:
        """Tell the bot what became of a message; `code` is why it failed."""
        assert self.report_to
        url = urlsplit(sent.raw["StatusCallback"])
        fields = {
            "ChannelPrefix": "whatsapp",
            "ApiVersion": "2010-04-01",
            "MessageStatus": word,
            "SmsSid": sent.sid,
            "SmsStatus": word,
            "ChannelInstallSid": "XE00000000000000000000000000000001",
            "To": sent.to,
            "From": self.number,
            "MessageSid": sent.sid,
            "AccountSid": self.account_sid,
            "ChannelStatusMessage": "",
        }
        if code is not None:
            fields["ErrorCode"] = str(code)
        return post(
            self.report_to,
            f"{url.scheme}://{url.netloc}",
            f"{url.path}?{url.query}",
            fields,
            auth_token=self.auth_token,
        )

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
        body = await request.text()
        fault = (self._faults.popleft() if self._faults else self.plan(number)) or Fault()
        await asyncio.sleep(fault.seconds)
        if fault.resets == "before":
            return _broken_off(request)
        if fault.status is not None:
            return _turned_down(fault)
        if request.method == "GET":
            return self._list(request)
        form = dict(parse_qsl(body, keep_blank_values=True))
        if refusal := self._refusal(request, form):
            self.refused.append(refusal.code or 0)
            return _turned_down(refusal)
        sent = Sent(form["To"], form["Body"], form, time.monotonic(), new_sid())
        self.sent.append(sent)
        if self.report_to:
            task = asyncio.create_task(self._tell(sent))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if fault.resets == "after":
            return _broken_off(request)
        if fault.garbled:
            return web.Response(status=201, text="<html>Bye</html>", content_type="text/html")
        return web.json_response(_resource(sent, self.account_sid), status=201)

    def _list(self, request: web.Request) -> web.Response:
        """The last messages to one person, the newest first."""
        query = request.query
        found = [
            _resource(sent, self.account_sid)
            for sent in reversed(self.sent)
            if (sent.to, sent.raw["From"]) == (query.get("To"), query.get("From"))
        ]
        return web.json_response({"messages": found[: int(query.get("PageSize", "50"))]})

    def _refusal(self, request: web.Request, form: Fields) -> Fault | None:
        credentials = f"{self.account_sid}:{self.auth_token}".encode()
        is_us = request.headers.get("Authorization") == (
            "Basic " + base64.b64encode(credentials).decode()
        )
        place = f"/2010-04-01/Accounts/{self.account_sid}/Messages.json"
        refusals = (
            (not is_us, code(20003, 401)),
            (request.path != place, code(20404, 404)),
            (request.method != "POST", code(20004, 405)),
            (request.content_type != "application/x-www-form-urlencoded", code(20001, 400)),
            (not form.get("From"), code(21603)),
            (not form.get("To"), code(21604)),
            (not form.get("Body", "").strip(), code(21602)),
            (form.get("From") != self.number, code(63007)),
            (not form.get("To", "").startswith("whatsapp:"), code(21910)),
            # The strictest way of counting that the documentation allows for.
            (len(form.get("Body", "").encode("utf-16-le")) > 2 * BODY, code(21617)),
            (not form.get("StatusCallback", "").startswith("http"), code(21609)),
        )
        return next((refusal for is_wrong, refusal in refusals if is_wrong), None)

    async def _tell(self, sent: Sent) -> None:
        for word in self.reports:
            failed = word in ("failed", "undelivered")
            try:
                status = await asyncio.to_thread(self.report, sent, word, 63016 if failed else None)
            except httpx.HTTPError:  # the bot is not running: Twilio gives up, too
                status = 0
            self.told.append(status)


def _resource(sent: Sent, account_sid: str) -> dict[str, Any]:
    return {
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "body": sent.text,
        "date_created": formatdate(time.time() - (time.monotonic() - sent.at)),
        "date_sent": None,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": sent.raw["From"],
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "sid": sent.sid,
        "status": "queued",
        "to": sent.to,
        "uri": f"/2010-04-01/Accounts/{account_sid}/Messages/{sent.sid}.json",
    }


def _turned_down(fault: Fault) -> web.Response:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
    status = fault.status or 400
    if fault.code is None:
        page = "<html>Bad gateway</html>"
        return web.Response(status=status, text=page, content_type="text/html", headers=headers)
    error = {
        "code": fault.code,
        "message": "A sentence of Twilio's about whatsapp:+16505551234",
        "more_info": f"https://www.twilio.com/docs/errors/{fault.code}",
        "status": status,
    }
    return web.json_response(error, status=status, headers=headers)


def _broken_off(request: web.Request) -> web.Response:
    """Reset the connection: whoever waits for the answer gets none."""
    assert request.transport is not None
    open_socket = request.transport.get_extra_info("socket")
    open_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
    return web.Response()
