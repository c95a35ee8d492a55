"""Each change inside Rasa is still needed, and gives what Rasa itself gives.

When one of these tests fails after a new version of Rasa, the change it is about can go.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import rasa.core.processor
from rasa.core.actions.action import RemoteAction
from rasa.core.brokers.broker import EventBroker
from rasa.core.policies.rule_policy import RULES
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import rasa_changes
from bot.in_process_actions import InProcessActions
from bot.rasa_changes import components, graph, late_imports, model_metadata, stores, turn

ROOT = Path(__file__).parents[3]
PLAIN = "import sys, rasa.core.run; print(*sys.modules)"
# Rasa without what this bot leaves out, and nothing that could bring TensorFlow.
LIGHT = """
import importlib, sys
from bot import rasa_changes
rasa_changes.import_rasa()
sys.modules["tensorflow"] = None
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError:
        print(name)
"""


def python(code: str, *arguments: str) -> str:
    """What a new Python process prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def processor(trained_model: Path) -> MessageProcessor:
    """The trained model as Rasa itself loads it."""
    return MessageProcessor(trained_model, None, None, None)


def conversation(domain: Domain, *intents: str) -> DialogueStateTracker:
    """One turn for each intent, and the last one unanswered."""
    tracker = DialogueStateTracker("one", domain.slots)
    tracker.update(ActionExecuted("action_listen"))
    for number, name in enumerate(intents, start=1):
        tracker.update(UserUttered("words", {"name": name, "confidence": 1.0}), domain)
        if number < len(intents):
            tracker.update(ActionExecuted("action_answer"))
            tracker.update(BotUttered("answer"))
            tracker.update(ActionExecuted("action_listen"))
    return tracker


TALKS = [
    ("greet",),
    ("ask_causes", "ask_more"),
    ("urgent",),
    ("ask_symptoms", "thank", "crisis"),
    ("nlu_fallback", "choose_site", "ask_shorter", "say_goodbye"),
]


def test_the_changes_are_made_for_the_pinned_version() -> None:
    """Another Rasa is served unchanged until somebody has looked at these tests."""
    assert rasa_changes.is_known()
    assert f"rasa=={rasa_changes.RASA_VERSION}" in (ROOT / "requirements.lock").read_text()


@pytest.mark.slow
def test_rasa_still_imports_what_is_postponed() -> None:
    """A module that Rasa stops importing by itself can leave the list."""
    imported = set(python(PLAIN).split())
    assert "tensorflow" in imported
    postponed = {
        *late_imports.WITH_TENSORFLOW,
        *late_imports.UNUSED,
    }
    assert postponed <= imported


@pytest.mark.slow
def test_the_refused_components_still_need_tensorflow() -> None:
    """A component of Rasa that stops needing TensorFlow can leave the list."""
    failed = python(LIGHT, *components.BRING_TENSORFLOW).split()
    assert sorted(failed) == sorted(components.BRING_TENSORFLOW)


@pytest.mark.slow
def test_no_other_component_of_rasa_needs_tensorflow() -> None:
    """A component that the list forgets would fail in the middle of loading."""
    spec = importlib_source("rasa.engine.recipes.default_components")
    modules = {
        node.module for node in ast.walk(ast.parse(spec)) if isinstance(node, ast.ImportFrom)
    }
    others = sorted({str(name) for name in modules} - set(components.BRING_TENSORFLOW))
    assert len(others) > 20
    assert python(LIGHT, *others).split() == []


def importlib_source(name: str) -> str:
    """The source of a module that is not imported for it."""
    return (Path(rasa.__file__).parent.parent / f"{name.replace('.', '/')}.py").read_text()


def test_rasa_still_reads_how_a_model_was_trained(trained_model: Path) -> None:
    """Without the change a model names the validator, which imports every component."""
    with tarfile.open(trained_model) as archive:
        file = archive.extractfile("metadata.json")
        assert file
        described = file.read()
    uses = {node["uses"] for node in json.loads(described)["train_schema"]["nodes"].values()}
    assert any("default_recipe_validator" in name for name in uses)
    theirs = ModelMetadata.from_dict(json.loads(described))
    assert theirs.train_schema.nodes
    ours = model_metadata._without_training(json.loads(described))
    assert not ours.train_schema.nodes
    assert ours.predict_schema == theirs.predict_schema
    assert ours.domain.as_dict() == theirs.domain.as_dict()


def test_rasa_still_imports_databases_to_make_a_store() -> None:
    """When Rasa asks for their errors only where they are used, our way can go."""
    assert "import pymongo.errors" in inspect.getsource(TrackerStore.create)
    assert "import sqlalchemy.exc" in inspect.getsource(EventBroker.create)


def test_no_broker_is_still_no_broker() -> None:
    """Events are published nowhere unless somebody asks for it."""
    assert asyncio.run(stores._broker(None)) is None


