"""Write the report: one self-contained page, one JSON file, one Markdown summary."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evaluation import chapters_answers, chapters_safety
from evaluation.document import Chapter, markdown
from evaluation.goals import goals
from evaluation.intervals import Mean, Rate
from evaluation.results import Results
from evaluation.retrieval import by_group
from evaluation.safety import by_group as alarms_by_group

REPORT_DIR = Path(__file__).parent / "report"
TITLE = "Hematoma Guide: evaluation"

_TEMPLATES = Path(__file__).parent / "templates"


def write(results: Results, folder: Path = REPORT_DIR) -> str:
    """Write index.html and results.json.

    Args:
        results: what a run measured.
        folder: where to; it is made.

    Returns:
        the Markdown summary.
    """
    folder.mkdir(parents=True, exist_ok=True)
    all_chapters = chapters(results)
    (folder / "index.html").write_text(page(results, all_chapters), encoding="utf-8")
    content = json.dumps(as_json(results), ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "results.json").write_text(content + "\n", encoding="utf-8")
    return markdown(TITLE, intro(results), all_chapters)


def intro(results: Results) -> str:
    """Say in one sentence what was run."""
    return (
        f"{len(results.replies)} labelled messages from {', '.join(results.files)}, put to the "
        f"running bot over HTTP on {datetime.now(timezone.utc).date().isoformat()}. "
        "No clinician has reviewed the labels."
    )


def chapters(results: Results) -> list[Chapter]:
    """Describe every chapter; those without a message are left out."""
    built = [chapters_safety.goal_table(results)]
    if results.verdicts:
        built += [
            chapters_answers.comparison(results),
            chapters_answers.conduct(results),
            chapters_answers.understanding(results),
            chapters_answers.search(results),
            chapters_answers.abstention(results),
        ]
    if results.alarms:
        built.append(chapters_safety.alarms(results))
    return [*built, chapters_safety.wording(results), chapters_safety.failures(results)]


def page(results: Results, all_chapters: Sequence[Chapter]) -> str:
    """Render the page; what users and the bot said is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    template = environment.get_template("report.html.j2")
    return template.render(title=TITLE, intro=intro(results), chapters=all_chapters)


def as_json(results: Results) -> dict[str, Any]:
    """Return everything that was measured as plain JSON values."""
    return {
        "files": list(results.files),
        "threshold": results.threshold,
        "goals": [asdict(goal) for goal in goals(results)],
        "systems": [
            {name: _plain(value) for name, value in vars(system).items() if name != "scored"}
            for system in results.systems
        ],
        "retrieval": {name: _plain(by_group(ranked)) for name, ranked in results.retrieval.items()},
        "alarms": _plain(alarms_by_group(results.alarms)) if results.alarms else {},
        "questions": [{"failures": list(v.failures), **_plain(v)} for v in results.verdicts],
        "red_flags": [{"failures": list(a.failures), **_plain(a)} for a in results.alarms],
    }


def _plain(value: object) -> Any:
    if isinstance(value, (Rate, Mean)):
        low, high = value.interval if isinstance(value, Rate) else (value.low, value.high)
        share = value.share if isinstance(value, Rate) else value.value
        counts = {"successes": value.successes} if isinstance(value, Rate) else {}
        return {"value": share, "low": low, "high": high, **counts, "n": value.n}
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(inner) for name, inner in vars(value).items()}
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value
