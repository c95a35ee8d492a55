"""Libraries do not bring along what is not used."""

from __future__ import annotations

import importlib
import inspect
import sys

import bm25s.selection
import pytest

from knowledge_base.optional import absent


def test_an_absent_module_seems_not_to_be_installed() -> None:
    """A library that can do without it does without it."""
    sys.modules.pop("sndhdr", None)
    with absent("sndhdr"), pytest.raises(ImportError):
        importlib.import_module("sndhdr")
    assert importlib.import_module("sndhdr")


def test_a_module_in_use_is_not_taken_away() -> None:
    """Whoever uses it already keeps it."""
    with absent("sys", "inspect"):
        assert sys.modules["inspect"] is inspect


def test_bm25s_still_takes_jax_where_it_is() -> None:
    """When bm25s stops that, our way around can go."""
    assert "import jax" in inspect.getsource(bm25s.selection)
