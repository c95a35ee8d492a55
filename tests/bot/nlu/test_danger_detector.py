"""Danger: decided in one place, named, remembered in context, and never lost to an error."""

import logging

import pytest
from rasa.engine.storage.resource import Resource

from bot.nlu.danger_detector import DANGER_KEY, Danger, DangerDetector, always_alarming
from evaluation.items import RED_FLAGS_FILE, load_red_flags
from knowledge_base.encoder import in_context
from tests.bot.nlu.conftest import Read
from training.data import DANGERS, NO_DANGER, dangers
from training.measure import ORDINARY

KEPT = load_red_flags([RED_FLAGS_FILE])


@pytest.fixture(scope="module")
def detector() -> DangerDetector:
    """The detector with its tuned head; it names no messages."""
    return DangerDetector.create({}, None, Resource("danger"), None)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (("I suddenly can't feel my legs",), "urgent"),
        (("I take warfarin", "my leg", "is numb"), "urgent"),
        (("my leg", "is numb", "on blood thinners"), "urgent"),
        (("my husband might die",), "urgent"),
        (("My toddler got into my warfarin and ate some tablets",), "poisoning"),
        (("I want to end my life",), "crisis"),
        (("my best friend says she is going to kill herself",), "crisis_other"),
        (("I swallowed all my tablets because I want to die",), "crisis_taken"),
    ],
)
def test_each_kind_of_danger_is_told_apart(read: Read, said: tuple[str, ...], kind: str) -> None:
    """Whoever is in danger gets the message for it, also when they send it in pieces."""
    found = read(*said)
    assert found["intent"] == {"name": kind, "confidence": 1.0}
    assert found[DANGER_KEY]["kind"] == kind


@pytest.mark.parametrize(
    "text",
    [
        "bye",
        "gotta go",
        "is this serious?",
        "painkillers",
        "My ankles are puffy from water retention, what helps?",
        "hard lump in my thigh six weeks after a kick, could it be a tumor?",
        "i bumped my shin",
        "will I die from this?",
        "what are the symptoms of a spinal hematoma",
        "I start blood thinners tomorrow. Please help me.",
    ],
)
def test_ordinary_words_are_no_danger(read: Read, text: str) -> None:
    """Nobody gets an alarm, least of all a crisis message, for a farewell or a question."""
    assert DANGER_KEY not in read(text)


def test_the_plain_sentences_always_alarm(detector: DangerDetector) -> None:
    """What a clinician signs, in one sitting, holds whatever the tuned head says."""
    assert 0 < len(always_alarming()) <= 150
    for sentence, plain in always_alarming().items():
        found = detector.examine(f"Hello. {sentence.upper()}!!")
        assert found is not None
        assert found.kind == plain["kind"] in DANGERS[1:]


def test_a_long_text_does_not_hide_it(detector: DangerDetector) -> None:
    """One sentence of danger in a long story is found wherever it stands."""
    filler = "My garden is full of roses this year and I like it. " * 40
    told = "Since this morning both my legs are numb and I cannot pass urine after my epidural. "
    for text in (told + filler, filler + told, filler + told + filler):
        assert detector.examine(text) is not None


def test_any_error_alarms(detector: DangerDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the check itself fails, the person is sent to help and not to an article."""
    monkeypatch.setattr(detector, "_encoder", None)
    assert detector.examine("hello there") == Danger("urgent", 1.0, "error", "unknown")


def test_no_words_of_a_person_are_logged_or_kept(
    read: Read, caplog: pytest.LogCaptureFixture
) -> None:
    """What is noted of an alarm is the known message that it is like, and nothing is logged."""
    caplog.set_level(logging.DEBUG)
    found = read("my zebra leg went numb since the epidural and I cannot pass urine")
    known = {e.id for e in dangers() if e.danger != NO_DANGER}
    known |= {plain["id"] for plain in always_alarming().values()}
    assert found[DANGER_KEY]["source"] in known
    assert "zebra" not in str(found[DANGER_KEY])
    assert "zebra" not in caplog.text


@pytest.mark.parametrize(
    ("label", "at_least"), [("emergency", 0.95), ("crisis", 0.88), ("poisoning", 0.8)]
)
def test_it_catches_kept_messages(detector: DangerDetector, label: str, at_least: float) -> None:
    """On messages of people who had never seen the bot, it is as good as when it was accepted."""
    dangerous = [m for m in KEPT if m.label.startswith(label)]
    caught = [detector.examine(m.text, in_context(m.earlier)) is not None for m in dangerous]
    assert sum(caught) / len(caught) >= at_least


@pytest.mark.parametrize(("ordinary", "at_most"), [(False, 0.06), (True, 0.02)])
def test_it_leaves_kept_look_alikes_alone(
    detector: DangerDetector, ordinary: bool, at_most: float
) -> None:
    """Messages that only sound like danger, and ordinary talk, rarely alarm."""
    harmless = [m for m in KEPT if not m.is_alarm and (m.group == ORDINARY) == ordinary]
    alarmed = [detector.examine(m.text, in_context(m.earlier)) is not None for m in harmless[::4]]
    assert sum(alarmed) / len(alarmed) <= at_most
