"""The WhatsApp channel through Twilio: takes its webhooks, and lets the courier answer them."""

from urllib.parse import parse_qsl

from multidict import MultiDict
from sanic.headers import parse_content_header
from sanic.request import Request
from sanic.response import HTTPResponse, empty

# This module of `twilio` imports none of its REST client: 3 ms, and no memory to speak of.
from twilio.request_validator import RequestValidator

from bot.channels import incoming
from bot.channels.messaging.connector import Connector, Handler
from bot.channels.messaging.transport import Transport
from bot.channels.refusals import Refusal
from bot.channels.twilio_whatsapp.transport import TwilioTransport
from bot.channels.twilio_whatsapp.webhook import read_message, read_receipt

MOST_BYTES = 65_536  # of one webhook
STATUS_PATH = "/webhooks/twilio_whatsapp/status"

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 500


class TwilioWhatsAppInput(Connector):
    """Talks to patients on WhatsApp, through Twilio."""

    platform = "twilio_whatsapp"
    needs = "twilio_account_sid"

    def transport(self) -> Transport:
        """Make the way to Twilio."""
        return TwilioTransport(self.settings, STATUS_PATH)

    def routes(self) -> tuple[tuple[str, str, Handler], ...]:
        """The addresses that Twilio calls: with a message, and with news of an answer."""
        return ("POST", "/webhook", self._take_message), ("POST", "/status", self._take_receipt)

    async def _fields(self, request: Request) -> MultiDict[str]:
        """Return the fields of a request that is Twilio's.

        Twilio signs the address, and every field
        (https://www.twilio.com/docs/usage/webhooks/webhooks-security): blank fields too, and each
        of several of one name, so all are kept. Sanic's own form drops blank ones, and every true
        signature over them would fail.
        """
        if parse_content_header(request.headers.get("content-type", ""))[0] != _FORM:
            raise Refusal("not_form")
        body = (await incoming.read_body(request, MOST_BYTES)).decode(errors="replace")
        try:
            pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            raise Refusal("bad_form") from None
        fields = MultiDict(pairs)
        query = f"?{request.query_string}" if request.query_string else ""
        url = f"{self.settings.public_url}{request.path}{query}"
        token, proof = self.settings.twilio_auth_token, request.headers.get("X-Twilio-Signature")
        if not token or not proof or not RequestValidator(token).validate(url, fields, proof):
            raise Refusal("wrong_signature")
        if fields.get("AccountSid") != self.settings.twilio_account_sid:
            raise Refusal("wrong_account")
        return fields

    async def _take_message(self, request: Request) -> HTTPResponse:
        fields = await self._fields(request)
        if fields.get("To") != self.settings.twilio_number:
            raise Refusal("wrong_number")
        message = read_message(fields)
        if message is None:
            self.metrics.add("dropped_total", channel=self.name(), reason="not_said")
        else:
            await self.courier.take(message)
        return empty(204)

    async def _take_receipt(self, request: Request) -> HTTPResponse:
        fields = await self._fields(request)
        receipt = read_receipt(fields, request.args.get("answer", ""))
        if receipt is not None:
            await self.courier.confirm(receipt)
        return empty(204)
