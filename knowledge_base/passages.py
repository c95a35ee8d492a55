"""Passages: what is indexed, found and said, at two grains."""

from dataclasses import dataclass
from typing import Literal

from knowledge_base.articles import Article, Line

Grain = Literal["section", "fact"]


@dataclass(frozen=True)
class Passage:
    """A piece of an article that answers by itself.

    A ``section`` passage ("spinal/symptoms") answers "what are the symptoms?"; a ``fact``
    passage ("spinal/symptoms/2") is one of its lines and answers "how common is it?".
    """

    id: str
    article: str
    site: str
    topic: str
    kind: Grain
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """All lines of the passage, one after the other."""
        return " ".join(line.text for line in self.lines)

    @property
    def facts(self) -> tuple[str, ...]:
        """Ids of all facts that the passage carries."""
        return tuple(line.fact for line in self.lines if line.fact)

    @property
    def section(self) -> str:
        """Id of the section passage that this passage is, or belongs to."""
        return f"{self.article}/{self.topic}"


def passages_of(article: Article) -> list[Passage]:
    """Cut an article into its section passages and their fact passages.

    Args:
        article: a loaded article.

    Returns:
        per section the section passage, followed by one fact passage per line.
    """
    cut = []
    for section in article.sections:
        about = (article.source.id, article.source.site, section.topic)
        name = f"{article.source.id}/{section.topic}"
        cut.append(Passage(name, *about, "section", section.lines))
        cut.extend(
            Passage(f"{name}/{number}", *about, "fact", (line,))
            for number, line in enumerate(section.lines, start=1)
        )
    return cut
