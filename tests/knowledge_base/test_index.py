"""The index: saved, loaded, checked, and built again only where something changed."""

import json
import shutil
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from knowledge_base.building import build_index, digest_of
from knowledge_base.encoder import DIMENSION, Encoder
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.index import INDEX_DIR, Entry, Index, is_current, load_index
from tests.knowledge_base.conftest import Files, article_text

PARTS = ["manifest.json", "texts.json", "vectors.faiss", "layers.npy", "asks.npy"]


def same(one: Index, other: Index) -> bool:
    """Whether two indexes hold the same texts and, but for rounding, the same vectors."""
    vectors = [index.vectors.reconstruct_n(0, index.vectors.ntotal) for index in (one, other)]
    parts = [(i.entries, i.passages, i.sources, i.not_covered) for i in (one, other)]
    return parts[0] == parts[1] and np.allclose(*vectors, atol=1e-5)


@pytest.fixture
def saved(files: Files, tmp_path: Path, encoder: Encoder) -> Path:
    """A small index on disk, made by the real encoder."""
    folder = tmp_path / "index"
    build_index(encoder, **files.folders()).save(folder, digest_of(**files.folders()))
    return folder


def test_what_was_saved_is_what_is_loaded(files: Files, saved: Path, encoder: Encoder) -> None:
    """A restart changes no answer: lines, phrases and things not covered can all be found."""
    loaded = load_index(saved)
    assert same(loaded, build_index(encoder, **files.folders()))
    entries = {entry.text: entry for entry in loaded.entries}
    assert entries["how rare"] == Entry(
        "how rare", passage="spinal/overview/2", before="spinal hematoma"
    )
    assert (entries["is it rare"].verdict, entries["is it frequent"].verdict) == ("yes", "no")
    assert entries["bleeding liver"].not_covered == "liver"
    assert entries["A title, causes: A fall can cause it."].passage == "spinal/causes/1"


@pytest.mark.parametrize(("name", "value"), [("model", "other"), ("format", 1)])
def test_it_refuses_an_index_of_another_kind(saved: Path, name: str, value: object) -> None:
    """An index that does not fit this program is refused, and the way out is named."""
    manifest = json.loads((saved / "manifest.json").read_text())
    manifest[name] = value
    (saved / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(KnowledgeBaseError, match=rf"{name}.*make index"):
        load_index(saved)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *((name, content) for name in PARTS for content in (None, b"\xff\x00garbage", ...)),
        ("texts.json", b'{"sources": []}'),
    ],
)
def test_it_says_what_to_do_when_a_file_is_damaged(
    files: Files, saved: Path, name: str, content: Any
) -> None:
    """A lost, cut or damaged file ends in one clear sentence, and `make index` heals the loss."""
    whole = (saved / name).read_bytes()
    (saved / name).unlink()
    assert not is_current(digest_of(**files.folders()), saved)
    if content is not None:
        (saved / name).write_bytes(whole[:-9] if content is ... else content)
    with pytest.raises(KnowledgeBaseError, match=r"make index"):
        load_index(saved)


@pytest.mark.parametrize(("more", "dimension"), [(1, DIMENSION), (0, 8)])
def test_texts_and_vectors_must_belong_together(saved: Path, more: int, dimension: int) -> None:
    """A mix of two builds is refused, because it would answer with the wrong passages."""
    other = faiss.IndexFlatIP(dimension)
    rows = len(load_index(saved).entries) + more
    other.add(np.zeros((rows, dimension), dtype=np.float32))
    faiss.write_index(other, str(saved / "vectors.faiss"))
    with pytest.raises(KnowledgeBaseError, match=r"make index"):
        load_index(saved)


@pytest.mark.parametrize("changed", ["articles/spinal.md", "questions/spinal.yml", "not_covered"])
def test_an_index_is_current_until_a_file_changes(files: Files, saved: Path, changed: str) -> None:
    """`make index` runs again when, and only when, something it is built from changed."""
    assert is_current(digest_of(**files.folders()), saved)
    (path,) = (p for p in files.articles.parent.rglob("*.*") if changed in p.as_posix())
    before = path.read_text()
    path.write_text(before + "\n", encoding="utf-8")
    assert not is_current(digest_of(**files.folders()), saved)
    path.write_text(before, encoding="utf-8")
    (files.articles / "ossified.md").write_text(article_text(id="ossified", site="ossified"))
    assert not is_current(digest_of(**files.folders()), saved)


def test_the_built_index_is_up_to_date(tmp_path: Path) -> None:
    """The index that serves patients was made from the articles as they are now, with no code."""
    assert is_current(digest_of())
    data = {".json", ".faiss", ".npy", ".onnx", ".weights"}
    assert {path.suffix for path in INDEX_DIR.iterdir()} <= data
    shutil.copytree(INDEX_DIR, tmp_path / "copy", ignore=shutil.ignore_patterns("encoder.*"))
    assert load_index(tmp_path / "copy").entries == load_index().entries
