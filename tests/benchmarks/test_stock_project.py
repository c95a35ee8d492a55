"""The stock set-up is an ordinary Rasa project with our training data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from benchmarks.errors import BenchmarkError
from benchmarks.stock.project import ACTION, dialogues, generate, training_data

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated project with a small sample."""
    folder = tmp_path_factory.mktemp("made") / "stock"
    generate(ROOT, folder, action_port=5055, examples=3, epochs=0, seed=1)
    return folder


def test_rasa_finds_nothing_wrong_with_it(project: Path) -> None:
    """Domain, intents, rules and stories fit together as `rasa data validate` wants them."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.validator import Validator

    importer = TrainingDataImporter.load_from_config(
        str(project / "config.yml"), str(project / "domain.yml"), [str(project / "data")]
    )
    validator = Validator.from_importer(importer)
    assert validator.verify_intents(ignore_warnings=False)
    assert validator.verify_actions_in_stories_rules()
    assert validator.verify_story_structure(ignore_warnings=False)


def test_it_has_the_pipeline_and_policies_of_rasa_init(project: Path) -> None:
    """Nothing is taken from stock Rasa to make it slow, nor given to make it fast."""
    config = yaml.safe_load((project / "config.yml").read_text(encoding="utf-8"))
    assert [part["name"] for part in config["pipeline"]] == [
        "WhitespaceTokenizer",
        "RegexFeaturizer",
        "LexicalSyntacticFeaturizer",
        "CountVectorsFeaturizer",
        "CountVectorsFeaturizer",
        "DIETClassifier",
        "EntitySynonymMapper",
        "ResponseSelector",
        "FallbackClassifier",
    ]
    assert [part["name"] for part in config["policies"]] == [
        "MemoizationPolicy",
        "RulePolicy",
        "UnexpecTEDIntentPolicy",
        "TEDPolicy",
    ]
    assert {part["epochs"] for part in config["pipeline"] if "epochs" in part} == {100}


def test_its_store_is_durable_as_ours_is(project: Path) -> None:
    """Both sides write every turn to disk."""
    endpoints = yaml.safe_load((project / "endpoints.yml").read_text(encoding="utf-8"))
    assert endpoints["tracker_store"] == {"type": "SQL", "dialect": "sqlite", "db": "rasa.db"}


def test_it_searches_the_same_passages(project: Path) -> None:
    """Every passage of ours is there, with its source and its disclaimer."""
    from knowledge_base.articles import load_articles
    from knowledge_base.passages import passages_of

    passages = json.loads((project / "passages.json").read_text(encoding="utf-8"))
    ours = [p.text for article in load_articles() for p in passages_of(article)]
    assert [passage["text"] for passage in passages] == ours
    assert all(passage["source"] and passage["disclaimer"] for passage in passages)


def test_a_sample_keeps_every_intent() -> None:
    """Fewer examples, the same intents, and the same draw every time."""
    blocks, intents, count = training_data(ROOT / "data" / "nlu", 2, 1)
    everything, all_intents, whole = training_data(ROOT / "data" / "nlu", 0, 1)
    assert intents == all_intents
    assert count == 2 * len(intents) < whole
    assert len(blocks) == len(everything)
    assert (blocks, intents, count) == training_data(ROOT / "data" / "nlu", 2, 1)


def test_every_intent_leads_to_the_one_action() -> None:
    """Our many actions become one, so the dialogue has nothing left to be wrong about."""
    rules, stories = dialogues(ROOT / "data" / "stories")
    steps = [step for dialogue in [*rules, *stories] for step in dialogue["steps"]]
    assert {step["action"] for step in steps if "action" in step} == {ACTION}
    assert len(rules) > 20
    assert stories


def test_fewer_epochs_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    """The quick run trains the networks for a moment only."""
    generate(ROOT, tmp_path / "stock", action_port=5055, examples=1, epochs=5, seed=1)
    config = (tmp_path / "stock" / "config.yml").read_text(encoding="utf-8")
    assert config.count("epochs: 5\n") == 4
    assert "epochs: 100" not in config


def test_no_training_data_is_an_error(tmp_path: Path) -> None:
    """A comparison with a bot that learned nothing is refused."""
    with pytest.raises(BenchmarkError, match="no training examples"):
        generate(tmp_path, tmp_path / "stock", action_port=5055, examples=0, epochs=0, seed=1)
