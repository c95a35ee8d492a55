"""From a question to what is said: grain, site, verdict, and an honest no."""

from dataclasses import replace

import pytest

from knowledge_base.answer import Answerer
from knowledge_base.answerability import AnswerabilityModel
from knowledge_base.articles import SITES
from knowledge_base.glossary import shared_glossary
from knowledge_base.outcome import NotFound, Outcome, Simplified, SmallTalk
from knowledge_base.question import CASE_REPORT, Question, Request
from knowledge_base.reranker import shared_reranker
from knowledge_base.search import Searcher
from tests.knowledge_base.talk import Talk, facts_of, places_of, sites_of


@pytest.mark.parametrize(
    ("question", "topic", "fact"),
    [
        ("how common is a spinal hematoma", "overview", "spinal-04"),
        ("what does the dye in a CT myelogram show", "diagnosis", "spinal-23"),
        ("how is a needle used to drain an iliopsoas hematoma", "treatment", "iliopsoas-73"),
        # Spelling does not decide what a patient is told.
        ("Can ASPRIN cause an illiopsoas haematoma??", "causes", "iliopsoas-18"),
        # Rare words, a wrong topic.
        ("was Zelmanovich one of the authors of the case?", "symptoms", "ossified-05"),
    ],
)
def test_a_narrow_question_gets_its_fact(talk: Talk, question: str, topic: str, fact: str) -> None:
    """Asked for one thing, the bot says that thing, and stops."""
    answer = talk.ask(question, topic, fact.split("-")[0])
    assert answer.outcome is Outcome.ANSWER
    assert facts_of(answer) == {fact}


@pytest.mark.parametrize(
    ("question", "topic", "first", "unsaid"),
    [
        ("where does an iliopsoas hematoma hurt", "symptoms", "The pain is most often", "swelling"),
        ("how long does recovery from iliopsoas hematoma take", "outlook", "The source gives", ""),
        ("how long was she off the antiplatelets", "treatment", "I do not give doses", ""),
        ("can the pain of an iliopsoas hematoma spread", "symptoms", "The pain may spread", ""),
        ("how is a spinal hematoma found", "diagnosis", "Scans are the only way", ""),
    ],
)
def test_of_a_line_that_is_said_which_was_asked_for(
    talk: Talk, question: str, topic: str, first: str, unsaid: str
) -> None:
    """The asked-for sentence comes first, and one that nobody asked for does not come."""
    named = [site for site in SITES if site in question]
    said = talk.ask(question, topic, *named, case=not named)
    assert said.hits[0].text.startswith(first)
    assert not unsaid or unsaid not in said.hits[0].text


@pytest.mark.parametrize(
    ("question", "topic", "site", "verdict"),
    [
        ("is a bleed near the spine worse than one elsewhere", "overview", "spinal", "yes"),
        ("can a spinal hematoma affect the bladder?", "symptoms", "spinal", "yes"),
        ("can a doctor tell it is a spinal hematoma just by looking", "diagnosis", "spinal", "no"),
        ("is an ossified hematoma well understood", "overview", "ossified", "no"),
        ("I told them so can a spinal hematoma affect the bladder", "symptoms", "spinal", "yes"),
        ("can a spinal tap cause it cos a client is down for one", "causes", "spinal", "yes"),
        ("is an ossified hematoma a kind of cancer", "outlook", "ossified", "no"),
        ("do all patients with an iliopsoas hematoma need surgery", "treatment", "iliopsoas", "no"),
    ],
)
def test_yes_or_no_leads_where_the_passage_says_so(
    talk: Talk, question: str, topic: str, site: str, verdict: str
) -> None:
    """A yes/no question gets its yes or no first, if the source supports it."""
    assert talk.ask(question, topic, site).verdict == verdict


@pytest.mark.parametrize(
    ("question", "topic", "site"),
    [
        ("can warfarin never cause a spinal hematoma", "causes", "spinal"),
        ("can't warfarin cause a spinal hematoma", "causes", "spinal"),
        ("is it right that a spinal hematoma can't be treated with tablets", "treatment", "spinal"),
        ("does a spinal hematoma always affect the bladder", "symptoms", "spinal"),
        ("does having no bruise rule out an iliopsoas hematoma", "symptoms", "iliopsoas"),
        ("how does warfarin cause a spinal hematoma", "causes", "spinal"),
        ("will I recover from a spinal hematoma", "outlook", "spinal"),
        ("do low platelets count as a cause of it", "treatment", "spinal"),
    ],
)
def test_no_yes_or_no_leads_where_it_might_be_wrong(
    talk: Talk, question: str, topic: str, site: str
) -> None:
    """A negated, limited, open or unsupported question never starts with "Yes." or "No."."""
    answer = talk.ask(question, topic, site)
    assert isinstance(answer, NotFound) or answer.verdict is None


