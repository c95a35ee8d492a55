"""Rasa's REST address, made safe: for this machine alone, never to be exposed.

Same address and same shape as Rasa's own REST channel (``POST /webhooks/rest/webhook`` with
``{"sender", "message"}``), with what that one lacks: clean text, no shared "default"
conversation, no typed commands, one whole message per turn, and never an empty answer.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.log import logger
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.web import incoming
from bot.channels.web.erasure import payload_was_uttered
from bot.channels.web.output import WebOutput, unavailable_message
from bot.channels.web.refusals import Refusal
from bot.settings import get_settings

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]

_SENDER = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class RestInput(InputChannel):
    """In ``credentials.yml``: ``bot.channels.rest.RestInput:`` with nothing below it."""

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel, and the last part of its address."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> RestInput:
        """Rasa's way of making a channel."""
        return cls()

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's routes."""
        blueprint = Blueprint("hematoma_guide_rest")

        @blueprint.post("/webhook", stream=True)
        async def receive(request: Request) -> HTTPResponse:
            try:
                return json_response(await self.answer(request, on_new_message))
            except Refusal as refusal:
                return refusal.to_response()

        return blueprint

    async def answer(self, request: Request, on_new_message: OnNewMessage) -> list[dict[str, Any]]:
        """Answer one message.

        Raises:
            Refusal: the request is malformed, or the message empty.
        """
        incoming.require_json(request)
        fields = incoming.parse_object(await incoming.read_body(request, get_settings().max_body))
        sender = fields.get("sender") or secrets.token_hex(16)
        if not isinstance(sender, str) or not _SENDER.fullmatch(sender):
            raise Refusal("bad_sender")
        text = fields.get("message")
        if not isinstance(text, str):
            raise Refusal("missing_message")
        text = incoming.clean_text(text)
        if not text.strip("/ \n\t"):
            raise Refusal("empty_text")
        agent = getattr(request.app.ctx, "agent", None)
        if incoming.is_payload(text) and not await payload_was_uttered(agent, sender, text):
            text = incoming.as_plain_text(text)
        output = WebOutput()
        try:
            await on_new_message(UserMessage(text, output, sender, input_channel=self.name()))
        except Exception as error:  # any failure must still end in kind words
            # The error's text may quote the patient: log its kind alone.
            logger.error("A turn failed (%s).", type(error).__name__)
        messages = output.messages or [unavailable_message(agent)]
        return [{"recipient_id": sender, **message} for message in messages]
