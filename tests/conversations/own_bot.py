"""A bot of one's own: really running, in a folder where nothing else writes."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from evaluation.launch import bot_command, free_port, running
from tests.conftest import ROOT

# What Rasa and the bot look for in the folder they run in.
_NEEDED = ("config.yml", "credentials.yml", "domain.yml", "endpoints.yml", "models")


class OwnBot:
    """Starts and stops a bot whose stores and logs are all in one folder."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str],
        command: Callable[[int], list[str]] = bot_command,
    ) -> None:
        self._command = command
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = settings
        subprocess.run([sys.executable, "-m", "bot.prepare"], cwd=ROOT, check=True)
        for name in _NEEDED:
            (folder / name).symlink_to(ROOT / name)

    @contextmanager
    def running(self, stop: signal.Signals = signal.SIGTERM) -> Iterator[str]:
        """Run until the block ends; may be used again, and finds what it stored."""
        environment = {**self.settings, "PYTHONPATH": str(ROOT)}
        with running(
            self._command(self.port),
            self.port,
            environment,
            folder=self.folder,
            data=self.folder,
            log=self.folder / "bot.log",
            stop=stop,
        ) as url:
            yield url

    def kept(self) -> bytes:
        files = [p for p in self.folder.iterdir() if p.is_file() and not p.is_symlink()]
        return b"\n".join(path.read_bytes() for path in files)
