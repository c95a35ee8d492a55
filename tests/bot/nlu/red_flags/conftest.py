"""One detector for all tests here: compiling the rules takes a moment."""

from __future__ import annotations

from typing import Any

import pytest

from bot.nlu.red_flags.detector import RedFlagDetector


@pytest.fixture(scope="session")
def detector(encoder: Any) -> RedFlagDetector:
    """The detector as a running bot has it."""
    return RedFlagDetector(encoder)
