"""Gives answers to Twilio's REST API, and tells apart what can go wrong on the way.

https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime
from typing import Any

from aiohttp import BasicAuth

from actions.reply import Reply
from bot.channels.messaging.errors import TryAgainError, UnsureError
from bot.channels.messaging.fitting import Words, fitted, with_choices
from bot.channels.messaging.message import Wire
from bot.channels.messaging.platform_session import SEND_SECONDS, PlatformSession
from bot.channels.twilio_whatsapp.errors import verdict
from bot.settings import Settings

BODY = 1600  # characters; of Twilio's count we know only that some characters count double
LOOKED_THROUGH = 20  # messages, when an answer's fate is unknown
CLOCKS_DIFFER = 5.0  # seconds that Twilio's clock may be behind ours

_MOST_NUMBERED = 500  # of all choices as numbered lines: the rest is for the answer


class TwilioTransport:
    """Twilio's way of taking messages; see `Transport`."""

    def __init__(self, settings: Settings, status_path: str, seconds: float = SEND_SECONDS) -> None:
        account = settings.twilio_account_sid or ""
        self._url = f"{settings.twilio_api_url}/2010-04-01/Accounts/{account}/Messages.json"
        self._from = settings.twilio_number or ""
        self._status_url = f"{settings.public_url}{status_path}"
        auth = BasicAuth(account, settings.twilio_auth_token or "")
        self._session = PlatformSession(seconds, auth=auth)

    def compose(self, reply: Reply, words: Words) -> tuple[Wire, Reply | None]:
        """Put an answer into one text, its buttons as numbered lines."""
        reply, choices = with_choices(reply, words.choose, _MOST_NUMBERED, _length)
        room = limit = BODY - _length(choices)
        while True:
            now, rest = fitted(reply, limit, words)
            too_much = _length(now.text) - room
            if too_much <= 0:
                return {"text": now.text + choices}, rest
            limit = min(limit, len(now.text)) - too_much

    async def send(self, address: dict[str, str], wire: Wire, token: str) -> None:
        """Give an answer to Twilio, once."""
        form = {
            "From": self._from,
            "To": address["to"],
            "Body": wire["text"],
            "StatusCallback": f"{self._status_url}?answer={token}",
        }
        answer = await self._session.request("POST", self._url, data=form)
        if answer.status in (200, 201):
            if answer.fields.get("sid"):
                return
            raise UnsureError("unreadable")
        code = answer.number("code")
        name = f"http_{answer.status}" if code is None else str(code)
        raise verdict(code, answer.status)(name, answer.wait)

    async def was_taken(self, address: dict[str, str], wire: Wire, since: float) -> bool:
        """Ask Twilio for the last messages to this person."""
        query = {"From": self._from, "To": address["to"], "PageSize": str(LOOKED_THROUGH)}
        try:
            answer = await self._session.request("GET", self._url, params=query)
        except UnsureError as error:  # a question that is lost can be asked again
            raise TryAgainError(str(error)) from None
        if answer.status != 200:
            raise TryAgainError(f"http_{answer.status}")
        return any(
            message.get("body") == wire["text"] and _created(message) >= since - CLOCKS_DIFFER
            for message in answer.fields.get("messages", ())
        )

    async def close(self) -> None:
        """Give up the connections to Twilio."""
        await self._session.close()


def _created(message: dict[str, Any]) -> float:
    """When Twilio took a message, in seconds since 1970; the end of time if it does not say."""
    try:
        return parsedate_to_datetime(message["date_created"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return math.inf


def _length(text: str) -> int:
    """Characters as UTF-16 counts them: one that needs two units may count double at Twilio."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
