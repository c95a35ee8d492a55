"""Other languages are noticed, and English is not taken for one."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.language_detector import FOREIGN_INTENT, LANGUAGE_KEY, LanguageDetector
from tests.bot.nlu.conftest import ROOT, Kitchen, message

RESPONSES = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
LANGUAGES = sorted(
    name.rpartition("_")[2] for name in RESPONSES if name.startswith("utter_other_language_")
)


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> LanguageDetector:
    """The component as it is configured."""
    made: LanguageDetector = Kitchen(tmp_path_factory.mktemp("language")).make(LanguageDetector)
    return made


def judged(detector: LanguageDetector, text: str, vote: float) -> Message:
    """A message after the classifier's vote that it is not English, and the detector."""
    said = message(text)
    ranking = [{"name": FOREIGN_INTENT, "confidence": vote}]
    said.set("intent", {"name": "chitchat", "confidence": 1 - vote})
    said.set("intent_ranking", ranking)
    return detector.process([said])[0]


def name_of(said: Message) -> Any:
    """The intent a message ended up with."""
    return said.get("intent")["name"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Was ist ein spinales Hämatom?", "de"),
        ("¿Qué es un hematoma espinal?", "es"),
        ("Sau khi gây tê ngoài màng cứng tôi không cảm thấy chân", "vi"),
        ("Wat is een hematoom in de rug?", "nl"),
        ("Belimde şişlik var ne yapmalıyım", "tr"),
        ("Після епідуралу я не відчуваю ніг", "uk"),
    ],
)
def test_a_message_in_another_language_is_named(
    detector: LanguageDetector, text: str, language: str
) -> None:
    """Who writes another language is answered in it."""
    said = judged(detector, text, 0.9)
    assert name_of(said) == FOREIGN_INTENT
    assert said.get(LANGUAGE_KEY) == language


@pytest.mark.parametrize(
    "text",
    [
        "硬膜外麻酔の後、足の感覚がありません",
        "경막외 마취 후 다리에 감각이 없어요",
        "אחרי האפידורל אני לא מרגיש את הרגליים",
        "بعد الإبرة في الظهر لا أشعر بساقي",
    ],
)
def test_another_script_is_noticed_whatever_the_vote(detector: LanguageDetector, text: str) -> None:
    """Letters that English does not have decide alone."""
    said = judged(detector, text, 0.0)
    assert name_of(said) == FOREIGN_INTENT
    assert f"utter_other_language_{said.get(LANGUAGE_KEY)}" in RESPONSES


@pytest.mark.parametrize(
    "text",
    [
        "gotta go",
        "was it bad",
        "ok 👍",
        "👍",
        "❤️",
        "bye",
        "no idea",
        "iliopsoas haematoma",
        "simpler pls im 16",
        "an how dem fix it",
    ],
)
def test_english_and_emoji_stay_english(detector: LanguageDetector, text: str) -> None:
    """Short English is not taken for another language."""
    assert name_of(judged(detector, text, 0.02)) == "chitchat"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reply_is_in_the_language_it_is_named_for(
    detector: LanguageDetector, language: str
) -> None:
    """The text that a person gets is in their own language."""
    (text,) = (variant["text"] for variant in RESPONSES[f"utter_other_language_{language}"])
    assert judged(detector, text, 1.0).get(LANGUAGE_KEY) == language
