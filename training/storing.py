"""What every tuning shares: recipes as options of a command, and weights with their manifest."""

import argparse
import hashlib
import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from safetensors.torch import save
from torch import Tensor

from knowledge_base.weights import ADAPTER, MANIFEST

Recipe = TypeVar("Recipe")


def add_recipe(parser: argparse.ArgumentParser, kind: type[Any]) -> None:
    """Add an option for each field of a recipe, and one for the device."""
    parser.add_argument("--device", default="cpu", help="where torch computes: cpu or cuda")
    for field in fields(kind):
        name = "--" + field.name.replace("_", "-")
        parser.add_argument(name, type=type(field.default), default=field.default)


def recipe_of(options: argparse.Namespace, kind: type[Recipe]) -> Recipe:
    """Return the recipe that the options name."""
    return kind(**{field.name: getattr(options, field.name) for field in fields(kind)})  # type: ignore[arg-type]


def write_adapter(
    folder: Path, tensors: dict[str, Tensor], scale: float, recipe: Any, **known: Any
) -> None:
    """Write what was tuned, and a manifest that names it.

    Args:
        folder: is made.
        tensors: in half precision.
        scale: of the adapter.
        recipe: a data class.
        known: what else stands in the manifest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = save(tensors)
    (folder / ADAPTER).write_bytes(content)
    manifest = {
        "base": "all-MiniLM-L6-v2",
        "adapter": hashlib.sha256(content).hexdigest(),
        "scale": scale,
        "recipe": asdict(recipe),
        **known,
    }
    write_json(folder / MANIFEST, manifest)


def write_json(path: Path, content: object) -> None:
    """Write a file as people read it."""
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
