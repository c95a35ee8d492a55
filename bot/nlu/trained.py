"""What all trained components share: how they are made, and when they are to be trained anew.

Rasa's cache of trained components sees neither our code nor our own training data.
"""

import hashlib
from abc import abstractmethod
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from knowledge_base.weights import shared_weights

ROOT = Path(__file__).parents[2]
_CODE = (
    "bot/nlu/*.py",
    "knowledge_base/encoder.py",
    "knowledge_base/normalize.py",
    "training/data.py",
)
Self = TypeVar("Self", bound="Trained")


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Return the SHA-256 digest of code, weights, and messages taught beside Rasa's own data."""
    from training.data import digest_of, intents_in_context

    digest = hashlib.sha256(shared_weights().digest.encode())
    for path in sorted(path for pattern in _CODE for path in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    digest.update(digest_of(intents_in_context()).encode())
    return digest.hexdigest()


class Trained(GraphComponent):
    """A component that keeps what it has learned in the model."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """What else the result depends on (see parent class)."""
        return fingerprint()

    @classmethod
    def create(
        cls: type[Self],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        """Create an untrained component (see parent class)."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls: type[Self],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        """Load what was learned (see parent class)."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.read(folder)
        return component

    @abstractmethod
    def read(self, folder: Path) -> None:
        """Take what training has written into a folder."""
