"""A reply: what the patient reads, with source and disclaimer by construction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from knowledge_base.articles import NOT_STATED, Source
from knowledge_base.outcome import Outcome
from knowledge_base.search import Hit

Button = dict[str, str]

_BUTTONS = 3


class Texts:
    """The patient-facing texts of the domain."""

    def __init__(self, domain: Mapping[str, Any]) -> None:
        """Take the domain as Rasa sends it to an action."""
        self._responses = domain["responses"]

    def __call__(self, name: str, **values: str) -> str:
        """Return the text of ``utter_<name>`` with its placeholders filled."""
        text = str(self._responses[f"utter_{name}"][0]["text"])
        for key, value in values.items():
            text = text.replace(f"{{{key}}}", value)
        return text

    def has(self, name: str) -> bool:
        """Tell whether the domain has ``utter_<name>``."""
        return f"utter_{name}" in self._responses


@dataclass(frozen=True)
class Reply:
    """One message of the bot.

    Attributes:
        outcome: how the turn ends.
        lines: what is said, one line each; the first one leads.
        buttons: follow-ups to offer; at most three are kept.
    """

    outcome: Outcome
    lines: tuple[str, ...]
    buttons: tuple[Button, ...] = ()

    def text(self) -> str:
        """Return the whole message, without a blank line in it."""
        return _joined(self.lines)

    def payload(self) -> dict[str, Any]:
        """Return what channels that carry JSON get beside the text."""
        return {"outcome": self.outcome.value, "passages": []}

    def offered(self) -> list[Button]:
        """Return the buttons to show."""
        return list(self.buttons[:_BUTTONS])


@dataclass(frozen=True)
class AlarmReply(Reply):
    """The fixed answer to a danger.

    Attributes:
        danger: its kind, and what the message resembles; never a word of the message.
    """

    danger: Mapping[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """Add what it resembles, for whoever reviews alarms."""
        return {**super().payload(), "danger": dict(self.danger)}


@dataclass(frozen=True)
class NotFoundReply(Reply):
    """An honest no.

    Attributes:
        answerability: probability, 0 to 1, that the sources answer the message after all.
    """

    answerability: float = 0.0

    def payload(self) -> dict[str, Any]:
        """Add the probability, from which the abstention curves are drawn."""
        return {**super().payload(), "answerability": round(self.answerability, 4)}


@dataclass(frozen=True)
class CitedReply(Reply):
    """A reply that says something medical: it cannot be made without source and disclaimer.

    Attributes:
        source_line: names the source or sources.
        disclaimer: what the source asks of its readers.
        sources: the sources, the leading one first; none for the glossary.
        note: the warning that must go with the passages, or "".
        hits: the passages said.
        extra: more for the payload.
    """

    source_line: str = ""
    disclaimer: str = ""
    sources: tuple[Source, ...] = ()
    note: str = ""
    hits: tuple[Hit, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse to exist without source or disclaimer.

        Raises:
            ValueError: one of them is missing.
        """
        if not self.source_line.strip() or not self.disclaimer.strip():
            raise ValueError("A medical reply needs its source line and its disclaimer.")

    def text(self) -> str:
        """Return the message, ending with note, source line and disclaimer."""
        return _joined((*self.lines, self.note, self.source_line, self.disclaimer))

    def payload(self) -> dict[str, Any]:
        """Return passages, source and disclaimer as data."""
        cited = [
            {
                "article": source.id,
                "title": source.title,
                "publisher": _stated(source.publisher),
                "published": _stated(source.published),
                "url": _stated(source.url),
            }
            for source in self.sources
        ] or [{"title": self.source_line.partition(": ")[2].rstrip(".")}]
        return {
            **super().payload(),
            "passages": [
                {
                    "id": hit.passage.id,
                    "article": hit.passage.article,
                    "topic": hit.passage.topic,
                    "similarity": round(hit.similarity, 3),
                }
                for hit in self.hits
            ],
            "source": cited[0],
            "sources": cited,
            "note": self.note,
            "disclaimer": self.disclaimer,
            **self.extra,
        }


def cite(texts: Texts, sources: tuple[Source, ...]) -> tuple[str, str]:
    """Return the source line and the disclaimer for some sources.

    Args:
        texts: the domain's texts.
        sources: the sources cited; none stands for the glossary.
    """
    if not sources:
        return texts("source_glossary"), texts("default_disclaimer")
    lines = [
        texts("source_unnamed", title=source.title)
        if source.publisher == NOT_STATED
        else texts(
            "source", title=source.title, publisher=source.publisher, published=source.published
        )
        for source in sources
    ]
    return " ".join(lines), " ".join(dict.fromkeys(source.disclaimer for source in sources))


def _joined(lines: tuple[str, ...]) -> str:
    return "\n".join(part for line in lines for part in line.splitlines() if part.strip())


def _stated(value: str) -> str | None:
    return None if value == NOT_STATED else value
