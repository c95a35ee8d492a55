"""Import medspaCy's target matcher and ConText without what they drag in unused.

`import medspacy` pulls in PyRuSH (which logs every message through loguru), QuickUMLS
(with NLTK, SciPy statistics and scikit-learn), and, through Thinc, PyTorch. None of it
runs here. Measured on 2 cores: 4.9 s and 600 MB as it is, 1.0 s and 80 MB like this.
The stand-ins exist only while the import runs. `test_medspacy_light` tells when a new
medspaCy no longer needs them.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

# Imported by medspaCy for components that are not used here.
_STAND_INS = (
    "PyRuSH",
    "PyRuSH.PyRuSHSentencizer",
    "quickumls",
    "quickumls.constants",
    "quickumls.core",
    "quickumls.spacy_component",
)
# Optional for Thinc, which looks for them at import time.
_ABSENT = ("torch", "cupy", "mxnet", "tensorflow")


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


@contextmanager
def _stand_ins() -> Iterator[None]:
    added: list[str] = []
    for name in _STAND_INS:
        if name not in sys.modules:
            module = _StandIn(name)
            module.__spec__ = ModuleSpec(name, None)
            sys.modules[name] = module
            added.append(name)
    for name in _ABSENT:
        if name not in sys.modules:
            sys.modules[name] = None  # type: ignore[assignment]
            added.append(name)
    try:
        yield
    finally:
        for name in added:
            sys.modules.pop(name, None)


# medspaCy silences all warnings of the process for good; this keeps them as they were.
with _stand_ins(), warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import spacy
    from medspacy.common.regex_matcher import RegexMatcher
    from medspacy.context import ConText, ConTextRule
    from medspacy.target_matcher import TargetMatcher, TargetRule

_find = RegexMatcher.__call__


class _Read:
    """A document whose text is put together once, not anew for each of some sixty patterns."""

    def __init__(self, doc: Any) -> None:
        self._doc = doc
        self.text_with_ws = doc.text_with_ws

    def __getattr__(self, name: str) -> Any:
        return getattr(self._doc, name)

    def __getitem__(self, place: Any) -> Any:
        return self._doc[place]

    def __len__(self) -> int:
        return len(self._doc)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._doc)


def _find_in_read(self: Any, doc: Any) -> list[tuple[int, int, int]]:
    return list(_find(self, _Read(doc)))


# 0.35 ms of a message's 0.9 ms.
RegexMatcher.__call__ = _find_in_read

__all__ = ["ConText", "ConTextRule", "TargetMatcher", "TargetRule", "spacy"]
