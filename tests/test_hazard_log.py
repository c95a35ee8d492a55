"""The hazard log names only tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOG = (ROOT / "docs" / "hazard-log.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(test_\w+)`", LOG)
WRITTEN = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8"))
}


def test_each_control_is_proved_by_a_test_that_exists() -> None:
    """Every test that the hazard log leans on is really there, and no hazard is without one."""
    assert set(NAMED) <= WRITTEN
    rows = [line for line in LOG.splitlines() if re.match(r"\| H\d+ ", line)]
    assert rows
    assert all("`test_" in row for row in rows)
