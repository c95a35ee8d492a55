"""Twilio's side on loopback: a patient's phone, whose webhooks it signs, and its REST API."""

import itertools
import time
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from aiohttp import BasicAuth, web
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from tests.bot.channels.messaging.fake_platform import PASSING, FakePlatform, Fault, Sent, code

ACCOUNT_SID = "AC0123456789abcdef0123456789abcdef"
AUTH_TOKEN = "0123456789abcdef-auth-token"
NUMBER = "whatsapp:+15550001111"
PUBLIC_URL = "https://bot.clinic.example"
WEBHOOK_PATH = "/webhooks/twilio_whatsapp/webhook"
STATUS_PATH = "/webhooks/twilio_whatsapp/status"
BODY = 1600

Fields = dict[str, str]
Pairs = list[tuple[str, str]]  # for forms in which a name comes more than once
_counter = itertools.count(1)


@dataclass(frozen=True)
class Phone:
    """One person on WhatsApp; each method is one thing they do, as Twilio tells of it."""

    number: str = "+16505551234"  # or an id without a number, as ``US.1349``
    name: str = "Anna Canary"
    account_sid: str = ACCOUNT_SID
    clinic: str = NUMBER

    @property
    def address(self) -> str:
        return f"whatsapp:{self.number}"

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.address,)

    def text(self, body: str, **more: str) -> Fields:
        return self.message("text", Body=body, **more)

    def tap(self, payload: str, title: str) -> Fields:
        return self.message("button", Body=title, ButtonPayload=payload, ButtonText=title)

    def image(self, caption: str = "") -> Fields:
        file = {"MediaContentType0": "image/jpeg", "MediaUrl0": "https://api.twilio.example/ME1"}
        return self.message("image", Body=caption, NumMedia="1", **file)

    def reaction(self) -> Fields:
        return self.message("reaction", Body="\U0001f44d")

    def message(self, kind: str, **fields: str) -> Fields:
        sid = f"SM{next(_counter):032x}"
        has_number = self.number.startswith("+")
        return {
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "ProfileName": self.name,
            "MessageType": kind,
            "SmsSid": sid,
            **({"WaId": self.number.removeprefix("+")} if has_number else {}),
            "SmsStatus": "received",
            "To": self.clinic,
            "NumSegments": "1",
            "ReferralNumMedia": "0",
            "MessageSid": sid,
            "AccountSid": self.account_sid,
            "ChannelMetadata": '{"type":"whatsapp","data":{}}',
            "From": self.address,
            "ApiVersion": "2010-04-01",
            **fields,
        }


def signed(
    fields: Fields | Pairs,
    path: str = WEBHOOK_PATH,
    public_url: str = PUBLIC_URL,
    auth_token: str = AUTH_TOKEN,
) -> tuple[bytes, dict[str, str]]:
    # By Twilio's own library.
    signature = RequestValidator(auth_token).compute_signature(public_url + path, MultiDict(fields))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "X-Twilio-Signature": signature,
        "User-Agent": "TwilioProxy/1.1",
    }
    return urlencode(fields).encode(), headers


def post(
    bot_url: str, fields: Fields | Pairs, path: str = WEBHOOK_PATH, public_url: str = PUBLIC_URL
) -> int:
    """Call an address of the bot, signed for what Twilio believes it to be; return the status."""
    body, headers = signed(fields, path, public_url)
    url = bot_url + path
    return httpx.post(url, content=body, headers=headers, timeout=30, trust_env=False).status_code


class FakeTwilio(FakePlatform):
    """Serves ``POST /2010-04-01/Accounts/{sid}/Messages.json`` until the block ends.

    `report_to` stands in place of the public address, which still stands in the signature.
    """

    passing = (code(20429, 429), code(63018, 429), code(20500, 500), code(20503, 503), *PASSING)
    taken = 201
    reports = ("queued", "sent", "delivered")
    public_url = PUBLIC_URL

    def settings(self) -> dict[str, str]:
        named = {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_NUMBER": NUMBER,
            "TWILIO_API_URL": self.url,
            "PUBLIC_URL": self.public_url,
        }
        return {f"HEMATOMA_GUIDE_{name}": value for name, value in named.items()}

    def report(self, sent: Sent, word: str, code: int | None = None) -> None:
        assert self.report_to
        url = urlsplit(sent.raw["StatusCallback"])
        fields = {
            "MessageStatus": word,
            "SmsSid": sent.sid,
            "SmsStatus": word,
            "To": sent.to,
            "From": NUMBER,
            "MessageSid": sent.sid,
            "AccountSid": ACCOUNT_SID,
            **({} if code is None else {"ErrorCode": str(code)}),
        }
        site = f"{url.scheme}://{url.netloc}"
        assert post(self.report_to, fields, f"{url.path}?{url.query}", site) == 204

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
        us = BasicAuth(ACCOUNT_SID, AUTH_TOKEN).encode()
        place = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
        refusals = (
            (request.headers.get("Authorization") != us, code(20003, 401)),
            (request.path != place, code(20404, 404)),
            (request.content_type != "application/x-www-form-urlencoded", code(20001, 400)),
            (not form.get("Body", "").strip(), code(21602)),
            (form.get("From") != NUMBER, code(63007)),
            # The strictest way of counting that the documentation allows for.
            (len(form.get("Body", "").encode("utf-16-le")) > 2 * BODY, code(21617)),
            (not form.get("StatusCallback", "").startswith("http"), code(21609)),
        )
        return next((refusal for is_wrong, refusal in refusals if is_wrong), None)

    def _read(self, body: str) -> Sent:
        form = _form(body)
        return Sent(form["To"], form["Body"], form, sid=f"SM{next(_counter):032x}")

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


def _form(body: str) -> Fields:
    return dict(parse_qsl(body, keep_blank_values=True))
