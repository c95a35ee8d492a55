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
    from medspacy.context import ConText, ConTextRule
    from medspacy.target_matcher import TargetMatcher, TargetRule

# Its matcher for token patterns stays empty here, and says so for every message.
warnings.filterwarnings("ignore", message=r"\[W036\]")

__all__ = ["ConText", "ConTextRule", "TargetMatcher", "TargetRule", "spacy"]
