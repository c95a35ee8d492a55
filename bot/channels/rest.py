"""Rasa's REST address, made safe: for this machine alone, never to be exposed.

Same address and same shape as Rasa's own REST channel (``POST /webhooks/rest/webhook`` with
``{"sender", "message"}``), with what that one lacks: clean text, no shared "default"
conversation, no typed commands, one whole message per turn, and never an empty answer.
"""

import re
import secrets

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels import incoming
from bot.channels.metrics import shared_metrics
from bot.channels.refusals import Refusal
from bot.channels.turn import OnNewMessage, Turns, agent_of
from bot.settings import get_settings

_SENDER = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class RestInput(InputChannel):
    """In ``credentials.yml``: ``bot.channels.rest.RestInput:`` with nothing below it."""

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel, and the last part of its address."""
        return "rest"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's routes."""
        blueprint = Blueprint("hematoma_guide_rest")
        metrics, settings = shared_metrics(), get_settings()
        turns = Turns(self.name(), on_new_message, agent_of(blueprint), metrics, settings.max_text)

        @blueprint.post("/webhook", stream=True)
        async def receive(request: Request) -> HTTPResponse:
            try:
                incoming.require_json(request)
                body = await incoming.read_body(request, settings.max_body)
                fields = incoming.parse_object(body)
                sender = fields.get("sender") or secrets.token_hex(16)
                if not isinstance(sender, str) or not _SENDER.fullmatch(sender):
                    raise Refusal("bad_sender")
                reply = await turns.answer(incoming.text_in(fields, "message"), sender)
                return json_response([{"recipient_id": sender, **reply.public()}])
            except Refusal as refusal:
                metrics.add("refusals_total", channel=self.name(), reason=refusal.code)
                return refusal.to_response()

        return blueprint
