"""One bot at a time uses a folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
TAKE = "from bot.data_folder import take; take(); print('taken', flush=True); input()"


@contextmanager
def bot_in(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that claims a folder as the bot does, and waits."""
    process = subprocess.Popen(
        [sys.executable, "-c", TAKE],
        cwd=ROOT,
        env={**os.environ, "HEMATOMA_GUIDE_DATA_FOLDER": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen[str]) -> str:
    """Return the first line of its output, or the last of its errors."""
    assert process.stdout
    assert process.stderr
    return process.stdout.readline() or process.stderr.read().splitlines()[-1]


def test_a_second_bot_is_refused(tmp_path: Path) -> None:
    """It is told who has the folder, and what to do; a killed bot leaves it free."""
    folder = tmp_path / "data"
    with bot_in(folder) as first:
        assert said(first) == "taken\n"
        with bot_in(folder) as second:
            error = said(second)
        assert f"process {first.pid}" in error
        assert "HEMATOMA_GUIDE_DATA_FOLDER" in error
        first.send_signal(signal.SIGKILL)
        first.wait()
        with bot_in(folder) as third:
            assert said(third) == "taken\n"
    assert folder.stat().st_mode & 0o077 == 0
