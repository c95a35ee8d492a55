"""The web channel: Rasa's entry for the chat on a clinic's website."""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response

from actions.reply import Reply
from bot.channels import incoming
from bot.channels.metrics import Metrics, shared_metrics
from bot.channels.refusals import Refusal
from bot.channels.turn import OnNewMessage, Turns, agent_of
from bot.channels.web.conversations import Conversations
from bot.channels.web.origins import Origins
from bot.channels.web.pages import Pages
from bot.channels.web.rates import Addresses, RateLimits
from bot.channels.web.tokens import SessionTokens
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
        self.addresses = Addresses(self.settings.token_secret)
        self.rates = RateLimits(
            self.settings.redis_url,
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

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The channel's routes; registering them also attaches the pages to the app."""
        blueprint = _BlueprintWithPages(Pages(self.settings, self.origins, self.metrics))
        agent, most = agent_of(blueprint), self.settings.max_text
        self.turns = Turns(self.name(), on_new_message, agent, self.metrics, most)
        for verb, path, handle in (
            ("POST", "/session", self.start_session),
            ("DELETE", "/session", self.delete_session),
            ("POST", "/message", self.receive_message),
            ("POST", "/feedback", self.receive_feedback),
        ):
            blueprint.add_route(
                partial(handle),
                path,
                methods=(verb,),
                stream=path != "/session",
                name=f"{verb}{path}",
            )

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
        await self.turns.erase(session.id)
        return empty()

    async def receive_message(self, request: Request) -> HTTPResponse:
        """Answer one message of one session, once, whatever happens behind."""
        session_id, address = await self._admit(request)
        conversation = self.conversations.of(session_id)
        body = await incoming.read_body(request, self.settings.max_body)
        place: AbstractAsyncContextManager[None] = nullcontext()
        if more := len(body) // BYTES_OF_ONE:
            await self.rates.spend("address", address, more)
            await self.rates.spend("chat", session_id, more)
            # Those of one address take their turns one by one, so that others come between.
            place = self._long_messages.setdefault(address, asyncio.Lock())
        text, message_id = incoming.parse_message(body)

        async def answered() -> Reply:
            async with place:
                return await self.turns.answer(text, session_id)

        reply = await conversation.answer_once(
            message_id, text, answered, self.settings.turn_seconds
        )
        return json_response({"messages": [reply.public()]})

    async def receive_feedback(self, request: Request) -> HTTPResponse:
        """Count a thumb up or down for an answer this session got."""
        session_id, _ = await self._admit(request)
        fields = incoming.parse_object(await incoming.read_body(request, self.settings.max_body))
        value = fields.get("value")
        if value not in ("up", "down"):
            raise Refusal("bad_feedback")
        turn = await self.conversations.of(session_id).turn(incoming.message_id_in(fields))
        outcome = turn.reply.result().outcome.value
        if turn.feedback != value:
            name = "feedback_total" if turn.feedback is None else "feedback_changes_total"
            self.metrics.add(name, value=value, outcome=outcome)
        turn.feedback = value
        return empty()

    async def _admit(self, request: Request) -> tuple[str, str]:
        """The session behind a request that may be answered, and the key of its address."""
        self.origins.check(request)
        incoming.require_json(request)
        address = self.addresses.key_of(request)
        await self.rates.spend("address", address)
        session = self.tokens.read(request.headers.get("authorization"))
        await self.rates.spend("chat", session.id)
        return session.id, address


class _BlueprintWithPages(Blueprint):
    """A blueprint that also attaches the pages when Rasa registers it with its app."""

    def __init__(self, pages: Pages) -> None:
        super().__init__("hematoma_guide_web")
        self.ctx.pages = pages

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Register the channel's routes, then the pages at the root."""
        super().register(app, options)
        self.ctx.pages.attach(app)
