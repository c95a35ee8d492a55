"""Gives answers to Meta's Graph API, and tells apart what can go wrong on the way."""

from __future__ import annotations

from typing import Any

from actions.reply import Reply
from bot.channels.messaging.errors import FormError, UnsureError
from bot.channels.messaging.fitting import Words
from bot.channels.messaging.message import Wire
from bot.channels.messaging.platform_session import SEND_SECONDS, PlatformSession
from bot.channels.whatsapp import wire as forms
from bot.channels.whatsapp.errors import PAIR_LIMIT, PAIR_SECONDS, verdict
from bot.settings import Settings


class GraphTransport:
    """Meta's way of taking messages; see `Transport`."""

    def __init__(self, settings: Settings, seconds: float = SEND_SECONDS) -> None:
        self._url = (
            f"{settings.whatsapp_api_url}/{settings.whatsapp_api_version}"
            f"/{settings.whatsapp_phone_number_id}/messages"
        )
        headers = {"Authorization": f"Bearer {settings.whatsapp_access_token}"}
        self._session = PlatformSession(seconds, headers=headers)

    def compose(self, reply: Reply, words: Words) -> tuple[Wire, Reply | None]:
        """Put an answer into WhatsApp's form."""
        return forms.compose(reply, words)

    async def send(self, address: dict[str, str], wire: Wire, token: str) -> None:
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

    async def was_taken(self, address: dict[str, str], wire: Wire, since: float) -> bool:
        """Say no: Meta has no way to ask."""
        return False

    async def close(self) -> None:
        """Give up the connections to Meta."""
        await self._session.close()

    async def _post(self, message: dict[str, Any]) -> None:
        """Return if Meta has taken the message; else raise what that means for it."""
        answer = await self._session.request("POST", self._url, json=message)
        if answer.status == 200 and "error" not in answer.fields:
            if answer.fields.get("messages"):
                return
            raise UnsureError("unreadable")
        code = answer.number("error", "code")
        name = f"http_{answer.status}" if code is None else str(code)
        wait = max(answer.wait, PAIR_SECONDS) if code == PAIR_LIMIT else answer.wait
        subcode = answer.number("error", "error_subcode")
        raise verdict(code, subcode, answer.status)(name, wait)
