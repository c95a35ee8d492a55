"""The database of one process: SQLite files of its own, or PostgreSQL that several share.

A database waits for locks, disks and networks, so it works in threads of its own, never in the
server's event loop.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import MetaData, create_engine, event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool, StaticPool
from sqlalchemy.sql import text

from bot.data_folder import kept
from bot.settings import get_settings

# How long work waits for a file that another program has locked, or for a lost server.
LOCKED_SECONDS = 1.0
CONNECT_SECONDS = 2
STATEMENT_SECONDS = 5
# Statements that may wait at a time; with more, the database is too slow for its patients.
MOST_WAITING = 1000
IN_MEMORY = ":memory:"

_THREADS = 4
_T = TypeVar("_T")


class StoreError(RuntimeError):
    """The database failed. The message names the kind of failure, and no value."""


class Database:
    """Runs each statement in a transaction, in threads of its own.

    Args:
        engine: of SQLAlchemy.
        threads: how many statements may run at a time.
        claims: of a database that processes share; connections of those who hold a name.
    """

    def __init__(self, engine: Engine, threads: int, claims: Engine | None = None) -> None:
        self._engine = engine
        self._claims = claims or engine
        self.is_shared = claims is not None  # with other processes, at the same time
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="database")
        self._waiting = 0

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        """Run one statement that returns rows.

        Raises:
            StoreError: it failed, and nothing was changed.
        """
        return (await self._run(statement, values))[0]

    def rows_now(self, statement: str, **values: Any) -> list[Any]:
        """Run one statement that returns rows, outside the event loop.

        Raises:
            StoreError: it failed.
            concurrent.futures.TimeoutError: it took too long.
        """
        work = self._threads.submit(self._execute, statement, values)
        return work.result(STATEMENT_SECONDS)[0]

    async def change(self, statement: str, *many: Mapping[str, Any], **values: Any) -> int:
        """Run one statement, with one set of values or many; return how many rows it changed.

        Raises:
            StoreError: it failed, and nothing was changed.
        """
        return (await self._run(statement, list(many) or values))[1]

    async def _run(self, statement: str, given: Any) -> tuple[list[Any], int]:
        """Run one statement; return its rows, and how many it changed."""
        if self._waiting >= MOST_WAITING:
            raise StoreError("Busy")
        self._waiting += 1
        try:
            return await self._in_thread(self._execute, statement, given)
        finally:
            self._waiting -= 1

    def _execute(self, statement: str, given: Any) -> tuple[list[Any], int]:
        with _own_errors(), self._engine.begin() as connection:
            done = connection.execute(text(statement), given)
            return list(done) if done.returns_rows else [], done.rowcount

    def prepare(self, tables: MetaData) -> None:
        """Make the tables that are missing.

        Raises:
            StoreError: the database cannot be used.
        """
        with _own_errors():
            try:
                tables.create_all(self._engine)
            except SQLAlchemyError:
                # Another process may have made one a moment earlier.
                tables.create_all(self._engine)

    async def cut_off_changes(self) -> None:
        """Take from SQLite's file of changes what was deleted; PostgreSQL sees to that itself."""
        if not self.is_shared:
            await self._in_thread(self._checkpoint)

    @asynccontextmanager
    async def claim(self, name: str) -> AsyncIterator[bool]:
        """Hold a name while the block runs; tell whether it is this process's alone.

        The server lets go of it when this process ends, however it ends.

        Raises:
            StoreError: the database failed.
        """
        if not self.is_shared:
            yield True
            return
        connection, is_ours = await self._in_thread(self._claimed, name)
        try:
            yield is_ours
        finally:
            await self._in_thread(connection.close)

    def _claimed(self, name: str) -> tuple[Connection, bool]:
        with _own_errors():
            connection = self._claims.connect()
            asked = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
            return connection, bool(connection.execute(asked, {"name": name}).scalar())

    def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown()
        self._engine.dispose()

    async def _in_thread(self, work: Callable[..., _T], *arguments: Any) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def _checkpoint(self) -> None:
        with _own_errors(), self._engine.connect() as connection:
            free = connection.execution_options(isolation_level="AUTOCOMMIT")
            free.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).fetchall()


def open_database(file: str | Path, durable: bool = False) -> Database:
    """Return the database that the settings name, or, without one, a SQLite file.

    Args:
        file: from the data folder; or ":memory:".
        durable: a change is on the disk before it counts as made.

    Raises:
        OSError: the file cannot be made.
    """
    url = get_settings().database_url
    if not url:
        return _embedded(file, durable)
    patience = {
        "connect_timeout": CONNECT_SECONDS,
        "options": f"-c statement_timeout={STATEMENT_SECONDS}s",
    }
    engine = create_engine(
        url, pool_size=_THREADS, pool_pre_ping=True, hide_parameters=True, connect_args=patience
    )
    return Database(engine, _THREADS, create_engine(url, poolclass=NullPool, connect_args=patience))


def _embedded(file: str | Path, durable: bool) -> Database:
    path = str(file)
    if path != IN_MEMORY:
        path = str(kept(path))
        Path(path).touch(mode=0o600)
    engine = create_engine(
        URL.create("sqlite", database=path),
        poolclass=StaticPool,
        hide_parameters=True,
        connect_args={"timeout": LOCKED_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:
        synchronous = "FULL" if durable else "NORMAL"
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return Database(engine, 1)


@contextmanager
def _own_errors() -> Iterator[None]:
    """Turn errors of the database, whose texts quote values, into one that quotes none."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreError(type(error).__name__) from None
