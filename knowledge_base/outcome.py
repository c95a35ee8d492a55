"""The closed set of ways a turn can end, and what an answer says."""

from __future__ import annotations

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
    """What a turn says, before it is put into words.

    Attributes:
        outcome: how the turn ends.
        hits: the passages said, best first, with their similarity.
        focus: what the conversation is about from now on.
        verdict: "yes", "no" or "depends" where the passage truly answers so.
        unsure: the passage is the nearest there is, and may not answer the question.
        term: the glossary entry that explains a word asked for.
        general: one line per site, because no site was meant.
        again: why the last answer is said again: "repeat" (the same question), "source" (it was
            doubted); "" if it is another answer.
        short: the reader asked for the shortest form.
        inferred: neither the message nor the conversation named the site.
        parts: the answers to the questions of a message that asks several.
        more: whether the section holds more to say.
        missing: what the sources do not cover, to be named; "" if it has no name.
        asked_for: what the question asks for (`knowledge_base.wording.asked_for`).
        off_topic: the message has nothing to do with health.
        answerability: probability, 0 to 1, that the sources answer the message.
    """

    outcome: Outcome
    focus: Focus
    hits: tuple[Hit, ...] = ()
    verdict: str | None = None
    unsure: bool = False
    term: Term | None = None
    general: bool = False
    again: str = ""
    short: bool = False
    inferred: bool = False
    parts: tuple[Answer, ...] = ()
    more: bool = False
    missing: str = ""
    asked_for: str = ""
    off_topic: bool = False
    answerability: float = 0.0

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages said."""
        return tuple(hit.passage for hit in self.hits)


def joined(answers: Sequence[Answer]) -> Answer:
    """Join the answers to several questions of one message; what is said twice is said once.

    Args:
        answers: in the order of the questions, at least one.
    """
    kept: list[Answer] = []
    said: set[str] = set()
    for answer in answers:
        hits = tuple(hit for hit in answer.hits if hit.passage.id not in said)
        said |= {hit.passage.id for hit in hits}
        if hits or not answer.hits:
            kept.append(replace(answer, hits=hits))
    found = [answer for answer in kept if answer.hits or answer.term]
    if not found or len(kept) == 1:
        return kept[0]
    last = found[-1].focus
    hits = tuple(hit for answer in kept for hit in answer.hits)
    ids = tuple(hit.passage.id for hit in hits)
    return replace(found[0], hits=hits, focus=replace(last, last=ids), parts=tuple(kept))
