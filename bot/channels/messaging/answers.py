"""From a message of a patient to what the bot says back on a messaging platform."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from actions.clinic import emergency_number
from actions.reply import Texts
from bot.channels import incoming as cleaning
from bot.channels.messaging.fitting import Words
from bot.channels.messaging.inbox import Inbox
from bot.channels.messaging.message import Incoming, Kind, Outgoing
from bot.channels.metrics import Metrics
from bot.channels.output import Messages, outcome_of, unavailable_message
from bot.channels.requests import ChannelRequest, number_in, request_in
from bot.channels.stored_conversation import (
    erase_conversation,
    is_stored,
    last_buttons,
    payload_was_uttered,
)
from bot.channels.turn import OnNewMessage, take_turn
from bot.settings import Settings
from knowledge_base.outcome import Outcome

logger = logging.getLogger(__name__)

_ALARMS = (Outcome.URGENT.value, Outcome.CRISIS.value)
_INTRODUCE_ITSELF = ("greet", "ask_bot")  # their replies say what the bot is


class Answers:
    """Answers the messages of one channel, one at a time per conversation.

    Args:
        on_new_message: Rasa's way into the bot.
        agent: gives Rasa's agent, or None while it is not loaded.
        inbox: knows who asked for silence, and what is left to say.
        metrics: where turns are counted.
        settings: of this process.
    """

    def __init__(
        self,
        on_new_message: OnNewMessage,
        agent: Callable[[], Any],
        inbox: Inbox,
        metrics: Metrics,
        settings: Settings,
    ) -> None:
        self._on_new_message = on_new_message
        self._agent = agent
        self._inbox = inbox
        self._metrics = metrics
        self._settings = settings

    @property
    def texts(self) -> Texts:
        """The patient-facing texts of the loaded domain."""
        return Texts({"responses": self._agent().domain.responses})

    async def answer(
        self, message: Incoming, conversation: str, late: bool = False, newest: bool = True
    ) -> Outgoing | None:
        """Return what to say to a message, or None if the person asked for silence.

        Whatever goes wrong, the person gets words: those of `utter_unavailable`.

        Args:
            message: the message.
            conversation: whose it is.
            late: only an alarm is still of use; else one sentence says that it came too late.
            newest: no other message of this person waits. One such sentence is enough.
        """
        try:
            return await asyncio.wait_for(
                self._answer(message, conversation, late, newest), self._settings.turn_seconds
            )
        except Exception as error:
            # The error's text may quote the patient: log its kind alone.
            logger.error("A message could not be answered (%s).", type(error).__name__)
            return self.unavailable()

    def words(self) -> Words:
        """Return what is said around answers."""
        return Words(*(self.texts(f"channel_{f.name}") for f in fields(Words)))

    def unavailable(self) -> Outgoing:
        """Return what to say when nothing better can be said."""
        return _outgoing([unavailable_message(self._agent())])

    async def _answer(
        self, message: Incoming, conversation: str, late: bool, newest: bool
    ) -> Outgoing | None:
        text = cleaning.clean_text(message.text)
        asked = request_in(text) if message.kind is Kind.TEXT else None
        stopped = await self._inbox.is_stopped(conversation)
        if asked is ChannelRequest.MORE:
            if not stopped and (rest := await self._inbox.rest_of(conversation)):
                return rest
        elif asked:
            return await self._grant(asked, conversation)
        if message.kind is Kind.MEDIA and not text:
            return None if stopped else self._say("text_only")
        is_first = not await is_stored(self._agent(), conversation)
        messages = await take_turn(
            await self._readable(message, text, conversation),
            conversation,
            self._inbox.channel,
            self._on_new_message,
            self._agent(),
            self._metrics,
            self._settings.max_text,
        )
        alarm = outcome_of(messages) in _ALARMS
        # Who asked for silence is still told of an emergency.
        if stopped and not alarm:
            return None
        if late and not alarm:
            return self._say("late") if newest else None
        introduced = alarm or messages[-1].get("custom", {}).get("intent") in _INTRODUCE_ITSELF
        lines = [self.texts("channel_first")] if is_first and not introduced else []
        if message.kind is Kind.MEDIA:
            lines.append(self.texts("channel_caption"))
        return _outgoing(messages, *lines)

    async def _readable(self, message: Incoming, text: str, conversation: str) -> str:
        """The text as Rasa is to read it: a payload only if a button offered it."""
        agent = self._agent()
        if message.payload and await payload_was_uttered(agent, conversation, message.payload):
            return message.payload
        number = number_in(text) if message.kind is Kind.TEXT else None
        if number:
            offered = await last_buttons(agent, conversation)
            if number <= len(offered):
                return offered[number - 1]
        return cleaning.as_plain_text(text) or "?"

    async def _grant(self, asked: ChannelRequest, conversation: str) -> Outgoing:
        """Do what the person asks of the channel, and say so."""
        self._metrics.add("requests_total", channel=self._inbox.channel, request=asked.value)
        if asked is ChannelRequest.ERASE:
            await self._inbox.erase(conversation)
            await erase_conversation(self._agent(), conversation)
        elif asked in (ChannelRequest.STOP, ChannelRequest.START):
            await self._inbox.set_stopped(conversation, asked is ChannelRequest.STOP)
        return self._say(asked.value)

    def _say(self, name: str) -> Outgoing:
        self._metrics.turn(self._inbox.channel, Outcome.SMALLTALK.value)
        return Outgoing(self.texts(f"channel_{name}", number=emergency_number(self.texts)))


def _outgoing(messages: Messages, *before: str) -> Outgoing:
    """All the bot said in one turn, as one message; an alarm comes before all else."""
    said = [message["text"] for message in messages]
    alarm = outcome_of(messages) in _ALARMS
    text = "\n".join([*said, *before] if alarm else [*before, *said])
    custom = messages[-1].get("custom", {})
    cited = list(filter(None, map(custom.get, ("note", "source", "disclaimer"))))
    return Outgoing(
        text,
        tuple(button for message in messages for button in message.get("buttons", ())),
        last_lines=len(cited) if custom.get("disclaimer") else 0,
    )
