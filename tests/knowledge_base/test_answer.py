"""From a question to what is said: grain, site, verdict, follow-ups, and an honest no.

Language understanding is not part of the knowledge base, so each turn here comes with the
intent, topic and sites that it would have found.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from knowledge_base.answer import Answer, Answerer
from knowledge_base.answerability import AnswerabilityModel
from knowledge_base.glossary import shared_glossary
from knowledge_base.outcome import Outcome
from knowledge_base.question import CASE_REPORT, Focus, Question
from knowledge_base.search import Searcher


@dataclass
class Talk:
    """A conversation with the answerer."""

    answerer: Answerer
    focus: Focus = field(default_factory=Focus)

    def ask(
        self, text: str, topic: str | None = None, *sites: str, intent: str = "", case: bool = False
    ) -> Answer:
        """Ask a question."""
        question = self._question(text, topic, sites, intent, case)
        return self._kept(self.answerer.answer(question, self.focus))

    def choose(self, text: str, site: str) -> Answer:
        """Name the site that is meant."""
        question = self._question(text, None, (site,), "choose_site", False)
        return self._kept(self.answerer.choose_site(question, self.focus))

    def more(self) -> Answer:
        """Ask for more."""
        question = self._question("tell me more", None, (), "ask_more", False)
        return self._kept(self.answerer.more(question, self.focus))

    def shorter(self, text: str = "shorter") -> Answer:
        """Ask for it shorter."""
        question = self._question(text, None, (), "ask_shorter", False)
        return self._kept(self.answerer.shorter(question, self.focus))

    def doubt(self, text: str, *sites: str) -> Answer:
        """Doubt what was said."""
        question = self._question(text, None, sites, "ask_source", False)
        return self._kept(self.answerer.stand_by(question, self.focus))

    def explain(self, text: str) -> Answer:
        """Ask for the meaning of a word."""
        question = self._question(text, None, (), "ask_meaning", False)
        return self._kept(self.answerer.explain(question, self.focus))

    def _question(
        self, text: str, topic: str | None, sites: tuple[str, ...], intent: str, case: bool
    ) -> Question:
        intent = intent or f"ask_{topic or 'overview'}"
        return Question(text, text, topic, sites, case, {intent: 0.9})

    def _kept(self, answer: Answer) -> Answer:
        self.focus = answer.focus
        return answer


@pytest.fixture
def talk(answerer: Answerer) -> Talk:
    """A conversation that has just begun."""
    return Talk(answerer)


def facts_of(answer: Answer) -> set[str]:
    """Ids of all facts that an answer says."""
    return {fact for passage in answer.passages for fact in passage.facts}


def places_of(answer: Answer) -> set[str]:
    """The sections that an answer is made of."""
    return {passage.section for passage in answer.passages}


@pytest.mark.parametrize(
    ("question", "topic", "site"),
    [
        ("what are the symptoms of a spinal hematoma", "symptoms", "spinal"),
        ("causes of iliopsoas hematoma", "causes", "iliopsoas"),
        ("how is a spinal hematoma diagnosed", "diagnosis", "spinal"),
        ("how is an iliopsoas hematoma treated", "treatment", "iliopsoas"),
        ("what is an ossified hematoma", "overview", "ossified"),
    ],
)
def test_a_broad_question_gets_the_leading_line(
    talk: Talk, question: str, topic: str, site: str
) -> None:
    """Asked for a whole topic, the bot says what leads it, and has more to tell."""
    answer = talk.ask(question, topic, site)
    assert answer.outcome is Outcome.ANSWER
    assert [passage.id for passage in answer.passages] == [f"{site}/{topic}/1"]
    assert answer.more


@pytest.mark.parametrize(
    ("question", "topic", "site", "fact"),
    [
        ("how common is a spinal hematoma", "overview", "spinal", "spinal-04"),
        ("can a spinal tap cause a spinal hematoma", "causes", "spinal", "spinal-09"),
        ("what does the dye in a CT myelogram show", "diagnosis", "spinal", "spinal-23"),
        ("does liver disease cause iliopsoas hematoma", "causes", "iliopsoas", "iliopsoas-22"),
        (
            "how is a needle used to drain an iliopsoas hematoma",
            "treatment",
            "iliopsoas",
            "iliopsoas-73",
        ),
        (
            "how many years after the injury did the ossified hematoma show",
            "causes",
            "ossified",
            "ossified-07",
        ),
    ],
)
def test_a_narrow_question_gets_its_fact(
    talk: Talk, question: str, topic: str, site: str, fact: str
) -> None:
    """Asked for one thing, the bot says that thing, and stops."""
    answer = talk.ask(question, topic, site)
    assert answer.outcome is Outcome.ANSWER
    assert facts_of(answer) == {fact}


@pytest.mark.parametrize(
    ("question", "topic", "site", "verdict"),
    [
        (
            "is a bleed near the spine worse than a bleed somewhere else",
            "overview",
            "spinal",
            "yes",
        ),
        ("can warfarin cause a spinal hematoma", "causes", "spinal", "yes"),
        ("can a spinal hematoma affect the bladder?", "symptoms", "spinal", "yes"),
        ("can haemophilia cause an iliopsoas haematoma", "causes", "iliopsoas", "yes"),
        ("can a doctor tell it is a spinal hematoma just by looking", "diagnosis", "spinal", "no"),
        ("is an ossified hematoma well understood", "overview", "ossified", "no"),
        ("does having no bruise rule out an iliopsoas hematoma", "symptoms", "iliopsoas", "no"),
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
        ("does warfarin not cause a spinal hematoma", "causes", "spinal"),
        ("is a spinal hematoma not serious", "overview", "spinal"),
        ("does a spinal hematoma always affect the bladder", "symptoms", "spinal"),
        ("how does warfarin cause a spinal hematoma", "causes", "spinal"),
        ("warfarin and spinal hematoma", "causes", "spinal"),
        ("is the ossified hematoma fully understood and never mistaken", "overview", "ossified"),
        ("do all patients with an iliopsoas hematoma need surgery", "treatment", "iliopsoas"),
        ("will I recover from a spinal hematoma", "outlook", "spinal"),
        ("does a laminectomy hurt the spinal cord", "treatment", "spinal"),
    ],
)
def test_no_yes_or_no_leads_where_it_might_be_wrong(
    talk: Talk, question: str, topic: str, site: str
) -> None:
    """A negated, limited, open or unsupported question never starts with "Yes." or "No."."""
    assert talk.ask(question, topic, site).verdict is None


@pytest.mark.parametrize("topic", ["causes", "symptoms", "diagnosis", "overview"])
def test_a_general_question_gets_one_line_per_site(talk: Talk, topic: str) -> None:
    """Asked about hematomas in general, the bot says one line for each kind."""
    answer = talk.ask(f"what are the {topic} of a hematoma", topic)
    assert answer.outcome is Outcome.ANSWER
    assert answer.general
    assert [passage.site for passage in answer.passages] == ["spinal", "iliopsoas", "ossified"]


def test_treatment_without_a_site_asks_which_one(talk: Talk) -> None:
    """Care differs, so the bot asks which kind is meant before it goes on."""
    answer = talk.ask("how is a hematoma treated", "treatment")
    assert answer.outcome is Outcome.CLARIFY
    assert {passage.site for passage in answer.passages} == {"spinal", "iliopsoas", "ossified"}


@pytest.mark.parametrize("site", ["spinal", "iliopsoas", "ossified"])
def test_the_choice_of_a_site_answers_the_question_before(talk: Talk, site: str) -> None:
    """After "which one?", naming the site is enough: the question need not be asked again."""
    talk.ask("how is a hematoma treated", "treatment")
    answer = talk.choose("that one", site)
    assert answer.outcome is Outcome.ANSWER
    assert places_of(answer) == {f"{site}/treatment"}


def test_two_named_sites_get_one_line_each(talk: Talk) -> None:
    """A comparison is answered for the two that were named, and for no other."""
    answer = talk.ask(
        "what are the symptoms of spinal and iliopsoas hematomas", "symptoms", "spinal", "iliopsoas"
    )
    assert [passage.site for passage in answer.passages] == ["spinal", "iliopsoas"]


def test_one_sites_treatment_is_never_given_for_another(talk: Talk) -> None:
    """Whatever site is named, each line of care belongs to it."""
    for site, name in (("spinal", "spinal"), ("iliopsoas", "psoas"), ("ossified", "ossified")):
        for text in (
            "how is a {} hematoma treated",
            "does a {} hematoma need surgery",
            "{} hematoma drain with a needle",
        ):
            answer = talk.ask(text.format(name), "treatment", site)
            assert {passage.site for passage in answer.passages} <= {site}, text
        talk.focus = Focus()


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("what is a subdural hematoma", "subdural hematoma"),
        ("subdural haematoma treatment", "subdural hematoma"),
        ("is a septal hematoma dangerous", "septal hematoma"),
        ("how to drain a nail bed hematoma", "nail"),
        ("breast hematoma after surgery", "breast hematoma"),
        ("liver hematoma symptoms", "liver"),
        ("what is a DVT", '"dvt"'),
        ("which mattress after a back bleed", '"mattress"'),
        ("epidural for labour pain", "epidural"),
        ("side effects of warfarin", "side effects"),
    ],
)
def test_a_near_miss_is_declined_by_its_name(talk: Talk, question: str, name: str) -> None:
    """Asked about something close by, the bot says what exactly it has nothing on."""
    answer = talk.ask(question, "overview", intent="out_of_scope_medical")
    assert answer.outcome is Outcome.NOT_FOUND
    assert name in answer.missing
    assert answer.passages == ()


@pytest.mark.parametrize(
    ("question", "site"),
    [
        ("what is a subdural hematoma", ""),
        ("what are the symptoms of a septal hematoma", ""),
        ("how is a liver hematoma treated", ""),
    ],
)
def test_a_near_miss_worded_like_our_own_topics_is_declined_too(
    talk: Talk, question: str, site: str
) -> None:
    """Even if the intent looks like one of ours, another condition gets no answer."""
    for topic in ("overview", "symptoms", "treatment"):
        assert talk.ask(question, topic).outcome is Outcome.NOT_FOUND


@pytest.mark.parametrize(
    ("question", "site", "name"),
    [
        ("how much does spinal hematoma surgery cost", "spinal", "cost"),
        ("can people fly with an iliopsoas hematoma", "iliopsoas", "flying"),
        ("is a spinal hematoma hereditary", "spinal", "families"),
        ("can I drive a car with a spinal hematoma", "spinal", "driv"),
        ("what should people eat with a spinal hematoma", "spinal", "eat"),
        ("can small children get it and is it different for them", "iliopsoas", "children"),
    ],
)
def test_a_gap_is_declined(talk: Talk, question: str, site: str, name: str) -> None:
    """A side of our own conditions that no source covers is admitted, by its name."""
    answer = talk.ask(question, "overview", site)
    assert answer.outcome is Outcome.NOT_FOUND
    assert name in answer.missing


def test_what_is_named_in_passing_is_not_asked_for(talk: Talk) -> None:
    """Who asks on over coffee is not told that no source speaks of coffee."""
    question = "we were wondering over coffee, did the lady in the case report ever walk again"
    assert talk.ask(question, "outlook", "iliopsoas").outcome is Outcome.ANSWER


@pytest.mark.parametrize(
    "question", ["what is the capital of France", "what is the weather", "tell me a joke", "🙂"]
)
def test_what_is_far_off_is_declined_without_a_guess(talk: Talk, question: str) -> None:
    """The bot makes nothing up."""
    answer = talk.ask(question, intent="out_of_scope")
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.passages == ()


def test_a_topic_that_an_article_lacks_is_declined(talk: Talk) -> None:
    """Where a source has no such part, no other source's part is given for it."""
    answer = talk.ask("how is an ossified hematoma prevented", "prevention", "ossified")
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.passages == ()
    assert "_" not in answer.missing


