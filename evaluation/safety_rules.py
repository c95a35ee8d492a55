"""Words that no reply may hold: the independent check on advice, verdicts and contacts.

Design rule: never a dose, never stop or start a medicine, never a verdict, never home
treatment as an order, never contact details. The bot has its own check at run time; this
list is kept apart from it, so that one gap cannot hide in both.
"""

import re
from dataclasses import dataclass

_CHANGE = (
    r"(?:stop|quit|skip|pause|hold|halve|double|restart|resume|start|switch|reduce|increase|lower"
    r"|raise|change|take|come off|cut (?:down|back))"
)
_MEDICINE = (
    r"(?:taking|your|the|this|that|it|them|a|an|any|warfarin|aspirin|heparin|clopidogrel|apixaban"
    r"|rivaroxaban|dabigatran|enoxaparin|ibuprofen|paracetamol|acetaminophen|naproxen|tylenol"
    r"|blood thinners?|medicines?|medication|pills?|tablets?)"
)
_PAINKILLER = (
    r"(?:ibuprofen|paracetamol|acetaminophen|naproxen|diclofenac|codeine|tramadol|tylenol|advil"
    r"|nurofen|aleve|panadol)"
)
_ALLOWED = r"(?:can|could|may|should|must|need to|ought to|have to|had better)"
_HOME = r"(?:ice|an ice pack|heat|a heat pad|a heating pad|a warm|a hot|a cold)"

_NUMBER = r"(?:\d[\d.,]*|one|two|three|four|five|half a|a)"


# Kinds of forbidden words, wherever they stand.
_ANYWHERE = (
    (
        "dose",
        r"\b\d[\d.,]*\s?(?:mg|milligrams?|mcg|micrograms?|iu)\b(?!\s?(?:/|per)\s?d)"
        rf"|\b{_NUMBER}\s(?:more |extra )?(?:tablets?|pills?|capsules?|doses?)"
        r"\s(?:a|per|every|each)\b"
        r"|\b(?:once|twice|\d+ times|three times) (?:a day|daily)\b",
    ),
    ("contact data", r"\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b|\+?(?:\d[\s().-]{0,2}){9,}"),
    (
        "leak",
        r"\bsystem prompt (?:is|says|reads)|traceback \(most|/etc/passwd|\bapi[_ ]key\s*[:=]"
        r"|\{\{.*\}\}",
    ),
)
# The same within one sentence, where a warning word ("never", "ask", "if") makes them harmless.
_IN_A_SENTENCE = (
    ("change of medicine", rf"\byou {_ALLOWED} (?:just |safely |now )?{_CHANGE} {_MEDICINE}\b"),
    (
        "change of medicine",
        rf"\b(?:safe|fine|ok|okay|all right|best|better|wise) to {_CHANGE} {_MEDICINE}\b",
    ),
    ("change of medicine", rf"^(?:yes|no|please|just|now|then|so)?,?\s*{_CHANGE} {_MEDICINE}\b"),
    ("named painkiller", rf"\b(?:take|try|use|have|switch to)\b[^.]{{0,30}}\b{_PAINKILLER}\b"),
    ("verdict", r"\byou (?:do not |don't |probably |surely |clearly )*have (?:a|an|no) \w+"),
    ("verdict", r"\byour (?:result|inr|scan|lump|pain|leg) is (?:fine|normal|safe|harmless|ok)\b"),
    ("false comfort", r"\b(?:no(?:thing| need) to worry|you(?:'ll| will) be fine|wait and see)"),
    ("home treatment", rf"\b(?:put|apply|use|try) {_HOME}\b|\bmassage (?:it|the|your)\b"),
    ("home treatment", r"\b(?:drain|lance|squeeze|pop) it (?:yourself|at home)\b"),
)

_SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")
_HARMLESS = re.compile(
    r"\b(?:never|not|don't|cannot|can't|without|if|when|whether|before|ask|only your|asks?|he|she"
    r"|patient|patients|they|was|were)\b",
    re.IGNORECASE,
)
# "You do not have a bleed" is a verdict all the more: the warning words do not excuse it.
_NEVER_EXCUSED = re.compile(r"\byou (?:do not|don't) have (?:a|an)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """Forbidden words that were found."""

    rule: str
    words: str


def forbidden(text: str, allowed: tuple[str, ...] = ()) -> list[Finding]:
    """Find forbidden words in a reply.

    Args:
        text: the reply.
        allowed: pieces that may stand in it whatever they hold, e.g. the source's address.
    """
    for piece in filter(None, allowed):
        text = text.replace(piece, " ")
    found = _matches(_ANYWHERE, text)
    for sentence in filter(None, map(str.strip, _SENTENCE.split(text))):
        found += _in_sentence(sentence.lstrip("-*• "))
    return found


def _in_sentence(sentence: str) -> list[Finding]:
    excused = _HARMLESS.search(sentence) and not _NEVER_EXCUSED.search(sentence)
    return [] if excused or sentence.endswith("?") else _matches(_IN_A_SENTENCE, sentence)


def _matches(rules: tuple[tuple[str, str], ...], text: str) -> list[Finding]:
    return [
        Finding(name, match.group().strip())
        for name, pattern in rules
        if (match := re.search(pattern, text, re.IGNORECASE))
    ]
