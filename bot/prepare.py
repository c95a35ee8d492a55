"""Makes the index and the model if the files they are made from have changed.

`python -m bot.prepare` answers in a fraction of a second when nothing has changed, because
it compares digests and imports nothing of Rasa.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTE = Path("models", "made-from.json")

# What index and model are made from; `knowledge_base/index` is made, and so left out.
_SOURCES = (
    "config.yml",
    "domain.yml",
    "data",
    "bot/nlu",
    "bot/prepare.py",
    "knowledge_base",
    "training/data",
    "training/data.py",
    "training/reader",
    "training/reranker",
    "requirements.lock",
)
_MADE = Path("knowledge_base", "index")
_MADE_FILES = ("manifest.json", "encoder.onnx", "reranker.onnx")
_STEPS = (("knowledge_base", "build"), ("bot", "train"))


def main() -> int:
    """Make what is missing or old; return the exit code of the step that failed, or 0."""
    digest = digest_of(ROOT)
    if is_current(ROOT, digest):
        return 0
    (ROOT / NOTE).unlink(missing_ok=True)
    for step in _STEPS:
        code = subprocess.run([sys.executable, "-m", *step], cwd=ROOT, check=False).returncode
        if code:
            return code
    note(ROOT, digest)
    return 0


def digest_of(root: Path) -> str:
    """Return the SHA-256 digest of all files that index and model are made from."""
    digest = hashlib.sha256()
    for path in _files(root):
        digest.update(f"{path.relative_to(root).as_posix()} {path.stat().st_size} ".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(root: Path, digest: str) -> bool:
    """Tell whether the newest model and the index were made from files with this digest."""
    made = (root / NOTE, *(root / _MADE / name for name in _MADE_FILES))
    is_made = all(path.is_file() for path in made)
    return is_made and (root / NOTE).read_bytes() == _noted(root, digest)


def note(root: Path, digest: str) -> None:
    """Note beside the newest model what it was made from."""
    (root / NOTE).write_bytes(_noted(root, digest))


def newest_model(folder: Path) -> Path | None:
    """Return the model in a folder that was trained last, if there is one."""
    return max(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, default=None)


def _noted(root: Path, digest: str) -> bytes:
    model = newest_model((root / NOTE).parent)
    return json.dumps({"digest": digest, "model": model.name if model else None}).encode()


def _files(root: Path) -> list[Path]:
    found = []
    for source in (root / name for name in _SOURCES):
        inside = [source] if source.is_file() else source.rglob("*")
        found += [path for path in inside if path.is_file() and _counts(path.relative_to(root))]
    return sorted(found)


def _counts(path: Path) -> bool:
    hidden = any(part.startswith(".") or part == "__pycache__" for part in path.parts)
    return not (hidden or _MADE in path.parents)


if __name__ == "__main__":
    sys.exit(main())
