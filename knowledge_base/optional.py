"""Keep a library from importing others that it would only use for what is not needed here."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Let modules seem not to be installed until the block ends.

    Args:
        names: modules; one that was imported already stays as it is.
    """
    added = [name for name in names if name not in sys.modules]
    for name in added:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in added:
            sys.modules.pop(name, None)
