"""Exported models: graphs in ONNX that onnxruntime serves, so that a running bot imports no torch.

A note beside each graph says of which weights it was made; one of others is refused.
"""

import os
import warnings
from pathlib import Path
from typing import Any

from knowledge_base.errors import KnowledgeBaseError

GRAPHS_DIR = Path(__file__).parent / "index"
THREADS_VARIABLE = "HEMATOMA_GUIDE_ENCODER_THREADS"
_OPSET = 17


def open_graph(path: Path, note: str) -> Any:
    """Return the onnxruntime session of a graph.

    Args:
        path: the ONNX file that `write_graph` wrote.
        note: what it must have been made of.

    Raises:
        KnowledgeBaseError: the file is missing, or made of something else.
    """
    import onnxruntime

    require_current(path, note)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get(THREADS_VARIABLE, "2"))
    options.inter_op_num_threads = 1
    # A spinning thread pool would keep a core busy between two messages.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def require_current(path: Path, note: str) -> None:
    """Check that a graph is there, and of what it was made.

    Raises:
        KnowledgeBaseError: it is not, or of something else.
    """
    noted = _note_of(path)
    if not path.is_file() or not noted.is_file():
        raise KnowledgeBaseError(f"{path.name} is missing: run `make train`.")
    if noted.read_text(encoding="utf-8") != note:
        raise KnowledgeBaseError(
            f"{path.name} was not made of the weights that ship: run `make train`."
        )


def write_graph(module: Any, example: dict[str, Any], path: Path, note: str) -> None:
    """Write a torch module as an ONNX graph.

    Args:
        module: gives one tensor, whose first dimension is the batch.
        example: its arguments by name, in order: tensors of shape (batch, tokens).
        path: the file to write; its folder is made.
        note: what it is made of.
    """
    import torch

    path.parent.mkdir(parents=True, exist_ok=True)
    _note_of(path).unlink(missing_ok=True)
    unfinished = path.with_suffix(".part")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            tuple(example.values()),
            str(unfinished),
            input_names=list(example),
            output_names=["found"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in example}
            | {"found": {0: "batch"}},
            dynamo=False,
            opset_version=_OPSET,
        )
    unfinished.replace(path)
    _note_of(path).write_text(note, encoding="utf-8")


def _note_of(path: Path) -> Path:
    return path.with_suffix(".weights")
