"""The training data: messages with what they mean, from the files that hold them.

Data card: training/README.md.
"""

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import yaml

from knowledge_base.articles import TOPICS, Article, load_articles
from knowledge_base.questions import Ask, load_asks, load_not_covered
from knowledge_base.wording import speaks_of_someone

HERE = Path(__file__).parent
ROOT = HERE.parent
DATA_DIR = HERE / "data"
INTENT_DIR = ROOT / "data" / "nlu"

NO_DANGER = "none"
# Order is that of the rows of the danger head.
DANGERS = (NO_DANGER, "urgent", "poisoning", "crisis", "crisis_other", "crisis_taken")
# Labels of look-alikes that stand for several intents.
GENERAL_ACTS = {
    "question": "ask_",
    "talk": "greet thank say_goodbye affirm deny complain chitchat out_of_scope manipulate "
    "ask_bot ask_capabilities ask_human ask_privacy ask_language",
}

# Stands between a fact and the number of a question that only seems to ask for it.
MISS = "/miss"
OUTSIDE = "out_of_scope_medical"
# Of so many questions on what is not covered, one teaches its intent.
OUTSIDE_TAKEN = 6
# Of so many ways to ask for a fact, one teaches its topic.
ASKS_TAKEN = 3
TOPIC_INTENTS = frozenset(f"ask_{topic}" for topic in TOPICS)
# What people say after an answer.
LATER = frozenset(
    """ask_more ask_shorter ask_source ask_why ask_meaning choose_site personal_advice
    thank say_goodbye out_of_scope""".split()
)
# What is said after an answer in fewer ways than this is taught behind several questions each.
SAID_LATER = 400
# A few words, such as "source?" and "and the treatment?", hardly show beside what was asked before
# them: they are taught behind so many times more questions.
A_FEW_WORDS, MORE_OFTEN = 3, 6
# As many earlier messages are put before a question at most.
MOST_BEFORE = 3

_ENTITY = re.compile(r"\[([^\]]+)\](\([^)]*\)|\{[^}]*\})")


class TrainingDataError(ValueError):
    """A file of the training data is wrong; the message names file, line and remedy."""


@dataclass(frozen=True)
class Example:
    """One message, and what is known of it.

    Attributes:
        text: the message.
        context: earlier messages of the same person, oldest first.
        danger: one of `DANGERS`, or None where nobody judged it.
        act: an intent, a label of `GENERAL_ACTS`, or None.
        meaning: id of the fact, or of the thing not covered, that it asks for; or None.
        id: names the message in an alarm's metadata; "" where it cannot alarm.
        group: the kind of danger it is, or looks like.
    """

    text: str
    context: tuple[str, ...] = ()
    danger: str | None = None
    act: str | None = None
    meaning: str | None = None
    id: str = ""
    group: str = ""


def dangers(folder: Path = DATA_DIR) -> list[Example]:
    """Return the messages judged on danger: alarms, look-alikes and conversations.

    Raises:
        TrainingDataError: a line is no object, or lacks a text or a label.
    """
    return [
        _judged(path, n, line)
        for path in sorted(folder.glob("*.jsonl"))
        for n, line in _lines(path)
    ]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    return enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)


def _judged(path: Path, number: int, line: str) -> Example:
    try:
        row = json.loads(line)
        label = row["label"]
        is_danger = label in DANGERS
        return Example(
            row["text"],
            tuple(row.get("context", ())),
            label if is_danger else NO_DANGER,
            None if is_danger else label,
            None,
            row["id"],
            row.get("group", ""),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise TrainingDataError(
            f"{path.name}, line {number}: {error!r}; each line needs an id, a text and a label."
        ) from error


def acts(folder: Path = INTENT_DIR, keyed: bool = False) -> list[Example]:
    """Return the intents' examples of Rasa's training data, without entity marks.

    Args:
        folder: where the intents' files lie.
        keyed: give retrieval intents together with their response key.
    """
    found = []
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader).get("nlu", ()):
            intent = block.get("intent")
            lines = re.findall(r"^- (.*)$", block.get("examples") or "", re.MULTILINE)
            if intent and intent not in DANGERS:
                act = intent if keyed else intent.partition("/")[0]
                found += [Example(_ENTITY.sub(r"\1", x), (), NO_DANGER, act) for x in lines]
    return found


