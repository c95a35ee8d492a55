"""Programs that a test starts, and that end with it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any


@contextmanager
def programs(env: dict[str, str]) -> Iterator[Callable[..., Any]]:
    """Yield what starts a program in this environment; all of them end with the block.

    An environment without a display gets one of its own.
    """
    with ExitStack() as running:

        def start(*command: str) -> Any:
            process = subprocess.Popen(
                command,
                env=env,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            running.callback(process.wait)
            running.callback(os.killpg, process.pid, signal.SIGKILL)
            return process

        if "DISPLAY" not in env:
            display = start("Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24")
            env["DISPLAY"] = ":" + display.stdout.readline().strip()
        yield start
