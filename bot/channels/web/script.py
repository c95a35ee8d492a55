"""The widget's files as browsers get them: built by ``make widget``, compressed once at start."""

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import brotli

FOLDER = Path(__file__).resolve().parents[2] / "widget"
_TYPES = {".js": "text/javascript; charset=utf-8", ".json": "application/json; charset=utf-8"}


@dataclass(frozen=True)
class WidgetFile:
    """One file in all the ways in which it is sent."""

    content_type: str
    tag: str
    encoded: dict[str, bytes]
    """By the name of its content encoding, the best first; the last is ``identity``."""

    @classmethod
    def of(cls, content: bytes, suffix: str) -> "WidgetFile":
        """Compress the content of a file with this suffix."""
        return cls(
            _TYPES[suffix],
            f'"{hashlib.sha256(content).hexdigest()[:20]}"',
            {
                "br": brotli.compress(content, mode=brotli.MODE_TEXT),
                "gzip": gzip.compress(content, mtime=0),
                "identity": content,
            },
        )


def widget_files(emergency_number: str) -> dict[str, WidgetFile]:
    """All files by their address: the core, and what it loads when it is asked for.

    The core begins with the number that the clinic has set: a page that is offline from its
    first moment can then still name it.
    """
    number = f"const EMERGENCY_NUMBER={json.dumps(emergency_number)};\n".encode()
    files = {"/widget.js": WidgetFile.of(number + (FOLDER / "dist/widget.js").read_bytes(), ".js")}
    for path in (*FOLDER.glob("dist/*.js"), *FOLDER.glob("languages/*.json")):
        if path.stem not in ("widget", "en", "en-extras"):
            files[f"/widget/{path.name}"] = WidgetFile.of(path.read_bytes(), path.suffix)
    return files
