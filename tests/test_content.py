"""Product rules, checked on the data: what patients read, and what the bot learns from."""

import json
import re
from collections import Counter
from dataclasses import fields
from typing import Any, get_args

import pytest
import yaml

from bot.channels.messaging.fitting import Words
from bot.channels.requests import ChannelRequest
from evaluation.readability import grade
from evaluation.safety_rules import forbidden
from knowledge_base.articles import SITES, TOPICS, Line, load_articles
from knowledge_base.content_guard import broken_rule
from knowledge_base.glossary import load_glossary
from knowledge_base.questions import Verdict, load_not_covered
from knowledge_base.wording import ASKED_FOR
from tests.actions.conftest import DOMAIN
from tests.conftest import ROOT
from training.data import DANGERS

RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN["responses"]
ARTICLES = load_articles()
LINES = [line for article in ARTICLES for line in article.lines]


def read(folder: str) -> list[dict[str, Any]]:
    """All YAML files of a folder of data/."""
    paths = sorted((ROOT / "data" / folder).glob("*.yml"))
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]


RULES = [rule for file in read("stories") for rule in file.get("rules", [])]
NLU = [item for file in read("nlu") for item in file["nlu"]]
EXAMPLES = {
    name: [
        line.removeprefix("- ").strip()
        for item in NLU
        if item.get("intent", "").partition("/")[0] == name
        for line in item["examples"].splitlines()
        if line.strip()
    ]
    for name in DOMAIN["intents"]
}
# Responses that quote a source or label a button: no sentence of ours to be graded.
NO_SENTENCE = re.compile(r"^utter_(?:source|site|topic|more)")
IN_ANOTHER_LANGUAGE = re.compile(r"^utter_other_language_[a-z]{2}$")


# What the actions put into placeholders when a clinic has set nothing.
DEFAULTS = {
    "{missing}": "a bleed in the liver",
    "{number}": "your local emergency number (such as 911, 999 or 112)",
    "{helplines}": RESPONSES["utter_local_helpline"][0]["text"],
}


def texts_of(name: str) -> list[str]:
    """All variants of a response, as a patient reads them."""
    texts = [variant["text"] for variant in RESPONSES[name]]
    for placeholder, words in DEFAULTS.items():
        texts = [text.replace(placeholder, words) for text in texts]
    return texts


def test_every_response_that_is_asked_for_exists() -> None:
    """No turn ends in an error because a text is missing that content or channel asks for."""
    smalltalk = {
        rule["steps"][0]["intent"]
        for rule in RULES
        if rule["steps"][1].get("action") == "action_smalltalk"
    }
    notes = {
        f"note_{line.note}_{article.source.site}" if line.note == "urgent" else f"note_{line.note}"
        for article in ARTICLES
        for line in article.lines
        if line.note
    }
    asked = {
        *notes,
        *(f"site_{site}" for site in SITES),
        *(f"topic_{topic}" for topic in TOPICS),
        *(f"channel_{request.value}" for request in ChannelRequest if request.value != "more"),
        *(f"channel_{field.name}" for field in fields(Words)),
        *DANGERS[1:],
        *(f"{why}_lead" for why in (*get_args(Verdict), "repeat", "source")),
        *(f"not_found_{lack}" for lack in (*ASKED_FOR, "nameless")),
        *smalltalk,
    }
    assert smalltalk
    assert {name for name in asked if f"utter_{name}" not in RESPONSES} == set()


@pytest.mark.parametrize(
    "name", [n for n in RESPONSES if not NO_SENTENCE.match(n) and not IN_ANOTHER_LANGUAGE.match(n)]
)
def test_every_response_reads_at_grade_8_or_below(name: str) -> None:
    """Most people can read what the bot says by itself."""
    assert all(grade(text) <= 8 for text in texts_of(name))


EMERGENCIES = [name for name in RESPONSES if re.match(r"utter_(?:urgent|poisoning|crisis)", name)]


@pytest.mark.parametrize("name", EMERGENCIES)
def test_emergency_words_are_short_and_very_plain(name: str) -> None:
    """In an emergency the message is read in seconds, by anyone."""
    for text in texts_of(name):
        assert grade(text) <= 5
        assert len(text.split()) <= 100
        assert len(text.splitlines()[0].split()) <= 20


def test_the_emergency_message_says_what_to_do_first() -> None:
    """The first line calls for help, and no one country's number stands alone."""
    for name in EMERGENCIES:
        for text in texts_of(name):
            assert DEFAULTS["{number}"] in text
            if name in ("utter_urgent", "utter_poisoning", "utter_crisis_taken"):
                assert text.startswith("Call your local emergency number")


EVERY_TEXT = {
    **{name: "\n".join(texts_of(name)) for name in RESPONSES},
    **{line.fact: line.text for line in LINES},
    **{f"word {term.term}": term.text for term in load_glossary().terms},
    **{f"disclaimer {a.source.id}": a.source.disclaimer for a in ARTICLES},
}


@pytest.mark.parametrize("name", EVERY_TEXT)
def test_no_text_holds_forbidden_words(name: str) -> None:
    """No dose, order about a medicine, contact data, verdict, false comfort, and no blank line."""
    assert forbidden(EVERY_TEXT[name]) == []
    text = EVERY_TEXT[name]
    # Rasa's channels cut a text there: a disclaimer could be lost on its own.
    assert text.strip()
    assert not re.search(r"\n\s*\n", text.strip("\n"))
    assert not re.search(r"\d\s?(?:mg|milligram|ml|mcg|microgram)s?\b", text, re.IGNORECASE)
    assert not re.search(r"@|https?://|www\.", text)
    assert not re.search(
        r"wait and see|watch and wait|don't worry|do not worry|nothing to worry|harmless"
        r"|you will (?:recover|be fine|be ok)|\bmild\b|no need to (?:see|call|worry)"
        r"|(?:can|may|could) wait",
        text,
        re.IGNORECASE,
    )


