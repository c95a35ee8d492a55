"""What both set-ups have in common: they are made ready once and served several times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from benchmarks.processes import Servers


@dataclass(frozen=True)
class SetUp:
    """Seconds from an installed set of packages to a bot that can be started.

    Attributes:
        index: building the search index.
        training: training the model.
        total: everything, each step once.
    """

    index: float
    training: float
    total: float


class Side(Protocol):
    """One of the two bots that are compared."""

    name: str

    def set_up(self) -> SetUp:
        """Build the index and train the model, from nothing."""
        ...

    def serve(self) -> Servers:
        """Start the servers; they may not be ready yet."""
        ...
