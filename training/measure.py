"""How well a reader tells danger on messages that it was never tuned on, and where to alarm.

The messages are those of ``evaluation/red_flags.jsonl``: written by people who saw no code and
no training data, first scored, and kept apart ever since.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.items import RED_FLAGS_FILE, RedFlag, load_red_flags
from training.data import DANGERS, Example

# How often look-alikes, and ordinary talk, may get the message of each family of dangers.
FALSE_ALARMS = {"emergency": (0.025, 0.004), "crisis": (0.015, 0.0045)}
ORDINARY = "ordinary"
_STEPS = np.round(np.arange(0.05, 1.0, 0.05), 2)

Chances = npt.NDArray[np.float32]


def kept() -> list[RedFlag]:
    """Return the messages that nothing is tuned on."""
    return load_red_flags([RED_FLAGS_FILE])


def chances(messages: Sequence[RedFlag], danger_of: Callable[[list[Example]], Chances]) -> Chances:
    """Return what a reader makes of messages: one row each, none first."""
    return danger_of([Example(m.text, m.earlier) for m in messages])


def family(kind: str) -> str:
    """Return the family of a kind of danger, or of a label: those that share a threshold."""
    return "crisis" if kind.startswith("crisis") else "emergency"


def curves(messages: Sequence[RedFlag], rows: Chances) -> dict[str, list[dict[str, float]]]:
    """Return, for each family and threshold, which share of each sort of messages alarms.

    Args:
        messages: labelled.
        rows: their chances.
    """
    danger = 1 - rows[:, 0]
    families = np.array([family(kind) for kind in _kinds(rows)])
    wanted = np.array([family(m.label) if m.is_alarm else "" for m in messages])
    ordinary = np.array([m.group == ORDINARY for m in messages])
    found = {}
    for name in FALSE_ALARMS:
        sorts = {
            "dangers": wanted == name,
            "look_alikes": (wanted == "") & ~ordinary,
            "ordinary": ordinary,
        }
        found[name] = [
            {"threshold": float(step)}
            | {
                sort: _share(((danger >= step) & (families == name))[chosen])
                for sort, chosen in sorts.items()
            }
            for step in _STEPS
        ]
    return found


def thresholds(found: Mapping[str, Sequence[dict[str, float]]]) -> dict[str, float]:
    """Return for each kind the lowest threshold that keeps false alarms within bounds."""
    least = {}
    for name, points in found.items():
        look_alikes, ordinary = FALSE_ALARMS[name]
        fit = [
            point["threshold"]
            for point in points
            if point["look_alikes"] <= look_alikes and point["ordinary"] <= ordinary
        ]
        least[name] = min(fit, default=points[-1]["threshold"])
    return {kind: least[family(kind)] for kind in DANGERS[1:]}


def _kinds(rows: Chances) -> list[str]:
    return [DANGERS[1 + int(np.argmax(row[1:]))] for row in rows]


def figures(
    messages: Sequence[RedFlag], rows: Chances, least: Mapping[str, float]
) -> dict[str, Any]:
    """Return recall, right kinds and false alarms at the thresholds."""
    kinds = _kinds(rows)
    danger = 1 - rows[:, 0] >= np.array([least[kind] for kind in kinds])
    alarms = np.array([m.is_alarm for m in messages])
    right = np.array([m.is_of_kind(kind) for m, kind in zip(messages, kinds, strict=True)])
    ordinary = np.array([m.group == ORDINARY for m in messages])
    look_alikes = ~alarms & ~ordinary
    return {
        "dangers": int(alarms.sum()),
        "alarmed": _share(danger[alarms]),
        "of_the_right_kind": _share((danger & right)[alarms]),
        "look_alikes": int(look_alikes.sum()),
        "look_alikes_alarmed": _share(danger[look_alikes]),
        "ordinary": int(ordinary.sum()),
        "ordinary_alarmed": _share(danger[ordinary]),
    }


def _share(hits: npt.NDArray[np.bool_]) -> float:
    return round(float(hits.mean()), 4) if len(hits) else 0.0
