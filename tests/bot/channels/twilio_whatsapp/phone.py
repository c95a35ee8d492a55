"""A patient's phone: webhooks of the shape Twilio sends, signed and delivered as Twilio does."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
from multidict import MultiDict
from twilio.request_validator import RequestValidator

ACCOUNT_SID = "AC0123456789abcdef0123456789abcdef"
AUTH_TOKEN = "0123456789abcdef-auth-token"
NUMBER = "whatsapp:+15550001111"
PUBLIC_URL = "https://bot.clinic.example"
WEBHOOK_PATH = "/webhooks/twilio_whatsapp/webhook"
STATUS_PATH = "/webhooks/twilio_whatsapp/status"

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

    def text(self, body: str, **more: str) -> Fields:
        return self.message("text", Body=body, **more)

    def tap(self, payload: str, title: str) -> Fields:
        return self.message("button", Body=title, ButtonPayload=payload, ButtonText=title)

    def pick(self, payload: str, title: str) -> Fields:
        return self.message("interactive", Body=title, ListId=payload, ListTitle=title)

    def image(self, caption: str = "") -> Fields:
        file = {"MediaContentType0": "image/jpeg", "MediaUrl0": "https://api.twilio.example/ME1"}
        return self.message("image", Body=caption, NumMedia="1", **file)

    def reaction(self, emoji: str = "\U0001f44d") -> Fields:
        return self.message("reaction", Body=emoji)

    def message(self, kind: str, **fields: str) -> Fields:
        sid = new_sid()
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


def new_sid() -> str:
    return f"SM{next(_counter):032x}"


def signature(url: str, fields: Fields | Pairs, auth_token: str = AUTH_TOKEN) -> str:
    signed = RequestValidator(auth_token).compute_signature(url, MultiDict(fields))
    return str(signed)


def signed(
    fields: Fields | Pairs,
    path: str = WEBHOOK_PATH,
    public_url: str = PUBLIC_URL,
    auth_token: str = AUTH_TOKEN,
) -> tuple[bytes, dict[str, str]]:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "X-Twilio-Signature": signature(public_url + path, fields, auth_token),
        "User-Agent": "TwilioProxy/1.1",
    }
    return urlencode(fields).encode(), headers


def post(bot_url: str, public_url: str, path: str, fields: Fields | Pairs) -> int:
    """Call an address of the bot, signed for what Twilio believes it to be; return the status."""
    body, headers = signed(fields, path, public_url)
    with httpx.Client(timeout=30, trust_env=False) as client:
        return client.post(bot_url + path, content=body, headers=headers).status_code


def deliver(bot_url: str, public_url: str, fields: Fields, *, times: int = 1) -> int:
    return [post(bot_url, public_url, WEBHOOK_PATH, fields) for _ in range(times)][-1]