def meanings() -> list[Example]:
    """Return what teaches meaning: what the articles tell, and the ways to ask for it.

    These are the articles' lines, the ways to ask for each fact, and those to ask for each thing
    that is not covered.
    """
    articles = load_articles()
    told = [Example(line.text, meaning=line.fact) for article in articles for line in article.lines]
    return [*told, *_ways_to_ask(articles), *_outside()]


def _ways_to_ask(articles: list[Article]) -> list[Example]:
    return [_way_to_ask(ask, number) for number, ask in enumerate(load_asks(articles))]


def _way_to_ask(ask: Ask, number: int) -> Example:
    return Example(
        ask.text,
        ask.context or ((ask.before,) if ask.before else ()),
        NO_DANGER if ask.context else _unless_told(ask.text),
        "question",
        f"{ask.fact}{MISS}{number}" if ask.near_miss else ask.fact,
    )


def _outside() -> list[Example]:
    return [
        Example(
            text,
            (),
            NO_DANGER,
            "question" if thing.kind == "gap" else OUTSIDE,
            thing.id,
        )
        for thing in load_not_covered()
        for text in thing.asks
    ]


def intents_in_context() -> list[Example]:
    """Return what teaches an intent beside the intents' own examples.

    These are judged messages in their conversations, questions on what is not covered, and,
    behind up to three questions, further questions (one stays what it is), what people say after
    an answer, and requests for advice ("should she stop it"). Ways to ask for a fact teach the
    topic under which it stands.
    """
    outside = [example for example in _outside() if example.act == OUTSIDE]
    known = acts(keyed=True)
    topical = [example for example in known if example.act in TOPIC_INTENTS]
    later = [e for e in known if str(e.act).partition("/")[0] in LATER | TOPIC_INTENTS]
    # "source?" and "more" are said in few ways, and behind any question.
    said = Counter(e.act for e in later)
    later = [e for e in later for _ in range(_times(e, said))]
    chance = random.Random(0)  # noqa: S311  # no secret hangs on it
    behind = [
        replace(
            example,
            context=tuple(e.text for e in chance.sample(topical, chance.randint(1, MOST_BEFORE))),
        )
        for example in later
    ]
    return [*dangers(), *outside[::OUTSIDE_TAKEN], *behind, *_asked_by_topic()]


def _times(example: Example, said: Counter[str | None]) -> int:
    """Return behind how many questions something said later is taught."""
    times = max(1, SAID_LATER // said[example.act])
    return times * MORE_OFTEN if len(example.text.split()) <= A_FEW_WORDS else times


def _asked_by_topic() -> list[Example]:
    """Return ways to ask with the intent of their topic; those that follow others stay open.

    What only seems to ask for a fact asks for none of its topic.
    """
    articles = load_articles()
    topic_of = {line.fact: s.topic for a in articles for s in a.sections for line in s.lines}
    asks = load_asks(articles)
    alone = sorted(
        (ask for ask in asks if not ask.context and not ask.near_miss), key=lambda ask: ask.text
    )[::ASKS_TAKEN]
    return [
        *(replace(_way_to_ask(ask, 0), act=f"ask_{topic_of[ask.fact]}") for ask in alone),
        *(_way_to_ask(ask, 0) for ask in asks if ask.context),
    ]


def _unless_told(text: str) -> str | None:
    """Return that a question is no danger; None if it may tell what somebody has."""
    return None if speaks_of_someone(text) else NO_DANGER


def digest() -> str:
    """Return the SHA-256 digest of every message judged on danger.

    Intents' examples and ways to ask are no part of it: more of them may be learnt by `rasa train`
    and be found by search without a new tuning.
    """
    return digest_of(dangers())


def digest_of(examples: Iterable[Example]) -> str:
    """Return the SHA-256 digest of messages and what they mean, in whatever order they come."""
    # What `repr` shows of an emoji hangs on the version of Python.
    taught = sorted(json.dumps(astuple(example)) for example in examples)
    return hashlib.sha256("\n".join(taught).encode()).hexdigest()
