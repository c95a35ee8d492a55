"""Seals what is stored of patients, and names them without saying who they are.

Rows are encrypted with AES-256-GCM (NIST SP 800-38D) and names are keyed hashes (HMAC-SHA256,
RFC 2104). Both keys come from one secret by HKDF (RFC 5869): the setting
``HEMATOMA_GUIDE_DATA_SECRET``, or, without it, a key file made at the first start, apart from the
data: whoever copies the data folder alone can read nothing.
"""

import hashlib
import hmac
import json
import logging
import os
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import StartError
from bot.setting_kinds import SHORTEST_SECRET
from bot.settings import PREFIX, Settings, get_settings

KEY_FILE = "data.key"
_SEALED = "*.db"  # in the data folder
_REMEDY = (
    f"set {PREFIX}KEY_FOLDER to a folder that the bot may write to, or set {PREFIX}DATA_SECRET; "
    "if the file is damaged, bring it back from a backup."
)

logger = logging.getLogger(__name__)

_NONCE_BYTES = 12
_NAME_HEX_DIGITS = 32


class CannotOpenError(ValueError):
    """The sealed bytes are damaged, of another owner, or sealed with another secret."""


class Sealer:
    """Encrypts and makes keyed names, all from one secret of 32 characters or more."""

    def __init__(self, secret: str) -> None:
        def derived(purpose: bytes) -> bytes:
            return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())

        self._cipher = AESGCM(derived(b"hematoma-guide sealed rows"))
        self._name_key = derived(b"hematoma-guide names")

    def seal(self, content: Any, owner: str) -> bytes:
        """Encrypt what JSON can hold for one owner, whose name is needed to open it again."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, json.dumps(content).encode(), owner.encode())

    def open(self, sealed: bytes, owner: str) -> Any:
        """Decrypt what `seal` gave.

        Raises:
            CannotOpenError: it was not sealed for this owner with this secret.
        """
        nonce, rest = bytes(sealed[:_NONCE_BYTES]), bytes(sealed[_NONCE_BYTES:])
        try:
            return json.loads(self._cipher.decrypt(nonce, rest, owner.encode()))
        except (InvalidTag, TypeError, ValueError):
            raise CannotOpenError("These bytes were sealed with another secret.") from None

    def name(self, *parts: str) -> str:
        """Return a name of 32 hex digits that tells nothing of the parts it stands for."""
        said = "\x00".join(parts).encode()
        return hmac.new(self._name_key, said, hashlib.sha256).hexdigest()[:_NAME_HEX_DIGITS]


def stored_secret(settings: Settings, environ: Mapping[str, str]) -> str:
    """Return the secret in the key file, which is made, for its owner's eyes only, if missing.

    The environment tells which folder is the user's for configuration, and which is systemd's for
    credentials.

    Raises:
        StartError: the file can be neither read nor made, holds no secret, or is missing while
            there are data that it sealed.
    """
    file = Path(KEY_FILE)
    try:
        file = _key_file(settings, environ)
        if not file.exists():
            if sealed := sorted(settings.data_folder.glob(_SEALED)):
                raise StartError(
                    f"{file} is missing, and nobody can read {sealed[0]} without it: bring the key "
                    "back from a backup, or take the sealed file away, and what it holds is lost."
                )
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make(file)
        secret = file.read_text(encoding="ascii").strip()
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        raise StartError(f"{file} cannot be used ({type(error).__name__}): {_REMEDY}") from None
    if len(secret) < SHORTEST_SECRET:
        raise StartError(f"{file} holds no secret, perhaps not all of one: {_REMEDY}")
    return secret


def _key_file(settings: Settings, environ: Mapping[str, str]) -> Path:
    """Return where the key is; if nowhere, where it is to be made."""
    own = settings.key_folder or (
        Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "hematoma-guide"
    )
    credentials = Path(environ.get("CREDENTIALS_DIRECTORY") or own)
    # Earlier versions made it beside the data.
    beside = settings.data_folder / KEY_FILE
    files = [own / KEY_FILE, credentials / KEY_FILE, beside]
    file = next((file for file in files if file.exists()), files[0])
    if file == beside != files[0]:
        logger.warning("The key lies beside the data that it seals: move %s to %s.", file, own)
    return file


def _make(file: Path) -> None:
    """Put a new secret into a file, all of it at once."""
    new = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(secrets.token_urlsafe(48))
    try:
        os.link(new, file)  # fails if another process was faster
    except FileExistsError:
        pass
    finally:
        new.unlink()


@lru_cache(maxsize=1)
def shared_sealer() -> Sealer:
    """Return the sealer of this process."""
    return Sealer(get_settings().data_secret or stored_secret(get_settings(), os.environ))
