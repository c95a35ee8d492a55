"""Yes, no or "it depends": what may lead the answer to a yes/no question."""

from __future__ import annotations

from knowledge_base.encoder import Vectors
from knowledge_base.passages import Passage
from knowledge_base.question import CASE_REPORT, Focus, Question
from knowledge_base.search import Searcher
from knowledge_base.wording import (
    asks_for_more_than_yes_or_no,
    denies,
    same_polarity,
    speaks_of_one_person,
)

# The nearest phrases on a passage tell what it answers to a message, and whether that is a yes/no
# question at all: of those nearly as near as the nearest, most must have its verdict, unless the
# nearest is the same question, and none that is as near may have another: "is it rare?" and "is it
# common?" are near each other. Of 346 fresh yes/no questions this leads 40 %, one of 141 leads is
# not what a reader noted, and one of 588 other questions is led.
NEAREST_QUESTIONS = 9
NEARLY_AS_NEAR = 0.1
AS_NEAR = 0.03
A_FEW = 4
SAME_QUESTION = 0.98
LIKE_A_QUESTION = 0.75


def verdict_on(
    searcher: Searcher, question: Question, message: Vectors, passage: Passage, focus: Focus
) -> str | None:
    """Return what a passage truly answers to a yes/no question; None if that is not sure.

    Args:
        searcher: knows the stored questions.
        question: the message.
        message: its vector.
        passage: what answers it.
        focus: what the conversation was about before it.
    """
    text = question.text
    if denies(text) or asks_for_more_than_yes_or_no(text):
        # "So no surgery then?": both "yes" and "no" could be misread.
        return None
    # "She is on apixaban, did that cause it?": no source can say that of anybody else.
    of_the_case = question.about_case or focus.article == CASE_REPORT
    if speaks_of_one_person(text) and not of_the_case:
        return None
    phrases = searcher.asked(passage, message)[:NEAREST_QUESTIONS]
    nearest, highest = phrases[0]
    near = [phrase.verdict for phrase, cosine in phrases if cosine > highest - NEARLY_AS_NEAR]
    as_near = {phrase.verdict for phrase, cosine in phrases if cosine > highest - AS_NEAR}
    alone = not as_near - {nearest.verdict, None}
    agree = alone and near.count(nearest.verdict) >= max(A_FEW, len(near) / 2)
    if highest < LIKE_A_QUESTION or not (agree or highest >= SAME_QUESTION):
        return None
    if not same_polarity(text, nearest.text):
        return None
    # "Does ibuprofen cause it?" is near "does warfarin cause it?".
    known = searcher.speaks_of_all_in(passage, searcher.normalize(text))
    return nearest.verdict if known else None
