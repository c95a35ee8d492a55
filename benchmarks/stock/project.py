"""Generates the stock set-up: an ordinary Rasa project with the same training data.

It is what `rasa init` gives, with one custom action that looks the question up. Whatever
differs from our bot's files is said here, so that nobody has to trust the comparison.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from benchmarks.errors import BenchmarkError
from knowledge_base.articles import load_articles
from knowledge_base.passages import passages_of

FILES = Path(__file__).parent / "files"
ACTION = "action_search"
FALLBACK = "nlu_fallback"
VERSION = "3.1"

_EPOCHS = re.compile(r"epochs: \d+")


def generate(
    source: Path, folder: Path, action_port: int, examples: int, epochs: int, seed: int
) -> int:
    """Write the project.

    Args:
        source: folder of our bot, whose training data is used.
        folder: where the project goes; it is made.
        action_port: port of the action server.
        examples: at most so many examples of an intent, drawn at random; 0 means all.
        epochs: of the neural networks; 0 means Rasa's default.
        seed: of the draw.

    Returns:
        how many training examples the project has.

    Raises:
        BenchmarkError: our training data holds no intent.
    """
    (folder / "data").mkdir(parents=True)
    nlu, intents, count = training_data(source / "data" / "nlu", examples, seed)
    if not intents:
        raise BenchmarkError(f"There are no training examples in {source.name}/data/nlu.")
    _write(folder / "data" / "nlu.yml", {"version": VERSION, "nlu": nlu})
    rules, stories = dialogues(source / "data" / "stories")
    _write(folder / "data" / "rules.yml", {"version": VERSION, "rules": rules})
    _write(folder / "data" / "stories.yml", {"version": VERSION, "stories": stories})
    _write(folder / "domain.yml", domain(intents))
    _write(folder / "endpoints.yml", endpoints(action_port))
    _write(folder / "credentials.yml", {"rest": None})
    config = default_config().read_text(encoding="utf-8")
    if epochs:
        config = _EPOCHS.sub(f"epochs: {epochs}", config)
    (folder / "config.yml").write_text(config, encoding="utf-8")
    shutil.copytree(FILES, folder, dirs_exist_ok=True)
    passages = [
        {
            "text": passage.text,
            "source": f"{article.source.title}, {article.source.publisher}",
            "disclaimer": article.source.disclaimer,
        }
        for article in load_articles(source / "knowledge_base" / "articles")
        for passage in passages_of(article)
    ]
    (folder / "passages.json").write_text(json.dumps(passages) + "\n", encoding="utf-8")
    return count


def default_config() -> Path:
    """Return Rasa's own default pipeline and policies, as `rasa init` projects get them."""
    import rasa

    return Path(rasa.__file__).parent / "engine/recipes/config_files/default_config.yml"


def training_data(
    folder: Path, examples: int, seed: int
) -> tuple[list[dict[str, Any]], list[str], int]:
    """Return our NLU training data, cut to a number of examples per intent.

    Args:
        folder: of our NLU files.
        examples: at most so many examples of an intent; 0 means all.
        seed: of the draw.

    Returns:
        Rasa's list of blocks, the names of the intents, and the number of examples.
    """
    draw = random.Random(seed)  # noqa: S311  (a fixed draw, nothing secret)
    of_intent: dict[str, list[str]] = {}
    blocks: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.yml")):
        for block in _read(path).get("nlu") or ():
            if "intent" not in block:
                blocks.append(block)
                continue
            lines = [line for line in block["examples"].splitlines() if line.strip()]
            of_intent.setdefault(block["intent"], []).extend(lines)
    count = 0
    for intent, lines in of_intent.items():
        kept = draw.sample(lines, examples) if 0 < examples < len(lines) else lines
        count += len(kept)
        blocks.append({"intent": intent, "examples": "\n".join(kept) + "\n"})
    return blocks, list(of_intent), count


def dialogues(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return our rules and stories, with the one custom action in place of all of ours."""
    rules: list[dict[str, Any]] = []
    stories: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.yml")):
        content = _read(path)
        rules += [{**rule, "steps": _steps(rule)} for rule in content.get("rules") or ()]
        stories += [{**story, "steps": _steps(story)} for story in content.get("stories") or ()]
    return rules, stories


def _steps(dialogue: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"action": ACTION} if "action" in step else step for step in dialogue["steps"]]


def domain(intents: list[str]) -> dict[str, Any]:
    """Return the domain: the same intents, one action, Rasa's default session."""
    return {
        "version": VERSION,
        "intents": sorted({*intents, FALLBACK}),
        "actions": [ACTION],
        "session_config": {
            "session_expiration_time": 60,
            "carry_over_slots_to_new_session": True,
        },
    }


def endpoints(action_port: int) -> dict[str, Any]:
    """Return the endpoints: an action server, and Rasa's own durable store in SQLite."""
    return {
        "action_endpoint": {"url": f"http://127.0.0.1:{action_port}/webhook"},
        "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": "rasa.db"},
    }


def _read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")) or {})


def _write(path: Path, content: dict[str, Any]) -> None:
    text = yaml.dump(content, sort_keys=False, allow_unicode=True, width=1000)
    path.write_text(text, encoding="utf-8")
