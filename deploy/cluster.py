"""Starts several bots on PostgreSQL, Redis and nginx of this machine, without containers.

``make cluster`` tries out what `deploy/` describes; the tests of several processes run on it.
Everything lies in one folder, and ends with this process.
"""

import argparse
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import requests

from evaluation.launch import ROOT, bot_command, free_port

# Where Debian puts PostgreSQL's programs.
_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
_START_SECONDS = 90


class MissingProgramError(RuntimeError):
    """A program that a cluster needs is not installed; the message names it."""


def program(name: str) -> str:
    """Return the path of a server program.

    Raises:
        MissingProgramError: it is not installed.
    """
    places = os.pathsep.join([*map(str, _POSTGRES), os.environ["PATH"], "/usr/sbin"])
    if found := shutil.which(name, path=places):
        return found
    raise MissingProgramError(f"{name} is not installed: apt install postgresql redis-server nginx")


class Cluster:
    """Servers and bots, by name: "postgres", "redis", "nginx", "bot0", "bot1" and so on."""

    def __init__(self, folder: Path, bots: int = 2, **settings: str) -> None:
        """Choose ports and secrets; nothing runs yet.

        Args:
            folder: empty; all files go there.
            bots: how many.
            settings: more for the bots, without ``HEMATOMA_GUIDE_``.

        Raises:
            MissingProgramError: a server is not installed.
        """
        self.folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        # PostgreSQL refuses to run as root.
        self._as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self.bots = [f"bot{number}" for number in range(bots)]
        ports = {name: free_port() for name in ("postgres", "redis", "nginx", *self.bots)}
        self.ports = ports
        self.url = self.url_of("nginx")  # where patients reach the cluster
        user = "postgres" if self._as_postgres else os.environ["USER"]
        given = {
            "DATABASE_URL": f"postgresql://{user}@127.0.0.1:{ports['postgres']}/postgres",
            "REDIS_URL": f"redis://127.0.0.1:{ports['redis']}/0",
            "TOKEN_SECRET": secrets.token_urlsafe(32),
            "DATA_SECRET": secrets.token_urlsafe(32),
            "TRUSTED_PROXIES": "1",
            # Bots that share cores must not each want all of them.
            "ENCODER_THREADS": "1",
        } | settings
        self.settings = {f"HEMATOMA_GUIDE_{name}": value for name, value in given.items()}
        data = folder / "postgres"
        at = ["-D", str(data), "-p", str(ports["postgres"]), "-k", str(data)]
        self._commands: dict[str, list[str]] = {
            "postgres": [*self._as_postgres, program("postgres"), *at],
            "redis": [
                program("redis-server"), "--port", str(ports["redis"]), "--bind", "127.0.0.1",
                "--save", "", "--appendonly", "no", "--dir", str(folder),
            ],
            "nginx": [
                program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf"),
                "-g", "daemon off;",
            ],
        } | {name: bot_command(ports[name]) for name in self.bots}  # fmt: skip

    def url_of(self, name: str) -> str:
        """Return the address of one bot, or of nginx."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def __enter__(self) -> "Cluster":
        """Start all, and wait until it answers."""
        try:
            self._prepare()
            self.start("postgres")
            self.start("redis")
            for name in self.bots:
                self.start(name, wait=False)
            for name in self.bots:
                self.wait_for(name)
            self.start("nginx")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all, the servers last."""
        for name in reversed(list(self._running)):
            self.stop(name)

    def start(self, name: str, wait: bool = True) -> None:
        """Start one of them, again if need be."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._commands[name],
                cwd=ROOT if name in self.bots else self.folder,
                env=os.environ | (self.settings if name in self.bots else {}),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if wait:
            self.wait_for(name)

    def stop(self, name: str, how: signal.Signals = signal.SIGINT) -> None:
        """Stop one of them, and wait until it has ended."""
        process = self._running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait_for(self, name: str) -> None:
        """Wait until one of them answers.

        Raises:
            RuntimeError: it ended, or takes too long; its log says why.
        """
        give_up = time.monotonic() + _START_SECONDS
        while time.monotonic() < give_up and self._running[name].poll() is None:
            if self._answers(name):
                return
            time.sleep(0.1)
        log = (self.folder / f"{name}.log").read_text(errors="replace")
        raise RuntimeError(f"{name} does not start:\n{log[-2000:]}")

    def _answers(self, name: str) -> bool:
        if name not in self.bots:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.ports[name])) == 0
        try:
            return requests.get(f"{self.url_of(name)}/ready", timeout=2).ok
        except requests.RequestException:
            return False

    def _prepare(self) -> None:
        data = self.folder / "postgres"
        data.mkdir(mode=0o700)
        if self._as_postgres:
            shutil.chown(data, "postgres")
            # Its folder must be reachable for it.
            self.folder.chmod(0o711)
        subprocess.run(
            [*self._as_postgres, program("initdb"), "-D", str(data), "-A", "trust"],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
        )
        (self.folder / "tmp").mkdir()
        (self.folder / "nginx.conf").write_text(self._nginx_conf(), encoding="utf-8")

    def _nginx_conf(self) -> str:
        text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        line = "server 127.0.0.1:{} max_fails=1 fail_timeout=2s;"
        servers = "\n        ".join(line.format(self.ports[name]) for name in self.bots)
        text = re.sub(r"server 127\.0\.0\.1:5005(?s:.*?)5006[^\n]*", servers, text)
        return text.replace("listen 127.0.0.1:8080", f"listen 127.0.0.1:{self.ports['nginx']}")


def main() -> None:
    """Run a cluster until Ctrl+C."""
    parser = argparse.ArgumentParser(prog="python -m deploy.cluster", description=__doc__)
    parser.add_argument("--bots", type=int, default=2, help="how many bots (default 2)")
    parser.add_argument("--folder", type=Path, default=ROOT / ".cluster", help="emptied first")
    options = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    try:
        with Cluster(options.folder, options.bots) as cluster:
            print(f"{options.bots} bots: open {cluster.url}/ (stop with Ctrl+C)", flush=True)
            signal.pause()
    except MissingProgramError as error:
        sys.exit(f"Error: {error}")
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
