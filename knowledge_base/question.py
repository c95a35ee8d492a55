"""A question as it reaches the knowledge base, and what the conversation is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SITE_NAMES = {
    "spinal": "spinal hematoma",
    "iliopsoas": "iliopsoas hematoma",
    "ossified": "ossified intramuscular hematoma",
}
CASE_REPORT = "iliopsoas_case"
CASE_NAME = "the patient in the iliopsoas hematoma case report"
ARTICLE_NAMES = {**SITE_NAMES, CASE_REPORT: CASE_NAME}
# What of a focus is a list where it is kept between two turns.
_LISTS = ("shown", "last", "sites")


@dataclass(frozen=True)
class Focus:
    """What the conversation was about until now.

    Attributes:
        site: last site, or None.
        article: last article that answered, or None.
        topic: last topic, or None.
        question: last question that was answered, without the names of sites.
        shown: ids of the passages said about this article and topic so far.
        last: ids of the passages of the last answer.
        foreign: the condition outside the sources that the last message named, or "".
        sites: the two sites that were spoken of last, the older one first.
    """

    site: str | None = None
    article: str | None = None
    topic: str | None = None
    question: str = ""
    shown: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    foreign: str = ""
    sites: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, to be kept between two turns."""
        return {**asdict(self), **{name: list(getattr(self, name)) for name in _LISTS}}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any] | None) -> Focus:
        """Return what `as_dict` gave; an empty focus for None."""
        if not stored:
            return cls()
        lists = {name: tuple(stored.get(name, ())) for name in _LISTS}
        return cls(**{**stored, **lists})


@dataclass(frozen=True)
class Question:
    """One message, with what language understanding made of it.

    Attributes:
        text: the message as typed.
        bare: the message without the names of sites.
        topic: the topic it asks about, or None.
        sites: the sites it names, in order, without repeats.
        about_case: it names the patient of the case report.
        confidences: intent name to confidence, 0 to 1.
        before: what the message is read after (`knowledge_base.encoder.in_context`).
        parts: the questions in it, if they are several.
    """

    text: str
    bare: str = ""
    topic: str | None = None
    sites: tuple[str, ...] = ()
    about_case: bool = False
    confidences: Mapping[str, float] = field(default_factory=dict)
    before: str = ""
    parts: tuple[Question, ...] = ()

    @property
    def site(self) -> str | None:
        """The site, if the message names exactly one."""
        return self.sites[0] if len(self.sites) == 1 else None

    @property
    def remembered(self) -> str:
        """What is kept of it for later: the message without the names of sites, if that is any."""
        return self.bare or self.text

    def confidence(self, *intents: str) -> float:
        """Return how likely it is one of some intents, 0 to 1: that of the likeliest of them."""
        return max(self.confidences.get(intent, 0.0) for intent in intents)

    @property
    def article(self) -> str | None:
        """The article, if the message asks for the case report."""
        return CASE_REPORT if self.about_case else None
