"""The index: saved, loaded, checked, and built again only where something changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest

from knowledge_base.encoder import DIMENSION, Encoder
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.index import (
    INDEX_DIR,
    Entry,
    Index,
    build_index,
    digest_of,
    is_current,
    load_index,
)
from tests.knowledge_base.conftest import Files, HandMadeEncoder, article_text


def vectors_of(index: Index) -> list[np.ndarray]:
    """All vectors."""
    return list(index.vectors.reconstruct_n(0, index.vectors.ntotal))


@pytest.fixture
def saved(files: Files, tmp_path: Path, encoder: Encoder) -> Path:
    """A small index on disk, made by the real encoder."""
    folder = tmp_path / "index"
    build_index(encoder, **files.folders()).save(folder, digest_of(**files.folders()))
    return folder


def test_what_was_saved_is_what_is_loaded(files: Files, saved: Path, encoder: Encoder) -> None:
    """A restart changes no answer."""
    built, loaded = build_index(encoder, **files.folders()), load_index(saved)
    assert loaded.entries == built.entries
    assert loaded.passages == built.passages
    assert loaded.sources == built.sources
    assert loaded.not_covered == built.not_covered
    for one, other in zip(vectors_of(built), vectors_of(loaded), strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_holds_lines_phrases_and_things_not_covered(saved: Path) -> None:
    """What an article says, how people ask for it, and what is not there can all be found."""
    entries = {entry.text: entry for entry in load_index(saved).entries}
    assert entries["how rare"] == Entry(
        "how rare", passage="spinal/overview/2", before="spinal hematoma"
    )
    assert entries["is it rare"].verdict == "yes"
    assert entries["is it frequent"].verdict == "no"
    assert entries["bleeding liver"].not_covered == "liver"
    assert entries["A title, causes: A fall can cause it."].passage == "spinal/causes/1"


def test_every_vector_has_length_one(index: Index) -> None:
    """A similarity is a true cosine."""
    np.testing.assert_allclose(np.linalg.norm(vectors_of(index), axis=1), 1.0, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "value"), [("format", 1), ("model", "other"), ("dimension", 512), ("format", None)]
)
def test_it_refuses_an_index_of_another_kind(saved: Path, name: str, value: object) -> None:
    """An index that does not fit this program is refused, and the way out is named."""
    manifest = json.loads((saved / "manifest.json").read_text())
    if value is None:
        del manifest[name]
    else:
        manifest[name] = value
    (saved / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(KnowledgeBaseError, match=rf"{name}.*make index"):
        load_index(saved)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _garbage(path: Path) -> None:
    path.write_bytes(b"\xff\x00garbage" * 9)


def _other_json(path: Path) -> None:
    path.write_text("[1, 2]")


def _lacking(path: Path) -> None:
    path.write_text('{"sources": []}')


@pytest.mark.parametrize("damage", [Path.unlink, _cut, _empty, _garbage], ids=lambda f: f.__name__)
@pytest.mark.parametrize("name", ["manifest.json", "texts.json", "vectors.faiss"])
def test_it_says_what_to_do_when_a_file_is_damaged(
    saved: Path, name: str, damage: Callable[[Path], None]
) -> None:
    """A half-copied or lost file ends in one clear sentence."""
    damage(saved / name)
    with pytest.raises(KnowledgeBaseError, match=r"make index"):
        load_index(saved)


@pytest.mark.parametrize("damage", [_other_json, _lacking], ids=lambda f: f.__name__)
def test_it_says_what_to_do_when_the_texts_are_of_another_shape(
    saved: Path, damage: Callable[[Path], None]
) -> None:
    """Texts that are JSON but not ours end in one clear sentence too."""
    damage(saved / "texts.json")
    with pytest.raises(KnowledgeBaseError, match=r"make index"):
        load_index(saved)


@pytest.mark.parametrize(("count", "dimension"), [(1, DIMENSION), (99, DIMENSION), (None, 8)])
def test_texts_and_vectors_must_belong_together(
    saved: Path, count: int | None, dimension: int
) -> None:
    """A mix of two builds is refused, because it would answer with the wrong passages."""
    entries = len(load_index(saved).entries)
    other = faiss.IndexFlatIP(dimension)
    other.add(np.zeros((entries if count is None else count, dimension), dtype=np.float32))
    faiss.write_index(other, str(saved / "vectors.faiss"))
    with pytest.raises(KnowledgeBaseError, match=r"make index"):
        load_index(saved)


def test_a_second_build_embeds_only_what_changed(files: Files, encoder: Encoder) -> None:
    """After a small edit the build is quick, and finds the same as a build from nothing."""
    before = build_index(encoder, **files.folders())
    path = files.articles / "spinal.md"
    path.write_text(path.read_text().replace("A fall can", "A hard fall can"), encoding="utf-8")

    class Counting:
        def __init__(self) -> None:
            self.encoded: list[str] = []

        def encode(self, texts: list[str], before: str = "") -> np.ndarray:
            self.encoded.extend(texts)
            return encoder.encode(texts, before)

    counting = Counting()
    again = build_index(counting, **files.folders(), previous=before)
    anew = build_index(encoder, **files.folders())
    assert counting.encoded
    assert all("A hard fall" in text for text in counting.encoded)
    assert again.entries == anew.entries
    for one, other in zip(vectors_of(again), vectors_of(anew), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_build_without_any_change_embeds_nothing(files: Files) -> None:
    """Running the build again costs nothing."""
    first = build_index(HandMadeEncoder(), **files.folders())
    second = HandMadeEncoder()
    again = build_index(second, **files.folders(), previous=first)
    assert second.encoded == []
    for one, other in zip(vectors_of(first), vectors_of(again), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("changed", ["articles/spinal.md", "questions/spinal.yml", "not_covered"])
def test_an_index_is_current_until_a_file_changes(files: Files, saved: Path, changed: str) -> None:
    """`make index` runs again when, and only when, something it is built from changed."""
    assert is_current(digest_of(**files.folders()), saved)
    path = {
        "articles/spinal.md": files.articles / "spinal.md",
        "questions/spinal.yml": files.questions / "spinal.yml",
        "not_covered": files.not_covered,
    }[changed]
    path.write_text(path.read_text() + "\n", encoding="utf-8")
    assert not is_current(digest_of(**files.folders()), saved)


@pytest.mark.parametrize("name", ["manifest.json", "texts.json", "vectors.faiss"])
def test_an_index_with_a_lost_file_is_not_current(files: Files, saved: Path, name: str) -> None:
    """When the bot says `make index`, `make index` does not answer that all is up to date."""
    (saved / name).unlink()
    assert not is_current(digest_of(**files.folders()), saved)


def test_a_new_article_changes_the_digest(files: Files) -> None:
    """An added article is noticed."""
    before = digest_of(**files.folders())
    (files.articles / "ossified.md").write_text(
        article_text(id="ossified", site="ossified"), encoding="utf-8"
    )
    assert digest_of(**files.folders()) != before


def test_no_file_of_the_index_is_a_pickle(saved: Path) -> None:
    """Loading an index can never run code that somebody hid in it."""
    for folder in (saved, INDEX_DIR):
        for path in folder.iterdir():
            assert path.suffix in (".json", ".faiss", ".onnx", ".weights"), path
            with path.open("rb") as file:
                start = file.read(4)
            if path.suffix == ".faiss":
                assert start == b"IxFI", path
            elif path.suffix == ".json":
                json.loads(path.read_text(encoding="utf-8"))
            elif path.suffix == ".onnx":
                assert start[:1] != b"\x80", path


def test_the_built_index_is_up_to_date(tmp_path: Path) -> None:
    """The index that serves patients was made from the articles as they are now."""
    assert is_current(digest_of())
    shutil.copytree(INDEX_DIR, tmp_path / "copy", ignore=shutil.ignore_patterns("encoder.*"))
    assert load_index(tmp_path / "copy").entries == load_index().entries