def test_a_follow_up_keeps_the_site(talk: Talk) -> None:
    """ "And the treatment?" is about what was talked about."""
    talk.ask("what are the symptoms of a spinal hematoma", "symptoms", "spinal")
    answer = talk.ask("and the treatment?", "treatment")
    assert answer.outcome is Outcome.ANSWER
    assert places_of(answer) == {"spinal/treatment"}


def test_a_follow_up_on_another_site_keeps_the_topic(talk: Talk) -> None:
    """ "What about the hip one" asks the same of the other kind."""
    talk.ask("how is a spinal hematoma treated", "treatment", "spinal")
    answer = talk.choose("what about the hip one", "iliopsoas")
    assert places_of(answer) == {"iliopsoas/treatment"}


def test_a_new_topic_lets_go_of_the_old_site(talk: Talk) -> None:
    """A question that names another kind is not answered from the one before."""
    talk.ask("what are the symptoms of a spinal hematoma", "symptoms", "spinal")
    answer = talk.ask("what is an ossified hematoma", "overview", "ossified")
    assert {passage.site for passage in answer.passages} == {"ossified"}
    assert (talk.focus.site, talk.focus.topic) == ("ossified", "overview")


def test_a_follow_up_about_the_patient_stays_with_the_case_report(talk: Talk) -> None:
    """ "And her INR?" is about the patient of the case report."""
    talk.ask("how old was the woman in the case report", "overview", case=True)
    assert talk.focus.article == CASE_REPORT
    answer = talk.ask("and what was her INR?", "diagnosis")
    assert "iliopsoas_case-12" in facts_of(answer)


