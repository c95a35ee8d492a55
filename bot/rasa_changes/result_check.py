"""The check of an action's result: compiled once, and left out for our own process."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema import Draft7Validator
from rasa.core.actions.action import RemoteAction

from bot.in_process_actions import InProcessActions


def apply() -> None:
    """Make the change; may be called twice."""
    RemoteAction._validate_action_result = _validate_action_result


def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    # What comes from this process was made, and checked, by rasa-sdk.
    if not isinstance(self.action_endpoint, InProcessActions):
        _validator().validate(result)
    return True


@lru_cache(maxsize=1)
def _validator() -> Draft7Validator:
    return Draft7Validator(RemoteAction.action_response_format_spec())
