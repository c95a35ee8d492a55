"""Reading grade of a reply."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import textstat

from evaluation.ask import Reply

_END = re.compile(r"[.!?:]$")
_BULLET = re.compile(r"^[-*•]\s+")


_graded = lru_cache(maxsize=None)(textstat.flesch_kincaid_grade)


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade: school years that a reader needs.

    Source: J. P. Kincaid, R. P. Fishburne, R. L. Rogers and B. S. Chissom (1975), "Derivation
    of new readability formulas for Navy enlisted personnel"; counted by textstat.

    Args:
        text: the words as they are sent; an empty text has grade 0.
    """
    return float(_graded(text)) if text.strip() else 0.0


def body(text: str, framing: tuple[str, ...]) -> str:
    """Return the reply without its source line and disclaimer, each line a sentence.

    textstat would else run bullets without a full stop together to one long sentence.

    Args:
        text: the reply.
        framing: pieces that mark a line as framing, e.g. the source's title; the disclaimer
            itself is cut out wherever it stands.
    """
    kept = []
    for line in text.splitlines():
        if line.strip().lower().startswith("source"):
            continue
        for piece in framing:
            line = line.replace(piece, " ")
        line = _BULLET.sub("", line.strip())
        if line:
            kept.append(line if _END.search(line) else f"{line}.")
    return "\n".join(kept)


def own_words(reply: Reply) -> str:
    """Return a reply without its source line and disclaimer."""
    titles = (str(source.get("title") or "") for source in reply.sources)
    return body(reply.text, tuple(filter(None, [reply.disclaimer, *titles])))


def grades(
    replies: Sequence[Reply], words: Callable[[Reply], str] = lambda reply: reply.text
) -> list[float]:
    """Grade replies; the same text counts once, however often it was sent."""
    different = {reply.text: reply for reply in replies if reply.text.strip()}
    return [grade(words(reply)) for reply in different.values()]
