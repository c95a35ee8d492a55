"""Deletes stored conversations, one at once and all in time, and looks into one."""

import inspect
from collections.abc import Callable
from typing import Any

from rasa.shared.core.events import BotUttered
from sanic import Sanic

from bot.conversation_store import ConversationStore


class CannotEraseError(RuntimeError):
    """The tracker store offers no way to delete one conversation."""


def _delete_from_sql(store: Any, conversation_id: str) -> None:
    with store.session_scope() as session:
        session.query(store.SQLEvent).filter_by(sender_id=conversation_id).delete()
        session.commit()


# Rasa's own stores delete nothing by themselves.
_OF_RASA: dict[str, Callable[[Any, str], Any]] = {
    "InMemoryTrackerStore": lambda store, name: store.store.pop(name, None),
    "RedisTrackerStore": lambda store, name: store.red.delete(store.key_prefix + name),
    "SQLTrackerStore": _delete_from_sql,
}


async def erase_conversation(agent: Any, conversation_id: str) -> None:
    """Delete everything stored of one conversation, waiting for a turn under way to end."""
    if agent is None or agent.tracker_store is None:
        return  # nothing was ever stored
    async with agent.lock_store.lock(conversation_id):
        for store in innermost(agent.tracker_store):
            kind = type(store).__name__
            delete = _OF_RASA.get(kind) or getattr(type(store), "delete", None)
            if not delete:
                raise CannotEraseError(f"{kind} has no delete(conversation_id).")
            done = delete(store, conversation_id)
            if inspect.isawaitable(done):
                await done


def forget_on_time(app: Sanic) -> None:
    """Let a server's store erase what is old, as long as the server runs, if it is our own."""
    for store in innermost(getattr(app.ctx.agent, "tracker_store", None)):
        if isinstance(store, ConversationStore):
            app.add_task(store.forget_on_time())


def innermost(store: Any) -> list[Any]:
    """Return the stores inside Rasa's wrappers (the fail-safe one has a spare as well)."""
    inner = getattr(store, "_tracker_store", None)
    if inner is None:
        return [store]
    spare = getattr(store, "_fallback_tracker_store", None)
    return innermost(inner) + (innermost(spare) if spare is not None else [])


async def buttons_said(agent: Any, conversation_id: str) -> list[list[str]] | None:
    """The payloads of the buttons under each message of the bot; None if nothing is stored."""
    if agent is None or agent.tracker_store is None:
        return None
    tracker = await agent.tracker_store.retrieve(conversation_id)
    if tracker is None:
        return None
    said = [event.data or {} for event in tracker.events if isinstance(event, BotUttered)]
    return [[button["payload"] for button in data.get("buttons") or []] for data in said]
