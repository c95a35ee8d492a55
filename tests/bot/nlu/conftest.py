"""Graph components outside a graph: storage in a folder, training data from data/nlu."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.sentence_encoder import SentenceEncoder

ROOT = Path(__file__).parents[3]


class Kitchen:
    """Makes, trains and loads components the way Rasa does."""

    def __init__(self, folder: Path) -> None:
        """Keep components in a folder."""
        self.folder = folder
        self.resource = Resource("component")
        self.storage = LocalModelStorage(folder)
        self.context = ExecutionContext(GraphSchema({}), node_name="node")

    def make(self, kind: Any, **config: Any) -> Any:
        """A fresh component."""
        config = {**kind.get_default_config(), **config}
        return kind.create(config, self.storage, self.resource, self.context)

    def load(self, kind: Any, **config: Any) -> Any:
        """The component that was trained before."""
        config = {**kind.get_default_config(), **config}
        return kind.load(config, self.storage, self.resource, self.context)

    def stored(self) -> list[Path]:
        """The files that training left."""
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
def kitchen(tmp_path: Path) -> Kitchen:
    """A place for one component."""
    return Kitchen(tmp_path)


@pytest.fixture(scope="session")
def featurizer(tmp_path_factory: pytest.TempPathFactory) -> SentenceEncoder:
    """The featurizer that comes before the classifier."""
    made: SentenceEncoder = Kitchen(tmp_path_factory.mktemp("featurizer")).make(SentenceEncoder)
    return made


@pytest.fixture(scope="session")
def training_data(featurizer: SentenceEncoder) -> TrainingData:
    """All examples of data/nlu, with their vectors."""
    importer = RasaFileImporter(
        config_file=str(ROOT / "config.yml"),
        domain_path=str(ROOT / "domain.yml"),
        training_data_paths=[str(ROOT / "data")],
    )
    return featurizer.process_training_data(importer.get_nlu_data())


def message(text: str) -> Message:
    """A message that says this."""
    return Message({TEXT: text})
