"""The stock set-up, made and served."""

from __future__ import annotations

from pathlib import Path

from benchmarks.processes import Servers, python, run
from benchmarks.side import SetUp
from benchmarks.stock.project import generate
from evaluation.launch import free_port

SET_UP_SECONDS = 900.0


class Stock:
    """`rasa init`'s defaults, an action server, and Rasa's own SQLite store."""

    name = "stock Rasa"

    def __init__(self, source: Path, folder: Path, examples: int, epochs: int, seed: int) -> None:
        """Generate the project; see `generate` for the arguments."""
        self.folder = folder
        self._action_port = free_port()
        self.examples = generate(source, folder, self._action_port, examples, epochs, seed)

    def set_up(self) -> SetUp:
        """See `Side.set_up`."""
        index = run(python("build_index.py"), self.folder, SET_UP_SECONDS)
        training = run(python("-m", "rasa", "train"), self.folder, SET_UP_SECONDS)
        return SetUp(index, training, index + training)

    def serve(self) -> Servers:
        """See `Side.serve`."""
        port = free_port()
        url, actions = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{self._action_port}"
        servers = Servers(url, (f"{url}/", f"{actions}/health"))
        rasa = python("-m", "rasa", "run")
        # Both at the same time, which is the fastest that two processes can start.
        servers.start([*rasa, "actions", "--port", str(self._action_port)], self.folder)
        servers.start([*rasa, "--interface", "127.0.0.1", "--port", str(port)], self.folder)
        return servers
