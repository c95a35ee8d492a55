"""Memory of a server with all its child processes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_KILOBYTE = 1024
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Memory:
    """Memory of several processes together, in megabytes.

    Attributes:
        rss: resident memory; pages that processes share are counted in each.
        pss: the same with shared pages divided among their users; None where the system
            does not tell (only Linux does).
        processes: how many there are.
    """

    rss: float
    pss: float | None
    processes: int


def memory_of(roots: Iterable[int]) -> Memory:
    """Return the memory of processes and all their descendants, now.

    Args:
        roots: ids of the processes that were started.
    """
    parents, resident = _processes()
    tree = family(roots, parents) & resident.keys()
    shared = [_pss(process) for process in tree]
    known = [size for size in shared if size is not None]
    return Memory(
        rss=sum(resident[process] for process in tree) / _MEGABYTE,
        pss=sum(known) / _MEGABYTE if tree and len(known) == len(shared) else None,
        processes=len(tree),
    )


def family(roots: Iterable[int], parents: dict[int, int]) -> set[int]:
    """Return processes with all their descendants.

    Args:
        roots: where to start.
        parents: the parent of each process.
    """
    found = set(roots)
    while True:
        children = {child for child, parent in parents.items() if parent in found} - found
        if not children:
            return found
        found |= children


def _processes() -> tuple[dict[int, int], dict[int, int]]:
    """Return parent and resident bytes of every process; `ps` knows them on every system."""
    listed = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,rss="],  # noqa: S607  (its place differs)
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    parents, resident = {}, {}
    for line in listed.splitlines():
        process, parent, kilobytes = (int(field) for field in line.split())
        parents[process] = parent
        resident[process] = kilobytes * _KILOBYTE
    return parents, resident


def _pss(process: int) -> int | None:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    sizes = [int(line.split()[1]) for line in lines if line.startswith("Pss:")]
    return sizes[0] * _KILOBYTE if sizes else None
