"""Tunes the reader anew and prints its figures beside those of the weights that ship.

``python -m training`` writes ``training/reader``; on two cores it takes some
three hours, on a GPU (``--device cuda``) ten minutes.
"""

import argparse
from pathlib import Path
from typing import Any

from knowledge_base.weights import MANIFEST, READER_DIR, THRESHOLDS, Weights, load_weights
from training.data import DANGERS, acts, dangers, digest, meanings
from training.measure import chances, curves, figures, kept, thresholds
from training.model import Reader
from training.storing import add_recipe, recipe_of, write_adapter, write_json
from training.tune import Recipe, tune


def main() -> None:
    """Tune, measure and write."""
    options = _options()
    recipe = recipe_of(options, Recipe)
    start = load_weights(options.go_on_from) if options.go_on_from else None
    reader = tune(dangers(), acts(), meanings(), recipe, start, options.device)
    messages = kept()
    rows = chances(messages, reader.chances)
    points = curves(messages, rows)
    least = thresholds(points)
    measured = figures(messages, rows, least)
    before = _figures_in(options.to)
    _write(options.to, reader, recipe, measured, least, points, start)
    print(f"{'':24}{'shipped':>10}{'new':>10}")
    for name, value in measured.items():
        print(f"{name:24}{before.get(name, '-'):>10}{value:>10}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--to", type=Path, default=READER_DIR, help="folder to write")
    parser.add_argument(
        "--go-on-from",
        type=Path,
        help="folder of weights to start from, to learn a few more messages in minutes",
    )
    add_recipe(parser, Recipe)
    return parser.parse_args()


def _figures_in(folder: Path) -> dict[str, Any]:
    if not (folder / MANIFEST).is_file():
        return {}
    return dict(load_weights(folder).manifest["figures"])


def _write(
    folder: Path,
    reader: Reader,
    recipe: Recipe,
    measured: dict[str, Any],
    least: dict[str, float],
    points: dict[str, list[dict[str, float]]],
    start: Weights | None = None,
) -> None:
    write_adapter(
        folder,
        reader.tuned(),
        reader.scale,
        recipe,
        dangers=DANGERS,
        data=digest(),
        went_on_from=start.digest if start else None,
        figures=measured,
    )
    write_json(
        folder / THRESHOLDS,
        {
            "thresholds": least,
            "measured_on": "evaluation/red_flags.jsonl: share of each sort of messages that alarms",
            "curves": points,
        },
    )


if __name__ == "__main__":
    main()
