"""Small readings of how a question is worded."""

import re
from collections.abc import Callable

from knowledge_base.normalize import words_of


def _reading(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a text holds a pattern, in small or capital letters."""
    found_in = re.compile(pattern, re.IGNORECASE).search
    return lambda text: found_in(text) is not None


SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+|\s[-–—]\s|\n+")
_AUXILIARY = (
    r"(?:is|are|was|were|can|could|does|do|did|will|would|has|have|may|might|should)(?:n'?t)?"
)
_YES_NO = re.compile(
    rf"(?:^|[.,;:!?]\s+|\s-\s*)(?:(?:so|and|but|or|ok|okay|hi|hello|please|tell me|i wonder if|"
    rf"wondering if|is it true that)\W+)*{_AUXILIARY}\b"
    r"(?!.*\b(?:what|why|how|which|when|where|who)\b)"
    r"|(?:^so\b.*|\b(?:right|correct|yeah|innit|isn'?t it|true))\s*\?\s*$",
    re.IGNORECASE,
)
_EITHER = re.compile(r"\bor\b(?! not\b)", re.IGNORECASE)
_EXTREME = re.compile(
    r"\b(?:no|not|never|without|none|only|always|every|(?<!after )(?<!at )all(?! right)|rare|"
    r"rarely|common|uncommon|often|unusual|seldom|\w+n't|cant|dont|isnt|doesnt)\b",
    re.IGNORECASE,
)
# Whether a question begins with "no", or asks if it is true that something is not.
denies = _reading(
    r"^\W*(?:(?:so|and|but|then|ok|okay|oh)\W+)*(?:(?:is |are )?there(?:'?s| is| are)? )?"
    r"(?:no|not|never|none|nothing|\w+n't)\b"
    r"|\b(?:right|true|correct) that\b.*\b(?:no|not|never|none|nothing|cant|\w+n't)\b"
)
# Whether several things are asked for: "which tests are done?", "name the causes".
asks_for_a_list = _reading(
    r"\b(?:list|name|all|every)\b(?:\W+\w+){0,4}?\W+\w{3,}s\b"
    r"|\b(?:which|what)\s+(?:(?:other|kinds?|types?|sorts?|are|all|of|the|some|blood|clotting|"
    r"bleeding|medical)\s+)*"
    r"(?!does\b|was\b|is\b|has\b|this\b|causes\b|happens\b|helps\b|makes\b)\w{2,}[^s\W]s\b"
)
# Whether three things or more are listed: "warfarin, heparin and aspirin".
names_several = _reading(
    r", (?!to\b|so\b|but\b|wh\w+\b|because\b|if\b|as\b)(?:[\w-]+ ){1,4}and [\w-]+"
)
# Whether two things are named that may each be asked about: "an infection or a tumor".
joins_two = _reading(r"(?<!yes )\b(?:and|n|or|nor)\b(?! (?:no|not)\b)")
# Whether a comparison is about how bad each of two things is.
asks_which_is_worse = _reading(
    r"\b(?:worse|worst|badd?er|serious|danger\w*|urgent|deadly|bigger (?:problem|deal|worry))\b"
)
# Whether a line of an article compares what it tells of with others.
says_which_is_worse = _reading(r"\b(?:bigger|worse|more \w+) (?:problem|than)\b")
_WHAT = r"(?:what|how|why|when|where|which|who)(?:'?s|'?re)?"
_WHETHER = r"(?:is|are|was|were|can|could|does|do|did|will|would|has|have)"
# Whether a yes/no question asks what has happened.
asks_of_the_past = _reading(
    r"^\W*(?:(?:so|and|but|then|ok|okay)\W+)*(?:did|was|were|had|has|have)\b"
)
# Whether a question begins with "why", "which" or the like: no "yes" answers it.
begins_with_what = _reading(rf"^\W*(?:\w+\W+){{0,2}}?{_WHAT}\b(?! about\b)")
_NEXT_PART = re.compile(
    rf"[?!.;]+\s+|,?\s+(?:and|n|&|also|plus|then)\s+(?:(?:also|uh|um|er|so|tell me)\s+)*"
    rf"(?=(?:(?:at|in|by|for|with|on|to|from|of)\s+)?(?:{_WHAT}|{_WHETHER}|whether)\b)"
    rf"|,\s+(?={_WHAT}\b)",
    re.IGNORECASE,
)
# Whether a sentence is worded as a question.
asks = _reading(
    rf"^(?:(?:so|and|but|also|ok|okay|hi|hello|please|then)\W+)*(?:{_WHAT}|{_WHETHER}|whether)\s"
    r"|^(?:\w+\W+){0,3}?(?:sign|symptom|cause|reason|treatment|test|scan|meaning)s? (?:of|for)\b"
    rf"|(?<!know )(?<!knew )(?<!told me )(?<!said )\b(?!who\b){_WHAT}\s|\?\s*$"
)
_CLAUSE = re.compile(rf"\W*(?:when|where)\s+(?!{_WHETHER}\b)", re.IGNORECASE)
_ONLY_A_COMMA = re.compile(r",\s+(?!and\b|n\b|&|also\b|plus\b|then\b)", re.IGNORECASE)
_MOST_PARTS = 3
_MOST_WORDS = 30
_PATIENT = r"(?:case|report|patient|lady|woman|man|person)"
# Whether a text speaks of a patient of whom an article may tell.
names_a_patient = _reading(rf"\b{_PATIENT}\b")
# Whether a normalised message asks what happened to a patient, from start to end.
asks_for_the_story = _reading(
    r"\bwhat (?:all )?happened (?:to|with)\b(?! (?:her|his|their) (?!in|after|then|next|at|when)\w)"
    r"(?! (?:these|those|them|others)\b)"
    rf"|\bwhat\b.*\bhappened\W*$|^(?:\w+\W+){{0,6}}story of\b(?!.*\b{_WHAT}\b)"
    rf"|\bwhat happen (?:to|with) (?:her|him|(?:the|that) (?:old )?{_PATIENT})\b"
    rf"|\b(?:case|report|story)\b(?:\W+\w+){{0,3}}\W+about\W*$"
    rf"|\b(?:summary|sum up|summari[sz]e)\b.*\b{_PATIENT}\b|\b{_PATIENT}\b.*\bsummary\b"
    rf"|\btell (?:me|us) (?:more )?about (?:the |that |this )?{_PATIENT}\b"
)
_NARROW = re.compile(
    r"\bhow (?:common|usual|main|major)\b|\b(?:common|rare)\W*$|\bblood (?:tests?|work)\b"
    r"|\b(?:is|are)\b.*\b(?:common|rare)\b(?! (?:sign|symptom|cause|test))"
)
_PERSON = (
    r"i|i'?m|i'?ve|i'?d|me|my|mine|he|she|him|her|his|hers|mum|mom|mother|dad|father|parents?|sons?|"
    r"daughters?|child|kids?|baby|wife|husband|partner|brother|sister|gran\w*|nan|nana|uncle|aunt\w*|"
    r"friend|mate|boyfriend|girlfriend|colleague"
)
# Whether one person is spoken of: the writer, or somebody near. "They" are mostly doctors.
speaks_of_one_person = _reading(rf"\b(?:{_PERSON})\b")
# Whether a message speaks of its writer.
speaks_of_oneself = _reading(r"\b(?:i|i'?m|i'?ve|i'?ll|im|me|my)\b")
# Whether a message asks to be told about something, not what to do about it.
asks_to_be_told = _reading(r"\bwhat(?:'?s| is| are)\b|\btell me (?:about|what)\b")
# Whether a person is spoken of: the writer, or somebody near.
speaks_of_someone = _reading(rf"\b(?:{_PERSON}|we|we'?re|our|us|they|them|their)\b")
# Whether it is asked what the writer, or somebody close, should do.
asks_what_to_do = _reading(
    r"\b(?:should|shall|ought) (?:i|we|my \w+)\b|\bhow often (?:i|we|he|she) should\b"
    r"|\bcan (?:i|we|he|she|my \w+) (?:(?:now|then|also|just) )?(?:restart|stop|skip|pause)\b"
)

# Whether it is asked about stopping or skipping something, mostly a medicine.
asks_to_stop = _reading(r"\b(?:stop|skip|restart|come off)\b")

# Whether a figure of a blood test is given: "my INR is 3.4, ok?".
tells_a_result = _reading(r"\b(?:inr|platelets?|ha?emoglobin|hb|a?ptt|d-?dimer)\b[^,;?!]{0,30}\d")

# What a question asks for, in the order in which it is looked for.
_ASKED_FOR = (
    ("where", r"\bwhere(?:abouts)?\b(?!.*\bcom(?:es?|ing) from\b)"),
    (
        "hurts",
        r"\b(?:will|would|does|do|did|is|was|be|going to|gonna)\b(?!.*\b(?:if|more)\b).*"
        r"(?<!get )(?<!got )(?<!getting )(?<!not )(?<!n't )(?<!nt )\b(?:hurt|hurts|painful|sore|"
        r"pain (?:me|us|him|her))\b",
    ),
    (
        "compare",
        r"\b(?:which\b.*\b(?:worse|worst|better|more|\w+ier)|(?:worse|better) than|compared?|"
        r"differences?|differ|same as|versus|vs)\b",
    ),
    (
        "how_long",
        r"\bhow (?:long|quick\w*|fast|soon|many (?:hours?|days?|weeks?|months?|years?))\b",
    ),
    (
        "how_often",
        r"\b(?:how (?:often|many times|common|rare|likely)|what are the (?:odds|chances?))\b",
    ),
    (
        "how_many",
        r"\b(?:how (?:many|much|big|large|small|old)|"
        r"(?:what|same) (?:age|size|dos(?:e|age)|percent\w*))\b",
    ),
    ("why", r"\bwhy\b|\bhow come\b"),
    ("when", r"\bwhen (?:do|does|did|can|could|will|would|is|are|was|were|should)\b|^when\b"),
    ("who", r"^(?:\w+ )?who\b|\bwhich (?:doctor|specialist)\b"),
)
WHETHER = "whether"
# Who asks for one of these asks for one thing, not for a whole topic.
_ONE_THING = frozenset({"how_long", "how_often", "how_many", "where", "when", "who", "hurts"})
ASKED_FOR = (*(name for name, _ in _ASKED_FOR), WHETHER)
_FILLER = re.compile(r"\b(?:do )?you know(?: about| of)?\b")
_DEFINITION = re.compile(
    r"^(?:(?:so|and|but|ok|okay|please|hi)\W+)*"
    r"(?:what(?:'s| is| are| does|s)?|define|explain|meaning of|definition of)\s+"
    r"(?!(?:did|do|can|could|will|would|was|were|should|happens|happened)\b)"
    r"(?:is |are |the |a |an |meaning of |mean by |word |term )*"
    r"(?P<words>.+?)(?:\s+(?:mean|means|stand for|then))?\W*$",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:(?:the|a|an|this|that|of|in|near|to|with|from|for|by) )*"
    r"(?:spinal cord|spinal|spine|iliopsoas|psoas|hip flexor|hip muscle|groin muscle|ossified|"
    r"intramuscular|oih|hematomas?|hemorrhages?|bleeds?|bleeding|case report|case study|"
    r"the case|the report|lady|woman|66[- ]year[- ]old|patient|muscle)\b(?:'s)?"
)
# Words that say which condition or topic is meant, or nothing: a question made of these
# alone asks for a whole section.
_GENERAL_WORDS = frozenset(
    """
    bring brings set off trigger triggers
    'em em fix fixed fixes
    vs versus difference differences compare compared compares ok okay instead sorry actually yes
    a about all an and any are around as at avoid basics be been bleed bleeding bleeds blood
    brief briefly but by can case cause caused causes causing chances clot collection come comes
    common condition confirm confirmed deal dealt detect detected diagnose diagnosed diagnosing
    diagnosis diagnostic did different do doctor doctors does dr explain explained factor
    factors feel feels find first flags flexor for found from general get gets give handle
    handled happen happens has have hello help hematoma hematomas hemorrhage hi hip hospital how
    i i'd i'm id identify if iliopsoas in info information intramuscular is it its kind kinds
    lady learn like list look lookout main major make makes manage managed management me mean
    means meant muscle my need no not of on one ones option options or ossified ossify out
    outcome outlook overview patient patients people person please possible prevent prevented
    prevention prognosis psoas question questions quick reason reasons recover recovers recovery
    red risk risks round same see short show sign signs simple so someone spinal spinal-hematoma
    spine spotted summary symptom symptoms tell term terms test tested tests that the their them
    then therapies therapy there there's these they thing things this to treat treated treating
    treatment treatments type types typical understand us usual usually want warning was way
    ways we were what what's whats when which who will with woman would you your
    """.split()
)


def asks_whether_it_will_hurt(text: str) -> bool:
    """Tell whether a message asks if something will hurt the writer."""
    return asked_for(asking_sentence(text)) == "hurts" and speaks_of_oneself(text)


def asking_sentence(text: str) -> str:
    """Return the last sentence that asks; the whole text if none does."""
    return text[slice(*asking_part(text))]


def asking_part(text: str) -> tuple[int, int]:
    """Return start and end of the last sentence that asks; of the whole text if none does."""
    asking = [span for span in _between(SENTENCE_END, text) if asks(text[slice(*span)])]
    return asking[-1] if asking else (0, len(text))


def _between(
    cut: re.Pattern[str], text: str, first: int = 0, last: int | None = None
) -> list[tuple[int, int]]:
    """Return start and end of what stands before, between and behind the cuts of a text's part."""
    last = len(text) if last is None else last
    cuts = [match.span() for match in cut.finditer(text, first, last)]
    starts = [first, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), last]
    return list(zip(starts, ends, strict=True))