# A sentence that begins so tells the reader to change a medicine.
ORDER = re.compile(
    r"(?:^|[.!?:]\s+|- )(?:please |then |you (?:should|must|need to|can) )?"
    r"(?:stop|quit|skip|halve|double|restart|resume|start|switch|reduce|increase|lower|hold|take)\b"
    r"[^.]*\b(?:medicines?|drugs?|thinners?|aspirin|ecosprin|warfarin|heparin|clopidogrel|"
    r"enoxaparin|antiplatelets?|anticoagulants?|pain relievers?|pills?)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.fact)
def test_no_article_orders_a_change_of_medicine(line: Line) -> None:
    """What doctors did to one patient is never worded as something to do."""
    assert ORDER.search("It helps. You should take aspirin.")
    assert not ORDER.search(line.text)


@pytest.mark.parametrize(
    ("drug", "warning"),
    [
        (r"blood thinner|warfarin|heparin|aspirin|clopidogrel|enoxaparin|antiplatelet", "medicine"),
        (r"pain reliever", "painkiller"),
    ],
)
def test_a_line_on_a_medicine_comes_with_its_warning(drug: str, warning: str) -> None:
    """Nobody reads that a blood thinner can do harm without "do not stop it on your own".

    Signs of an emergency come with the one warning that is more serious.
    """
    treating = [
        line
        for line in LINES
        if re.search(drug, line.text, re.IGNORECASE)
        and line.note not in (warning, "painkiller", "urgent")
    ]
    assert [line.text for line in treating] == []


@pytest.mark.parametrize(
    ("article", "phrase"),
    [
        ("spinal", "Seek quick medical attention"),
        ("iliopsoas", "delay or disregard seeking professional medical advice"),
        ("iliopsoas_case", "seek medical attention"),
        ("ossified", "seek medical attention"),
    ],
)
def test_each_disclaimer_keeps_its_operative_phrase(article: str, phrase: str) -> None:
    """What a source asks of its readers reaches ours."""
    (source,) = [a.source for a in ARTICLES if a.source.id == article]
    assert phrase in source.disclaimer
    assert grade(source.disclaimer) <= 8
    if article in ("iliopsoas_case", "ossified"):  # without a disclaimer of their own
        assert [source.disclaimer] == texts_of("utter_default_disclaimer")


def test_every_intent_has_exactly_one_rule() -> None:
    """Whatever is understood, there is one thing to do next."""
    ruled = Counter(rule["steps"][0]["intent"] for rule in RULES)
    assert set(ruled) == set(DOMAIN["intents"])
    assert [intent for intent, times in ruled.items() if times > 1] == []


def plain(example: str) -> str:
    words = re.sub(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})", r"\1", example)
    return re.sub(r"\W+", " ", words.lower()).strip()


def test_nothing_that_is_learned_contradicts_itself() -> None:
    """No example stands under two intents, and a lay word leads to one site or topic only."""
    taught = [(plain(one) or one, name) for name, ones in EXAMPLES.items() for one in ones]
    synonyms = [
        (line.removeprefix("- ").strip().lower(), item["synonym"])
        for item in NLU
        for line in item["examples"].splitlines()
        if "synonym" in item
    ]
    assert synonyms
    for pairs in (taught, synonyms):
        times = Counter(text for text, _ in set(pairs))
        assert [text for text in times if times[text] > 1] == []


def test_nothing_that_we_cover_is_listed_as_not_covered() -> None:
    """The name of one of our own conditions never leads to "My sources say nothing about"."""
    ours = set(
        "spinal hematoma,iliopsoas hematoma,psoas hematoma,ossified hematoma,hematoma,"
        "ossified intramuscular hematoma,laminectomy,lumbar puncture".split(",")
    )
    aliases = Counter(alias.lower() for thing in load_not_covered() for alias in thing.aliases)
    assert ours & set(aliases) == set()
    assert [alias for alias, times in aliases.items() if times > 1] == []


def test_the_not_covered_are_named_so_that_a_sentence_can_end_with_them() -> None:
    """ "My sources say nothing about ..." reads well, and is harmless, whatever is declined."""
    (lead,), (whom,) = texts_of("utter_not_found"), texts_of("utter_whom_to_ask")
    for thing in load_not_covered():
        for name in (thing.name, *thing.aliases):
            assert broken_rule(lead.replace(DEFAULTS["{missing}"], name)) is None, name
        assert grade(f"{lead.replace(DEFAULTS['{missing}'], thing.name)}\n{whom}") <= 8, thing.name


def test_the_widget_and_the_channels_speak_plainly() -> None:
    """Labels, states and refusals read at grade 6 or below; without an answer, whom to call."""
    words: dict[str, Any] = {}
    for path in (ROOT / "bot/widget/languages").glob("en*.json"):
        words |= json.loads(path.read_text(encoding="utf-8"))
    shown = [*words.pop("starters"), *words.values()]
    sentences = [re.sub(r"\n|\*\*|\{\w+\}", " ", t) for t in shown if t.endswith((".", "?"))]
    assert grade(" ".join(sentences)) <= 6
    texts = json.loads((ROOT / "bot/channels/texts.json").read_text(encoding="utf-8"))
    codes = "empty_text session_expired not_erased too_big too_many busy slow broken".split()
    for_patients = [*(texts["refusals"][code] for code in codes), texts["unavailable"]]
    assert grade(" ".join(for_patients)) <= 6
    assert all("emergency" in text for text in for_patients[3:])
