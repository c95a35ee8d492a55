"""Postpone imports of Rasa that a running bot does not need, until somebody does need them.

While `postponed` is entered, the listed modules are not imported: whoever imports one gets
names that stand for what is in it. Afterwards a name that is used after all imports the real
module, so nothing is lost but the time saved. Two modules of Rasa are the exception: they
bring TensorFlow, and using them is an error that says what to do.
"""

import importlib
import json
import sys
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from operator import attrgetter
from types import ModuleType
from typing import Any

# These bring TensorFlow. Rasa imports them for policies and featurizers that train with it.
WITH_TENSORFLOW = ("rasa.utils.train_utils", "rasa.utils.tensorflow.model_data")
UNUSED = (
    # For tests of a model, plots, reminders, action servers.
    *"aiohttp apscheduler dask matplotlib rasa.core.test rasa.nlu.test requests rich".split(),
    # For Rasa's own channels and servers, and for its chat in a terminal.
    *"aiogram fbmessenger google prompt_toolkit questionary sanic_jwt slack_sdk".split(),
    *"socketio twilio webexteamssdk".split(),
    # For Rasa's own stores of conversations, locks and events.
    *"aio_pika aiormq boto3 botocore pymongo redis sqlalchemy".split(),
)
# Modules of Rasa that bring it, too.
BRING_TENSORFLOW = tuple(
    f"rasa.{name}"
    for name in (
        "core.policies.ted_policy core.policies.unexpected_intent_policy "
        "nlu.classifiers.diet_classifier nlu.extractors.crf_entity_extractor "
        "nlu.featurizers.dense_featurizer.convert_featurizer "
        "nlu.featurizers.dense_featurizer.lm_featurizer nlu.selectors.response_selector"
    ).split()
)


class LeftOutError(ImportError):
    """Something was used that this process leaves out; the message says what to do."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is left out of `python -m bot` to start fast. Do without it, or start with "
            "Rasa's own commands: `rasa run actions` and, beside it, `rasa run`."
        )


@contextmanager
def postponed(names: Sequence[str]) -> Iterator[None]:
    """Postpone the imports of modules, and of all inside them, until the block ends.

    A module that was imported already stays as it is.
    """
    finder = _Finder(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in finder.made:
            sys.modules.pop(name, None)
        finder.over = True


class _Finder(MetaPathFinder, Loader):
    """Finds a stand-in for each listed module and all that is inside it."""

    def __init__(self, names: Sequence[str]) -> None:
        self.made: list[str] = []
        self.over = False
        self._prefixes = tuple(f"{name}." for name in names)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        listed = f"{name}.".startswith(self._prefixes)
        return ModuleSpec(name, self, is_package=True) if listed else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        self.made.append(spec.name)
        module = ModuleType(spec.name)
        # Python asks this for every name that is not there (PEP 562).
        module.__getattr__ = lambda name: _named(self, spec.name, name)  # type: ignore[method-assign]
        return module

    def exec_module(self, module: ModuleType) -> None:
        pass


class _Name(type):
    """The kind of every stand-in for something inside a postponed module."""

    stands_for: tuple[_Finder, str, str]

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        finder, module, path = cls.stands_for
        if not finder.over:
            # Called while Rasa is imported: to make the base class of a table, or a decorator.
            return cls
        if "stands_for" not in cls.__dict__:
            raise LeftOutError(f"{cls.__name__} needs {module}, which")
        return _real(module, path)(*args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        finder, module, path = cls.stands_for
        return _named(finder, module, f"{path}.{name}")


def _named(finder: _Finder, module: str, path: str) -> Any:
    """What a name inside a module gives: a stand-in, or what it stands for once imports go on."""
    name = path.rpartition(".")[2]
    if name.startswith("__"):
        raise AttributeError(name)
    if finder.over:
        return _real(module, path)
    base = Exception if name.endswith(("Error", "Exception")) else object
    ignored = classmethod(lambda cls, **kwargs: None)
    return _Name(
        name, (base,), {"stands_for": (finder, module, path), "__init_subclass__": ignored}
    )


def _real(module: str, path: str) -> Any:
    if module in WITH_TENSORFLOW:
        raise LeftOutError(f"{module}.{path} brings TensorFlow, which")
    return attrgetter(path)(importlib.import_module(module))


def require_light(model: str) -> None:
    """Refuse, with a LeftOutError, a trained model that cannot be served without TensorFlow."""
    with tarfile.open(model) as archive:
        description = archive.extractfile("metadata.json")
        nodes = json.load(description)["predict_schema"]["nodes"] if description else {}
    used = {node["uses"].rpartition(".") for node in nodes.values()}
    if heavy := sorted(name for module, _, name in used if module in BRING_TENSORFLOW):
        raise LeftOutError(f"{', '.join(heavy)} in config.yml needs TensorFlow, which")
