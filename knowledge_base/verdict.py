"""Yes, no or "it depends": what may lead the answer to a yes/no question."""

from __future__ import annotations

from knowledge_base.passages import Passage
from knowledge_base.question import Question
from knowledge_base.search import Searcher
from knowledge_base.wording import asks_yes_or_no, same_polarity

# How near a yes/no question must be to a stored one for its verdict to hold.
SAME_QUESTION = 0.80


def verdict_on(searcher: Searcher, question: Question, passage: Passage) -> str | None:
    """Return what a passage truly answers to a yes/no question; None if that is not sure.

    Args:
        searcher: knows the stored questions.
        question: the message.
        passage: what answers it.
    """
    text = question.text
    if not asks_yes_or_no(text):
        return None
    known, similarity = searcher.asked(passage, text, question.before)
    if similarity < SAME_QUESTION or not same_polarity(text, known.text):
        return None
    # "Does ibuprofen cause it?" is near "does warfarin cause it?".
    return known.verdict if searcher.speaks_of_all_in(passage, text) else None