@pytest.mark.parametrize(
    "text",
    [
        "she is on apixaban, did that cause it?",
        "can warfarin have caused my dad's psoas bleed",
        "did the blood thinner cause it",
    ],
)
def test_yes_and_no_are_not_said_of_a_person(talk: Talk, text: str) -> None:
    """What is true of people is no verdict on one of them."""
    talk.ask("what is an iliopsoas hematoma", "overview", "iliopsoas")
    assert talk.ask(text, "causes", "iliopsoas").verdict is None


@pytest.mark.parametrize(
    ("topic", "sites", "outcome"),
    [
        ("symptoms", (), Outcome.ANSWER),
        ("symptoms", ("spinal", "iliopsoas"), Outcome.ANSWER),
        ("treatment", (), Outcome.CLARIFY),
    ],
)
def test_a_general_question_gets_one_line_per_site(
    talk: Talk, topic: str, sites: tuple[str, ...], outcome: Outcome
) -> None:
    """One line for each kind that is meant; as care differs, the bot asks which one it is."""
    answer = talk.ask(f"what are the {topic} of {' and '.join(sites)} hematomas", topic, *sites)
    assert answer.outcome is outcome
    assert sites_of(answer) == list(sites or SITES)


@pytest.mark.parametrize(("site", "name"), zip(SITES, ("spinal", "psoas", "ossified"), strict=True))
@pytest.mark.parametrize(
    "text", ["how is a {} hematoma treated", "{} hematoma drain with a needle"]
)
def test_one_sites_treatment_is_never_given_for_another(
    talk: Talk, text: str, site: str, name: str
) -> None:
    """Whatever site is named, each line of care belongs to it."""
    assert set(sites_of(talk.ask(text.format(name), "treatment", site))) <= {site}


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("what is a subdural hematoma", "subdural hematoma"),
        ("liver hematoma symptoms", "liver"),
        ("how do they treat a haematoma on the eye", "eye"),
        ("can the liver get a hematoma too", "liver"),
        ("what is a DVT", '"dvt"'),
        ("which mattress after a back bleed", '"mattress"'),
        ("epidural for labour pain", "epidural"),
        ("side effects of warfarin", "side effects"),
    ],
)
@pytest.mark.parametrize("seeming", [Request.OUTSIDE, Request.ASK])
def test_a_near_miss_is_declined_by_its_name(
    talk: Talk, question: str, name: str, seeming: Request
) -> None:
    """Asked about something close by, the bot says what exactly it has nothing on."""
    answer = talk.ask(question, "overview", request=seeming)
    assert answer.outcome is Outcome.NOT_FOUND
    assert name in answer.missing
    assert answer.passages == ()


@pytest.mark.parametrize(
    ("question", "site", "name"),
    [
        ("how much does spinal hematoma surgery cost", "spinal", "cost"),
        ("what should people eat with a spinal hematoma", "spinal", "eat"),
        ("can small children get it and is it different for them", "iliopsoas", "children"),
        ("how do people inherit von Willebrand disease", "iliopsoas", "beyond its part"),
    ],
)
def test_a_gap_is_declined(talk: Talk, question: str, site: str, name: str) -> None:
    """A side of our own conditions that no source covers is admitted, by its name."""
    answer = talk.ask(question, "overview", site)
    assert answer.outcome is Outcome.NOT_FOUND
    assert name in answer.missing


@pytest.mark.parametrize(
    ("text", "site", "seeming"),
    [
        ("what is the capital of France", (), Request.OFF_TOPIC),
        ("🙂", (), Request.OFF_TOPIC),
        # Another source's part is not given for one that an article lacks.
        ("how is an ossified hematoma prevented", ("ossified",), Request.ASK),
        ("does a laminectomy hurt the spinal cord", (), Request.ASK),
    ],
)
def test_what_is_far_off_is_declined_without_a_guess(
    talk: Talk, text: str, site: tuple[str, ...], seeming: Request
) -> None:
    """The bot makes nothing up."""
    topic = "prevention" if site else None
    answer = talk.ask(text, topic, *site, request=seeming)
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.passages == ()
    assert "_" not in getattr(answer, "missing", "")


