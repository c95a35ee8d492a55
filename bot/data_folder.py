"""The folder of all that the bot keeps of patients; one bot at a time may use it."""

import fcntl
import os
from pathlib import Path

from bot.errors import StartError
from bot.settings import PREFIX, get_settings

LOCK_FILE = "bot.lock"

# Open as long as the process lives: the system lets go of the lock when it ends, however.
_locks: list[int] = []


def kept(name: str | Path) -> Path:
    """Return the path of a file in the data folder; an absolute path stays what it is."""
    return get_settings().data_folder / name


def take() -> None:
    """Make the data folder if it is missing, and claim it for this process.

    Two bots in one folder would answer a message twice, and bring back what a patient has
    deleted. Processes that share a database keep nothing in the folder.

    Raises:
        StartError: it cannot be used, or another bot uses it.
    """
    if get_settings().database_url:
        return
    folder = get_settings().data_folder
    remedy = f"set {PREFIX}DATA_FOLDER to a folder of this bot's own."
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(kept(LOCK_FILE), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StartError(
            f"The folder {folder} cannot be used ({error.strerror}): {remedy}"
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 20).decode(errors="replace").strip()
        os.close(lock)
        raise StartError(
            f"Another bot (process {holder}) keeps its data in {folder}: stop it, or {remedy}"
        ) from None
    os.truncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    _locks.append(lock)
