"""Only the part of a model's description that serves is read."""

from __future__ import annotations

from typing import Any

from rasa.engine.storage.storage import ModelMetadata

_from_dict = ModelMetadata.from_dict


def apply() -> None:
    """Make the change; may be called twice."""
    ModelMetadata.from_dict = _without_training


def _without_training(serialized: dict[str, Any]) -> ModelMetadata:
    return _from_dict({**serialized, "train_schema": {"nodes": {}}})
