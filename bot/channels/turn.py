"""One turn, the same for every channel: a text goes in, what the bot says comes out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from sanic import Blueprint

from actions.clinic import contacts
from actions.reply import Reply, Role, Texts, lines_of
from bot.channels.incoming import as_plain_text
from bot.channels.metrics import ALARM_KINDS, Metrics
from bot.channels.refusals import UNAVAILABLE_TEXT, Refusal
from bot.channels.requests import ChannelRequest, request_in
from bot.channels.stored_conversation import buttons_said, erase_conversation
from knowledge_base.outcome import Outcome

logger = logging.getLogger(__name__)

# Of what a message resembles, where the check for danger failed and so raised an alarm.
CHECK_FAILED = "error"

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


class WholeOutput(OutputChannel):
    """An output channel that keeps all that the bot says in one turn as one reply.

    Rasa's own collecting channel splits a message at blank lines and sends buttons and data
    apart, so a disclaimer could arrive, or get lost, alone.
    """

    reply: Reply | None = None

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel."""
        return "whole"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep a message; what was said before it leads it."""
        if str(message.get("text") or "").strip():
            said = Reply.from_message(message)
            if before := self.reply:
                lines, buttons = before.lines + said.lines, before.buttons + said.buttons
                said = replace(said, lines=lines, buttons=buttons)
            self.reply = said


def agent_of(blueprint: Blueprint) -> Callable[[], Any]:
    """Return what gives the agent of a blueprint's app, or None while it is not loaded."""
    return lambda: next(getattr(app.ctx, "agent", None) for app in blueprint.apps)


@dataclass(frozen=True)
class Turns:
    """The turns of one channel."""

    channel: str  # Rasa's name of it
    on_new_message: OnNewMessage  # Rasa's way into the bot
    agent: Callable[[], Any]  # gives Rasa's agent, or None while it is not loaded
    metrics: Metrics  # where turns are counted
    max_text: int  # characters; a longer message is only looked through for danger signs

    @property
    def texts(self) -> Texts:
        """The patient-facing texts of the loaded domain."""
        return Texts({"responses": self.agent().domain.responses})

    def unavailable(self) -> Reply:
        """What to say when nothing better can be said: in the bot's own words if it is loaded."""
        is_loaded = getattr(self.agent(), "domain", None) and self.texts.has("unavailable")
        text = self.texts("unavailable") if is_loaded else UNAVAILABLE_TEXT
        return Reply(Outcome.UNAVAILABLE, lines_of(Role.PLAIN, text))

    def say(self, name: str) -> Reply:
        """Say a response of the channel's own, and count the turn, which Rasa has no part in."""
        self.metrics.add("turns_total", channel=self.channel, outcome=Outcome.SMALLTALK.value)
        text = self.texts(f"channel_{name}", **contacts(self.texts))
        return Reply(Outcome.SMALLTALK, lines_of(Role.PLAIN, text), data={"passages": []})

    async def take(self, text: str, conversation_id: str) -> Reply:
        """Return what the bot says to a text; never nothing.

        Args:
            text: the cleaned message, or a payload that a button of this conversation offered.
            conversation_id: whose conversation it belongs to.
        """
        output = WholeOutput()
        # Long messages come from people in trouble: the bot still looks for danger signs.
        too_long = len(text) > self.max_text
        if too_long:
            self.metrics.add("too_long_total")
        metadata = {"too_long": True} if too_long else None
        message = UserMessage(
            text, output, conversation_id, input_channel=self.channel, metadata=metadata
        )
        try:
            with self.metrics.during_turn(self.channel):
                await self.on_new_message(message)
        except asyncio.CancelledError:  # it took too long, or its chat was deleted meanwhile
            self.metrics.add("turns_total", channel=self.channel, outcome="cut_off")
            self.metrics.add("alarm_errors_total", failed="turn")
            raise
        except Exception as error:  # any failure must still end in kind words
            # The error's text may quote the patient: log its kind alone.
            logger.error("A turn failed (%s).", type(error).__name__)
        reply = output.reply or self.unavailable()
        self.metrics.add("turns_total", channel=self.channel, outcome=reply.outcome.value)
        self._count_alarm(reply)
        return reply

    def _count_alarm(self, reply: Reply) -> None:
        """Count the alarm of a turn, or that one may be missing."""
        danger = reply.data.get("danger") or {}
        if "source" in danger:
            self.metrics.alarm(danger["kind"], danger["source"])
            if danger["source"] == CHECK_FAILED:
                self.metrics.add("alarm_errors_total", failed="check")
        elif reply.outcome is Outcome.UNAVAILABLE:
            is_danger = reply.data.get("intent") in ALARM_KINDS
            self.metrics.add("alarm_errors_total", failed="reply" if is_danger else "turn")

    async def erase(self, conversation_id: str) -> None:
        """Erase a conversation, and count it.

        Raises:
            Refusal: it could not be erased.
        """
        try:
            await erase_conversation(self.agent(), conversation_id)
        except Exception as error:  # whatever the store's trouble, the patient must know
            logger.error("A chat could not be erased (%s).", type(error).__name__)
            raise Refusal("not_erased") from None
        self.metrics.add("deleted_total")

    async def answer(self, typed: str, conversation_id: str) -> Reply:
        """Return what the bot says to a cleaned message, be it typed or a button's payload.

        What looks like a payload is one only if a button of this conversation offered it; what
        asks for it erases the conversation.

        Raises:
            Refusal: the conversation could not be erased.
        """
        if typed.startswith("/"):
            said = await buttons_said(self.agent(), conversation_id) or []
            if not any(typed in payloads for payloads in said):
                typed = as_plain_text(typed)
        if request_in(typed) is not ChannelRequest.ERASE:
            return await self.take(typed, conversation_id)
        await self.erase(conversation_id)
        return self.say("erase")
