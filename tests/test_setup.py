"""Set-up: what a newcomer meets on a machine where something is missing, and where nothing is."""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread

import pytest

from tests.conftest import ROOT, python

LOCKS = tuple(f"requirements{part}.lock" for part in ("", "-cuda", "-dev", "-sbom", "-uv"))
TOOLS = "sh awk cat cmp df dirname grep mkdir rm touch uname".split()
PINNED = re.compile(
    r"[a-z0-9][a-z0-9-]*==[A-Za-z0-9.]+( ; [a-z_ ()'=A-Z0-9]+)?"
    r"( \\\n    --hash=sha256:[0-9a-f]{64})+\n"
)
FAKE_UV = """#!/bin/sh
[ "$1" != --version ] || exit 0
echo "$*" >>calls.txt
[ ! -e uv-fails ]
"""


class Clone:
    """A fresh clone in a folder with a space in its name, with a uv that only takes notes."""

    def __init__(self, folder: Path, take_notes: bool = True) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "scripts", folder / "scripts")
        for lock in LOCKS:
            shutil.copy(ROOT / lock, folder / lock)
        version = re.search(r"UV_VERSION=(\S+)", (ROOT / "scripts/common.sh").read_text())
        assert version
        uv = folder / f".cache/uv-{version[1]}/bin/uv"
        uv.parent.mkdir(parents=True)
        if not take_notes:
            uv.symlink_to(ROOT / uv.relative_to(folder))
            return
        uv.write_text(FAKE_UV)
        uv.chmod(0o755)

    def set_up(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", str(self.folder / "scripts/setup.sh"), *arguments],
            env={**os.environ, "PYTHON": sys.executable, "TORCH_CPU_INDEX": "", **environ},
            capture_output=True,
            text=True,
            check=False,
        )

    def installed(self) -> list[str]:
        calls = self.folder / "calls.txt"
        lines = calls.read_text().splitlines() if calls.exists() else []
        calls.unlink(missing_ok=True)
        return [line for line in lines if "install" in line]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "my guide")


def test_without_python_310_it_says_what_to_install(clone: Clone, tmp_path: Path) -> None:
    """Who has no Python 3.10, or names another, reads so, and nothing is left half made."""
    few_tools = tmp_path / "bin"
    few_tools.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, f"this test needs {tool}"
        (few_tools / tool).symlink_to(found)
    for place in ("/usr/bin/python3.10", "/usr/local/bin/python3.10"):
        if Path(place).exists():
            pytest.skip(f"{place} exists, and set-up would rightly find it")
    places = {"PYENV_ROOT": "", "UV_PYTHON_INSTALL_DIR": "", "XDG_DATA_HOME": ""}
    done = clone.set_up(PYTHON="", PATH=str(few_tools), HOME=str(tmp_path), **places)
    assert done.returncode == 1
    assert "Error: Python 3.10 is needed and was not found" in done.stderr
    assert "make run PYTHON=" in done.stderr
    assert not (clone.folder / ".venv").exists()
    done = clone.set_up(PYTHON=str(tmp_path / "python3.12"))
    assert "python3.12 is not a Python 3.10." in done.stderr


def test_a_changed_lock_is_installed(clone: Clone) -> None:
    """Who pulls a new version gets its packages at the next start; else nothing is installed."""
    assert clone.set_up("dev").returncode == 0
    assert clone.installed()
    again = clone.set_up("dev")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    with (clone.folder / "requirements-dev.lock").open("a") as lock:
        lock.write("one-more==1.0\n")
    assert clone.set_up().returncode == 0
    assert not clone.installed()
    assert clone.set_up("dev").returncode == 0
    (call,) = clone.installed()
    assert call.endswith("--require-hashes -r requirements-dev.lock")


def test_an_interrupted_run_recovers(clone: Clone) -> None:
    """A run that broke off ends in a clear sentence, and the next one starts anew and succeeds."""
    (clone.folder / "uv-fails").touch()
    broken = clone.set_up()
    assert broken.returncode == 1
    assert "Error: The packages could not be installed" in broken.stderr
    (clone.folder / "uv-fails").unlink()
    (clone.folder / ".venv/half-written").touch()
    again = clone.set_up()
    assert again.returncode == 0
    assert "The last set-up was interrupted" in again.stdout
    assert not (clone.folder / ".venv/half-written").exists()


def test_two_runs_at_a_time_do_not_fight(clone: Clone) -> None:
    """While one set-up runs, another steps back; a link that dangles is made anew first."""
    (clone.folder / ".venv").symlink_to("nowhere")
    done = clone.set_up()
    assert done.returncode == 0, done.stderr
    assert "has no working Python 3.10" in done.stdout
    (clone.folder / ".venv/unfinished").write_text(str(os.getpid()))
    done = clone.set_up()
    assert done.returncode == 1
    assert "Another set-up of this folder is running" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the usual build is the CPU build")
def test_the_cpu_build_of_torch_is_taken_where_its_index_answers(
    clone: Clone, tmp_path: Path
) -> None:
    """Who reaches PyTorch's own index is spared 3.4 GB; who does not still gets a PyTorch."""
    (tmp_path / "index/torch").mkdir(parents=True)
    serve = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "index"))
    with HTTPServer(("127.0.0.1", 0), serve) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        cpu_index = f"http://127.0.0.1:{server.server_address[1]}"
        assert clone.set_up(TORCH_CPU_INDEX=cpu_index).returncode == 0
        server.shutdown()
    torch, rest = clone.installed()
    assert f"--index-url {cpu_index} torch==" in torch
    assert "requirements-cuda.lock" not in torch + rest
    shutil.rmtree(clone.folder / ".venv")
    assert clone.set_up(TORCH_CPU_INDEX="http://127.0.0.1:9").returncode == 0
    cuda, rest = clone.installed()
    assert cuda.endswith("--require-hashes -r requirements-cuda.lock")
    assert rest.endswith("--require-hashes -r requirements.lock")


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_pin_and_name_no_address(name: str) -> None:
    """Each entry pins one package by version and hashes, and none says where to fetch it."""
    assert PINNED.sub("", (ROOT / name).read_text(encoding="utf-8")) == ""


def test_a_file_that_the_lock_does_not_name_is_refused(tmp_path: Path) -> None:
    """Whoever gets between an index and the bot cannot bring code of their own."""
    wheel = tmp_path / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        for name, text in (
            ("METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"),
            ("WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ("RECORD", ""),
        ):
            packed.writestr(f"tiny-1.0.dist-info/{name}", text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    for known, refused in ((digest, False), ("0" * 64, True)):
        clone = Clone(tmp_path / known, take_notes=False)
        for lock in LOCKS:
            (clone.folder / lock).write_text(f"tiny==1.0 \\\n    --hash=sha256:{known}\n")
        done = clone.set_up(UV_NO_INDEX="1", UV_FIND_LINKS=str(tmp_path))
        assert (done.returncode != 0) is refused, done.stderr
        assert ("hash" in done.stderr.lower()) is refused


def test_a_port_that_cannot_be_used_is_named() -> None:
    """Who runs two bots at a time, or mistypes a port, is told which, and what to do."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        for given, code, parts in (
            (port, 1, (f"Cannot listen on 127.0.0.1:{port}", f"make run PORT={port + 1}")),
            (65536, 2, ("'65536' is not a port: use 1 to 65535.",)),
            ("http", 2, ("'http' is not a port: use 1 to 65535.",)),
        ):
            done = python("-m", "bot", "run", f"--port={given}")
            assert done.returncode == code
            assert all(part in done.stderr for part in parts), done.stderr
            assert "Traceback" not in done.stderr
