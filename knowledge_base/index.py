"""The index: passages and their search phrases as vectors in FAISS, with a manifest.

`layers.npy` holds what the encoder makes of each text, so that a changed article costs only its own
texts; `asks.npy` how phrases are told apart.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from knowledge_base.articles import Line, Source
from knowledge_base.asks import AskClassifier, Asked
from knowledge_base.encoder import DIMENSION, LAYERS
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.passages import Passage
from knowledge_base.questions import NotCovered
from knowledge_base.vectors import read
from knowledge_base.weights import shared_weights

INDEX_DIR = Path(__file__).parent / "index"
FORMAT = 8

_FILES = ("texts.json", "vectors.faiss", "layers.npy", "asks.npy")
# What the encoder's layers make of each text, in half precision, shape (texts, features).
Layers = npt.NDArray[np.float16]


@dataclass(frozen=True)
class Entry:
    """One vector of the index: a text, and what it leads to.

    Attributes:
        text: what was embedded.
        passage: id of the passage it finds, or None.
        not_covered: id of the thing outside the sources that it finds, or None.
        verdict: "yes" or "no" where the passage answers the text so, else None.
        before: what the text was read after; "" for nothing.
        sentences: numbers of the sentences of the passage that answer it; none for all, or if
            nobody knows.
    """

    text: str
    passage: str | None = None
    not_covered: str | None = None
    verdict: str | None = None
    before: str = ""
    sentences: tuple[int, ...] = ()


class Index:
    """Passages, sources and vectors, loaded."""

    def __init__(
        self,
        sources: list[Source],
        passages: list[Passage],
        not_covered: list[NotCovered],
        entries: list[Entry],
        vectors: faiss.Index,
        layers: Layers,
        asks: AskClassifier,
    ) -> None:
        """Tie texts and vectors together.

        Args:
            sources: front matter of the articles.
            passages: all passages, both grains.
            not_covered: what the sources do not cover.
            entries: the indexed texts.
            vectors: one vector per text.
            layers: what the encoder makes of each text, shape (texts, features).
            asks: tells which passage a message asks for, and how.

        Raises:
            KnowledgeBaseError: texts and vectors do not belong together.
        """
        if not len(entries) == vectors.ntotal == len(layers) or vectors.d != DIMENSION:
            raise KnowledgeBaseError(
                f"The index holds {vectors.ntotal} vectors of {vectors.d} numbers for "
                f"{len(entries)} texts of {DIMENSION}: run `make index` again."
            )
        self.sources = {source.id: source for source in sources}
        self.passages = {passage.id: passage for passage in passages}
        self.not_covered = {thing.id: thing for thing in not_covered}
        self.entries = entries
        self.vectors = vectors
        self.layers = layers
        self.asks = asks

    def save(self, folder: Path, digest: str) -> None:
        """Write the index as JSON beside a FAISS file; the manifest comes last."""
        folder.mkdir(parents=True, exist_ok=True)
        content = {
            "sources": [asdict(source) for source in self.sources.values()],
            "passages": [asdict(passage) for passage in self.passages.values()],
            "not_covered": [asdict(thing) for thing in self.not_covered.values()],
            "entries": [asdict(entry) for entry in self.entries],
            "asks": self.asks.classes,
        }
        (folder / "manifest.json").unlink(missing_ok=True)
        faiss.write_index(self.vectors, str(folder / "vectors.faiss"))
        # The arrays of an index that is read are mapped from the files of these names.
        for name, array in (("layers.npy", self.layers), ("asks.npy", self.asks.weights)):
            np.save(folder / f"new-{name}", array)
            (folder / f"new-{name}").replace(folder / name)
        _write(folder / "texts.json", content)
        _write(folder / "manifest.json", manifest(digest, len(self.entries)))


def load_index(folder: Path = INDEX_DIR) -> Index:
    """Load a saved index and check its manifest.

    Raises:
        KnowledgeBaseError: the index is missing, damaged, or of another model or format.
    """
    found = _read(folder / "manifest.json")
    expected = manifest(found.get("digest", ""), _count(found))
    for name, value in expected.items():
        if found.get(name) != value:
            raise KnowledgeBaseError(
                f"The index has {name} {found.get(name)!r}, this program needs {value!r}: "
                "run `make index`."
            )
    content = _read(folder / "texts.json")
    vectors = read(folder / "vectors.faiss")
    layers, weights = (_mapped(folder / name) for name in ("layers.npy", "asks.npy"))
    try:
        asks = [_asked(stored) for stored in content["asks"]]
        return Index(
            [Source(**source) for source in content["sources"]],
            [_passage(passage) for passage in content["passages"]],
            [_not_covered(thing) for thing in content["not_covered"]],
            [_entry(entry) for entry in content["entries"]],
            vectors,
            layers,
            AskClassifier(asks, weights),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise KnowledgeBaseError("texts.json is damaged: run `make index`.") from error


def is_current(digest: str, folder: Path = INDEX_DIR) -> bool:
    """Tell whether the saved index was built from files with this digest."""
    try:
        found = _read(folder / "manifest.json")
        current = found == manifest(digest, _count(found))
        return bool(current and all((folder / name).is_file() for name in _FILES))
    except KnowledgeBaseError:
        return False


def manifest(digest: str, texts: int) -> dict[str, Any]:
    """Return what an index of this many texts, made now of files with this digest, says."""
    return {
        "format": FORMAT,
        "model": shared_weights().digest,
        "dimension": DIMENSION * len(LAYERS),
        "digest": digest,
        "texts": texts,
    }


def _count(found: dict[str, Any]) -> int:
    texts = found.get("texts")
    return texts if isinstance(texts, int) else 0


def _passage(stored: dict[str, Any]) -> Passage:
    return Passage(**{**stored, "lines": tuple(Line(**line) for line in stored["lines"])})


def _entry(stored: dict[str, Any]) -> Entry:
    return Entry(**{**stored, "sentences": tuple(stored["sentences"])})


def _asked(stored: list[Any]) -> Asked:
    passage, verdict, sentences = stored
    return Asked(passage, verdict, tuple(sentences))


def _not_covered(stored: dict[str, Any]) -> NotCovered:
    return NotCovered(
        **{**stored, "aliases": tuple(stored["aliases"]), "asks": tuple(stored["asks"])}
    )


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _mapped(path: Path) -> npt.NDArray[Any]:
    """Return an array that is read from its file where it is used."""
    try:
        return np.asanyarray(np.load(path, mmap_mode="r"))
    except (OSError, ValueError) as error:
        raise KnowledgeBaseError(f"{path.name} cannot be read: run `make index`.") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise KnowledgeBaseError(f"{path.name} is missing: run `make index`.") from error
    except ValueError as error:
        raise KnowledgeBaseError(f"{path.name} is damaged: run `make index`.") from error
    if not isinstance(content, dict):
        raise KnowledgeBaseError(f"{path.name} is damaged: run `make index`.")
    return content
