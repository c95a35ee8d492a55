"""Reads a message and a passage together: does this one answer, or the next, or none?

A cross-encoder (Nogueira & Cho 2019, "Passage Re-ranking with BERT"): where the encoder compares a
message with known questions, this one reads it beside what would be said. It takes longer, so it
reads only the passages between which search can hardly choose.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knowledge_base.encoder import load_base, model_dir
from knowledge_base.graphs import GRAPHS_DIR, open_graph, write_graph
from knowledge_base.passages import Passage
from knowledge_base.question import ARTICLE_NAMES
from knowledge_base.search import Evidence
from knowledge_base.weights import Adapter, load_adapter

RERANKER_DIR = Path(__file__).parents[1] / "training" / "reranker"
RERANKER_FILE = GRAPHS_DIR / "reranker.onnx"
HEAD_WEIGHT, HEAD_BIAS = "head.weight", "head.bias"

# Passages are read that score so near to the first one, and so many at most. Of 1,571 questions on
# which nothing was taught the right one came first for 1,286 by search, for 1,323 after reading
# three each, and for as many where only those nearer than this were read: one for four in five.
CLOSE = 0.03
MOST = 3
# What the log odds count beside the score of search.
LOG_ODDS_WEIGHT = 0.05
LEAST_LOG_ODDS = -15.0

# Word pieces that are read of each part; of what was said before and of the message, the last.
BEFORE_PIECES, MESSAGE_PIECES, PASSAGE_PIECES = 48, 64, 72

Pieces = npt.NDArray[np.int64]


class Pair(NamedTuple):
    """A message, what was said before it, and what might answer it."""

    before: str
    message: str
    passage: str


def told(passage: Passage) -> str:
    """Return a passage as it is read: of what it tells, and what."""
    return f"{ARTICLE_NAMES.get(passage.article, passage.article)}, {passage.topic}: {passage.text}"


class Reranker:
    """Tells how likely a passage answers a message."""

    def __init__(self, path: Path = RERANKER_FILE, adapter: Adapter | None = None) -> None:
        """Load the exported reranker.

        Args:
            path: the ONNX file that `export` wrote.
            adapter: that it must have been exported with; by default the one that ships.

        Raises:
            KnowledgeBaseError: the file is missing, or of another adapter.
        """
        adapter = adapter or load_adapter(RERANKER_DIR)
        self._graph = open_graph(path, adapter.digest)
        self._tokenizer = tokenizer()
        self._taught = frozenset(adapter.manifest["taught"])

    def log_odds(self, pairs: Sequence[Pair]) -> npt.NDArray[np.float32]:
        """Return the log odds that each passage answers, against none of those near it."""
        (found,) = self._graph.run(None, rows_of(self._tokenizer, pairs))
        return np.asarray(found, dtype=np.float32)

    # A turn looks at one message several times.
    @lru_cache(maxsize=64)  # noqa: B019  (one reranker lives as long as the process)
    def _remembered(self, pairs: tuple[Pair, ...]) -> npt.NDArray[np.float32]:
        return self.log_odds(pairs).clip(LEAST_LOG_ODDS)

    def reranked(self, evidence: Evidence, text: str, before: str) -> Evidence:
        """Return what search found, the first passages in the order that reading them gives.

        Passages of articles that the reranker was not taught stay where they are, and nothing is
        said of them.

        Args:
            evidence: what search found.
            text: the message.
            before: what it was read after.
        """
        least = evidence.hits[0].score - CLOSE
        near = list(takewhile(lambda hit: hit.score >= least, evidence.hits[:MOST]))
        if not self._taught.issuperset(fact for hit in near for fact in hit.passage.facts):
            return evidence
        odds = self._remembered(tuple(Pair(before, text, told(hit.passage)) for hit in near))
        totals = [hit.score + LOG_ODDS_WEIGHT * o for hit, o in zip(near, odds, strict=True)]
        order = sorted(range(len(near)), key=lambda n: -totals[n])
        # They keep the scores of their ranks, which other rules compare with those of the rest.
        first = [replace(near[n], score=hit.score) for n, hit in zip(order, near, strict=True)]
        return replace(
            evidence,
            hits=(*first, *evidence.hits[len(near) :]),
            answers=float(odds[order[0]]),
        )


def tokenizer() -> Any:
    """Return the base model's tokenizer, which neither cuts nor fills up."""
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(model_dir() / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    return found


def rows_of(pieces: Any, pairs: Sequence[Pair]) -> dict[str, Pieces]:
    """Return pairs as the model reads them: what was said, the message, the passage.

    Args:
        pieces: see `tokenizer`.
        pairs: what to read.

    Returns:
        five arrays of shape (pairs, word pieces); the last two tell where message and passage are.
    """
    start, end = (pieces.token_to_id(name) for name in ("[CLS]", "[SEP]"))
    texts = [part for pair in pairs for part in pair]
    found = [e.ids for e in pieces.encode_batch(texts, add_special_tokens=False)]
    rows = []
    for number in range(0, len(found), len(Pair._fields)):
        before, message, passage = found[number : number + len(Pair._fields)]
        before, message = before[-BEFORE_PIECES:], message[-MESSAGE_PIECES:]
        passage = passage[:PASSAGE_PIECES]
        front = [start, *before, end] if before else [start]
        ids = [*front, *message, end, *passage, end]
        here = range(len(front), len(front) + len(message))
        there = range(here.stop + 1, len(ids) - 1)
        rows.append((ids, range(len(ids)), range(here.start, here.stop + 1), here, there))
    names = ("input_ids", "attention_mask", "token_type_ids", "message", "passage")
    shape = (len(rows), max(len(ids) for ids, *_ in rows))
    arrays = {name: np.zeros(shape, dtype=np.int64) for name in names}
    for row, (ids, *places) in enumerate(rows):
        arrays["input_ids"][row, : len(ids)] = ids
        for name, place in zip(names[1:], places, strict=True):
            arrays[name][row, place.start : place.stop] = 1
    return arrays


def side_by_side(words: Any, message: Any, passage: Any) -> Any:
    """Return what the head reads: the means of message and passage, and their product.

    Args:
        words: tensor of token vectors, shape (batch, tokens, dimension).
        message: 1 where the message is, shape (batch, tokens).
        passage: 1 where the passage is, same shape.

    Returns:
        tensor of shape (batch, 3 * dimension).
    """
    import torch

    def mean(place: Any) -> Any:
        weight = place.unsqueeze(-1).to(words.dtype)
        return (words * weight).sum(1) / weight.sum(1).clamp(min=1)

    one, other = mean(message), mean(passage)
    return torch.cat([one, other, one * other], 1)


def export(path: Path = RERANKER_FILE, adapter: Adapter | None = None) -> None:
    """Write the tuned reranker as one ONNX graph, with its head inside.

    Args:
        path: the file to write; its folder is made. A note of the adapter goes beside it.
        adapter: to merge into the base weights; by default the one that ships.
    """
    import torch

    adapter = adapter or load_adapter(RERANKER_DIR)
    encoder = load_base()[0].auto_model
    adapter.merge_into(encoder)
    weight, bias = (
        torch.from_numpy(adapter.tensors[name].astype(np.float32))
        for name in (HEAD_WEIGHT, HEAD_BIAS)
    )

    class Odds(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(
            self,
            input_ids: torch.Tensor,
            attention_mask: torch.Tensor,
            token_type_ids: torch.Tensor,
            message: torch.Tensor,
            passage: torch.Tensor,
        ) -> torch.Tensor:
            words = self.encoder(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
            ).last_hidden_state
            return (side_by_side(words, message, passage) @ weight.T + bias).squeeze(1)

    pairs = [Pair("", "one", "text"), Pair("what", "a longer", "other text")]
    example = {name: torch.from_numpy(a) for name, a in rows_of(tokenizer(), pairs).items()}
    write_graph(Odds(), example, path, adapter.digest)


@lru_cache(maxsize=1)
def shared_reranker() -> Reranker:
    """Return the one reranker of this process."""
    return Reranker()
