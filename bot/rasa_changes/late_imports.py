"""Postpone imports of Rasa that a running bot does not need, until somebody does need them.

While `postponed` is entered, the listed modules are not imported: whoever imports one gets
names that stand for what is in it. Afterwards a name that is used after all imports the real
module, so nothing is lost but the time saved. Two modules of Rasa are the exception: they
bring TensorFlow, and using them is an error that says what to do.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

# These bring TensorFlow. Rasa imports them for policies and featurizers that train with it.
WITH_TENSORFLOW = ("rasa.utils.train_utils", "rasa.utils.tensorflow.model_data")
UNUSED = (
    # For tests of a model, plots, reminders, Rasa's own HTTP interface, action servers.
    "aiohttp",
    "apscheduler",
    "dask",
    "matplotlib",
    "rasa.core.test",
    "rasa.nlu.test",
    "requests",
    "rich",
    "sanic_jwt",
    # For Rasa's own channels, and for its chat in a terminal.
    "aiogram",
    "fbmessenger",
    "google",
    "prompt_toolkit",
    "questionary",
    "slack_sdk",
    "socketio",
    "twilio",
    "webexteamssdk",
    # For Rasa's own stores of conversations, locks and events.
    "aio_pika",
    "aiormq",
    "boto3",
    "botocore",
    "pymongo",
    "redis",
    "sqlalchemy",
)


class LeftOutError(ImportError):
    """Something was used that this process leaves out; the message says what to do."""


@contextmanager
def postponed(names: Sequence[str]) -> Iterator[None]:
    """Postpone imports until the block ends.

    Args:
        names: modules; those inside a package are meant with it. One that was imported
            already stays as it is.
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
        self._names = tuple(names)
        self._prefixes = tuple(f"{name}." for name in names)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name in self._names or name.startswith(self._prefixes):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        self.made.append(spec.name)
        return _StandIn(spec.name, self)

    def exec_module(self, module: ModuleType) -> None:
        pass


class _StandIn(ModuleType):
    """A module: names that stand for the real ones while imports are postponed, then these."""

    def __init__(self, name: str, finder: _Finder) -> None:
        super().__init__(name)
        self.__dict__["_finder"] = finder

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        finder = self.__dict__["_finder"]
        return _real(self.__name__, name) if finder.over else _name(finder, self.__name__, name)


class _Name(type):
    """The kind of every stand-in for something inside a postponed module."""

    stands_for: tuple[_Finder, str, str]

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        finder, module, path = cls.stands_for
        if not finder.over:
            # Made while Rasa is imported: the base class of a table that nobody will use.
            return cls.__new__(cls)  # type: ignore[call-overload]
        if "stands_for" not in cls.__dict__:
            raise LeftOutError(_advice(f"{cls.__name__} needs {module}, which"))
        return _real(module, path)(*args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        finder, module, path = cls.stands_for
        path = f"{path}.{name}"
        return _real(module, path) if finder.over else _name(finder, module, path)


def _name(finder: _Finder, module: str, path: str) -> type:
    name = path.rpartition(".")[2]
    bases = (Exception,) if name.endswith(("Error", "Exception")) else (_Instance,)
    return _Name(name, bases, {"stands_for": (finder, module, path)})


class _Instance:
    """What calling a stand-in gives: it can be called and asked for anything, to no effect."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        finder, module, _ = type(self).stands_for  # type: ignore[attr-defined]
        if finder.over:
            raise LeftOutError(_advice(f"{module}"))
        return self


def _real(module: str, path: str) -> Any:
    if module in WITH_TENSORFLOW:
        raise LeftOutError(_advice(f"{module}.{path} brings TensorFlow, which"))
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return found


def _advice(what: str) -> str:
    return (
        f"{what} is left out of `python -m bot`. Start with Rasa's own commands instead: "
        "`rasa run actions` and, beside it, `rasa run`."
    )
