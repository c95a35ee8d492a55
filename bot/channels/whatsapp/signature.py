"""Proof that a webhook comes from Meta, and nobody changed a byte of it."""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-Hub-Signature-256"


def signature_of(body: bytes, app_secret: str) -> str:
    """Return what Meta puts into the header for a body."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, header: str | None, app_secret: str | None) -> bool:
    """Whether the header proves that who sent the body, byte by byte, knows the app secret."""
    return bool(app_secret) and is_same(header or "", signature_of(body, app_secret or ""))


def is_same(given: str, expected: str | None) -> bool:
    """Compare two texts in a time that tells nothing of where they differ.

    Nothing is the same as a secret that is not set.
    """
    if not expected:
        return False
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())
