"""Makes everything ready before the first patient comes.

A model's first turns are slow: libraries set themselves up, and caches are empty. So the bot
talks to itself before it says that it is ready, in a store of its own that holds nothing of
it afterwards, and past the channels, which count turns. A bot that cannot answer does not
start.
"""

from __future__ import annotations

import gc
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from bot.conversation_store import ConversationStore
from bot.errors import StartError
from knowledge_base.outcome import Outcome

# A question, a follow-up that leans on it, small talk, a danger sign: each goes another way.
TALK = (
    "What are the symptoms of a spinal hematoma?",
    "How is it treated?",
    "Hello, who are you?",
    "I cannot feel my legs since this morning.",
)
_OURSELVES = "warm-up"


async def warm_up(agent: Any) -> None:
    """Answer a few messages that nobody sent.

    Args:
        agent: Rasa's agent, with its model loaded.

    Raises:
        StartError: a message gets no answer.
    """
    processor = agent.processor
    store = processor.tracker_store
    own = processor.tracker_store = ConversationStore(agent.domain, file=":memory:")
    try:
        for text in TALK:
            output = CollectingOutputChannel()
            await processor.handle_message(UserMessage(text, output, _OURSELVES))
            _require_answer(output.messages)
    finally:
        processor.tracker_store = store
        own.close()
    # What has been loaded stays for good: no need to look through it for garbage again.
    gc.collect()
    gc.freeze()


def _require_answer(messages: list[dict[str, Any]]) -> None:
    outcomes = [(message.get("custom") or {}).get("outcome") for message in messages]
    if not outcomes or Outcome.UNAVAILABLE.value in outcomes:
        raise StartError("The bot cannot answer; the lines above say why. Try `make train`.")
