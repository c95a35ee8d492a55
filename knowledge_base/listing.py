"""Which lines a question asks for whose answer is a list."""

from knowledge_base.search import Hit
from knowledge_base.wording import asks_for_a_list, joins_two, names_several

# Whose lines are the items of a list: up to so many are said that are nearly as near as the best.
ITEMIZED = ("causes",)
MOST, NEAR = 8, 0.08
# "An infection or a tumor?" asks for two; elsewhere another line that names several may be it.
NEARER = 0.04
# Among so many of the best passages, one that holds a word says what it is about.
NAMING = 3


def asked_items(hits: list[Hit], text: str) -> list[Hit]:
    """Return the lines of a list that a message asks for; of no list, the best line.

    Args:
        hits: what was found, best first.
        text: the message.
    """
    first = hits[0].passage
    itemized, lists = first.topic in ITEMIZED, asks_for_a_list(text)
    summary = f"{first.section}/1"  # a list by itself
    if first.id == summary or not (lists or (itemized and joins_two(text))):
        return hits[:1]
    lowest = hits[0].similarity - (NEAR if itemized and lists else NEARER)
    others = [hit for hit in hits if hit.passage.section == first.section]
    near = [hit for hit in others if hit.similarity > lowest and hit.passage.id != summary]
    if naming := [hit for hit in near[:NAMING] if names_several(hit.passage.text)]:
        return naming[:1]
    if not itemized:
        return near[:1]
    return near[: MOST if lists else 2]
