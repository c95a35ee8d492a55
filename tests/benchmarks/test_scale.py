"""The scale benchmark: what it makes up and what it reports, at tiny sizes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import scale
from benchmarks.scale_data import enlarged, passages, vectors
from benchmarks.scale_search import SearchRow
from benchmarks.scale_vectors import VectorRow, measure, recall
from knowledge_base.index import Index


def test_made_up_vectors_have_length_one_and_are_the_same_every_time() -> None:
    """Two runs measure the same thing."""
    texts, questions = vectors(300, 20)
    np.testing.assert_allclose(np.linalg.norm(texts, axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(texts, vectors(300, 20)[0])
    assert questions.shape == (20, texts.shape[1])
    assert not np.array_equal(texts, vectors(300, 20, seed=1)[0])


def test_made_up_vectors_lie_like_those_of_the_product(index: Index) -> None:
    """What is measured on them holds for real texts: neighbours are as near as there."""
    real = index.vectors.reconstruct_n(0, index.vectors.ntotal)
    made_up = vectors(len(real), 0)[0]
    nearest = []
    for found in (real, made_up):
        cosines = found @ found.T
        np.fill_diagonal(cosines, -1)
        nearest.append(np.median(cosines.max(axis=1)))
    assert nearest[1] == pytest.approx(nearest[0], abs=0.1)


def test_made_up_passages_differ_and_join_the_products_own(index: Index) -> None:
    """The product's search is measured among passages that it could hold."""
    assert len({passage.text for passage in passages(50)}) == 50
    larger = enlarged(50)
    assert len(larger.passages) == len(index.passages) + 50
    assert larger.vectors.ntotal == len(larger.entries)


def test_recall_is_the_share_of_true_neighbours_found() -> None:
    """The figure that is reported means what it says."""
    assert recall([[1, 2], [3, 4]], [[2, 1], [4, 5]]) == 0.75


def test_every_kind_is_measured_and_the_chosen_one_is_marked() -> None:
    """The table shows what was given up by the choice, and that little was."""
    rows = measure(400, queries=20)
    assert [row.kind for row in rows] == ["flat", "packed", "hnsw"]
    assert [row.chosen for row in rows] == [True, False, False]
    assert rows[0].recall_at_10 == 1.0
    assert min(row.recall_at_10 for row in rows) >= 0.98
    assert min(min(row.build_s, row.load_ms, row.p50_ms, row.file_mb) for row in rows) > 0


def test_a_run_measures_vectors_and_search_and_writes_both(tmp_path: Path) -> None:
    """One call gives everything that the report needs."""
    rows = scale.run([200], passages=[30])
    assert [type(row) for row in rows] == [VectorRow] * 3 + [SearchRow] * 2
    scale.write(rows, tmp_path / "results.json")
    written = json.loads((tmp_path / "results.json").read_text())
    assert [row["size"] for row in written["vectors"]] == [200] * 3
    assert [row["added"] for row in written["search"]] == [0, 30]
    assert "recall_at_10" in scale.table(rows)


@pytest.mark.parametrize("sizes", ["0", "-5", "many", ""])
def test_it_refuses_a_size_that_is_none(sizes: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip on the command line ends at once, not after minutes."""
    with pytest.raises(SystemExit):
        scale.main(["--sizes", sizes])
    assert "--sizes" in capsys.readouterr().err
