"""Gaps: what the sources do not cover, and whether a message asks for it."""

from knowledge_base.lexical import stems_of
from knowledge_base.questions import NotCovered
from knowledge_base.search import Evidence
from knowledge_base.wording import is_broad

# A thing outside the sources that is nearer by this cosine is meant, whatever else speaks
# for an answer; no message of the tune set that the sources answer comes so far.
CLEARLY_NEARER = 0.2
# How near a question must be to a thing outside the sources for the answer to name that thing.
NAMED_SURE = 0.90
# A message that names a gap asks for it, unless a known question is nearer by this: "over coffee we
# wondered how she is" does not ask about coffee. Of 154 messages that named a gap this told 152.
NAMED_IN_PASSING = 0.1


def clearly_outside(evidence: Evidence) -> bool:
    """Tell whether a thing outside the sources is so near that it is meant."""
    return evidence.outside > evidence.similarity() + CLEARLY_NEARER


def gap_asked_for(evidence: Evidence, in_context: Evidence) -> NotCovered | None:
    """Return the aspect that a message names and asks for, and that no source covers.

    Args:
        evidence: what search found for the message alone.
        in_context: what search found with the conversation taken into account.
    """
    asked = in_context.outside > in_context.similarity() - NAMED_IN_PASSING
    return evidence.named_gap if asked else None


def names_only_what_we_cover(evidence: Evidence) -> bool:
    """Tell whether a message names one of our conditions, a topic perhaps, and nothing else."""
    nothing_else = not (evidence.named or evidence.named_gap or evidence.other_kind)
    return nothing_else and bool(stems_of(evidence.normalized)) and is_broad(evidence.normalized)


def name_of_condition(evidence: Evidence) -> str:
    """Return the condition outside the sources that a message names; "" if it names none."""
    if evidence.named:
        return evidence.named.name
    if evidence.other_kind:
        article = "an" if evidence.other_kind[0] in "aeiou" else "a"
        return f"{article} {evidence.other_kind} hematoma"
    return ""


def name_of_gap(evidence: Evidence, in_context: Evidence) -> str:
    """Return what the sources do not cover, to be named in an honest no; "" if that is not sure.

    Args:
        evidence: what search found for the message alone.
        in_context: what search found with the conversation taken into account.
    """
    if condition := name_of_condition(evidence):
        return condition
    best = in_context.hits[0].similarity
    if in_context.not_covered and in_context.outside > max(best, NAMED_SURE):
        return in_context.not_covered[0].name
    gap = gap_asked_for(evidence, in_context)
    return gap.name if gap else ""
