"""How a message leans on what was said: doubts it, wants it plainer, or asks on."""

import re

from knowledge_base.normalize import words_of
from knowledge_base.wording import SENTENCE_END, asked_for, asks, asks_yes_or_no

_EVERYDAY_WORDS = (
    r"(?:plain|normal|easy|easier|regular|ordinary|everyday) (?:\w+ )?(?:english|words)"
)
_PLAINER = re.compile(
    r"\b(?:(?:more |say it |again )?simpl[ey]\w*|in english|shorter|in short|"
    r"(?:in )?(?:like )?(?:one|two) (?:lines?|sentences?)|"
    rf"{_EVERYDAY_WORDS}|"
    r"as if (?:i|you) (?:was|were)|(?:say|tell|explain)\b.{0,20} like i'?m an? \w+|"
    r"like (?:i'?m|im|i am) (?:a )?(?:\d+|five|ten|nine|child|kid)|like you'?re talkin'?g? to|"
    r"(?:for|to) a (?:\w+[- ]){0,2}(?:year[- ]old|child|kid)|"
    r"so (?:that )?(?:my )?\w+ (?:can|could|would|will) (?:follow|understand|get it))\b",
    re.IGNORECASE,
)
_EASIER = re.compile(
    r"\b(?:simpl\w+|eas(?:y|ier)|plain\w*|english|understand|follow|get it|child|kid|year[- ]old|"
    rf"{_EVERYDAY_WORDS}|like (?:i'?m|im|i am|you'?re))\b",
    re.IGNORECASE,
)
_SURE = re.compile(
    r"^(?:(?:but|and|oh|ok|hang on|really|no|what)\W+)*"
    r"(?:(?:are |r )?(?:you|u)(?: are)? (?:\w+ )?(?:sure|certain)\b"
    r"(?: (?:about|of) (?:that|this|it))?(?: now)?|really|seriously|for real)\W*$",
    re.IGNORECASE,
)
# "Nothing at all?" behind a doubt asks no more than the doubt.
_A_CRY = 3
_ONLY_WHY = re.compile(
    r"^(?:(?:and|so|but|ok|okay|oh) )?(?:why|y|how come|"
    r"how (?:in the world )?(?:can|could|does) (?:\w+ ){1,3}do that)"
    r"(?: (?:not|though|tho|so|then|(?:is|was) (?:that|it|this)(?: so)?|like that|"
    r"(?:does|do|did) (?:that|this|it|they) happen|"
    r"(?:does|did|would|can) (?:it|this|that) do (?:that|this)|lol|please))*"
    r"\W*$",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"^(?:and|or|but)\s+(?:with|without|if|for|in|after|before)\b|^\w+(?: \w+)?\?$", re.IGNORECASE
)
_WHICH_ONES = re.compile(
    r"^(?:and |so |but |ok )?(?:which|what) (?:ones?|kinds?|sorts?)\W*$", re.IGNORECASE
)
_ELSE = re.compile(
    r"\b(?:what|anything|nothing|who|which|any)\s+(?:other|else|others)\b|\bbesides\b"
    r"|\bapart from\b|\bnot involving\b|^(?:and )?(?:is )?only\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\bwhich is (?:the )?(?:worse|more)\b|\bthe same(?: way)?\b|\bcontrast\b|\bdiffer\w*"
    r"|\bversus\b|\bvs\b|\bcompar\w+",
    re.IGNORECASE,
)
_OF_EACH = re.compile(r"\bwhich (?:one|of (?:the|them|those))\b|\bboth\b", re.IGNORECASE)
_ONLY_A_KIND = re.compile(
    r"^\W*(?:(?:and|so|but|or|ok|okay|thanks|now|then|also|right|what about|how about|what of|"
    r"(?:is|are) (?:it|that|they)|(?:(?:cause|causes|signs|symptoms|treatment|tests) (?:is|are) )?"
    r"(?:the )?same(?: deal| thing| way)?|does that get|for|with|in|of|to|the|an?|ones?|kind|type|"
    r"muscle|please|too|either)\b\W*)+$",
    re.IGNORECASE,
)
_ONLY_A_PART = re.compile(
    r"^\W*(?:\w+\W+){0,5}?(?:only|just) the (?!short|gist|main|basics|point|important)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|so that|press(?:es)? on|takes (?:the )?pressure|due to|when it upsets|"
    r"they make|it makes|the source does not say (?:how|why))\b|, so\b",
    re.IGNORECASE,
)


def asks_for_easier_words(text: str) -> bool:
    """Tell whether a message has not understood the last answer."""
    return bool(_EASIER.search(text))


def asks_for_plainer_words(text: str) -> bool:
    """Tell whether a message asks for the last answer in fewer or plainer words."""
    return bool(_PLAINER.search(text))


def asks_for_only_a_part(text: str) -> bool:
    """Tell whether a message wants a part of what was said: "too long, just the medicines"."""
    return bool(_ONLY_A_PART.search(text)) and not asks_yes_or_no(text)


def wants_less(text: str) -> bool:
    """Tell whether a message asks for the last answer in fewer words, or for a part of it."""
    return asks_for_plainer_words(text) or asks_for_only_a_part(text)


def asks_if_sure(text: str) -> bool:
    """Tell whether a message doubts the last answer, and asks for nothing else."""
    doubt, *others = SENTENCE_END.split(text.strip())
    asks_more = any(asks(other) and len(words_of(other)) > _A_CRY for other in others)
    return bool(_SURE.match(doubt)) and not asks_more


def goes_on_asking(text: str) -> bool:
    """Tell whether a message is worded as the next question: "and without a fall", "awake?"."""
    return bool(_NEXT.match(text.strip()))


def asks_what_it_means(text: str) -> bool:
    """Tell whether a message asks for a meaning, without saying of what: "meaning what?"."""
    return bool(re.search(r"\bmean(?:s|ing)?\b", text, re.IGNORECASE))


def asks_what_else(text: str) -> bool:
    """Tell whether a message asks for others beside what was said."""
    return bool(_ELSE.search(text)) and not asks_for_only_a_part(text)


def asks_to_compare(text: str) -> bool:
    """Tell whether a message asks of each of several, which it is, or how they differ."""
    return asks_of_each(text) or bool(_COMPARES.search(text))


def asks_of_each(text: str) -> bool:
    """Tell whether a message asks of each of several: of both, or which of them it is."""
    return bool(_OF_EACH.search(text))


def asks_only_why(text: str) -> bool:
    """Tell whether a message asks for the reason of what was said, and for nothing else."""
    return bool(_ONLY_WHY.match(text.strip()))


def asks_of_the_same(text: str) -> bool:
    """Tell whether a message asks on about those whom the one before it named."""
    return bool(re.search(r"\b(?:in|for|on|with) them\b", text, re.IGNORECASE))


def only_names_a_kind(bare: str) -> bool:
    """Tell whether a message says nothing but which kind is meant: "and what about the bone one?".

    Args:
        bare: the message without the names of kinds.
    """
    return bool(_ONLY_A_KIND.match(bare))


def gives_a_reason(text: str) -> bool:
    """Tell whether a text says why what it tells is so."""
    return bool(_REASON.search(text))


def leans_on_the_answer(text: str) -> bool:
    """Tell whether a message asks on about what was just said: "why?", "which ones?"."""
    return asked_for(text) == "why" or bool(_WHICH_ONES.match(text.strip()))