@pytest.mark.parametrize(
    ("topic", "site"), [("causes", "iliopsoas"), ("symptoms", "spinal"), ("treatment", "iliopsoas")]
)
def test_more_goes_on_until_nothing_is_left(talk: Talk, topic: str, site: str) -> None:
    """ "Tell me more" says new things each time, then admits that this was all."""
    answer = talk.ask(f"what are the {topic} of {site} hematoma", topic, site)
    said = [passage.id for passage in answer.passages]
    while answer.more:
        answer = talk.more()
        assert answer.outcome is Outcome.ANSWER
        assert not set(said) & {passage.id for passage in answer.passages}
        said += [passage.id for passage in answer.passages]
        assert len(said) < 50
    section = talk.answerer.answer(
        Question(f"{topic} of {site} hematoma", "", topic, (site,), False, {f"ask_{topic}": 0.9}),
        Focus(),
    )
    assert said[: len(section.passages)] == [passage.id for passage in section.passages]
    assert sorted(said, key=lambda i: int(i.rsplit("/", 1)[1])) == [
        f"{site}/{topic}/{n}" for n in range(1, len(said) + 1)
    ]
    assert talk.more().outcome is Outcome.CLARIFY


def test_more_without_a_subject_asks_what_about(talk: Talk) -> None:
    """ "Tell me more" as a first message gets no made-up answer."""
    assert talk.more().passages == ()


