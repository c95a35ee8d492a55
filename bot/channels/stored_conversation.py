"""Deletes a stored conversation, and looks into one, whatever store Rasa was given."""

from __future__ import annotations

import inspect
from typing import Any

from rasa.shared.core.events import BotUttered


class CannotEraseError(RuntimeError):
    """The tracker store offers no way to delete one conversation."""


async def erase_conversation(agent: Any, conversation_id: str) -> None:
    """Delete everything stored of one conversation, waiting for a turn under way to end."""
    if agent is None or agent.tracker_store is None:
        return  # nothing was ever stored
    async with agent.lock_store.lock(conversation_id):
        for store in innermost(agent.tracker_store):
            await _erase_from(store, conversation_id)


def innermost(store: Any) -> list[Any]:
    """Return the stores inside Rasa's wrappers (the fail-safe one has a spare as well)."""
    inner = getattr(store, "_tracker_store", None)
    if inner is None:
        return [store]
    spare = getattr(store, "_fallback_tracker_store", None)
    return innermost(inner) + (innermost(spare) if spare is not None else [])


async def _erase_from(store: Any, conversation_id: str) -> None:
    if callable(getattr(store, "delete", None)):  # our own store
        done = store.delete(conversation_id)
        if inspect.isawaitable(done):
            await done
        return
    kind = type(store).__name__
    if kind == "InMemoryTrackerStore":
        store.store.pop(conversation_id, None)
    elif kind == "SQLTrackerStore":
        with store.session_scope() as session:
            session.query(store.SQLEvent).filter_by(sender_id=conversation_id).delete()
            session.commit()
    elif kind == "RedisTrackerStore":
        store.red.delete(store.key_prefix + conversation_id)
    elif kind == "MongoTrackerStore":
        store.conversations.delete_one({"sender_id": conversation_id})
    else:
        raise CannotEraseError(f"{kind} has no delete(conversation_id): add one to erase chats.")


async def payload_was_uttered(agent: Any, conversation_id: str, payload: str) -> bool:
    """Whether the stored conversation shows a button with that payload.

    The process that showed the button may have restarted, or be another one.
    """
    if agent is None or agent.tracker_store is None:
        return False
    tracker = await agent.tracker_store.retrieve(conversation_id)
    if tracker is None:
        return False
    return any(
        button.get("payload") == payload
        for event in tracker.events
        for button in (getattr(event, "data", None) or {}).get("buttons") or []
    )


async def is_stored(agent: Any, conversation_id: str) -> bool:
    """Whether anything is stored of the conversation."""
    if agent is None or agent.tracker_store is None:
        return False
    return await agent.tracker_store.retrieve(conversation_id) is not None


async def last_buttons(agent: Any, conversation_id: str) -> list[str]:
    """The payloads of the buttons under the bot's last message, in their order."""
    if agent is None or agent.tracker_store is None:
        return []
    tracker = await agent.tracker_store.retrieve(conversation_id)
    for event in reversed(tracker.events if tracker else []):
        if isinstance(event, BotUttered):
            return [button["payload"] for button in (event.data or {}).get("buttons") or []]
    return []
