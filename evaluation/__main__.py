"""Command line: ``python -m evaluation`` (``make evaluate``)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.facts import load_wording
from evaluation.items import QUESTIONS_FILE, RED_FLAGS_FILE, load_questions, load_red_flags
from evaluation.launch import bot_command, free_port, running
from evaluation.report import REPORT_DIR, write
from evaluation.run import run
from knowledge_base.errors import KnowledgeBaseError


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    options = argparse.ArgumentParser(
        prog="python -m evaluation",
        description="Put labelled messages to the running bot and report on its replies.",
    )
    options.add_argument(
        "--questions",
        type=Path,
        nargs="*",
        metavar="PATH",
        help="question files; none at all skips them (default: evaluation/questions.jsonl)",
    )
    options.add_argument(
        "--red-flags",
        type=Path,
        nargs="*",
        metavar="PATH",
        help="red-flag files; none at all skips them (default: evaluation/red_flags.jsonl)",
    )
    options.add_argument("--set", metavar="NAME", help='only messages of one set, e.g. "held"')
    options.add_argument("--url", help="a bot that runs already; else one is started")
    options.add_argument("--facts", type=Path, help="file with the wording of facts, to show")
    options.add_argument(
        "--report", type=Path, default=REPORT_DIR, help="folder of the report (evaluation/report)"
    )
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the evaluation; return the exit code."""
    options = parser().parse_args(arguments)
    try:
        summary = _evaluate(options)
    except (EvaluationError, KnowledgeBaseError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(summary)
    print(f"The whole report: {options.report / 'index.html'}")
    return 0


def _evaluate(options: argparse.Namespace) -> str:
    question_files, red_flag_files = _files(options)
    questions = load_questions(question_files)
    red_flags = load_red_flags(red_flag_files)
    if options.set:
        questions = [item for item in questions if item.part == options.set]
        red_flags = [item for item in red_flags if item.part == options.set]
    if not questions and not red_flags:
        raise EvaluationError(
            "There is no message to ask: look at --questions, --red-flags and --set."
        )
    wording = load_wording(options.facts) if options.facts else {}
    names = tuple(path.name for path in (*question_files, *red_flag_files))
    with _bot(options.url) as url:
        results = run(url, questions, red_flags, wording, names)
    return write(results, options.report)


def _files(options: argparse.Namespace) -> tuple[list[Path], list[Path]]:
    """Return the files to read: what was named, or else the project's own sets."""
    named = options.questions is not None or options.red_flags is not None
    questions = options.questions if named else [QUESTIONS_FILE]
    red_flags = options.red_flags if named else [RED_FLAGS_FILE]
    return list(questions or ()), list(red_flags or ())


@contextmanager
def _bot(url: str | None) -> Iterator[str]:
    if url:
        yield url
        return
    port = free_port()
    with running(bot_command(port), port) as started:
        yield started


if __name__ == "__main__":
    sys.exit(main())
