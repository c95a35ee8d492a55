"""Gives answers to Twilio's REST API, and tells apart what can go wrong on the way.

https://www.twilio.com/docs/messaging/api/message-resource
"""

import math
from base64 import b64encode
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from actions.reply import Reply
from bot.channels.messaging.errors import TryAgainError, UnsureError, verdict_of
from bot.channels.messaging.fitting import Words, fitted, with_choices
from bot.channels.messaging.message import Wire
from bot.channels.messaging.transport import SEND_SECONDS, Transport
from bot.channels.twilio_whatsapp.errors import CODES
from bot.settings import Settings

BODY = 1600  # characters; of Twilio's count we know only that some characters count double
LOOKED_THROUGH = 20  # messages, when an answer's fate is unknown
CLOCKS_DIFFER = 5.0  # seconds that Twilio's clock may be behind ours

_MOST_NUMBERED = 500  # of all choices as numbered lines: the rest is for the answer


class TwilioTransport(Transport):
    """Twilio's way of taking messages."""

    def __init__(self, settings: Settings, status_path: str, seconds: float = SEND_SECONDS) -> None:
        account = settings.twilio_account_sid
        pair = f"{account}:{settings.twilio_auth_token}"
        super().__init__(seconds, f"Basic {b64encode(pair.encode()).decode()}")
        self._url = f"{settings.twilio_api_url}/2010-04-01/Accounts/{account}/Messages.json"
        self._from = settings.twilio_number
        self._status_url = f"{settings.public_url}{status_path}"

    @staticmethod
    def compose(reply: Reply, words: Words) -> tuple[Wire, Reply | None]:
        """Put an answer into one text, its buttons as numbered lines."""
        reply, choices = with_choices(reply, words.choose, _MOST_NUMBERED, _length)
        now, rest = fitted(reply, BODY - _length(choices), words, _length)
        return {"text": now.text + choices}, rest

    async def send(self, address: Mapping[str, str], wire: Wire, token: str) -> None:
        """Give an answer to Twilio, once."""
        form = {
            "From": self._from,
            "To": address["to"],
            "Body": wire["text"],
            "StatusCallback": f"{self._status_url}?answer={token}",
        }
        answer = await self.request("POST", self._url, data=form)
        if answer.status in (200, 201):
            if answer.fields.get("sid"):
                return
            raise UnsureError("unreadable")
        code = answer.number("code")
        name = f"http_{answer.status}" if code is None else str(code)
        raise verdict_of(code, CODES, answer.status)(name, answer.wait)

    async def was_taken(self, address: Mapping[str, str], wire: Wire, since: float) -> bool:
        """Ask Twilio for the last messages to this person."""
        query = {"From": self._from, "To": address["to"], "PageSize": str(LOOKED_THROUGH)}
        try:
            answer = await self.request("GET", self._url, params=query)
        except UnsureError as error:  # a question that is lost can be asked again
            raise TryAgainError(str(error)) from None
        if answer.status != 200:
            raise TryAgainError(f"http_{answer.status}")
        return any(
            message.get("body") == wire["text"] and _created(message) >= since - CLOCKS_DIFFER
            for message in answer.fields.get("messages", ())
        )


def _created(message: dict[str, Any]) -> float:
    """When Twilio took a message, in seconds since 1970; the end of time if it does not say."""
    try:
        return parsedate_to_datetime(message["date_created"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return math.inf


def _length(text: str) -> int:
    """Characters as UTF-16 counts them: one that needs two units may count double at Twilio."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
