"""A question as it reaches the knowledge base, and what the conversation is about."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from knowledge_base.normalize import words_of

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


class Request(Enum):
    """What a message seems to want, whoever understood it."""

    ASK = "a question on a topic"
    WHY = "the reason of what was said"
    OUTSIDE = "a question on health that the sources do not cover"
    OFF_TOPIC = "a question on something else"
    CHOOSE = "one kind, of those that were named"
    MORE = "more of what was said"
    SHORTER = "what was said, in fewer words"
    DOUBT = "what was said again, or where it comes from"
    EXPLAIN = "the meaning of a word"
    ADVICE = "a decision for a person"
    CARE = "when and how to get care"
    WHOM = "whom to call"
    TALK = "small talk"
    TELL = "to tell something of oneself"
    FEAR = "comfort"
    DENY = "to say no"
    MISUSE = "to make the bot do what it is not for"


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
    def from_dict(cls, stored: Mapping[str, Any] | None) -> "Focus":
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
        request: what it seems to want.
        chances: how likely it wants what, each 0 to 1.
        topics: how likely it asks for which topic, each 0 to 1.
        before: what the message is read after (`knowledge_base.encoder.in_context`).
        parts: the questions in it, if they are several.
    """

    text: str
    bare: str = ""
    topic: str | None = None
    sites: tuple[str, ...] = ()
    about_case: bool = False
    request: Request = Request.ASK
    chances: Mapping[Request, float] = field(default_factory=dict)
    topics: Mapping[str, float] = field(default_factory=dict)
    before: str = ""
    parts: tuple["Question", ...] = ()

    @property
    def site(self) -> str | None:
        """The site, if the message names exactly one."""
        return self.sites[0] if len(self.sites) == 1 else None

    @property
    def remembered(self) -> str:
        """What is kept of it for later: the message without the names of sites, if that is any."""
        return self.bare or self.text

    def repeats(self, focus: Focus) -> bool:
        """Tell whether it is, word by word, the question that was answered last."""
        return words_of(self.remembered) == words_of(focus.question)

    def chance(self, request: Request) -> float:
        """Return how likely the message wants something, 0 to 1."""
        return self.chances.get(request, 0.0)

    @property
    def article(self) -> str | None:
        """The article, if the message asks for the case report."""
        return CASE_REPORT if self.about_case else None
