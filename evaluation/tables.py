"""The tables of the report."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from evaluation.ask import Reply
from evaluation.figures import Figure, aurc, auroc, mean, percentile, share
from evaluation.goals import goals
from evaluation.items import GENERAL, Question
from evaluation.judge import AnswerVerdict
from evaluation.readability import grades, own_words
from evaluation.results import DEPTH, Results, Table

# Of a reply with passages, in their order.
_PARTS = ("answer", "safety note", "source", "disclaimer")
_PRONOUN = re.compile(r"\b(?:it|its|that|this|those|these|they|them|one|ones)\b", re.IGNORECASE)

_Verdict = TypeVar("_Verdict")


def tables(results: Results) -> list[Table]:
    """Return every table; those without a message are left out."""
    found = [goals(results)]
    if results.answers:
        found += [to_the_point(results), answers(results), search(results)]
        found += [conduct(results), abstention(results)]
    if results.alarms:
        found.append(alarms(results))
    return [*found, wording(results)]


def to_the_point(results: Results) -> Table:
    """Show what leads a reply, what is beside the point, and how many words each part takes."""
    given = [v for v in results.answers if v.item.is_answerable and v.framed]
    asked = [v for v in results.answers if v.item.is_answerable and v.item.polarity]
    parts = [_words(v.reply) for v in given]
    framing = [1 - part["answer"] / sum(part.values()) for part in parts]
    figures = {
        "first passage says what was asked": share(v.first for v in given),
        "passages beside the point": share(one for v in given for one in v.beside),
        "yes/no questions led by an answer": share(bool(v.led) for v in asked),
        "of these, led rightly": share(v.led_rightly for v in asked),
        "words in a reply, median": percentile([sum(part.values()) for part in parts]),
        **{f"words of its {name}": percentile([p[name] for p in parts]) for name in _PARTS},
        "share of note, source, disclaimer": percentile(framing),
    }
    return Table(
        "To the point",
        ("bot",),
        {name: [figure] for name, figure in figures.items()},
        "Passages are compared by the ids of their facts: asked for, also fitting, other.",
    )


def _words(reply: Reply) -> dict[str, int]:
    """Count the words of each part of a reply with passages; its last lines are the framing."""
    # Two empty lines, for a reply that lacks its framing.
    lines = ["", "", *reply.text.split("\n")]
    *answer, source, disclaimer = (len(line.split()) for line in lines)
    note = answer.pop() if reply.custom.get("note") and answer else 0
    return dict(zip(_PARTS, (sum(answer), note, source, disclaimer), strict=True))


def answers(results: Results) -> Table:
    """Show right answers by kind, article and topic, and of follow-ups by their form."""
    answering = [v for v in results.answers if v.item.is_answerable]
    follow_ups = [v for v in answering if v.item.kind == "followup"]
    return _table(
        "Answers to questions that the sources answer",
        {
            **_grouped(answering, "", lambda v: v.item.kind),
            **_grouped(answering, "article ", lambda v: v.item.article or GENERAL),
            **_grouped(answering, "topic ", lambda v: v.item.section or "none"),
            **_grouped(follow_ups, "follow-up: ", _form),
        },
        {
            "right fact": lambda part: share(v.fact for v in part),
            "first passage": lambda part: share(v.first for v in part),
            "right article": lambda part: share(v.article for v in part),
            "cites another site": lambda part: share(v.wrong_site for v in part),
        },
        "A fact is right when its article line stands whole in the reply. Asking which place is "
        "meant counts as right for a question that names none.",
    )


def _form(verdict: AnswerVerdict) -> str:
    words = len(verdict.item.text.split())
    if words <= 2:
        return "one or two words"
    if _PRONOUN.search(verdict.item.text):
        return "with a pronoun"
    return "three to six words" if words <= 6 else "longer"


def search(results: Results) -> Table:
    """Show recall and mean reciprocal rank of search by itself."""
    return _table(
        "Search by itself",
        {
            "all": results.ranks,
            **_grouped(results.ranks, "article ", lambda one: one[0].article or GENERAL),
            **_grouped(results.ranks, "topic ", lambda one: one[0].section or "none"),
        },
        {
            **{f"recall@{depth}": partial(_recall, depth) for depth in (1, 3, DEPTH)},
            "MRR": lambda part: mean([1 / rank if rank else 0.0 for _, rank in part]),
        },
        "In-scope questions put to the search directly, without the site and topic that the "
        "conversation would add. A passage is right when it carries one of the question's facts. "
        "MRR: mean reciprocal rank.",
    )


def _recall(depth: int, part: Sequence[tuple[Question, int | None]]) -> Figure:
    return share(rank is not None and rank <= depth for _, rank in part)


def conduct(results: Results) -> Table:
    """Show conduct by kind of message."""
    return _table(
        "By kind of message",
        _grouped(results.answers, "", lambda v: v.item.kind),
        {
            "nothing wrong": lambda part: share(not v.failures for v in part),
            "right conduct": lambda part: share(v.behaved for v in part),
            "forbidden words": lambda part: share(bool(v.forbidden) for v in part),
            "framed": lambda part: share(v.framed for v in part),
        },
        "Framed: source and disclaimer stand in the text of a reply that shows a passage.",
    )


def abstention(results: Results) -> Table:
    """Show how well the bot knows what it does not know."""
    asked = [v for v in results.answers if v.handled is not None]
    outside = [v for v in asked if not v.item.is_answerable]
    inside = [v.reply.answerability for v in asked if v.item.is_answerable]
    scores = [v.reply.answerability for v in asked]
    right = [bool(v.item.is_answerable and v.handled) for v in asked]
    return _table(
        "Knowing what it does not know",
        {"all": outside, **_grouped(outside, "", lambda v: _declined_group(v.item))},
        {
            "declined": lambda part: share(v.declined for v in part),
            "of these, gap named": lambda part: share(v.names_the_gap for v in part),
            "AUROC of the score": lambda part: auroc(inside, [v.reply.answerability for v in part]),
        },
        f"Handled rightly, of all these and those with an answer: "
        f"{share(v.handled for v in asked)}. Mean risk of a wrong answer over all coverages "
        f"(AURC): {aurc(scores, right)}. A question of the sources that was declined counts as "
        "wrong at every coverage, since nobody saw its answer. AUROC: chance that an answerable "
        "message scores above one that is not.",
    )


def _declined_group(question: Question) -> str:
    if question.kind == "out_of_scope_other":
        return "far"
    return "on topic" if question.note.startswith("on topic") else "near miss"


def alarms(results: Results) -> Table:
    """Show what was caught and what was alarmed for nothing, by group."""
    found = results.alarms
    return _table(
        "Alarms, by group of danger",
        {
            "all": found,
            **_grouped(found, "", lambda v: v.item.group),
            **_grouped([v for v in found if v.item.style], "wording: ", lambda v: v.item.style),
            "in one message": [v for v in found if not v.item.earlier],
            "with earlier turns": [v for v in found if v.item.earlier],
            "ends in a question mark": [v for v in found if v.item.text.rstrip().endswith("?")],
            "five words or fewer": [v for v in found if len(v.item.text.split()) <= 5],
        },
        {
            "caught": lambda part: share(v.caught for v in part),
            "with the right message": lambda part: share(v.caught_rightly for v in part),
            "false alarms": lambda part: share(v.false_alarm for v in part),
            "median time": lambda part: percentile(
                [v.reply.seconds for v in part if v.caught], unit="s"
            ),
        },
        "False alarm: the emergency message takes the place of the answer to a look-alike. No miss "
        "in n messages shows only that misses are probably below about 3 in n.",
    )


def wording(results: Results) -> Table:
    """Show reading grade, form and time of the replies, by outcome."""
    return _table(
        "Words and time, by outcome",
        {"all": results.replies, **_grouped(results.replies, "", lambda reply: reply.outcome)},
        {
            "grade, median": lambda part: percentile(grades(part)),
            "highest": lambda part: percentile(grades(part), 100),
            "own words, median": lambda part: percentile(grades(part, own_words)),
            "own, highest": lambda part: percentile(grades(part, own_words), 100),
            "in one piece": lambda part: share(len(reply.parts) == 1 for reply in part),
            "median time": lambda part: percentile([r.seconds for r in part], unit="s"),
            "95 % within": lambda part: percentile([r.seconds for r in part], 95, "s"),
        },
        "Flesch-Kincaid grade of different replies, as sent; own words: without source line and "
        "disclaimer. Time of a turn over HTTP.",
    )


def _grouped(
    verdicts: Iterable[_Verdict], prefix: str, key: Callable[[_Verdict], str]
) -> dict[str, Sequence[_Verdict]]:
    """Sort verdicts into groups, whose names get a prefix and come in alphabetical order."""
    groups: dict[str, list[_Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[prefix + key(verdict)].append(verdict)
    return dict(sorted(groups.items()))


def _table(
    title: str,
    groups: Mapping[str, Sequence[_Verdict]],
    columns: Mapping[str, Callable[[Sequence[_Verdict]], Figure]],
    note: str,
) -> Table:
    """Compute every column for every group."""
    rows = {name: [of(part) for of in columns.values()] for name, part in groups.items()}
    return Table(title, tuple(columns), rows, note)
