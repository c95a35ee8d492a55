"""A conversation with the knowledge base.

Language understanding is not part of it, so each turn comes with the request, topic and sites
that it would have found.
"""

from dataclasses import dataclass, field
from typing import Any

from knowledge_base.answer import Answerer
from knowledge_base.outcome import Answer
from knowledge_base.question import Focus, Question, Request


@dataclass
class Talk:
    """A conversation with the answerer."""

    answerer: Answerer
    focus: Focus = field(default_factory=Focus)

    def ask(
        self,
        text: str,
        topic: str | None = None,
        *sites: str,
        request: Request = Request.ASK,
        case: bool = False,
    ) -> Any:
        topics = {topic or "overview": 0.9} if request is Request.ASK else {}
        return self.put(Question(text, text, topic, sites, case, request, {request: 0.9}, topics))

    def steer(self, request: Request, text: str, *sites: str) -> Any:
        return self.put(Question(text, text, None, sites, False, request, {request: 1.0}))

    def put(self, question: Question) -> Any:
        """The answer, of whichever type; its focus is kept."""
        answer = self.answerer.reply_to(question, self.focus)
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
