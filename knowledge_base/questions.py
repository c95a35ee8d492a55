"""How lay people ask: search phrases per fact, and the things the sources do not cover."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from knowledge_base.articles import Article
from knowledge_base.encoder import in_context
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.normalize import canonical
from knowledge_base.question import ARTICLE_NAMES
from knowledge_base.wording import aspect

QUESTIONS_DIR = Path(__file__).parent / "questions"
NOT_COVERED_FILE = Path(__file__).parent / "not_covered.yml"

Verdict = Literal["yes", "no", "depends"]
NEAR = "near"
_KINDS = ("asks", "yes", "no", "depends", NEAR)


@dataclass(frozen=True)
class Ask:
    """One way to ask for a fact.

    Attributes:
        text: the question or key words.
        fact: id of the fact that answers it.
        verdict: what the fact's line truly answers to a yes/no question, else None.
        near_miss: it shares the fact's words, but neither this fact nor another answers it.
        context: what the same person wrote before, oldest first, if it leans on that.
        sentences: numbers of the sentences of the fact's line that answer it, from 1, the one to
            say first in front; none for the whole line.
    """

    text: str
    fact: str
    verdict: Verdict | None = None
    near_miss: bool = False
    context: tuple[str, ...] = ()
    sentences: tuple[int, ...] = ()

    @property
    def before(self) -> str:
        """What is read before it: its context, or the name of the condition unless it is named."""
        if self.context:
            return in_context(self.context)
        named = aspect(canonical(self.text)) != canonical(self.text).strip(" ?.,!")
        return "" if named else ARTICLE_NAMES.get(self.fact.rpartition("-")[0], "")


@dataclass(frozen=True)
class NotCovered:
    """Something people ask about that no source covers.

    Attributes:
        id: its name for metrics and tests.
        name: reads well after "My sources say nothing about"; "" if it has none.
        kind: ``condition`` (something else), or ``gap`` (an aspect of what we do cover).
        aliases: phrases that name it.
        asks: ways to ask for it.
    """

    id: str
    name: str
    kind: Literal["condition", "gap"]
    aliases: tuple[str, ...]
    asks: tuple[str, ...]


# Stands for all details on which the sources are silent, and which have no name.
NEAR_MISS = NotCovered("near_miss", "", "gap", (), ())


def load_asks(articles: list[Article], folder: Path = QUESTIONS_DIR) -> list[Ask]:
    """Read the search phrases of the given articles.

    A phrase is a text, or a list of what one person wrote, the phrase last. ``21: <phrase>`` says
    that the second sentence of the fact's line answers it, and that the first belongs to it.

    Args:
        articles: loaded articles; each may have ``<folder>/<id>.yml``.
        folder: where the phrases lie.

    Returns:
        all phrases, near misses included; an article without a file has none.

    Raises:
        KnowledgeBaseError: a file names an unknown fact, key or sentence.
    """
    asks = []
    for article in articles:
        path = folder / f"{article.source.id}.yml"
        if path.is_file():
            asks.extend(_asks(path, article))
    return asks


def _asks(path: Path, article: Article) -> list[Ask]:
    known = {line.fact: "".join(map(str, line.numbers)) for line in article.lines}
    asks: list[Ask] = []
    for fact, phrases in _read(path, dict).items():
        if fact not in known:
            raise KnowledgeBaseError(f'{path.name}: fact "{fact}" is on no line of the article.')
        if not isinstance(phrases, dict):
            raise KnowledgeBaseError(f"{path.name}: {fact} needs keys: {', '.join(_KINDS)}.")
        for kind, texts in phrases.items():
            if kind not in _KINDS:
                raise KnowledgeBaseError(
                    f'{path.name}: {fact} has the key "{kind}"; use {", ".join(_KINDS)}.'
                )
            verdict = None if kind in ("asks", NEAR) else kind
            for phrase in texts or ():
                marked = phrase if isinstance(phrase, dict) else {"": phrase}
                sentences, text = next(iter(marked.items()))
                if len(marked) > 1 or not set(str(sentences)) <= set(known[fact]):
                    raise KnowledgeBaseError(
                        f"{path.name}: {fact} has {len(known[fact])} sentences, not {sentences}; "
                        'write a phrase that holds ": " in quotation marks.'
                    )
                numbers = tuple(map(int, str(sentences)))
                *context, last = map(str, text if isinstance(text, list) else [text])
                asks.append(Ask(last, fact, verdict, kind == NEAR, tuple(context), numbers))
    return asks


def load_not_covered(path: Path = NOT_COVERED_FILE) -> list[NotCovered]:
    """Read what the sources do not cover.

    Raises:
        KnowledgeBaseError: an entry lacks a field or has an unknown kind.
    """
    entries = []
    for number, entry in enumerate(_read(path, list), start=1):
        try:
            entries.append(
                NotCovered(
                    entry["id"],
                    entry["name"],
                    entry["kind"],
                    tuple(map(str, entry.get("aliases") or ())),
                    tuple(map(str, entry.get("asks") or ())),
                )
            )
        except (KeyError, TypeError) as error:
            raise KnowledgeBaseError(f"{path.name}: entry {number} lacks {error}.") from error
        if entries[-1].kind not in ("condition", "gap"):
            raise KnowledgeBaseError(f'{path.name}: entry {number}: unknown "kind".')
    return entries


def _read(path: Path, shape: type) -> Any:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise KnowledgeBaseError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(content, shape):
        raise KnowledgeBaseError(f"{path.name}: expected a {shape.__name__} at the top.")
    return content
