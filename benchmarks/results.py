"""The record of a run, as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.errors import BenchmarkError
from benchmarks.percentiles import median

# Rows of `benchmarks.scale` by kind.
Scale = dict[str, list[dict[str, Any]]]

FORMAT = 1
FILE = Path(__file__).parent / "results.json"
OURS = "ours"
STOCK = "stock"

_PACKAGES = ("rasa", "onnxruntime", "tensorflow", "torch", "sentence-transformers", "faiss-cpu")
_GIGABYTE = 1024**3


@dataclass
class Results:
    """Everything one run found.

    Attributes:
        date: day of the run, as 2030-12-31.
        machine: what it ran on.
        plan: how much was measured.
        sides: for each side, the values of each figure, one per round.
        floor_ms: the bare encoder pass, one per round.
        stages: milliseconds of one turn of our bot by stage.
        scale: rows of `benchmarks.scale` by kind ("vectors", "search"), if it was run.
        notes: what a reader must know to judge the figures.
    """

    date: str
    machine: dict[str, Any]
    plan: dict[str, Any]
    sides: dict[str, dict[str, list[float]]] = field(default_factory=lambda: {OURS: {}, STOCK: {}})
    floor_ms: list[float] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    scale: Scale = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, side: str, figures: Mapping[str, float]) -> None:
        """Add the figures of one round."""
        for name, value in figures.items():
            self.sides[side].setdefault(name, []).append(value)

    def value(self, side: str, name: str) -> float | None:
        """Return the median of a figure over the rounds, or None if it was not measured."""
        values = self.sides.get(side, {}).get(name)
        return median(values) if values else None

    @property
    def floor(self) -> float | None:
        """Milliseconds of the bare encoder pass, or None."""
        return median(self.floor_ms) if self.floor_ms else None

    def save(self, path: Path) -> None:
        """Write the record."""
        content = {"format": FORMAT, **_rounded(asdict(self))}
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(path: Path = FILE) -> Results:
    """Read a record.

    Raises:
        BenchmarkError: it is missing, damaged or of another format.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            raise BenchmarkError(f"{path.name} has another format: run `make bench` again.")
        return Results(**content)
    except FileNotFoundError as error:
        raise BenchmarkError(f"{path.name} is missing: run `make bench`.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BenchmarkError(f"{path.name} is damaged: run `make bench` again.") from error


def machine() -> dict[str, Any]:
    """Return what makes figures comparable; nothing that names the machine or its owner."""
    return {
        "system": platform.system(),
        "processor": _processor(),
        "cores": _cores(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIGABYTE),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def _cores() -> int:
    # A container may have fewer cores than its machine; only Linux says so.
    mine = getattr(os, "sched_getaffinity", None)
    return len(mine(0)) if mine else os.cpu_count() or 1


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()


def _rounded(content: Any) -> Any:
    """Round every number to what a measurement can mean."""
    if isinstance(content, float):
        return float(f"{content:.5g}")
    if isinstance(content, dict):
        return {key: _rounded(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_rounded(value) for value in content]
    return content
