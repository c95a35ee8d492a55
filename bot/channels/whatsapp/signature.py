"""Proof that a webhook comes from Meta, and nobody changed a byte of it."""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-Hub-Signature-256"
_SCHEME = "sha256="


def signature_of(body: bytes, app_secret: str) -> str:
    """Return what Meta puts into the header for a body."""
    return _SCHEME + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, header: str | None, app_secret: str | None) -> bool:
    """Whether the header proves that who sent the body knows the app secret.

    Args:
        body: the bytes as they came; parsed and written anew they would differ.
        header: the value of the header, None if it is missing.
        app_secret: of the clinic's app; without one nothing is believed.
    """
    if not header or not app_secret:
        return False
    return is_same(header, signature_of(body, app_secret))


def is_same(given: str, expected: str | None) -> bool:
    """Compare two texts in a time that tells nothing of where they differ.

    Nothing is the same as a secret that is not set.
    """
    if not expected:
        return False
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())
