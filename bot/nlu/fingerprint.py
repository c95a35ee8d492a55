"""What Rasa's cache of trained components does not see: our code, and our own training data."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from knowledge_base.weights import shared_weights

ROOT = Path(__file__).parents[2]
_CODE = (
    "bot/nlu/*.py",
    "knowledge_base/encoder.py",
    "knowledge_base/normalize.py",
    "training/data.py",
)


@lru_cache(maxsize=1)
def of_code_and_weights() -> str:
    """Return the SHA-256 digest of the code that trained components run, and of the weights."""
    digest = hashlib.sha256(shared_weights().digest.encode())
    for path in sorted(path for pattern in _CODE for path in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def of_taught() -> str:
    """Return the SHA-256 digest of that, and of the messages taught beside Rasa's own data."""
    from training.data import digest_of, intents_in_context

    both = of_code_and_weights() + digest_of(intents_in_context())
    return hashlib.sha256(both.encode()).hexdigest()
