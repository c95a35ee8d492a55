"""The web channel: Rasa's entry for the chat on a clinic's website."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response

from bot.channels import incoming
from bot.channels.metrics import OUTCOMES, Metrics, shared_metrics
from bot.channels.output import Messages, outcome_of
from bot.channels.refusals import Refusal
from bot.channels.requests import ChannelRequest, request_in
from bot.channels.stored_conversation import payload_was_uttered
from bot.channels.turn import OnNewMessage, erase, erase_as_asked, take_turn
from bot.channels.web.conversations import Conversation, Conversations
from bot.channels.web.origins import Origins
from bot.channels.web.pages import Pages
from bot.channels.web.rates import Addresses, RateLimits
from bot.channels.web.tokens import Session, SessionTokens
from bot.settings import Settings, get_settings

# A message whose request holds so many bytes counts once more: reading it takes that much longer.
BYTES_OF_ONE = 500


class WebInput(InputChannel):
    """Serves the widget and answers it.

    In ``credentials.yml``: ``bot.channels.web.WebInput:`` with nothing below it; all
    settings come from the environment (``bot/settings.py``).
    """

    def __init__(self, settings: Settings | None = None, metrics: Metrics | None = None) -> None:
        self.settings = settings or get_settings()
        self.metrics = metrics or shared_metrics()
        self.origins = Origins(self.settings.allowed_origins)
        self.tokens = SessionTokens(self.settings.token_secret, self.settings.session_hours * 3600)
        self.conversations = Conversations()
        self._long_messages: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.addresses = Addresses(self.settings.trusted_proxies, self.settings.token_secret)
        self.rates = RateLimits(
            self.settings.redis_url or "memory://",
            {
                "chat": self.settings.session_rate,
                "address": self.settings.address_rate,
                "new chat": self.settings.new_session_rate,
            },
        )

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel; also the last part of its address."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebInput:
        """Rasa's way of making a channel."""
        return cls()

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's routes; registering them also attaches the pages to the app."""
        blueprint = _BlueprintWithPages(Pages(self.settings, self.origins, self.metrics))

        @blueprint.post("/session")
        async def start(request: Request) -> HTTPResponse:
            return await self.start_session(request)

        @blueprint.delete("/session")
        async def delete(request: Request) -> HTTPResponse:
            return await self.delete_session(request)

        @blueprint.post("/message", stream=True)
        async def message(request: Request) -> HTTPResponse:
            return await self.receive_message(request, on_new_message)

        @blueprint.post("/feedback", stream=True)
        async def feedback(request: Request) -> HTTPResponse:
            return await self.receive_feedback(request)

        @blueprint.options("/<_:session|message|feedback>")
        async def preflight(request: Request, _: str) -> HTTPResponse:
            return empty()

        return blueprint

    async def start_session(self, request: Request) -> HTTPResponse:
        """Give a new visitor a session of their own."""
        self.origins.check(request)
        incoming.require_json(request)
        await self.rates.spend("new chat", self.addresses.key_of(request))
        _, token = self.tokens.mint()
        self.metrics.add("sessions_total")
        return json_response(
            {
                "token": token,
                "expires_in": self.tokens.lifetime_seconds,
                "max_text": self.settings.max_text,
                "emergency_number": self.settings.emergency_number,
            },
            status=201,
        )

    async def delete_session(self, request: Request) -> HTTPResponse:
        """Erase the conversation, and end its session."""
        self.origins.check(request)
        session = self.tokens.read(request.headers.get("authorization"))
        await self.rates.spend("address", self.addresses.key_of(request))
        await self.conversations.delete(session.id, session.expires)
        await erase(session.id, getattr(request.app.ctx, "agent", None), self.metrics)
        return empty()

    async def receive_message(self, request: Request, on_new_message: OnNewMessage) -> HTTPResponse:
        """Answer one message of one session, once, whatever happens behind."""
        session = await self._admit(request)
        conversation = await self.conversations.of(session.id)
        body = await incoming.read_body(request, self.settings.max_body)
        place: AbstractAsyncContextManager[None] = nullcontext()
        if more := len(body) // BYTES_OF_ONE:
            address = self.addresses.key_of(request)
            await self.rates.spend("address", address, more)
            await self.rates.spend("chat", session.id, more)
            # Those of one address take their turns one by one, so that others come between.
            place = self._long_messages.setdefault(address, asyncio.Lock())
        message = incoming.parse_message(body)
        agent = getattr(request.app.ctx, "agent", None)

        async def answer() -> Messages:
            if request_in(message.text) is ChannelRequest.ERASE:
                return await erase_as_asked(session.id, self.name(), agent, self.metrics)
            text = await self._as_offered(message.text, session, conversation, agent)
            async with place:
                messages = await take_turn(
                    text,
                    session.id,
                    self.name(),
                    on_new_message,
                    agent,
                    self.metrics,
                    self.settings.max_text,
                )
            conversation.offer(messages)
            return messages

        messages = await conversation.answer_once(
            message.message_id,
            message.text,
            answer,
            self.settings.turn_seconds,
            worth_keeping=lambda said: outcome_of(said) != "unavailable",
        )
        return json_response({"messages": messages})

    async def receive_feedback(self, request: Request) -> HTTPResponse:
        """Count a thumb up or down for an answer this session got."""
        session = await self._admit(request)
        fields = incoming.parse_object(await incoming.read_body(request, self.settings.max_body))
        value = fields.get("value")
        if value not in ("up", "down"):
            raise Refusal("bad_feedback")
        conversation = await self.conversations.of(session.id)
        turn = await conversation.turn(incoming.message_id_in(fields))
        if turn is None:
            raise Refusal("unknown_message")
        outcome = outcome_of(turn.task.result())
        outcome = outcome if outcome in OUTCOMES else "other"
        if turn.feedback != value:
            name = "feedback_total" if turn.feedback is None else "feedback_changes_total"
            self.metrics.add(name, value=value, outcome=outcome)
        turn.feedback = value
        return empty()

    async def _admit(self, request: Request) -> Session:
        """The session behind a request that may be answered."""
        self.origins.check(request)
        incoming.require_json(request)
        await self.rates.spend("address", self.addresses.key_of(request))
        session = self.tokens.read(request.headers.get("authorization"))
        await self.rates.spend("chat", session.id)
        return session

    async def _as_offered(
        self, text: str, session: Session, conversation: Conversation, agent: Any
    ) -> str:
        """The text; a command stays one only if a button of this chat offered it."""
        if not incoming.is_payload(text):
            return text
        if conversation.was_offered(text):
            return text
        if await payload_was_uttered(agent, session.id, text):
            return text
        return incoming.as_plain_text(text)


class _BlueprintWithPages(Blueprint):
    """A blueprint that also attaches the pages when Rasa registers it with its app."""

    def __init__(self, pages: Pages) -> None:
        super().__init__("hematoma_guide_web")
        self.ctx.pages = pages

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Register the channel's routes, then the pages at the root."""
        super().register(app, options)
        self.ctx.pages.attach(app)
