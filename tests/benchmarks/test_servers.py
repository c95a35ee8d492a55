"""Both sides are made in throw-away folders, started, and stopped without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import parser, plan_of
from benchmarks.errors import BenchmarkError
from benchmarks.ours import Ours
from benchmarks.plan import FULL, QUICK
from benchmarks.processes import Servers, python, run
from benchmarks.results import Results
from benchmarks.run import notes, scale
from evaluation.launch import free_port

SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def test_servers_are_awaited_and_stopped(tmp_path: Path) -> None:
    """After the block nothing runs any more."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with Servers(url, (url,)) as servers:
        servers.start(python("-c", SERVER, str(port)), tmp_path)
        assert 0 < servers.wait() <= servers.age()
        assert servers.processes[0].poll() is None
        assert servers.ids == [servers.processes[0].pid]
    assert servers.processes[0].poll() is not None


def test_a_server_that_ends_shows_its_last_words(tmp_path: Path) -> None:
    """The reason stands in the error."""
    url = f"http://127.0.0.1:{free_port()}"
    with Servers(url, (url,)) as servers:
        servers.start(python("-c", "raise SystemExit('no model')"), tmp_path)
        with pytest.raises(BenchmarkError, match="no model"):
            servers.wait()


def test_a_command_that_fails_or_hangs_ends_the_run(tmp_path: Path) -> None:
    """A set-up that did not work is not timed."""
    assert run(python("-c", ""), tmp_path, 60) > 0
    with pytest.raises(BenchmarkError, match="no data"):
        run(python("-c", "raise SystemExit('no data')"), tmp_path, 60)
    with pytest.raises(BenchmarkError, match="more than"):
        run(python("-c", "input()", "hanging"), tmp_path, 0.0)


def test_the_copy_of_the_bot_starts_from_nothing(tmp_path: Path) -> None:
    """No index, no model, no key and nobody's conversations come along."""
    source = tmp_path / "source"
    for name in (
        "bot/__init__.py",
        "knowledge_base/index/vectors.faiss",
        "knowledge_base/search.py",
        "models/one.tar.gz",
        ".venv/bin/python",
        "conversations.db",
        "conversations.db-wal",
        "data.key",
        "config.yml",
        "tests/test_bot.py",
    ):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("x")
    Ours(tmp_path / "copy", source)
    copied = {
        path.relative_to(tmp_path / "copy").as_posix()
        for path in (tmp_path / "copy").rglob("*")
        if path.is_file()
    }
    assert copied == {"bot/__init__.py", "knowledge_base/search.py", "config.yml"}


def test_the_command_line_chooses_how_much_is_measured() -> None:
    """The quick run is the small one, and its parts can be changed."""
    assert plan_of(parser().parse_args([])) == FULL
    assert plan_of(parser().parse_args(["--quick"])) == QUICK
    changed = plan_of(parser().parse_args(["--rounds", "3", "--stock-examples", "60"]))
    assert (changed.rounds, changed.stock_examples) == (3, 60)


def test_the_notes_say_what_was_made_easier_for_stock() -> None:
    """Fewer examples and fewer epochs are never hidden."""
    results = Results("2030-12-31", {}, {})
    assert any("450 of our training examples" in note for note in notes(FULL, 450, results))
    assert any("5 epochs, not 100" in note for note in notes(QUICK, 100, results))


def test_large_indexes_come_from_their_own_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes long is measured once; without record and without leave, a note says so."""
    monkeypatch.setattr("benchmarks.run.SCALE_FILE", tmp_path / "results-scale.json")
    found, said = scale((), print)
    assert found == {}
    assert "not measured" in said[0]
    (tmp_path / "results-scale.json").write_text('{"settings": {}, "search": [{"added": 1000}]}')
    found, said = scale((), print)
    assert found == {"vectors": [], "search": [{"added": 1000}]}
    assert "results-scale.json" in said[0]
