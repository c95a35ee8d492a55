"""Yes, no or "it depends": what may lead the answer to a yes/no question."""

import re
from collections import defaultdict

from knowledge_base.passages import Passage
from knowledge_base.question import Focus, Question
from knowledge_base.search import Searcher
from knowledge_base.wording import (
    asking_sentence,
    asks_of_the_past,
    asks_yes_or_no,
    begins_with_what,
    denies,
    extremes_in,
    names_a_patient,
    speaks_of_one_person,
)

# A verdict leads if this is the chance that it is what the passage answers. Where a question
# negates, or asks for one end of a scale, it must be surer, and known for questions that do so in
# the same words: "can it never?" is near "can it?". Each of 24 writers' questions left out in turn,
# of 684 that ask for yes or no 530 are led, 499 as a reader noted; most others offer a choice.
LEADS_FROM = 0.6
LEADS_AN_EXTREME_FROM = 0.65
# Below this answerability nothing leads: of 5 fresh questions there 2 got a wrong verdict, of 25
# above one.
LEAST_ANSWERABILITY = 0.6
# Who is worded as a yes/no question is asked what, how or why less often by this factor.
UNSETTLED = 0.3
# What fewer questions tell is chance.
A_FEW = 5
# What stands around a question without asking anything: "I told him so does it mess with your
# bladder", "... cos my mum is down for one", "... or is that just talk".
_IN_FRONT = re.compile(
    r"^.*\b(?:so|wondering|wonder|know|ask|if)\W+(?=(?:is|are|can|could|does|do|will|would)\b)",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r",?\s+(?:cos|coz|because|i mean|or (?:is|was|am|are|just|only|not|no)|"
    r"(?:as|cause|since) (?:i|my|she|he))\b.*$|,\s+(?:i|my|she|he|we|they)\b.*$",
    re.IGNORECASE,
)
_CAUSE = re.compile(r"\bcauses?\b", re.IGNORECASE)
# What has fewer words is no question by itself.
_A_QUESTION = 4


def verdict_on(
    searcher: Searcher, question: Question, passage: Passage, focus: Focus
) -> str | None:
    """Return what a passage truly answers to a yes/no question; None if that is not sure.

    Args:
        searcher: knows how passages are asked for.
        question: the message.
        passage: what answers it.
        focus: what the conversation was about before it.
    """
    text = question.text
    asking = _clause(asking_sentence(text))
    # "Go on" asks nothing. "What is sciatica?", "is it like a bleed by the spine?": no source
    # compares the two.
    if not text or begins_with_what(asking) or focus.foreign:
        return None
    # What is given for something does not tell what causes it.
    if _CAUSE.search(asking) and passage.topic == "treatment":
        return None
    # "She is on apixaban, did that cause it?": no source can say that of anybody else.
    tells_of_one = searcher.index.sources[passage.article].story_facts
    known_one = question.about_case or focus.article == passage.article or names_a_patient(asking)
    of_that_one = tells_of_one and known_one
    if speaks_of_one_person(asking) and not of_that_one:
        return None
    # "Did the blood thinner cause it?" asks of one bleed, too.
    if asks_of_the_past(asking) and not of_that_one:
        return None
    chances: dict[str, float] = defaultdict(float)
    for asked, chance in searcher.asked(passage, asking, question.before):
        chances[asked.verdict] += chance
    if asks_yes_or_no(asking):
        chances[""] *= UNSETTLED
    verdict = max(chances, key=chances.__getitem__)
    extremes = extremes_in(asking)
    least = LEADS_AN_EXTREME_FROM if extremes else LEADS_FROM
    if not verdict or chances[verdict] < least * sum(chances.values()):
        return None
    known = searcher.questions_with[passage.id, verdict]
    # "I never heard of it, does warfarin cause it?" asks nothing of "never".
    settled = (word for text in known for word in extremes_in(_clause(asking_sentence(text))))
    if len(known) < A_FEW or (extremes and not extremes <= set(settled)):
        return None
    # "So no surgery then?": both "yes" and "no" could be misread.
    return None if denies(text) and verdict != "depends" else verdict


def _clause(sentence: str) -> str:
    """Return what of a sentence asks; all of it if hardly anything would be left."""
    clause = _BEHIND.sub("", _IN_FRONT.sub("", sentence))
    return clause if len(clause.split()) >= _A_QUESTION else sentence
