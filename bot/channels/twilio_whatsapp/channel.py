"""The WhatsApp channel through Twilio: takes its webhooks, and lets the courier answer them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from multidict import MultiDict
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty

from bot.channels import incoming
from bot.channels.messaging.connector import Connector
from bot.channels.messaging.transport import Transport
from bot.channels.refusals import STATUS_OF, Refusal
from bot.channels.twilio_whatsapp.signature import HEADER, fields_in, is_signed
from bot.channels.twilio_whatsapp.webhook import read_message, read_receipt

logger = logging.getLogger(__name__)

MOST_BYTES = 65_536  # of one webhook
STATUS_PATH = "/webhooks/twilio_whatsapp/status"

_FORM = "application/x-www-form-urlencoded"


class TwilioWhatsAppInput(Connector):
    """Talks to patients on WhatsApp, through Twilio.

    In ``credentials.yml``: ``bot.channels.twilio_whatsapp.TwilioWhatsAppInput:`` with nothing
    below it; all settings come from the environment (``bot/settings.py``). Without them it has
    no address.
    """

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel; also part of its address."""
        return "twilio_whatsapp"

    def is_on(self) -> bool:
        """Whether the clinic has set this platform up."""
        return self.settings.twilio_is_on

    def transport(self) -> Transport:
        """Make the way to Twilio."""
        # It imports aiohttp, for a quarter of a second: not where Twilio is not used.
        from bot.channels.twilio_whatsapp.transport import TwilioTransport

        return TwilioTransport(self.settings, STATUS_PATH)

    def add_routes(self, blueprint: Blueprint) -> None:
        """Add the addresses that Twilio calls: with a message, and with news of an answer."""

        @blueprint.post("/webhook", stream=True)
        async def receive(request: Request) -> HTTPResponse:
            return await self._taken(request, self._take_message)

        @blueprint.post("/status", stream=True)
        async def note(request: Request) -> HTTPResponse:
            return await self._taken(request, self._take_receipt)

    async def _taken(
        self, request: Request, take: Callable[[Request, MultiDict[str]], Awaitable[HTTPResponse]]
    ) -> HTTPResponse:
        """Check that a request is Twilio's, and take what it brings."""
        content_type = request.headers.get("content-type", "")
        if content_type.split(";")[0].strip().lower() != _FORM:
            return self._refused("not_form", 415)
        try:
            fields = fields_in(await incoming.read_body(request, MOST_BYTES))
            url = f"{self.settings.public_url}{_path_and_query(request)}"
        except Refusal as refusal:
            return self._refused(refusal.code, STATUS_OF[refusal.code])
        except ValueError:
            return self._refused("bad_form", 400)
        token = self.settings.twilio_auth_token
        if not is_signed(url, fields, request.headers.get(HEADER), token):
            return self._refused("wrong_signature", 403)
        if fields.get("AccountSid") != self.settings.twilio_account_sid:
            return self._refused("wrong_account", 403)
        try:
            return await take(request, fields)
        except Exception as error:  # not stored: Twilio is to bring it again
            # The error's text may quote the patient: log its kind alone.
            logger.error("%s: a webhook was not stored (%s).", self.name(), type(error).__name__)
            self.metrics.add("store_errors_total", operation="inbox")
            return empty(500)

    async def _take_message(self, _: Request, fields: MultiDict[str]) -> HTTPResponse:
        if fields.get("To") != self.settings.twilio_number:
            return self._refused("wrong_number", 403)
        message = read_message(fields)
        if message is None:
            self.metrics.add("dropped_total", channel=self.name(), reason="not_said")
        else:
            await self.courier.take(message)
        return empty(204)

    async def _take_receipt(self, request: Request, fields: MultiDict[str]) -> HTTPResponse:
        token = parse_qs(request.query_string).get("answer", [""])[0]
        receipt = read_receipt(fields, token)
        if receipt is not None:
            await self.courier.confirm(receipt)
        return empty(204)

    def _refused(self, reason: str, status: int) -> HTTPResponse:
        self.metrics.add("refusals_total", channel=self.name(), reason=reason)
        return empty(status)


def _path_and_query(request: Request) -> str:
    """Path and query as they came; Twilio's signature covers them."""
    query = request.query_string
    return f"{request.path}?{query}" if query else str(request.path)
