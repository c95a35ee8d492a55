"""One bot at a time uses a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from evaluation.launch import DATA_FOLDER
from tests.conftest import ROOT, python

TAKE = "from bot.data_folder import take; take(); print('taken', flush=True); input()"


def test_a_second_bot_is_refused(tmp_path: Path) -> None:
    """It is told who has the folder, and what to do; a killed bot leaves it free."""
    folder = tmp_path / "data"
    own = {DATA_FOLDER: str(folder)}
    pipe = subprocess.PIPE
    command, env = [sys.executable, "-c", TAKE], {**os.environ, **own, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe) as first:
        assert first.stdout
        assert first.stdout.readline() == b"taken\n"
        refused = python("-c", TAKE, **own).stderr
        assert f"process {first.pid}" in refused
        assert DATA_FOLDER in refused
        first.kill()
    assert python("-c", TAKE, typed="\n", **own).stdout == "taken\n"
    assert folder.stat().st_mode & 0o077 == 0
