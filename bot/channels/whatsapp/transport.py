"""Gives answers to Meta's Graph API, and tells apart what can go wrong on the way."""

from collections.abc import Mapping
from typing import Any

from bot.channels.messaging.errors import FormError, HaltError, UnsureError, verdict_of
from bot.channels.messaging.message import Wire
from bot.channels.messaging.transport import SEND_SECONDS, Transport
from bot.channels.whatsapp import wire as forms
from bot.channels.whatsapp.errors import CODES, NO_SUCH_OBJECT, PAIR_LIMIT, PAIR_SECONDS
from bot.settings import Settings


class GraphTransport(Transport):
    """Meta's way of taking messages. Meta has no way to ask whether it has taken one."""

    compose = staticmethod(forms.compose)

    def __init__(self, settings: Settings, seconds: float = SEND_SECONDS) -> None:
        super().__init__(seconds, f"Bearer {settings.whatsapp_access_token}")
        self._url = (
            f"{settings.whatsapp_api_url}/{settings.whatsapp_api_version}"
            f"/{settings.whatsapp_phone_number_id}/messages"
        )

    async def send(self, address: Mapping[str, str], wire: Wire, token: str) -> None:
        """Give an answer to Meta, once."""
        envelope = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **address,
            "biz_opaque_callback_data": token,
        }
        try:
            await self._post({**envelope, **wire["message"]})
        except FormError:
            if "plain" not in wire:
                raise
            # The person must get the words, if not the buttons.
            await self._post({**envelope, **wire["plain"]})

    async def _post(self, message: dict[str, Any]) -> None:
        """Return if Meta has taken the message; else raise what that means for it."""
        answer = await self.request("POST", self._url, json=message)
        if answer.status == 200 and "error" not in answer.fields:
            if answer.fields.get("messages"):
                return
            raise UnsureError("unreadable")
        code = answer.number("error", "code")
        name = f"http_{answer.status}" if code is None else str(code)
        wait = max(answer.wait, PAIR_SECONDS) if code == PAIR_LIMIT else answer.wait
        if (code, answer.number("error", "error_subcode")) == NO_SUCH_OBJECT:
            raise HaltError(name, wait)
        raise verdict_of(code, CODES, answer.status)(name, wait)
