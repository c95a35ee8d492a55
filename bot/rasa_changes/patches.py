"""What is changed in Rasa's classes; the table in this package's docstring says why."""

from functools import lru_cache
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.brokers.broker import EventBroker
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.tracker_store import TrackerStore, create_tracker_store
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.events import Event
from rasa.utils.endpoints import EndpointConfig

_MOST_STATES = 4096

_from_dict = ModelMetadata.from_dict
_create_broker = EventBroker.create
_create_store = TrackerStore.create
_type_of_event = lru_cache(maxsize=256)(Event.resolve_by_type)


def apply() -> None:
    """Make the changes; may be called twice."""
    ModelMetadata.from_dict = lambda kept: _from_dict({**kept, "train_schema": {"nodes": {}}})
    EventBroker.create = staticmethod(_broker)
    TrackerStore.create = staticmethod(_store)
    DaskGraphRunner.run = _run
    RemoteAction._validate_action_result = lambda self, result: True
    RulePolicy._get_possible_keys = _possible_keys
    Event.resolve_by_type = staticmethod(_type_of_event)


async def _broker(obj: Any, loop: Any = None) -> EventBroker | None:
    return None if obj is None else await _create_broker(obj, loop)


def _store(obj: Any, domain: Any = None, event_broker: Any = None) -> TrackerStore:
    # A store of one's own is named by its class; its own errors are the ones to expect.
    is_own = isinstance(obj, EndpointConfig) and "." in (obj.type or "")
    return (create_tracker_store if is_own else _create_store)(obj, domain, event_broker)


def _run(self: DaskGraphRunner, inputs: Any = None, targets: Any = None) -> dict[str, Any]:
    """Run what the targets need, each node once, a node's needs before it."""
    schema = self._graph_schema
    done = {name: (name, given) for name, given in (inputs or {}).items()}

    def output_of(name: str) -> Any:
        if name not in done and name in schema.nodes:
            needed = [output_of(need) for need in schema.nodes[name].needs.values()]
            done[name] = self._instantiated_nodes[name](*needed)
        return done.get(name, name)

    try:
        return dict(output_of(target) for target in targets or schema.target_names)
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error


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
            fits = (rule for rule in lookup if self._is_rule_applicable(rule, age, state))
            fitting[key] = frozenset(fits)
        possible &= fitting[key]
    return possible
