"""From a message of a patient to what the bot says back on a messaging platform."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import fields, replace

from actions.clinic import emergency_number
from actions.reply import Reply, Role, lines_of
from bot.channels import incoming as cleaning
from bot.channels.messaging.fitting import Words
from bot.channels.messaging.inbox import Inbox
from bot.channels.messaging.message import Incoming, Kind
from bot.channels.requests import ChannelRequest, number_in, request_in
from bot.channels.stored_conversation import (
    erase_conversation,
    is_stored,
    last_buttons,
    payload_was_uttered,
)
from bot.channels.turn import Turns

logger = logging.getLogger(__name__)

_INTRODUCE_ITSELF = ("greet", "ask_bot")  # their replies say what the bot is


class Answers:
    """Answers the messages of one channel, one at a time per conversation.

    Args:
        turns: of the channel.
        inbox: knows who asked for silence, and what is left to say.
        seconds: how long a turn may take.
    """

    def __init__(self, turns: Turns, inbox: Inbox, seconds: float) -> None:
        self._turns = turns
        self._inbox = inbox
        self._seconds = seconds

    async def answer(
        self, message: Incoming, conversation: str, late: bool = False, newest: bool = True
    ) -> Reply | None:
        """Return what to say to a message, or None if the person asked for silence.

        Whatever goes wrong, the person gets words: those of `utter_unavailable`.

        Args:
            message: the message.
            conversation: whose it is.
            late: only an alarm is still of use; else one sentence says that it came too late.
            newest: no other message of this person waits. One such sentence is enough.
        """
        try:
            answered = self._answer(message, conversation, late, newest)
            return await asyncio.wait_for(answered, self._seconds)
        except Exception as error:
            # The error's text may quote the patient: log its kind alone.
            logger.error("A message could not be answered (%s).", type(error).__name__)
            return self.unavailable()

    def words(self) -> Words:
        """Return what is said around answers."""
        return Words(*(self._turns.texts(f"channel_{f.name}") for f in fields(Words)))

    def unavailable(self) -> Reply:
        """Return what to say when nothing better can be said."""
        return self._turns.unavailable()

    async def _answer(
        self, message: Incoming, conversation: str, late: bool, newest: bool
    ) -> Reply | None:
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
        is_first = not await is_stored(self._turns.agent, conversation)
        reply = await self._turns.take(
            await self._readable(message, text, conversation), conversation
        )
        # Who asked for silence is still told of an emergency.
        if stopped and not reply.is_alarm:
            return None
        if late and not reply.is_alarm:
            return self._say("late") if newest else None
        introduced = reply.is_alarm or reply.data.get("intent") in _INTRODUCE_ITSELF
        notices = ["first"] if is_first and not introduced else []
        notices += ["caption"] if message.kind is Kind.MEDIA else []
        added = lines_of(Role.PLAIN, *(self._turns.texts(f"channel_{name}") for name in notices))
        # An alarm comes before all else.
        lines = (*reply.lines, *added) if reply.is_alarm else (*added, *reply.lines)
        return replace(reply, lines=lines)

    async def _readable(self, message: Incoming, text: str, conversation: str) -> str:
        """The text as Rasa is to read it: a payload only if a button offered it."""
        agent = self._turns.agent
        if message.payload and await payload_was_uttered(agent, conversation, message.payload):
            return message.payload
        number = number_in(text) if message.kind is Kind.TEXT else None
        if number:
            offered = await last_buttons(agent, conversation)
            if number <= len(offered):
                return offered[number - 1]
        return cleaning.as_plain_text(text) or "?"

    async def _grant(self, asked: ChannelRequest, conversation: str) -> Reply:
        """Do what the person asks of the channel, and say so."""
        self._turns.metrics.add("requests_total", channel=self._inbox.channel, request=asked.value)
        if asked is ChannelRequest.ERASE:
            await self._inbox.erase(conversation)
            await erase_conversation(self._turns.agent, conversation)
        elif asked in (ChannelRequest.STOP, ChannelRequest.START):
            await self._inbox.set_stopped(conversation, asked is ChannelRequest.STOP)
        return self._say(asked.value)

    def _say(self, name: str) -> Reply:
        return self._turns.say(name, number=emergency_number(self._turns.texts))
