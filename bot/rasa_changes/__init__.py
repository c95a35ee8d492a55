"""Everything that is changed inside Rasa 3.6.21, each item with its reason and what it saves.

`python -m bot run` and `shell` make these changes; Rasa's own commands make that of `own_commands`
alone, when they import the model's components, and training makes none. A test compares what they
give with what Rasa gives (`tests/bot/test_start.py`).

| where | what | why | measured on 2 cores |
| --- | --- | --- | --- |
| `late_imports` | two modules that bring TensorFlow are left out | Rasa imports them for featurizers of policies that are not used here | start 15.1 -> 9.9 s, 840 -> 466 MB |
| `late_imports` | libraries for Rasa's own channels, stores, tests and plots are imported when first used | Rasa imports all of them at every start; this bot uses none | 5.0 -> 1.8 s, 166 -> 107 MB for the imports alone |
| `late_imports` | a model that needs TensorFlow is refused | it would fail in the middle of loading | - |
| `patches` | how a model was trained is not read | it names the validator of training data, which imports every component of Rasa | brings TensorFlow back otherwise |
| `patches` | stores are made without asking for the errors of databases | Rasa imports three database clients to catch their errors | 0.6 s and 40 MB at start |
| `patches` | the model's nodes are called one after the other, without dask | dask plans each turn anew, and imports templates and their engine | 0.15 s at start, 1.5 ms a turn |
| `patches` | an action's result is not checked | Rasa compiles its schema anew at every action; rasa-sdk made the result in this process | 14 ms a turn |
| `patches` | which rules fit a state is remembered | Rasa tries every rule against every state of the conversation, twice a turn | 0.6 ms a turn |
| `patches` | the kinds of events are looked up once | Rasa walks through all classes of events for each event of each turn | 1.2 ms a turn |
| `own_commands` | `rasa test` reads each message after those before it | it reads each one alone, so that a follow-up is not understood as it is in a chat | - |
| `own_commands` | `rasa test` leaves out hidden folders | it takes the sample of the package in `.venv` for tests | - |
| `own_commands` | `rasa run` logs events, bounds requests and erases what is old as `python -m bot run` does | it quotes patients at DEBUG and in errors, a request of negative length stops it, and it never forgets | - |
| `own_commands` | `rasa shell` chats like `make shell` | its menus swallow what is typed and cut long lines, and it ends in a traceback | - |
"""

import importlib
from pathlib import Path
from typing import Any

import yaml

from bot.rasa_changes import late_imports

_SERVING = (
    "rasa.core.run",
    "rasa.engine.recipes.default_recipe",
    "rasa.nlu.classifiers.fallback_classifier",
    "rasa.nlu.classifiers.regex_message_handler",
    "rasa.nlu.extractors.entity_synonyms",
    "rasa.nlu.featurizers.dense_featurizer.dense_featurizer",
    "rasa.core.policies.memoization",
    "rasa.core.policies.rule_policy",
)
_OUR_CHANNELS = "bot.channels."
_OUR_STORE = "bot.conversation_store.ConversationStore"
_OUR_LOCKS = "bot.conversation_locks.ConversationLocks"


def import_rasa() -> None:
    """Import what serves of Rasa, without what this bot does not use."""
    with late_imports.postponed(_unused()):
        for name in _SERVING:
            importlib.import_module(name)


def _unused() -> tuple[str, ...]:
    channels_are_ours = all(name.startswith(_OUR_CHANNELS) for name in _read("credentials.yml"))
    endpoints = _read("endpoints.yml")
    types = [(endpoints.get(key) or {}).get("type") for key in ("tracker_store", "lock_store")]
    stores_are_ours = types == [_OUR_STORE, _OUR_LOCKS] and not endpoints.get("event_broker")
    if channels_are_ours and stores_are_ours:
        return late_imports.WITH_TENSORFLOW + late_imports.UNUSED
    # Rasa's own ones look into the packages that they import, which stand-ins cannot bear.
    return late_imports.WITH_TENSORFLOW


def _read(file: str) -> dict[str, Any]:
    path = Path(file)
    found = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    return dict(found or {})
