"""Yes, no or "it depends": what may lead the answer to a yes/no question."""

from __future__ import annotations

from knowledge_base.normalize import words_of
from knowledge_base.passages import Passage
from knowledge_base.question import CASE_REPORT, Focus, Question
from knowledge_base.search import Searcher
from knowledge_base.wording import asks_yes_or_no, denies, same_polarity, speaks_of_one_person

# How near a yes/no question must be to a stored one for its verdict to hold.
SAME_QUESTION = 0.85
# Stored questions that are nearly as near must have the same verdict, unless one is the message
# itself: "is it rare?" and "is it common?" are near each other.
AGREEING = 0.05


def verdict_on(
    searcher: Searcher, question: Question, passage: Passage, focus: Focus
) -> str | None:
    """Return what a passage truly answers to a yes/no question; None if that is not sure.

    Args:
        searcher: knows the stored questions.
        question: the message.
        passage: what answers it.
        focus: what the conversation was about before it.
    """
    text = question.text
    if not asks_yes_or_no(text) or denies(text):
        # "So no surgery then?": both "yes" and "no" could be misread.
        return None
    # "She is on apixaban, did that cause it?": no source can say that of anybody else.
    of_the_case = question.about_case or focus.article == CASE_REPORT
    if speaks_of_one_person(text) and not of_the_case:
        return None
    asked = searcher.asked(passage, text, question.before)
    known = [(phrase, cosine) for phrase, cosine in asked if phrase.verdict]
    if not known:
        return None
    nearest, highest = known[0]
    if highest < SAME_QUESTION or not same_polarity(text, nearest.text):
        return None
    normalized = searcher.normalize(text)
    near = {entry.verdict for entry, cosine in known if cosine > highest - AGREEING}
    if len(near) > 1 and words_of(normalized) != words_of(searcher.normalize(nearest.text)):
        return None
    # "Does ibuprofen cause it?" is near "does warfarin cause it?".
    return nearest.verdict if searcher.speaks_of_all_in(passage, normalized) else None
