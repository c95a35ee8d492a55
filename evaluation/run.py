"""One run: ask the bot everything, judge it, ask the baselines, sum up."""

from __future__ import annotations

from collections.abc import Sequence

from tqdm import tqdm

from evaluation import baselines, library, quality, retrieval
from evaluation.ask import Bot, Reply
from evaluation.facts import FactJudge
from evaluation.items import Question, RedFlag
from evaluation.judge import Judge
from evaluation.results import Results
from evaluation.safety import judge_alarm


def run(
    url: str,
    questions: Sequence[Question],
    red_flags: Sequence[RedFlag],
    wording: dict[str, str],
    files: tuple[str, ...],
) -> Results:
    """Evaluate a running bot.

    Args:
        url: where it listens.
        questions: labelled questions.
        red_flags: labelled emergencies and look-alikes.
        wording: what facts say; the article lines fill in for facts that it lacks.
        files: names of the files the messages come from.

    Raises:
        EvaluationError: the bot does not answer, or a label names an unknown fact.
    """
    sources = library.sources()
    lines = [line for source in sources for line in source.lines]
    facts = FactJudge(lines)
    facts.check((q.id, fact) for q in questions for fact in q.facts)
    judge = Judge(facts, {source.id: source.site for source in sources}, library.fact_of())

    replies = ask_all(Bot(url), [*questions, *red_flags])
    verdicts = tuple(judge.judge(q, replies[q.id]) for q in questions)
    systems = [quality.of_bot(verdicts)] if questions else []
    systems += _baselines(sources, questions, facts, judge)
    return Results(
        verdicts=verdicts,
        alarms=tuple(judge_alarm(item, replies[f"red flag {item.id}"]) for item in red_flags),
        systems=tuple(systems),
        retrieval=_retrieval(questions) if questions else {},
        threshold=library.chosen_threshold(),
        wording={**{fact: text for text, named in lines for fact in named}, **wording},
        files=files,
    )


def ask_all(bot: Bot, items: Sequence[Question | RedFlag]) -> dict[str, Reply]:
    """Put every item to the bot in a conversation of its own.

    Returns:
        replies by id; the id of a red flag has "red flag " before it.
    """
    replies = {}
    for item in tqdm(items, desc="Asking the bot", unit="message", mininterval=0.5):
        name = item.id if isinstance(item, Question) else f"red flag {item.id}"
        replies[name] = bot.ask(item.text, item.earlier)
    return replies


def _baselines(
    sources: Sequence[library.Source],
    questions: Sequence[Question],
    facts: FactJudge,
    judge: Judge,
) -> list[quality.Quality]:
    chunks = baselines.cut([(source.id, source.text) for source in sources])
    plain: list[baselines.Baseline] = [
        baselines.FaissBaseline(chunks, library.encode),
        baselines.Bm25Baseline(chunks),
    ]
    return [
        quality.of_baseline(one, judge)
        for baseline in plain
        for one in baselines.run(baseline, questions, facts)
    ]


def _retrieval(questions: Sequence[Question]) -> dict[str, tuple[retrieval.Ranked, ...]]:
    distractors = library.load_distractors()
    sets = {
        "articles alone": library.Library(),
        f"with {len(distractors)} distractors": library.Library(distractors),
    }
    return {name: tuple(retrieval.rank_all(one.search, questions)) for name, one in sets.items()}
