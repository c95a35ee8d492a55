"""The cluster that the tests of this folder share."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.cluster import Cluster, MissingProgramError, program

NO_LIMITS = dict.fromkeys(("SESSION_RATE", "ADDRESS_RATE", "NEW_SESSION_RATE"), "100000/minute")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Two bots on the machine's own PostgreSQL, Redis and nginx."""
    try:
        for name in ("postgres", "redis-server", "nginx"):
            program(name)
    except MissingProgramError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    # Not in pytest's own folder: PostgreSQL, which is another user, must get through.
    with tempfile.TemporaryDirectory() as folder, Cluster(Path(folder), **NO_LIMITS) as running:
        yield running
