"""Work that Rasa does at every turn and that changes nothing in this bot."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import rasa.core.processor
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from bot.in_process_actions import InProcessActions

_MOST_STATES = 4096

_call_format = RemoteAction._action_call_format
_resolve_by_type = Event.resolve_by_type


def apply() -> None:
    """Make the changes; may be called twice."""
    RemoteAction._action_call_format = _short_call_format
    RulePolicy._get_possible_keys = _possible_keys
    Domain.is_empty = _is_empty
    Event.resolve_by_type = staticmethod(_remembered_type)
    # All that the processor copies, it copies for debug messages.
    rasa.core.processor.copy = SimpleNamespace(deepcopy=lambda value: value)


def _short_call_format(
    self: RemoteAction, tracker: DialogueStateTracker, domain: Domain
) -> dict[str, Any]:
    """Give an action of this process the current turn's events only."""
    if not isinstance(self.action_endpoint, InProcessActions):
        return dict(_call_format(self, tracker, domain))
    state = tracker.current_state(EventVerbosity.NONE)
    state["events"] = [event.as_dict() for event in _of_this_turn(tracker)]
    return {
        "next_action": self.name(),
        "sender_id": tracker.sender_id,
        "tracker": state,
        "version": rasa.__version__,
        "domain": domain.as_dict(),
    }


def _of_this_turn(tracker: DialogueStateTracker) -> list[Event]:
    events: list[Event] = []
    for event in reversed(tracker.events):
        events.append(event)
        if isinstance(event, UserUttered):
            break
    return events[::-1]


def _possible_keys(
    self: RulePolicy, lookup: dict[str, str], states: list[dict[str, Any]]
) -> set[str]:
    """Return the rules that fit a conversation.

    Whether a rule fits one state says nothing of the others, so that each state is looked at
    once and what fits it is remembered. Every rule fits what lies further back than it reaches.
    """
    fitting = self.__dict__.setdefault("_fitting", {})
    reach = max((len(self._rule_key_to_state(rule)) for rule in lookup), default=0)
    possible = set(lookup)
    for age, state in enumerate(reversed(states[-reach:] if reach else [])):
        key = (id(lookup), age, repr(state))
        if key not in fitting:
            if len(fitting) >= _MOST_STATES:
                fitting.clear()
            fitting[key] = frozenset(
                rule for rule in lookup if self._is_rule_applicable(rule, age, state)
            )
        possible &= fitting[key]
    return possible


def _is_empty(self: Domain) -> bool:
    return bool(self.as_dict() == _nothing())


@lru_cache(maxsize=1)
def _nothing() -> dict[str, Any]:
    return dict(Domain.empty().as_dict())


@lru_cache(maxsize=256)
def _remembered_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    found: type[Event] | None = _resolve_by_type(type_name, default)
    return found
