"""Rasa makes its stores without the client libraries of databases that are not used."""

from __future__ import annotations

from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore, create_tracker_store
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

_create_broker = EventBroker.create
_create_store = TrackerStore.create


def apply() -> None:
    """Make the changes; may be called twice."""
    EventBroker.create = staticmethod(_broker)
    TrackerStore.create = staticmethod(_store)


async def _broker(obj: Any, loop: Any = None) -> EventBroker | None:
    return None if obj is None else await _create_broker(obj, loop)


def _store(obj: Any, domain: Domain | None = None, event_broker: Any = None) -> TrackerStore:
    # A store of one's own is named by its class; its own errors are the ones to expect.
    if isinstance(obj, EndpointConfig) and "." in (obj.type or ""):
        return create_tracker_store(obj, domain, event_broker)
    return _create_store(obj, domain, event_broker)