def test_shorter_says_the_main_line_alone(talk: Talk) -> None:
    """ "Shorter" gives the leading line of the answer before."""
    long = talk.ask("which blood tests find an iliopsoas hematoma", "diagnosis", "iliopsoas")
    assert len(long.passages) > 1
    assert talk.shorter().passages == long.passages[:1]


def test_shorter_after_more_shortens_what_was_said_last(talk: Talk) -> None:
    """ "Shorter" is about the last answer, not about one further up."""
    talk.ask("how is an iliopsoas hematoma treated", "treatment", "iliopsoas")
    more = talk.more()
    assert talk.shorter().passages == more.passages[:1]


def test_shorter_without_an_answer_before_asks_what_about(talk: Talk) -> None:
    """ "Shorter" as a first message gets no made-up answer."""
    answer = talk.shorter()
    assert answer.outcome is Outcome.CLARIFY
    assert answer.passages == ()


def test_a_repeated_question_gets_a_short_reply_that_says_so(talk: Talk) -> None:
    """Asked the same again, the bot does not repeat the whole wall of text."""
    first = talk.ask("what are the symptoms of a spinal hematoma", "symptoms", "spinal")
    again = talk.ask("what are the symptoms of a spinal hematoma", "symptoms", "spinal")
    assert not first.again
    assert again.again == "repeat"
    assert again.passages == first.passages


