"""The widget's script: its modules joined into one file, so that a page makes one request."""

from __future__ import annotations

import json
import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "widget" / "src"

# Each after what it uses; clinic.js is left out, since the server writes it anew.
MODULES = (
    "strings", "style", "dom", "voice", "kept", "room", "line", "messages", "options", "guide",
    "start",
)  # fmt: skip
_LEFT_OUT = re.compile(
    r"^import .*;\n|^export |^[ ]*(?:/\*[\s\S]*?\*/|//[^\n]*)\n|[ ]*// [^'\n]*$", re.MULTILINE
)
_TOKENS = re.compile(
    r"""(?P<kept>'(?:\\.|[^'\\\n])*' | "(?:\\.|[^"\\\n])*" | `(?:\\.|[^`\\])*`
      |(?<=[(=,!])[ ]*/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n\[*])
        (?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n\[])*/\w*)
    |(?P<end>;?\s*\}) | (?P<open>[;{,(])\s+ | (?P<line>\n\s*)
    |[ ]*(?P<sign>=>|[=!<>&|?:)*%]+|[{(]|\s[+\-/]\s)[ ]*""",
    re.VERBOSE,
)


def _shorter(match: re.Match[str]) -> str:
    """One token without the blanks that only people need."""
    if match["kept"]:
        text = match["kept"].strip()
        # Only the styles are written over several lines.
        return re.sub(r"\n\s*", "", text) if text.startswith("`\n") else text
    if match["end"]:
        return "}"
    return match["open"] or (match["sign"] or "\n").strip(" ")


def widget_script(emergency_number: str) -> bytes:
    """The script as browsers get it, with the number that the clinic has set.

    A page that is offline from its first moment can then still name it.
    """
    clinic = json.dumps({"number": emergency_number}, separators=(",", ":"))
    parts = [f"const CLINIC={clinic};\n"]
    for name in MODULES:
        text = (SOURCE / f"{name}.js").read_text(encoding="utf-8")
        parts.append(_TOKENS.sub(_shorter, _LEFT_OUT.sub("", text)))
    return "".join(parts).encode()