@pytest.mark.slow
@pytest.mark.parametrize("intents", TALKS, ids="-".join)
def test_the_graph_gives_what_dask_gives(
    processor: MessageProcessor, intents: tuple[str, ...]
) -> None:
    """Whatever the conversation, the next action is the one that Rasa's own runner finds."""
    assert "dask.get(" in inspect.getsource(DaskGraphRunner.run)
    runner = processor.graph_runner
    inputs = {PLACEHOLDER_TRACKER: conversation(processor.domain, *intents)}
    targets = [processor.model_metadata.core_target]
    theirs, ours = runner.run(inputs, targets), graph._run(runner, inputs, targets)
    assert ours.keys() == theirs.keys()
    for target in targets:
        assert ours[target].probabilities == theirs[target].probabilities
        assert ours[target].policy_name == theirs[target].policy_name


@pytest.mark.slow
def test_the_graph_understands_what_dask_understands(processor: MessageProcessor) -> None:
    """A message is understood alike."""
    from rasa.core.channels.channel import UserMessage

    runner = processor.graph_runner
    targets = [processor.model_metadata.nlu_target]
    read = []
    for run in (runner.run, lambda *given: graph._run(runner, *given)):
        inputs = {
            PLACEHOLDER_MESSAGE: [UserMessage("What causes a spinal hematoma?")],
            PLACEHOLDER_TRACKER: DialogueStateTracker("one", processor.domain.slots),
        }
        (message,) = run(inputs, targets)[targets[0]]
        read.append(message.as_dict(only_output_properties=True))
    assert read[0] == read[1]
    assert read[0]["intent"]["name"] == "ask_causes"


@pytest.mark.slow
@pytest.mark.parametrize("intents", TALKS, ids="-".join)
def test_the_rules_that_fit_are_those_of_rasa(
    processor: MessageProcessor, intents: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A remembered answer is the right one, and Rasa still tries each rule every time."""
    policy = processor.graph_runner._instantiated_nodes["run_RulePolicy0"]._component
    states = policy._prediction_states(conversation(processor.domain, *intents), processor.domain)
    rules = policy.lookup[RULES]
    theirs = policy._get_possible_keys(rules, states)
    assert turn._possible_keys(policy, rules, states) == theirs
    tried: list[str] = []
    applies = policy._is_rule_applicable
    monkeypatch.setattr(
        policy, "_is_rule_applicable", lambda *given: tried.append(given[0]) or applies(*given)
    )
    assert turn._possible_keys(policy, rules, states) == theirs
    assert not tried
    policy._get_possible_keys(rules, states)
    assert tried


def test_rasa_still_compiles_its_schema_at_every_action() -> None:
    """When Rasa keeps the compiled schema, our way can go."""
    source = inspect.getsource(RemoteAction._validate_action_result)
    assert "validate(result, self.action_response_format_spec())" in source


def test_rasa_still_gives_an_action_the_whole_conversation() -> None:
    """An action of this process gets the current turn; one elsewhere all that Rasa gives."""
    domain = Domain.load(str(ROOT / "domain.yml"))
    tracker = conversation(domain, "ask_causes", "ask_more", "thank")
    elsewhere = RemoteAction("action_answer", None)
    whole = turn._call_format(elsewhere, tracker, domain)
    assert len(whole["tracker"]["events"]) == len(tracker.events)
    assert turn._short_call_format(elsewhere, tracker, domain) == whole
    here = RemoteAction("action_answer", InProcessActions())
    short = turn._short_call_format(here, tracker, domain)
    assert [event["event"] for event in short["tracker"]["events"]] == ["user"]
    assert {**short, "tracker": {**short["tracker"], "events": whole["tracker"]["events"]}} == whole


def test_rasa_still_makes_an_empty_domain_at_every_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When Rasa remembers it, our way can go."""
    domain = Domain.load(str(ROOT / "domain.yml"))
    assert not turn._is_empty(domain)
    assert turn._is_empty(Domain.empty())
    made: list[Any] = []
    empty = Domain.empty
    monkeypatch.setattr(Domain, "empty", lambda: made.append(1) or empty())
    domain.is_empty()
    turn._is_empty(domain)
    assert len(made) == 1


def test_rasa_still_searches_for_the_kind_of_each_event() -> None:
    """When Rasa remembers the kinds of events, our way can go."""
    assert "all_subclasses(Event)" in inspect.getsource(Event.resolve_by_type)
    for kind in (UserUttered, BotUttered, ActionExecuted):
        assert turn._remembered_type(kind.type_name) is kind
    with pytest.raises(ValueError, match="no such event"):
        turn._remembered_type("no such event")


def test_rasa_copies_for_debug_messages_and_for_nothing_else() -> None:
    """As long as that holds, nothing in Rasa can miss the copies that are not made."""
    tree = ast.parse(inspect.getsource(rasa.core.processor))
    inside = {
        id(node)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "structlogger.debug"
        for node in ast.walk(call)
    }
    copies = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "copy"
    ]
    assert copies
    assert all(node.attr == "deepcopy" and id(node) in inside for node in copies)
