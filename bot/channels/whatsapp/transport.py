"""Gives answers to Meta's Graph API, and tells apart what can go wrong on the way."""

from __future__ import annotations

from typing import Any

from bot.channels.messaging.errors import UndeliverableError, UnsureError
from bot.channels.messaging.fitting import Words
from bot.channels.messaging.message import Outgoing, Wire
from bot.channels.messaging.platform_session import SEND_SECONDS, PlatformAnswer, PlatformSession
from bot.channels.messaging.verdict import Verdict, raise_verdict
from bot.channels.whatsapp import wire as forms
from bot.channels.whatsapp.errors import PAIR_LIMIT, PAIR_SECONDS, verdict
from bot.settings import Settings


class FormError(Exception):
    """Meta does not like the form of a message; the text is its code."""


class GraphTransport:
    """Meta's way of taking messages."""

    def __init__(self, settings: Settings, seconds: float = SEND_SECONDS) -> None:
        """Take the address and the token; nothing is opened yet.

        Args:
            settings: of this process.
            seconds: how long Meta may take over one message.
        """
        self._url = (
            f"{settings.whatsapp_api_url}/{settings.whatsapp_api_version}"
            f"/{settings.whatsapp_phone_number_id}/messages"
        )
        headers = {"Authorization": f"Bearer {settings.whatsapp_access_token}"}
        self._session = PlatformSession(seconds, headers=headers)

    def compose(self, message: Outgoing, words: Words) -> tuple[Wire, Outgoing | None]:
        """Put an answer into WhatsApp's form: see `wire.compose`."""
        return forms.compose(message, words)

    async def send(self, address: dict[str, str], wire: Wire, token: str) -> None:
        """Give an answer to Meta, once: see `Transport.send`."""
        envelope = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **address,
            "biz_opaque_callback_data": token,
        }
        try:
            try:
                await self._post({**envelope, **wire["message"]})
            except FormError:
                if "plain" not in wire:
                    raise
                # The person must get the words, if not the buttons.
                await self._post({**envelope, **wire["plain"]})
        except FormError as error:
            raise UndeliverableError(str(error)) from None

    async def was_taken(self, address: dict[str, str], wire: Wire, since: float) -> bool:
        """Say no: Meta has no way to ask; see `Transport.was_taken`."""
        return False

    async def close(self) -> None:
        """Give up the connections to Meta."""
        await self._session.close()

    async def _post(self, message: dict[str, Any]) -> None:
        _judge(await self._session.request("POST", self._url, json=message))


def _judge(answer: PlatformAnswer) -> None:
    """Return if Meta has taken the message; else raise what that means for it."""
    if answer.status == 200 and "error" not in answer.fields:
        if answer.fields.get("messages"):
            return
        raise UnsureError("unreadable")
    code = answer.number("error", "code")
    name = f"http_{answer.status}" if code is None else str(code)
    decided = verdict(code, answer.number("error", "error_subcode"), answer.status)
    if decided is Verdict.FORM:
        raise FormError(name)
    wait = max(answer.wait, PAIR_SECONDS) if code == PAIR_LIMIT else answer.wait
    raise_verdict(decided, name, wait)
