"""From a message of a patient to what the bot says back on a messaging platform."""

import asyncio
import logging
from dataclasses import dataclass, fields, replace

from actions.reply import Reply, Role, lines_of
from bot.channels import incoming as cleaning
from bot.channels.messaging.fitting import CannotFitError, Words
from bot.channels.messaging.inbox import Inbox, Row
from bot.channels.messaging.message import Incoming, Kind, Wire
from bot.channels.messaging.transport import Transport
from bot.channels.requests import ChannelRequest, number_in, request_in
from bot.channels.stored_conversation import buttons_said, erase_conversation
from bot.channels.turn import Turns

logger = logging.getLogger(__name__)

_INTRODUCE_ITSELF = ("greet", "ask_bot")  # their replies say what the bot is


@dataclass(frozen=True)
class Answers:
    """Answers the messages of one channel, one at a time per conversation."""

    turns: Turns  # of the channel
    inbox: Inbox  # knows who asked for silence, and what is left to say
    seconds: float  # how long a turn may take

    async def answer(self, row: Row, late: bool) -> Reply | None:
        """Return what to say to a message, or None if the person asked for silence.

        Whatever goes wrong, the person gets words: those of `utter_unavailable`.

        Args:
            row: the message.
            late: only an alarm is still of use; else one sentence says that it came too late,
                to the newest of the messages of this person that wait.
        """
        try:
            return await asyncio.wait_for(self._answer(row, late), self.seconds)
        except Exception as error:
            # The error's text may quote the patient: log its kind alone.
            logger.error("A message could not be answered (%s).", type(error).__name__)
            return self.turns.unavailable()

    def composed(self, reply: Reply, transport: Transport) -> tuple[Wire, Reply | None]:
        """Return a reply in a platform's form, and what is left of it if it was shortened."""
        words = Words(*(self.turns.texts(f"channel_{f.name}") for f in fields(Words)))
        try:
            return transport.compose(reply, words)
        except CannotFitError:
            logger.error("%s: an answer does not fit the platform.", self.inbox.channel)
            return transport.compose(self.turns.unavailable(), words)

    async def _answer(self, row: Row, late: bool) -> Reply | None:
        message, conversation = row.incoming, row.conversation
        text = cleaning.clean_text(message.text)
        asked = request_in(text) if message.kind is Kind.TEXT else None
        stopped = await self.inbox.people.is_stopped(conversation)
        if asked is ChannelRequest.MORE:
            if not stopped and (rest := await self.inbox.people.rest_of(conversation)):
                return rest
        elif asked:
            return await self._grant(asked, conversation)
        if message.kind is Kind.MEDIA and not text:
            return None if stopped else self.turns.say("text_only")
        offered = await buttons_said(self.turns.agent(), conversation)
        reply = await self.turns.take(_readable(message, text, offered or []), conversation)
        # Who asked for silence is still told of an emergency.
        if stopped and not reply.is_alarm:
            return None
        if late and not reply.is_alarm:
            is_newest = await self.inbox.last_arrival(conversation) <= row.came_at
            return self.turns.say("late") if is_newest else None
        introduced = reply.is_alarm or reply.data.get("intent") in _INTRODUCE_ITSELF
        notices = ["first"] if offered is None and not introduced else []
        notices += ["caption"] if message.kind is Kind.MEDIA else []
        added = lines_of(Role.PLAIN, *(self.turns.texts(f"channel_{name}") for name in notices))
        # An alarm comes before all else.
        lines = (*reply.lines, *added) if reply.is_alarm else (*added, *reply.lines)
        return replace(reply, lines=lines)

    async def _grant(self, asked: ChannelRequest, conversation: str) -> Reply:
        """Do what the person asks of the channel, and say so."""
        self.turns.metrics.add("requests_total", channel=self.inbox.channel, request=asked.value)
        if asked is ChannelRequest.ERASE:
            await self.inbox.erase(conversation)
            await erase_conversation(self.turns.agent(), conversation)
        elif asked in (ChannelRequest.STOP, ChannelRequest.START):
            await self.inbox.people.set_stopped(conversation, asked is ChannelRequest.STOP)
        return self.turns.say(asked.value)


def _readable(message: Incoming, text: str, offered: list[list[str]]) -> str:
    """The text as Rasa is to read it: a payload only if a button offered it."""
    if message.payload and any(message.payload in payloads for payloads in offered):
        return message.payload
    number = number_in(text) if message.kind is Kind.TEXT else None
    if number and offered and number <= len(offered[-1]):
        return offered[-1][number - 1]
    return cleaning.as_plain_text(text) or "?"
