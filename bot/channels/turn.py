"""One turn, the same for every channel: a text goes in, what the bot says comes out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage

from actions.reply import Reply, Texts
from bot.channels.incoming import as_plain_text, is_payload
from bot.channels.metrics import ALARM_KINDS, CUT_OFF, Metrics
from bot.channels.output import Messages, WholeOutput, outcome_of, unavailable_message
from bot.channels.refusals import Refusal
from bot.channels.requests import ChannelRequest, request_in
from bot.channels.stored_conversation import erase_conversation, payload_was_uttered
from knowledge_base.outcome import Outcome

logger = logging.getLogger(__name__)

# Of what a message resembles, where the check for danger failed and so raised an alarm.
CHECK_FAILED = "error"

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


async def take_turn(
    text: str,
    conversation_id: str,
    channel: str,
    on_new_message: OnNewMessage,
    agent: Any,
    metrics: Metrics,
    max_text: int,
) -> Messages:
    """Return what the bot says to a text; never nothing.

    Args:
        text: the cleaned message, or a payload that a button of this conversation offered.
        conversation_id: whose conversation it belongs to.
        channel: Rasa's name of the channel.
        on_new_message: Rasa's way into the bot.
        agent: Rasa's agent, or None while it is not loaded.
        metrics: where the turn is counted.
        max_text: characters; a longer message is only looked through for danger signs.
    """
    output = WholeOutput()
    # Long messages come from people in trouble: the bot still looks for danger signs.
    too_long = len(text) > max_text
    if too_long:
        metrics.add("too_long_total")
    started = time.perf_counter()
    try:
        with metrics.during_turn(channel):
            await on_new_message(
                UserMessage(
                    text,
                    output,
                    conversation_id,
                    input_channel=channel,
                    metadata={"too_long": True} if too_long else None,
                )
            )
    except asyncio.CancelledError:
        metrics.turn(channel, CUT_OFF, time.perf_counter() - started)
        metrics.add("alarm_errors_total", failed="turn")
        raise
    except Exception as error:  # any failure must still end in kind words
        # The error's text may quote the patient: log its kind alone.
        logger.error("A turn failed (%s).", type(error).__name__)
    messages = output.messages or [unavailable_message(agent)]
    metrics.turn(channel, outcome_of(messages), time.perf_counter() - started)
    _count_alarm(messages, metrics)
    return messages


def _count_alarm(messages: Messages, metrics: Metrics) -> None:
    """Count the alarm of a turn, or that one may be missing."""
    found = [message.get("custom", {}).get("danger") or {} for message in messages]
    if danger := next((d for d in found if isinstance(d.get("source"), str)), None):
        metrics.alarm(str(danger.get("kind")), danger["source"])
        if danger["source"] == CHECK_FAILED:
            metrics.add("alarm_errors_total", failed="check")
    elif outcome_of(messages) == Outcome.UNAVAILABLE.value:
        is_danger = messages[-1].get("custom", {}).get("intent") in ALARM_KINDS
        metrics.add("alarm_errors_total", failed="reply" if is_danger else "turn")


async def erase(conversation_id: str, agent: Any, metrics: Metrics) -> None:
    """Erase a conversation, and count it.

    Raises:
        Refusal: it could not be erased.
    """
    try:
        await erase_conversation(agent, conversation_id)
    except Exception as error:  # whatever the store's trouble, the patient must know
        logger.error("A chat could not be erased (%s).", type(error).__name__)
        raise Refusal("not_erased") from None
    metrics.add("deleted_total")


async def answer(
    typed: str,
    conversation_id: str,
    channel: str,
    on_new_message: OnNewMessage,
    agent: Any,
    metrics: Metrics,
    max_text: int,
) -> Messages:
    """Return what the bot says to a cleaned message, be it typed or a button's payload.

    What looks like a payload is one only if a button of this conversation offered it; what asks
    for it erases the conversation. For the arguments see `take_turn`.

    Raises:
        Refusal: the conversation could not be erased.
    """
    if is_payload(typed) and not await payload_was_uttered(agent, conversation_id, typed):
        typed = as_plain_text(typed)
    if request_in(typed) is not ChannelRequest.ERASE:
        return await take_turn(
            typed, conversation_id, channel, on_new_message, agent, metrics, max_text
        )
    await erase(conversation_id, agent, metrics)
    metrics.turn(channel, Outcome.SMALLTALK.value)
    texts = Texts({"responses": agent.domain.responses})
    reply = Reply(Outcome.SMALLTALK, (texts("channel_erase"),))
    return [{"text": reply.text(), "custom": reply.payload()}]
