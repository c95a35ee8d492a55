"""Scale of knowledge: `python -m benchmarks.scale [--sizes 1000,10000,100000,1000000]`.

Synthetic, seeded vectors and passages with the shape of the product's own. A million vectors
are measured on request only: their graph takes many minutes and some gigabytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from benchmarks import scale_search, scale_vectors
from benchmarks.scale_search import SearchRow
from benchmarks.scale_vectors import VectorRow
from knowledge_base.vectors import (
    FLAT_UP_TO,
    HNSW_EF_CONSTRUCTION,
    HNSW_EF_SEARCH,
    HNSW_M,
    PACKED_PARTS,
    PACKED_REORDERED,
    PACKED_UP_TO,
)

SIZES = (1_000, 10_000, 100_000)
# Where the kinds cross, and where an exact search no longer fits its share of a turn.
CROSSING = (3_000, 5_000, 20_000, 30_000)
# More passages than this are not made up: their words alone would fill gigabytes.
_MOST_PASSAGES = 100_000
RESULTS_FILE = Path(__file__).parent / "results-scale.json"

Row = VectorRow | SearchRow


def run(sizes: Sequence[int] = SIZES, passages: Sequence[int] | None = None) -> list[Row]:
    """Measure vectors, then the product's search.

    Args:
        sizes: how many vectors, in turn.
        passages: how many passages to add to the product; None takes those of `sizes`
            that are at most 100,000.

    Returns:
        three `VectorRow` per size, then a `SearchRow` for none and each number of passages.
    """
    if passages is None:
        passages = [size for size in sizes if size <= _MOST_PASSAGES]
    rows: list[Row] = []
    for size in sizes:
        rows += scale_vectors.measure(size)
    return rows + list(scale_search.measure(passages))


def table(rows: Sequence[Row]) -> str:
    """Return the rows as two plain tables with a line on top that names the columns."""
    lines = []
    for kind in (VectorRow, SearchRow):
        of_kind = [row for row in rows if isinstance(row, kind)]
        if not of_kind:
            continue
        names = [field.name for field in fields(kind)]
        cells = [[_cell(getattr(row, name)) for name in names] for row in of_kind]
        columns = list(zip(names, *cells, strict=True))
        widths = [max(map(len, column)) for column in columns]
        for line in (names, *cells):
            lines += ["  ".join(c.rjust(w) for c, w in zip(line, widths, strict=True))]
        lines.append("")
    return "\n".join(lines)


def write(rows: Sequence[Row], path: Path = RESULTS_FILE) -> None:
    """Write rows and the settings they were measured with as JSON."""
    content = {
        "settings": {
            "flat_up_to": FLAT_UP_TO,
            "packed_up_to": PACKED_UP_TO,
            "packed_parts": PACKED_PARTS,
            "packed_reordered": PACKED_REORDERED,
            "hnsw_m": HNSW_M,
            "hnsw_ef_construction": HNSW_EF_CONSTRUCTION,
            "hnsw_ef_search": HNSW_EF_SEARCH,
        },
        "vectors": [_rounded(row) for row in rows if isinstance(row, VectorRow)],
        "search": [_rounded(row) for row in rows if isinstance(row, SearchRow)],
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark from the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default=tuple(sorted((*SIZES, *CROSSING))),
        help="numbers of vectors, with commas (default 1000 to 100000, a few minutes)",
    )
    parser.add_argument("--out", type=Path, default=RESULTS_FILE, help="where to write the JSON")
    options = parser.parse_args(arguments)
    chosen = set(options.sizes) - set(CROSSING)
    rows = run(options.sizes, sorted(size for size in chosen if size <= _MOST_PASSAGES))
    print(table(rows))
    write(rows, options.out)
    return 0


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(size) for size in text.split(","))
    if min(sizes) < 1:
        raise argparse.ArgumentTypeError("every size must be at least 1")
    return sizes


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _rounded(row: Row) -> dict[str, object]:
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in asdict(row).items()
    }


if __name__ == "__main__":
    sys.exit(main())
