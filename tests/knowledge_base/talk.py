"""A conversation with the knowledge base.

Language understanding is not part of it, so each turn comes with the intent, topic and sites
that it would have found.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge_base.answer import Answer, Answerer
from knowledge_base.question import Focus, Question


@dataclass
class Talk:
    """A conversation with the answerer."""

    answerer: Answerer
    focus: Focus = field(default_factory=Focus)

    def ask(
        self, text: str, topic: str | None = None, *sites: str, intent: str = "", case: bool = False
    ) -> Answer:
        intent = intent or f"ask_{topic or 'overview'}"
        return self.turn("answer", Question(text, text, topic, sites, case, {intent: 0.9}))

    def turn(self, method: str, question: Question | str, *sites: str) -> Answer:
        if isinstance(question, str):
            question = Question(question, question, None, sites, confidences={f"ask_{method}": 1})
        answer: Answer = getattr(self.answerer, method)(question, self.focus)
        self.focus = answer.focus
        return answer


def facts_of(answer: Answer) -> set[str]:
    """Ids of all facts that an answer says."""
    return {fact for passage in answer.passages for fact in passage.facts}


def sites_of(answer: Answer) -> list[str]:
    """The site of each passage of an answer."""
    return [passage.site for passage in answer.passages]


def places_of(answer: Answer) -> set[str]:
    """The sections that an answer is made of."""
    return {passage.section for passage in answer.passages}