@pytest.mark.parametrize(
    "question", ["what happened to the lady in the case report", "what does it say happened?"]
)
def test_a_patients_story_is_told_from_start_to_end(talk: Talk, question: str) -> None:
    """ "What happened to the lady?" gets the case in a few lines, in the order of time."""
    answer = talk.ask(question, case=True)
    assert len(answer.passages) > 3
    assert {passage.article for passage in answer.passages} == {CASE_REPORT}
    assert "66-year-old" in answer.passages[0].text
    assert answer.passages[-1].topic == "outlook"


def test_an_article_without_a_patient_has_no_story(talk: Talk) -> None:
    """Where a source tells of nobody, nobody's story is made up."""
    answer = talk.ask("what happened to the patient with the spinal hematoma", None, "spinal")
    assert len(answer.passages) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "she is on apixaban, did that cause it?",
        "can warfarin have caused my dad's psoas bleed",
        "is my iliopsoas hematoma rare?",
    ],
)
def test_yes_and_no_are_not_said_of_a_person(talk: Talk, text: str) -> None:
    """What is true of people is no verdict on one of them."""
    talk.ask("what is an iliopsoas hematoma", "overview", "iliopsoas")
    assert talk.ask(text, "causes", "iliopsoas").verdict is None


def test_between_the_thresholds_the_nearest_line_is_said_as_such(searcher: Searcher) -> None:
    """It is neither kept back nor passed off as the answer, and no "Yes." leads it."""
    doubtful = AnswerabilityModel({}, bias=0.0, threshold=0.4, sure=0.6)
    answer = Talk(Answerer(searcher, shared_glossary(), doubtful)).ask(
        "is a bleed near the spine an uncommon thing", "overview", "spinal"
    )
    assert answer.outcome is Outcome.ANSWER
    assert answer.unsure
    assert answer.verdict is None


def test_doubted_it_stands_by_what_it_said(talk: Talk) -> None:
    """ "Are you sure?" is answered with the same passage, and the thread goes on."""
    said = talk.ask("can warfarin cause a psoas bleed", "causes", "iliopsoas")
    doubted = talk.doubt("are you sure?")
    assert doubted.again == "source"
    assert doubted.passages == said.passages
    assert doubted.focus == said.focus


def test_a_doubt_that_asks_something_is_answered(talk: Talk) -> None:
    """Who names a condition asks a question, in whatever tone."""
    talk.ask("what are the symptoms of a spinal hematoma", "symptoms", "spinal")
    answer = talk.doubt("are you sure a bruise can turn into an ossified hematoma", "ossified")
    assert not answer.again
    assert {passage.site for passage in answer.passages} == {"ossified"}


def test_doubted_before_it_said_anything_it_has_nothing_to_repeat(talk: Talk) -> None:
    """ "Says who?" as a first message is small talk."""
    answer = talk.doubt("says who?")
    assert answer.outcome is Outcome.SMALLTALK
    assert answer.passages == ()


def test_an_honest_no_does_not_lose_the_thread(talk: Talk) -> None:
    """After a question off the subject, a follow-up still knows what was talked about."""
    talk.ask("what are the symptoms of a spinal hematoma", "symptoms", "spinal")
    talk.ask("what is the weather", intent="out_of_scope")
    answer = talk.ask("and the treatment?", "treatment")
    assert places_of(answer) == {"spinal/treatment"}


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("what does laminectomy mean?", "laminectomy"),
        ("what is hemophilia", "hemophilia"),
        ("explain incontinence", "incontinence"),
    ],
)
def test_a_word_is_explained(talk: Talk, text: str, term: str) -> None:
    """Asked what a word means, the bot gives its meaning."""
    answer = talk.explain(text)
    assert answer.outcome is Outcome.ANSWER
    assert answer.term is not None
    assert answer.term.term == term


