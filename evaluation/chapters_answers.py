"""Chapters of the report on answering: comparison, conduct, understanding, search, abstention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evaluation.ask import Reply
from evaluation.document import Chapter, Figure, Table
from evaluation.intervals import Rate
from evaluation.items import ANSWERED_KINDS, GENERAL
from evaluation.judge import Verdict
from evaluation.plots import rates_plot, risk_coverage_plot, score_plot
from evaluation.quality import DECLINED_GROUPS, Quality, middle
from evaluation.results import Results
from evaluation.retrieval import by_group, scores

_COMPARISON_NOTE = (
    "Handled rightly: right fact from a right article, or declined where the sources have "
    "nothing. One judge for all: a fact is there when its article line stands whole in the reply "
    "or the chunk. Baselines search the bot's own plain articles, cut every 1,000 characters; they "
    "see a follow-up without its context. Their best threshold is chosen on these very messages, "
    "which favours them; without a threshold they decline nothing. AUROC: chance that an "
    "answerable message scores above one that is not. AURC: mean risk over all coverages, "
    "lower is better."
)
_ABSTENTION_NOTE = (
    "A question of the sources that the bot declined counts as wrong at every threshold, since "
    "nobody saw its answer; so the bot's curve is too high at its right end, never too low. "
    "Replies without a score count as 1 (answered) or 0 (declined)."
)


def comparison(results: Results) -> Chapter:
    """Put the bot beside the baselines."""
    systems = results.systems
    rows = [
        ("handled rightly, all of them", [str(s.handled) for s in systems]),
        ("right fact, in scope", [str(s.fact_in_scope) for s in systems]),
        ("right fact, follow-ups", [str(s.fact_followup) for s in systems]),
        ("right article", [str(s.article) for s in systems]),
        ("cites another site", [str(s.wrong_site) for s in systems]),
        ("declined, all out of scope", [str(s.declined_all) for s in systems]),
    ]
    rows += [
        (f"declined, {group}", [str(s.declined[group]) for s in systems])
        for group in DECLINED_GROUPS
    ]
    rows.append(("AUROC, near miss", [str(s.auroc[DECLINED_GROUPS[0]]) for s in systems]))
    rows.append(("AUROC, far", [str(s.auroc[DECLINED_GROUPS[2]]) for s in systems]))
    rows.append(("AURC", [_number(s.aurc, 3) for s in systems]))
    rows.append(("words in an answer, median", [_number(s.words, 0) for s in systems]))
    rows.append(("reading grade of an answer, median", [_number(s.grade, 1) for s in systems]))
    table = Table(
        "Same messages, same judge",
        ("", *(s.name for s in systems)),
        tuple((name, *cells) for name, cells in rows),
        note=_COMPARISON_NOTE,
        brief=True,
    )
    return Chapter("Beside two baselines", tables=(table,))


def conduct(results: Results) -> Chapter:
    """Show right answers by article and topic, and conduct by kind."""
    verdicts = results.verdicts
    answering = [v for v in verdicts if v.question.kind in ANSWERED_KINDS]
    articles = sorted({v.question.article or GENERAL for v in answering})
    topics = sorted({v.question.section or "none" for v in answering})
    groups = [
        (f"article {name}", [v for v in answering if (v.question.article or GENERAL) == name])
        for name in articles
    ]
    groups += [
        (f"topic {name}", [v for v in answering if (v.question.section or "none") == name])
        for name in topics
    ]
    by_group = Table(
        "In scope and follow-ups",
        ("", "right fact", "right article", "cites another site"),
        tuple(
            (
                name,
                str(Rate.of(v.fact for v in part)),
                str(Rate.of(v.article for v in part)),
                str(Rate.of(v.wrong_site for v in part)),
            )
            for name, part in groups
        ),
        note="Asking which place is meant counts as right for a question that names none.",
    )
    rates = [(name, Rate.of(v.fact for v in part)) for name, part in groups]
    plot = Figure(
        "Right fact by article and topic",
        rates_plot(rates, "share of replies with a right fact, 95 % Wilson interval"),
        "Each dot is the share of replies with a right fact; the bar is its interval.",
    )
    tables = (_to_the_point(answering), by_group, _conduct_by_kind(verdicts))
    return Chapter("Answers", tables=tables, figures=(plot,))


def _to_the_point(answering: Sequence[Verdict]) -> Table:
    given = [v for v in answering if v.reply.passages]
    asked = [v for v in answering if v.question.polarity]
    passages = sum(len(v.reply.passages) for v in given)
    beside = Rate(sum(v.beside for v in given), passages)
    rows = (
        ("first passage says what was asked", str(Rate.of(v.first for v in given))),
        ("passages beside the point", str(beside)),
        ("yes/no questions led by an answer", str(Rate.of(bool(v.led) for v in asked))),
        ("of these, led rightly", str(Rate.of(v.led_rightly for v in asked))),
        (
            "words in a reply, median",
            _number(middle([len(v.reply.text.split()) for v in given]), 0),
        ),
        (
            "share of safety, source, disclaimer",
            _number(middle([_frame_share(v.reply) for v in given]), 2),
        ),
    )
    return Table(
        "To the point",
        ("", "bot"),
        rows,
        note="Passages are compared by the ids of their facts: asked for, also fitting, other.",
        brief=True,
    )


def _frame_share(reply: Reply) -> float:
    """Return which share of a reply's words is its note, source line and disclaimer."""
    framed = 2 + bool(reply.custom.get("note"))
    lines = reply.text.split("\n")
    return sum(len(line.split()) for line in lines[-framed:]) / len(reply.text.split())


