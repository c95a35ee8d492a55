"""The hazard log names only tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOG = (ROOT / "docs" / "hazard-log.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(test_\w+)`", LOG)))
WRITTEN = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("name", NAMED)
def test_each_control_is_proved_by_a_test_that_exists(name: str) -> None:
    """Every test that the hazard log leans on is really there."""
    assert name in WRITTEN


def test_every_hazard_has_a_control_that_is_proved() -> None:
    """No hazard stands in the log without a test."""
    rows = [line for line in LOG.splitlines() if re.match(r"\| H\d+ ", line)]
    assert rows
    assert all("`test_" in row for row in rows)