def test_a_word_that_nobody_explains_is_declined(talk: Talk) -> None:
    """A word that neither the glossary nor the sources know is not made up."""
    answer = talk.explain("what does floccinaucinihilipilification mean")
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.term is None


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "expected"),
    [
        # Stored in nearly the same words.
        ("Where is the iliopsoas muscle?", "ask_capabilities", 0.9, True),
        ("thanks, that was clear", "thank", 0.4, False),
        ("what can you tell me about", "ask_capabilities", 0.9, False),
        ("where are you", "ask_bot", 0.9, False),
        # Worded as a question, and never quite a "no" or a "yes".
        ("fair enough, so no tablets at all then?", "deny", 0.99, True),
        ("no?", "deny", 0.99, False),
        ("can little children get it, I just wondered?", "fear", 0.9, True),
        ("am I going to die of it?", "fear", 0.99, False),
        # Names a condition.
        ("what causes carpal tunnel, half of us have it", "chitchat", 0.9, True),
    ],
)
def test_a_question_is_told_from_small_talk(
    talk: Talk, text: str, intent: str, confidence: float, expected: bool
) -> None:
    """A question that a conversation made look like small talk is answered."""
    question = Question(text, confidences={intent: confidence})
    assert talk.answerer.asks(question, intent) is expected


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("can blood thinners cause a spinal hematoma", "why though", "spinal-07"),
        ("can the iliopsoas bleed make the leg weak", "why does that happen?", "iliopsoas-43"),
    ],
)
def test_a_bare_why_gets_the_reason_given(talk: Talk, first: str, then: str, expected: str) -> None:
    """ "Why?" gets the reason that was given with the answer."""
    talk.ask(first)
    assert talk.ask(then).passages[0].facts == (expected,)


def test_what_was_not_covered_stays_so(talk: Talk) -> None:
    """After a "no" on another condition, "how do they treat that one" is not ours either."""
    assert talk.ask("what is iliopsoas bursitis").outcome is Outcome.NOT_FOUND
    again = talk.ask("and how do they treat that one")
    assert again.outcome is Outcome.NOT_FOUND
    assert "bursitis" in again.missing
    assert talk.ask("how is it treated", "treatment", "iliopsoas").outcome is Outcome.ANSWER


def test_another_condition_that_was_explained_is_not_ours(talk: Talk) -> None:
    """Nobody reads our surgery as the treatment of a condition that the word list explains."""
    talk.ask("what is myositis ossificans")
    again = talk.ask("and how do they treat that one", "treatment")
    assert again.outcome is Outcome.NOT_FOUND
    assert "myositis ossificans" in again.missing


def test_a_part_about_something_else_is_not_answered_with_ours(talk: Talk) -> None:
    """ "Tendonitis? What's the fix?": our surgery is no fix for it."""
    first = Question("can you get tendonitis in the hip flexor", "can you get tendonitis in the")
    second = Question("what's the fix", "what's the fix", None, ("iliopsoas",))
    whole = Question("can you get tendonitis in the hip flexor? what's the fix")
    answer = talk.answerer.answer(replace(whole, parts=(first, second)), Focus())
    assert answer.outcome is Outcome.NOT_FOUND


def test_doubt_behind_a_question_is_no_endless_talk(talk: Talk) -> None:
    """ "... are you sure?" in the same message belongs to its question."""
    first = Question("is a spinal hematoma rare", "is a rare", None, ("spinal",))
    second = Question("are you sure", "are you sure", None, ("spinal",))
    whole = Question("is a spinal hematoma rare? are you sure?", parts=(first, second))
    assert facts_of(talk.answerer.answer(whole, Focus())) == {"spinal-04"}


