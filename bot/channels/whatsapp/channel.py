"""The WhatsApp channel: takes Meta's webhooks, and lets the courier answer them."""

import hashlib
import hmac
import re

from sanic.request import Request
from sanic.response import HTTPResponse, empty, text

from bot.channels import incoming
from bot.channels.messaging.connector import Connector, Handler
from bot.channels.messaging.transport import Transport
from bot.channels.refusals import Refusal
from bot.channels.whatsapp.transport import GraphTransport
from bot.channels.whatsapp.webhook import read_webhook

MOST_BYTES = 3_200_000  # Meta's webhooks hold up to 3 MB

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


class WhatsAppInput(Connector):
    """Talks to patients on WhatsApp, through Meta's Cloud API."""

    platform = "whatsapp"
    needs = "whatsapp_phone_number_id"

    def transport(self) -> Transport:
        """Make the way to Meta."""
        return GraphTransport(self.settings)

    def routes(self) -> tuple[tuple[str, str, Handler], ...]:
        """The one address that Meta calls, in two ways."""
        return ("GET", "/webhook", self._shake_hands), ("POST", "/webhook", self._receive)

    async def _shake_hands(self, request: Request) -> HTTPResponse:
        """Prove to Meta that this is the address the clinic has entered."""
        challenge = request.args.get("hub.challenge", "")
        is_asked = request.args.get("hub.mode") == "subscribe"
        token = request.args.get("hub.verify_token", "")
        knows_us = _is_same(token, self.settings.whatsapp_verify_token)
        # The challenge is sent back, so nothing that a browser could run is taken for one.
        if not (is_asked and knows_us and _CHALLENGE.fullmatch(challenge)):
            raise Refusal("wrong_verify_token")
        return text(challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def _receive(self, request: Request) -> HTTPResponse:
        """Take what Meta brings; it is answered in the background."""
        body = await incoming.read_body(request, MOST_BYTES)
        header = request.headers.get("X-Hub-Signature-256")
        if not is_signed(body, header, self.settings.whatsapp_app_secret):
            raise Refusal("wrong_signature")
        webhook = read_webhook(incoming.parse_object(body), self.settings.whatsapp_phone_number_id)
        for reason in webhook.dropped:
            self.metrics.add("dropped_total", channel=self.name(), reason=reason)
        await self.courier.take(*webhook.messages)
        for receipt in webhook.statuses:
            await self.courier.confirm(receipt)
        return empty(200)


def is_signed(body: bytes, header: str | None, app_secret: str | None) -> bool:
    """Whether the header proves that who sent the body, byte by byte, knows the app secret."""
    if not app_secret:
        return False
    digest = hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    return _is_same(header or "", f"sha256={digest}")


def _is_same(given: str, expected: str | None) -> bool:
    """Compare two texts in a time that tells nothing of where they differ.

    Nothing is the same as a secret that is not set.
    """
    if not expected:
        return False
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())
