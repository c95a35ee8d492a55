"""The closed set of ways a turn can end, and of what an answer can be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from knowledge_base.glossary import Term
from knowledge_base.passages import Passage
from knowledge_base.question import Focus
from knowledge_base.search import Hit


class Outcome(str, Enum):
    """What the bot did with a message. Each has its rule, response and test conversation."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    NOT_FOUND = "not_found"
    PERSONAL_ADVICE = "personal_advice"
    URGENT = "urgent"
    CRISIS = "crisis"
    SMALLTALK = "smalltalk"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Answer:
    """What a turn says, before it is put into words: one of the types below."""

    focus: Focus  # what the conversation is about from now on

    @property
    def outcome(self) -> Outcome:
        """How the turn ends."""
        return _OUTCOMES.get(type(self), Outcome.ANSWER)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages said."""
        return ()


@dataclass(frozen=True, kw_only=True)
class NotFound(Answer):
    """The sources do not answer; one of the three types below."""

    answerability: float = 0.0  # probability, 0 to 1, that they do; 0 if it was not looked up


@dataclass(frozen=True)
class Gap(NotFound):
    """What is asked for is not covered, and has a name."""

    missing: str


@dataclass(frozen=True)
class Unnamed(NotFound):
    """Nothing answers, and what is missing has no name."""

    asked_for: str  # see `knowledge_base.wording.asked_for`


class OffTopic(Unnamed):
    """The message has nothing to do with health."""


class NothingLeft(Answer):
    """More or less is wanted where nothing was said, or nothing is left to say."""


class SourceList(Answer):
    """All sources are named, as nothing was said yet that has one."""


class SmallTalk(Answer):
    """The message asks nothing."""


class CareAdvice(Answer):
    """Whom to call, and when, is said in fixed words."""


@dataclass(frozen=True)
class Declined(Answer):
    """Nobody can say that from afar."""

    on: str  # what it is about: see `knowledge_base.wording.asked_for`; or "results"


@dataclass(frozen=True)
class Cited(Answer):
    """Something that the sources say; one of the types below."""

    hits: tuple[Hit, ...]  # the passages said, best first
    unsure: bool = False  # they are the nearest there are, and may not answer
    answerability: float = 0.0  # probability, 0 to 1, of an answer; 0 if it was not looked up

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages said."""
        return tuple(hit.passage for hit in self.hits)


@dataclass(frozen=True)
class Said(Cited):
    """Passages on one kind."""

    verdict: str | None = None  # "yes", "no" or "depends" where the first passage answers so
    repeated: bool = False  # the same question was asked just before
    inferred: bool = False  # neither the message nor the conversation named the kind
    more: bool = False  # the section holds more to say


@dataclass(frozen=True, kw_only=True)
class Shortened(Cited):
    """The last answer in its shortest form, a sentence or two."""

    easier: bool = False  # it was one sentence already: the first of its easier ones says less


class Simplified(Cited):
    """The last answer in easier words."""


@dataclass(frozen=True, kw_only=True)
class StoodBy(Cited):
    """The last answer, which was doubted, with where to read it; `sure` if "are you sure?"."""

    sure: bool


@dataclass(frozen=True, kw_only=True)
class Defined(Cited):
    """The meaning of a word, and the passage that speaks of it, if one is near."""

    term: Term
    said: Said | None


class OfEach(Cited):
    """One passage for each kind that may be meant."""


class Compared(OfEach):
    """One passage for each kind that the question compares."""


class WhichKind(OfEach):
    """One passage for each kind, and the question which one is meant, as care differs."""


@dataclass(frozen=True, kw_only=True)
class Joined(Cited):
    """The answers to several questions of one message, in their order; one or more is `Cited`."""

    parts: tuple[Answer, ...]

    @property
    def outcome(self) -> Outcome:
        """How the turn ends: as its leading part would."""
        return leading(self).outcome


_OUTCOMES: dict[type[Answer], Outcome] = {
    Gap: Outcome.NOT_FOUND,
    Unnamed: Outcome.NOT_FOUND,
    OffTopic: Outcome.NOT_FOUND,
    NothingLeft: Outcome.CLARIFY,
    WhichKind: Outcome.CLARIFY,
    SourceList: Outcome.SMALLTALK,
    SmallTalk: Outcome.SMALLTALK,
    CareAdvice: Outcome.PERSONAL_ADVICE,
    Declined: Outcome.PERSONAL_ADVICE,
}


def leading(answer: Cited) -> Cited:
    """Return the first part of an answer that the sources give; of one without parts, itself."""
    parts = answer.parts if isinstance(answer, Joined) else (answer,)
    return next(part for part in parts if isinstance(part, Cited))


def joined(answers: Sequence[Answer]) -> Answer:
    """Join the answers to several questions of one message; what is said twice is said once.

    Args:
        answers: in the order of the questions, at least one.
    """
    asked: dict[str, tuple[int, ...]] = {}
    for hit in (hit for answer in answers if isinstance(answer, Cited) for hit in answer.hits):
        numbers = hit.sentences or hit.passage.lines[0].numbers
        asked[hit.passage.id] = tuple(dict.fromkeys((*asked.get(hit.passage.id, ()), *numbers)))
    kept: list[Answer] = []
    said: dict[str, Hit] = {}
    for answer in answers:
        if isinstance(answer, Cited) and answer.hits:
            new = [hit for hit in answer.hits if hit.passage.id not in said]
            if not new:
                continue
            hits = tuple(replace(hit, sentences=asked[hit.passage.id]) for hit in new)
            said |= {hit.passage.id: hit for hit in hits}
            answer = replace(answer, hits=hits)
        kept.append(answer)
    found = [answer for answer in kept if isinstance(answer, Cited)]
    if not found:
        # Several details that nothing tells are one gap without a name.
        named = [answer for answer in kept if not isinstance(answer, Unnamed)]
        return (named or kept)[0] if named or len(kept) == 1 else Unnamed(kept[-1].focus, "")
    if len(kept) == 1:
        return kept[0]
    return Joined(
        replace(found[-1].focus, last=tuple(said)),
        tuple(said.values()),
        any(answer.unsure for answer in found),
        found[0].answerability,
        parts=tuple(kept),
    )