def test_parts_that_ask_on_about_something_else_are_declined(talk: Talk) -> None:
    """After "what is iliopsoas bursitis", its signs and its cure are not ours, asked together."""
    talk.ask("what is iliopsoas bursitis")
    parts = tuple(Question(part, part) for part in ("what are the signs", "how is it treated"))
    answer = talk.answerer.answer(Question("the signs? the treatment?", parts=parts), talk.focus)
    assert answer.outcome is Outcome.NOT_FOUND
    assert "bursitis" in answer.missing


def test_two_kinds_are_compared(talk: Talk) -> None:
    """ "Which of the two?" is answered for both that were spoken of, not for the last one."""
    talk.ask("what is a spinal hematoma", "overview", "spinal")
    talk.ask("and an iliopsoas hematoma", "overview", "iliopsoas")
    answer = talk.ask("which of the two is treated with rest", "treatment")
    assert answer.outcome is Outcome.ANSWER
    assert [passage.site for passage in answer.passages] == ["spinal", "iliopsoas"]
    assert {passage.topic for passage in answer.passages} == {"treatment"}


def test_what_was_spoken_of_is_compared_with_what_is_named(talk: Talk) -> None:
    """ "That or the hip one?" means the two."""
    talk.ask("what is a spinal hematoma", "overview", "spinal")
    answer = talk.ask("which is worse, that or the hip one", "overview", "iliopsoas")
    assert [passage.site for passage in answer.passages] == ["spinal", "iliopsoas"]


@pytest.mark.parametrize("bare", ["and the one?", "what about the one"])
def test_another_kind_is_asked_the_same(talk: Talk, bare: str) -> None:
    """ "And the spinal one?" asks again what was asked before, and so does the next kind."""
    talk.ask("how is an iliopsoas hematoma treated", "treatment", "iliopsoas")
    for site in ("spinal", "ossified"):
        question = Question(bare.replace("one", f"{site} one"), bare, "overview", (site,))
        answer = talk.answerer.answer(question, talk.focus)
        assert places_of(answer) == {f"{site}/treatment"}
        talk.focus = answer.focus


def test_a_line_that_names_them_all_is_said_alone(talk: Talk) -> None:
    """Whoever asks for several things reads them in one sentence, not one by one."""
    answer = talk.ask("which medicines can cause an iliopsoas hematoma", "causes", "iliopsoas")
    assert facts_of(answer) == {"iliopsoas-31"}
    assert places_of(talk.shorter("too long, just the injuries")) == {"iliopsoas/causes"}


def test_what_else_names_the_others(talk: Talk) -> None:
    """Whoever asks for other causes is not told the same one again."""
    talk.ask("can a spinal tap cause a spinal hematoma", "causes", "spinal")
    assert places_of(answer := talk.ask("and what else?", "causes")) == {"spinal/causes"}
    assert facts_of(answer) == {"spinal-06"}


def test_a_part_that_was_answered_is_not_declined(talk: Talk) -> None:
    """ "Is she pulling my leg?" behind a question is no second question."""
    parts = ("can a blood pressure spike cause a spinal hematoma", "is she pulling my leg here")
    first, second = (Question(part, part, None, ("spinal",)) for part in parts)
    answer = talk.answerer.answer(Question("? ".join(parts), parts=(first, second)), Focus())
    assert answer.outcome is Outcome.ANSWER
    assert not answer.parts


def test_the_thread_survives_storage() -> None:
    """What a conversation is about comes back from the store as it went in."""
    focus = Focus("spinal", "spinal", "symptoms", "what signs", ("spinal/symptoms/1",))
    assert Focus.from_dict(focus.as_dict()) == focus
    assert Focus.from_dict(None) == Focus()


def test_a_whole_question_means_what_it_says(talk: Talk) -> None:
    """Whatever was talked of before, and whatever it is taken for among that."""
    for earlier in ("how many platelets did the patient in the case report have", "is it rare"):
        talk.ask(earlier, None, case=True)
    answer = talk.ask("how is an ossified hematoma treated?", "outlook", "ossified")
    assert places_of(answer) == {"ossified/treatment"}