def _conduct_by_kind(verdicts: Sequence[Verdict]) -> Table:
    rows = []
    for kind in dict.fromkeys(v.question.kind for v in verdicts):
        part = [v for v in verdicts if v.question.kind == kind]
        rows.append(
            (
                kind,
                str(Rate.of(not v.failures for v in part)),
                str(Rate.of(v.behaved for v in part)),
                str(Rate.of(bool(v.forbidden) for v in part)),
                str(Rate.of(not v.duties_missing for v in part if v.duties)),
                str(Rate.of(v.framed for v in part)),
            )
        )
    return Table(
        "By kind of message",
        ("", "nothing wrong", "right conduct", "forbidden words", "duties kept", "framed"),
        tuple(rows),
        note="Duties: wording that a label's note asks for. Framed: source and disclaimer stand in "
        "the text of a reply that shows a passage.",
    )


def understanding(results: Results) -> Chapter:
    """Show what the bot took each message for."""
    verdicts = results.verdicts
    outcomes = _matrix(
        "Kind of message and outcome of the turn",
        [(v.question.kind, v.reply.outcome) for v in verdicts],
    )
    intents = [(_wanted(v), v.reply.intent) for v in verdicts if v.reply.intent]
    if not intents:
        return Chapter("Understanding", "The replies name no intent.", (outcomes,))
    return Chapter(
        "Understanding",
        "Rows are labels, columns what the bot made of them.",
        (outcomes, _matrix("Topic or kind, and intent", intents)),
    )


def _wanted(verdict: Verdict) -> str:
    question = verdict.question
    return question.section or question.kind if question.kind == "in_scope" else question.kind


def _matrix(title: str, pairs: Sequence[tuple[str, str | None]]) -> Table:
    counts = Counter(pairs)
    rows = dict.fromkeys(row for row, _ in pairs)
    columns = sorted({str(column) for _, column in pairs})
    return Table(
        title,
        ("", *columns, "all"),
        tuple(
            (
                row,
                *(str(counts[row, column] or "") for column in columns),
                str(sum(n for (name, _), n in counts.items() if name == row)),
            )
            for row in rows
        ),
    )


def search(results: Results) -> Chapter:
    """Show recall and mean reciprocal rank at passage level."""
    tables = []
    for name, ranked in results.retrieval.items():
        rows = tuple(
            (group, str(s.at_1), str(s.at_3), str(s.mrr)) for group, s in by_group(ranked).items()
        )
        tables.append(Table(f"Passages: {name}", ("", "recall@1", "recall@3", "MRR"), rows))
    total = tuple(
        (name, str(s.at_1), str(s.at_3), str(s.mrr))
        for name, ranked in results.retrieval.items()
        for s in [scores(ranked)]
    )
    summary = Table(
        "All in-scope questions", ("", "recall@1", "recall@3", "MRR"), total, brief=True
    )
    return Chapter(
        "Search by itself",
        "In-scope questions put to the search directly, without the site and topic that the "
        "conversation would add. A passage is right when it carries one of the question's facts.",
        (summary, *tables),
    )


def abstention(results: Results) -> Chapter:
    """Show how well the bot knows what it does not know."""
    bot = results.systems[0]
    table = Table(
        "AUROC of the score",
        ("answerable against", *(_short(s) for s in _distinct(results.systems))),
        tuple(
            (group, *(str(s.auroc[group]) for s in _distinct(results.systems)))
            for group in ("all", *DECLINED_GROUPS)
        ),
        note="Intervals after Hanley and McNeil (1982). " + _ABSTENTION_NOTE,
        brief=True,
    )
    curve = Figure(
        "Risk and coverage",
        risk_coverage_plot(_distinct(results.systems), results.threshold),
        "How many answers are wrong when only the messages with the highest scores are answered.",
    )
    dots = Figure(
        "The bot's score by kind of message",
        score_plot(bot, results.threshold),
        "Each dot is a message; those right of the dashed line are answered.",
    )
    return Chapter("Knowing what it does not know", tables=(table,), figures=(curve, dots))


def _distinct(systems: Sequence[Quality]) -> list[Quality]:
    """Keep one of each system: a threshold changes nothing about its scores."""
    return list({_short(system): system for system in reversed(systems)}.values())[::-1]


def _short(system: Quality) -> str:
    return system.name.removesuffix(", best threshold")


def _number(value: float | None, digits: int) -> str:
    return "no cases" if value is None else f"{value:.{digits}f}"
