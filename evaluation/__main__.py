"""Command line: ``python -m evaluation`` (``make evaluate``)."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timezone
from pathlib import Path

from evaluation import EvaluationError
from evaluation.items import QUESTIONS_FILE, RED_FLAGS_FILE, load_questions, load_red_flags
from evaluation.launch import bot_command, free_port, running
from evaluation.results import run, write
from evaluation.tables import tables
from knowledge_base.errors import KnowledgeBaseError

REPORT_DIR = Path(__file__).parent / "report"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the evaluation; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m evaluation",
        description="Put labelled messages to the running bot and report on its replies.",
    )
    for name, file in (("--questions", QUESTIONS_FILE), ("--red-flags", RED_FLAGS_FILE)):
        parser.add_argument(
            name,
            type=Path,
            nargs="*",
            default=[file],
            metavar="PATH",
            help=f"files to read; no name at all skips them (default: evaluation/{file.name})",
        )
    parser.add_argument("--set", metavar="NAME", help='only messages of one set, e.g. "held"')
    parser.add_argument("--url", help="a bot that runs already; else one is started")
    parser.add_argument(
        "--report", type=Path, default=REPORT_DIR, help="folder of the report (evaluation/report)"
    )
    options = parser.parse_args(arguments)
    try:
        report = _evaluate(options)
    except (EvaluationError, KnowledgeBaseError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(report)
    print(f"Written to {options.report}, with every failure and all replies.")
    return 0


def _evaluate(options: argparse.Namespace) -> str:
    questions = load_questions(options.questions)
    red_flags = load_red_flags(options.red_flags)
    if options.set:
        questions = [item for item in questions if item.part == options.set]
        red_flags = [item for item in red_flags if item.part == options.set]
    if not questions and not red_flags:
        raise EvaluationError(
            "There is no message to ask: look at --questions, --red-flags and --set."
        )
    port = free_port()
    bot = nullcontext(options.url) if options.url else running(bot_command(port), port)
    with bot as url:
        results = run(url, questions, red_flags)
    names = ", ".join(path.name for path in (*options.questions, *options.red_flags))
    intro = (
        f"{len(results.verdicts)} labelled messages from {names}, put to the running bot over HTTP "
        f"on {datetime.now(timezone.utc).date().isoformat()}. No clinician has reviewed the labels."
    )
    return write(results, tables(results), intro, options.report)


if __name__ == "__main__":
    sys.exit(main())
