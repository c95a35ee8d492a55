"""Follow-ups: a message that leans on the conversation is searched with it."""

import re
from dataclasses import replace

from knowledge_base.encoder import SEPARATOR
from knowledge_base.normalize import words_of
from knowledge_base.question import CASE_NAME, CASE_REPORT, SITE_NAMES, Focus, Question
from knowledge_base.search import Evidence, Searcher
from knowledge_base.wording import SENTENCE_END, asks

# A question with this many words or more is taken to say by itself what it is about.
LONG_ENOUGH = 9
# What was just said is seldom what is asked for next: of 12 fresh follow-ups for which another
# passage was nearer, and worse by less than this in units of the score, it was right for 2.
HARDLY_WORSE = 0.05
# A message with fewer words than this is taken whole.
A_STORY = 16
# A message that names its site, and is this near to a known question, means what it says whatever
# came before it: behind other questions, 17 % of such messages are nearer to something else.
CLEAR = 0.85
# A message with this many words or fewer ("which ones?") is also searched behind the last one, for
# this share of the score.
ONLY_A_FEW = 4
BEHIND_THE_LAST = 1 / 3

_ALL_KINDS = re.compile(
    r"\b(?:hematomas|an? hematoma|any hematoma|(?:each|all|all 3|all three|the three) "
    r"(?:kinds?|types?|sorts?))\b"
)
_LEANING_WORDS = frozenset(
    """it its that this those these them they there then she her he his why else also instead
    one ones same other both too so and but ok okay where when afterwards after before how
    any even what about""".split()
)

_POINTS_BACK = frozenset(
    """and so but also now one ones other another same both kind type sort it its that those these
    them they then she her he his""".split()
)


def speaks_of_all(normalized: str) -> bool:
    """Tell whether a normalised message speaks of hematomas in general."""
    return bool(_ALL_KINDS.search(normalized))


def stands_alone(normalized: str) -> bool:
    """Tell whether a normalised message leans on nothing said before."""
    if speaks_of_all(normalized):
        return True
    words = words_of(normalized)
    return len(words) >= LONG_ENOUGH and not _LEANING_WORDS & set(words[:2])


def is_clear(by_itself: Evidence) -> bool:
    """Tell whether a message means what it says, whatever came before it.

    Args:
        by_itself: what search found for the message, read after nothing.
    """
    leans = _POINTS_BACK & set(words_of(by_itself.normalized))
    return not leans and by_itself.hits[0].similarity >= CLEAR


def on_its_own(searcher: Searcher, question: Question) -> Evidence:
    """Search a message as it was read; one that names its site also without what came before.

    People wrap a question in a story: the sentence that asks must not drown in it, so a long
    message is searched sentence by sentence as well.
    """
    about = (question.site, question.topic, question.article)
    found = []
    if question.before and (question.sites or question.about_case):
        by_itself = searcher.evidence(question.text, *about)
        if is_clear(by_itself):
            return by_itself
        found.append(by_itself)
    whole = searcher.evidence(question.text, *about, question.before)
    if len(words_of(question.text)) >= A_STORY:
        sentences = SENTENCE_END.split(question.text)
        found += [searcher.evidence(sentence, *about) for sentence in sentences if asks(sentence)]
    if not found:
        return whole
    asking = max(found, key=lambda part: part.hits[0].score)
    outside = [e.not_covered for e in (whole, *found) if e.not_covered]
    # "They all guess it is arthritis. Why would a bleed there make the leg weak?" is no question on
    # arthritis.
    named = asking.named if is_clear(asking) else whole.named
    return replace(
        searcher.merge([whole, *found]),
        not_covered=max(outside, key=lambda pair: pair[1], default=None),
        near_miss=asking.near_miss,
        named=named,
        named_gap=asking.named_gap,
        known_share=max(whole.known_share, asking.known_share),
    )


def in_context(searcher: Searcher, question: Question, focus: Focus, alone: Evidence) -> Evidence:
    """Search a message together with what the conversation is about.

    Args:
        searcher: the searcher.
        question: the message.
        focus: what the conversation was about before it.
        alone: what search found for the message alone.

    Returns:
        `alone` if the message names its site or nothing was talked about; else what is found
        for the message as it was read, in that order; each passage is as near as it is to the
        message as it was read, or after the name of what was talked about, which buttons and
        answers may have changed.
    """
    named = question.sites or question.about_case or speaks_of_all(alone.normalized)
    if named or not focus.site:
        return alone
    name = CASE_NAME if focus.article == CASE_REPORT else SITE_NAMES[focus.site]
    article = focus.article if focus.article == CASE_REPORT else None
    about = (focus.site, question.topic, article)
    after_name = searcher.evidence(question.text, *about, name)
    if not question.before:
        # Only buttons were pressed.
        return _something_new(after_name, question, focus)
    as_read = searcher.evidence(question.text, *about, question.before)
    ranked = as_read
    if len(words_of(question.text)) <= ONLY_A_FEW:
        last = question.before.rpartition(SEPARATOR)[2]
        behind = searcher.evidence(f"{last} {question.text}", *about)
        ranked = searcher.blend(as_read, behind, BEHIND_THE_LAST)
    ranked = _something_new(searcher.with_nearest(ranked, after_name), question, focus)
    return replace(
        ranked,
        # "How do you get rid of it?" is near many things: which one, its subject tells.
        not_covered=after_name.not_covered,
        near_miss=max(as_read.near_miss, after_name.near_miss),
    )


def _something_new(found: Evidence, question: Question, focus: Focus) -> Evidence:
    """Put what was just said behind a passage that is nearer and hardly worse, if there is one."""
    first, *others = found.hits
    if question.repeats(focus) or first.passage.id not in focus.last:
        return found
    least = first.score - HARDLY_WORSE
    nearer = (h for h in others if h.similarity > first.similarity and h.score > least)
    new = next(nearer, None)
    if new is None:
        return found
    return replace(found, hits=(new, *(hit for hit in found.hits if hit is not new)))
