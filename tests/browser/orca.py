"""A person who listens: the screen reader Orca, with a display, a bus and a browser of its own."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.engines import programs

NEEDED = {"orca": "orca", "Xvfb": "xvfb", "dbus-daemon": "dbus-daemon"}  # Debian's packages

# Orca runs this at its start. Its words go to a file, as no machine that tests has a loudspeaker.
_CUSTOMIZATIONS = """
import json
import orca.speech as speech
speech._initSpeechServer = lambda *_: None
def _to_file(text, *_):
    with open({words!r}, "a", encoding="utf-8") as words:
        words.write(json.dumps(text) + chr(10))
speech._speak = _to_file
"""


class Listener:
    """What Orca has said so far, and the environment in which it hears a browser."""

    def __init__(self, home: Path, env: dict[str, str]) -> None:
        self.env = env
        self._words = home / "words.jsonl"
        self._from = 0

    def all_said(self) -> list[str]:
        if not self._words.exists():
            return []
        return [json.loads(line) for line in self._words.read_text("utf-8").splitlines()]

    def listen(self) -> None:
        """Begin to listen; what was said before does not count."""
        self._from = len(self.all_said())

    def heard(self) -> list[str]:
        """Every utterance since then, once nothing has been said for two seconds."""
        said, quiet = -1, time.monotonic()
        while time.monotonic() - quiet < 2:
            if len(self.all_said()) != said:
                said, quiet = len(self.all_said()), time.monotonic()
            time.sleep(0.05)
        return self.all_said()[self._from :]

    def wait_for(self, words: str, seconds: float = 20) -> None:
        """Wait until these words are said."""
        until = time.monotonic() + seconds
        while not any(words in said for said in self.all_said()[self._from :]):
            assert time.monotonic() < until, (words, self.all_said()[self._from :])
            time.sleep(0.05)


@contextmanager
def listener(home: Path) -> Iterator[Listener]:
    """Orca on a display and a bus of its own, which end with it."""
    share = home / ".local" / "share" / "orca"
    share.mkdir(parents=True)
    (share / "orca-customizations.py").write_text(
        _CUSTOMIZATIONS.format(words=str(home / "words.jsonl")), encoding="utf-8"
    )
    (home / "run").mkdir(mode=0o700)
    env = {
        **{name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ},
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "GNOME_ACCESSIBILITY": "1",
    }
    with programs(env) as start:
        bus = start("dbus-daemon", "--session", "--nofork", "--print-address=1")
        env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        start("orca", "--replace")
        hears = Listener(home, env)
        hears.wait_for("Screen reader on")
        yield hears