def asks_yes_or_no(text: str) -> bool:
    """Tell whether a message is worded so that "Yes." or "No." may lead its answer."""
    return bool(_YES_NO.search(text.strip())) and not _EITHER.search(text)


def asked_for(text: str) -> str:
    """Return what of `ASKED_FOR` a question asks for; "" if nothing tells."""
    lowered = text.lower()
    found = (name for name, pattern in _ASKED_FOR if re.search(pattern, lowered))
    return next(found, WHETHER if asks_yes_or_no(text) else "")


def tells_a_story(text: str) -> bool:
    """Tell whether a message says so much that most of it is not what it asks."""
    return len(words_of(text)) > _MOST_WORDS


def parts_of(text: str) -> list[tuple[int, int]]:
    """Return where each question of a message with two or three of them stands.

    Args:
        text: the message as typed.

    Returns:
        start and end of each question, together with what is told before it; without a
        second question, nothing.
    """
    # What looks like questions in a story are none, and it drowns them.
    first, last = asking_part(text) if tells_a_story(text) else (0, len(text))
    parts: list[tuple[int, int]] = []
    told = first
    for start, end in _between(_NEXT_PART, text, first, last):
        # "Where there is no MRI, what do they do?" asks one thing.
        if _CLAUSE.match(text[start:end]) and _ONLY_A_COMMA.match(text, end):
            continue
        # A question mark stands in the cut behind the question.
        if asks(text[start : end + 1].strip(" ,")):
            parts.append((told, end))
            told = end
    return parts if 1 < len(parts) <= _MOST_PARTS else []


def extremes_in(text: str) -> set[str]:
    """Return the words of a question that negate, or that ask for one end of a scale."""
    return {word.lower() for word in _EXTREME.findall(text)}


def defined_words(normalized: str) -> str:
    """Return what a message asks the meaning of, or "" if it asks for something else."""
    match = _DEFINITION.match(normalized.strip())
    return match["words"] if match else ""


def aspect(normalized: str) -> str:
    """Return what is asked, without the name of the condition; "" if nothing is left.

    All questions on one condition look alike to a sentence encoder, because they share its
    name: what sets them apart is the rest.
    """
    return " ".join(_CONDITION.sub(" ", normalized).split()).strip(" ?.,!")


def is_broad(normalized: str) -> bool:
    """Tell whether a message asks for a whole topic, and for nothing in particular."""
    if _NARROW.search(normalized) or asked_for(normalized) in _ONE_THING:
        return False
    asked = _FILLER.sub(" ", normalized)
    return all(word in _GENERAL_WORDS for word in words_of(asked))
