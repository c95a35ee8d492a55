"""Yes, no or "it depends": what may lead the answer to a yes/no question."""

from collections import defaultdict

from knowledge_base.passages import Passage
from knowledge_base.question import Focus, Question
from knowledge_base.search import Searcher
from knowledge_base.wording import (
    asking_sentence,
    asks_of_the_past,
    begins_with_what,
    denies,
    extremes_in,
    speaks_of_one_person,
)

# A verdict leads if this is the chance that it is what the passage answers. Where a question
# negates, or asks for one end of a scale, it must be surer, and known for questions that do so in
# the same words: "can it never?" is near "can it?". Of 179 fresh yes/no questions this leads 107,
# one of them not as a reader noted; of 287 others it leads one.
LEADS_FROM = 0.55
LEADS_AN_EXTREME_FROM = 0.7
# What fewer questions tell is chance.
A_FEW = 5


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
    asking = asking_sentence(text)
    if begins_with_what(asking):
        return None
    # "She is on apixaban, did that cause it?": no source can say that of anybody else.
    tells_of_one = searcher.index.sources[passage.article].story_facts
    of_that_one = tells_of_one and (question.about_case or focus.article == passage.article)
    if speaks_of_one_person(asking) and not of_that_one:
        return None
    # "Did the blood thinner cause it?" asks of one bleed, too.
    if asks_of_the_past(asking) and not tells_of_one:
        return None
    # "Does ibuprofen cause it?" is near "does warfarin cause it?".
    if not searcher.speaks_of_all_in(passage, searcher.normalize(asking)):
        return None
    chances: dict[str, float] = defaultdict(float)
    for asked, chance in searcher.asked(passage, asking, question.before):
        chances[asked.verdict] += chance
    verdict = max(chances, key=chances.__getitem__)
    extremes = extremes_in(asking)
    least = LEADS_AN_EXTREME_FROM if extremes else LEADS_FROM
    if not verdict or chances[verdict] < least:
        return None
    known = searcher.questions_with[passage.id, verdict]
    if len(known) < A_FEW or not extremes <= set().union(*map(extremes_in, known)):
        return None
    # "So no surgery then?": both "yes" and "no" could be misread.
    return None if denies(text) and verdict != "depends" else verdict
