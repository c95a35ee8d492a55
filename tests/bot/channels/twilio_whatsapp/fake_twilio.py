"""A stand-in for Twilio's REST API on loopback: its checks, its limits, and its bad days."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from aiohttp import web

from tests.bot.channels.messaging.fake_platform import PASSING, FakePlatform, Fault, code
from tests.bot.channels.twilio_whatsapp import phone
from tests.bot.channels.twilio_whatsapp.phone import Fields, Phone, deliver, new_sid, post

__all__ = ["FakeTwilio", "Phone", "Sent", "deliver"]

BODY = 1600


@dataclass(frozen=True)
class Sent:
    """A message that Twilio has taken."""

    to: str  # as ``whatsapp:+16505551234``
    text: str
    raw: Fields  # of the request
    at: float  # on the clock of `time.monotonic`
    sid: str

    @property
    def token(self) -> str:
        return self.raw.get("StatusCallback", "").rpartition("?answer=")[2]


class FakeTwilio(FakePlatform[Sent]):
    """Serves ``POST /2010-04-01/Accounts/{sid}/Messages.json`` until the block ends.

    `report_to` stands in place of the public address, which still stands in the signature.
    """

    passing = (code(20429, 429), code(63018, 429), code(20500, 500), code(20503, 503), *PASSING)
    taken = 201
    reports = ("queued", "sent", "delivered")
    public_url = phone.PUBLIC_URL

    def settings(self) -> dict[str, str]:
        named = {
            "TWILIO_ACCOUNT_SID": phone.ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": phone.AUTH_TOKEN,
            "TWILIO_NUMBER": phone.NUMBER,
            "TWILIO_API_URL": self.url,
            "PUBLIC_URL": self.public_url,
        }
        return {f"HEMATOMA_GUIDE_{name}": value for name, value in named.items()}

    def to(self, person: Phone | str) -> list[str]:
        address = person.address if isinstance(person, Phone) else person
        return [sent.text for sent in self.sent if sent.to == address]

    def report(self, sent: Sent, word: str, code: int | None = None) -> None:
        assert self.report_to
        url = urlsplit(sent.raw["StatusCallback"])
        fields = {
            "MessageStatus": word,
            "SmsSid": sent.sid,
            "SmsStatus": word,
            "To": sent.to,
            "From": phone.NUMBER,
            "MessageSid": sent.sid,
            "AccountSid": phone.ACCOUNT_SID,
            **({} if code is None else {"ErrorCode": str(code)}),
        }
        site = f"{url.scheme}://{url.netloc}"
        assert post(self.report_to, site, f"{url.path}?{url.query}", fields) == 204

    def _found(self, request: web.Request) -> web.Response | None:
        if request.method != "GET":
            return None
        query = request.query
        found = [
            self._receipt(sent)
            for sent in reversed(self.sent)
            if (sent.to, sent.raw["From"]) == (query.get("To"), query.get("From"))
        ]
        return web.json_response({"messages": found[: int(query.get("PageSize", "50"))]})

    def _refusal(self, request: web.Request, body: str) -> Fault | None:
        form = _form(body)
        credentials = f"{phone.ACCOUNT_SID}:{phone.AUTH_TOKEN}".encode()
        is_us = request.headers.get("Authorization") == (
            "Basic " + base64.b64encode(credentials).decode()
        )
        place = f"/2010-04-01/Accounts/{phone.ACCOUNT_SID}/Messages.json"
        refusals = (
            (not is_us, code(20003, 401)),
            (request.path != place, code(20404, 404)),
            (request.content_type != "application/x-www-form-urlencoded", code(20001, 400)),
            (not form.get("Body", "").strip(), code(21602)),
            (form.get("From") != phone.NUMBER, code(63007)),
            # The strictest way of counting that the documentation allows for.
            (len(form.get("Body", "").encode("utf-16-le")) > 2 * BODY, code(21617)),
            (not form.get("StatusCallback", "").startswith("http"), code(21609)),
        )
        return next((refusal for is_wrong, refusal in refusals if is_wrong), None)

    def _read(self, body: str) -> Sent:
        form = _form(body)
        return Sent(form["To"], form["Body"], form, time.monotonic(), new_sid())

    def _receipt(self, sent: Sent) -> dict[str, Any]:
        return {
            "sid": sent.sid,
            "status": "queued",
            "from": sent.raw["From"],
            "to": sent.to,
            "body": sent.text,
            "date_created": formatdate(time.time() - (time.monotonic() - sent.at)),
        }

    def _error(self, fault: Fault) -> dict[str, Any]:
        return {
            "code": fault.code,
            "message": "A sentence of Twilio's about whatsapp:+16505551234",
            "more_info": f"https://www.twilio.com/docs/errors/{fault.code}",
            "status": fault.status,
        }

    async def _tell(self, sent: Sent) -> None:
        for word in self.reports:
            with contextlib.suppress(httpx.HTTPError, AssertionError):
                await asyncio.to_thread(self.report, sent, word)


def _form(body: str) -> Fields:
    return dict(parse_qsl(body, keep_blank_values=True))