def test_a_patients_story_is_told_from_start_to_end(talk: Talk) -> None:
    """The case comes in a few lines, what happened first; where nobody is told of, none does."""
    answer = talk.ask("what does the case report say happened?", case=True)
    assert len(answer.passages) > 3
    assert {passage.article for passage in answer.passages} == {CASE_REPORT}
    assert "left hip hurt first" in answer.passages[0].text
    short = talk.steer(Request.SHORTER, "shorter please")
    assert short.passages == (answer.passages[0], answer.passages[-1])
    assert answer.passages[-1].topic == "outlook"
    again = talk.ask("what happened to the woman with the hip bleed", None, "iliopsoas")
    assert again.passages == answer.passages[:1]
    nobody = talk.ask("what happened to the patient with the spinal hematoma", None, "spinal")
    assert len(nobody.passages) <= 1


def test_between_the_thresholds_the_nearest_line_is_said_as_such(searcher: Searcher) -> None:
    """It is neither kept back nor passed off as the answer, and no "Yes." leads it."""
    doubtful = AnswerabilityModel({}, bias=0.0, threshold=0.4, sure=0.6)
    answer = Talk(Answerer(searcher, shared_reranker(), shared_glossary(), doubtful)).ask(
        "is a bleed near the spine an uncommon thing", "overview", "spinal"
    )
    assert answer.outcome is Outcome.ANSWER
    assert answer.unsure
    assert answer.verdict is None


@pytest.mark.parametrize(
    ("text", "seeming", "chance", "expected"),
    [
        # Stored in nearly the same words.
        ("Where is the iliopsoas muscle?", Request.TALK, 0.9, True),
        ("where are you", Request.TALK, 0.9, False),
        # Worded as a question, and never quite a "no" or a "yes".
        ("fair enough, so no tablets at all then?", Request.DENY, 0.99, True),
        ("no?", Request.DENY, 0.99, False),
        ("can little children get it, I just wondered?", Request.FEAR, 0.9, True),
        ("am I going to die of it?", Request.FEAR, 0.99, False),
        # Names a condition.
        ("what causes carpal tunnel, half of us have it", Request.TALK, 0.9, True),
    ],
)
def test_a_question_is_told_from_small_talk(
    talk: Talk, text: str, seeming: Request, chance: float, expected: bool
) -> None:
    """A question that a conversation made look like small talk is answered."""
    answer = talk.put(Question(text, request=seeming, chances={seeming: chance}))
    assert isinstance(answer, SmallTalk) is not expected


def test_less_can_be_wanted_only_of_what_was_said(talk: Talk) -> None:
    """A plea for plain English is small talk until there is an answer to say plainer."""
    wanted = "in plain English, please"
    assert isinstance(talk.steer(Request.TALK, wanted), SmallTalk)
    talk.ask("what are the signs", "symptoms", "spinal")
    assert isinstance(talk.steer(Request.TALK, wanted), Simplified)


@pytest.mark.parametrize(
    ("parts", "facts"),
    [
        # Our surgery is no fix for tendonitis.
        (("can you get tendonitis in the hip flexor", "what's the fix"), set()),
        # Doubt and teasing belong to the question that they follow.
        (("is a spinal hematoma rare", "are you sure"), {"spinal-04"}),
        (("is a spinal hematoma rare", "is she pulling my leg here"), {"spinal-04"}),
    ],
)
def test_each_part_of_a_message_is_answered_for_what_it_is(
    talk: Talk, parts: tuple[str, str], facts: set[str]
) -> None:
    """Two questions are answered as two, and what asks nothing is no second question."""
    sites = [("spinal",) if "spinal" in parts[0] else (), ("spinal",)]
    asked = tuple(Question(part, part, None, s) for part, s in zip(parts, sites, strict=True))
    answer = talk.put(replace(Question("? ".join(parts)), parts=asked))
    assert facts_of(answer) == facts
    assert (answer.outcome is Outcome.ANSWER) == bool(facts)


def test_a_whole_question_means_what_it_says(talk: Talk) -> None:
    """Whatever was talked of before, and whatever it is taken for among that."""
    for earlier in ("how many platelets did the patient in the case report have", "is it rare"):
        talk.ask(earlier, None, case=True)
    answer = talk.ask("how is an ossified hematoma treated?", "outlook", "ossified")
    assert places_of(answer) == {"ossified/treatment"}
