"""Generates the stock set-up: an ordinary Rasa project with the same training data.

It is what `rasa init` gives, with one custom action that looks the question up. Whatever
differs from our bot's files is said here, so that nobody has to trust the comparison.
"""

import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import rasa
import yaml

from evaluation import EvaluationError
from knowledge_base.articles import load_articles
from knowledge_base.passages import passages_of

FILES = Path(__file__).parent / "files"
ACTION = "action_search"
VERSION = "3.1"
# Rasa's own default pipeline and policies, as `rasa init` projects get them.
CONFIG = Path(rasa.__file__).parent / "engine/recipes/config_files/default_config.yml"


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
        EvaluationError: our training data holds no intent.
    """
    nlu, intents, count = training_data(source / "data" / "nlu", examples, seed)
    if not intents:
        raise EvaluationError(f"There are no training examples in {source.name}/data/nlu.")
    shutil.copytree(FILES, folder)
    config = CONFIG.read_text(encoding="utf-8")
    if epochs:
        config = re.sub(r"epochs: \d+", f"epochs: {epochs}", config)
    (folder / "config.yml").write_text(config, encoding="utf-8")
    session = {"session_expiration_time": 60, "carry_over_slots_to_new_session": True}
    made: dict[str, dict[str, Any]] = {
        "data/nlu.yml": {"nlu": nlu},
        "data/dialogues.yml": dialogues(source / "data" / "stories"),
        "domain.yml": {
            "intents": sorted({*intents, "nlu_fallback"}),
            "actions": [ACTION],
            "session_config": session,
        },
        "endpoints.yml": {
            "action_endpoint": {"url": f"http://127.0.0.1:{action_port}/webhook"},
            # Rasa's own durable store.
            "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": "rasa.db"},
        },
        "credentials.yml": {"rest": None},
    }
    (folder / "data").mkdir()
    for name, content in made.items():
        version = {} if name in ("endpoints.yml", "credentials.yml") else {"version": VERSION}
        text = yaml.dump({**version, **content}, sort_keys=False, allow_unicode=True, width=1000)
        (folder / name).write_text(text, encoding="utf-8")
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


def training_data(
    folder: Path, examples: int, seed: int
) -> tuple[list[dict[str, Any]], list[str], int]:
    """Return our NLU training data, cut to a number of examples per intent; see `generate`.

    Returns:
        Rasa's list of blocks, the names of the intents, and the number of examples.
    """
    draw = random.Random(seed)  # noqa: S311  (a fixed draw, nothing secret)
    of_intent: dict[str, list[str]] = {}
    blocks: list[dict[str, Any]] = []
    for content in _read(folder):
        for block in content.get("nlu") or ():
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


def dialogues(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return our rules and stories, with the one custom action in place of all of ours."""
    found: dict[str, list[dict[str, Any]]] = {"rules": [], "stories": []}
    for content in _read(folder):
        for kind, kept in found.items():
            for one in content.get(kind) or ():
                steps = [{"action": ACTION} if "action" in s else s for s in one["steps"]]
                kept.append({**one, "steps": steps})
    return found


def _read(folder: Path) -> list[dict[str, Any]]:
    paths = sorted(folder.glob("*.yml"))
    return [yaml.safe_load(path.read_text(encoding="utf-8")) or {} for path in paths]
