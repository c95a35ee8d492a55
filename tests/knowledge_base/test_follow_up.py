"""What a follow-up is about: the thread of a conversation is kept, and let go in time."""

import pytest

from knowledge_base.outcome import Outcome, Said, Simplified, StoodBy
from knowledge_base.question import Question, Request
from tests.knowledge_base.talk import Talk, facts_of, places_of, sites_of

SIGNS = ("what are the symptoms of a spinal hematoma", "symptoms", "spinal")


@pytest.mark.parametrize(
    ("earlier", "then", "place"),
    [
        ([SIGNS], ("and the treatment?", "treatment"), "spinal/treatment"),
        ([SIGNS], ("what is an ossified hematoma", "overview", "ossified"), "ossified/overview"),
        (
            [("can a spinal tap cause a spinal hematoma", "causes", "spinal")],
            ("and what else?", "causes"),
            "spinal/causes",
        ),
        ([SIGNS], ("what is the outlook?", "outlook"), "spinal/outlook"),
    ],
    ids=["topic", "another kind", "what else", "a word of the glossary"],
)
def test_a_follow_up_keeps_the_site(
    talk: Talk, earlier: list[tuple[str, ...]], then: tuple[str, ...], place: str
) -> None:
    """ "And the treatment?" is about what was talked about, unless another kind is named."""
    before = [talk.ask(*turn) for turn in earlier]
    answer = talk.ask(*then)
    assert places_of(answer) == {place}
    assert (talk.focus.site, talk.focus.topic) == tuple(place.split("/"))
    assert not facts_of(answer) & {fact for one in before for fact in facts_of(one)}


def test_another_kind_is_asked_the_same(talk: Talk) -> None:
    """ "And the spinal one?" asks again what was asked before, and so does the next kind."""
    talk.ask("how is an iliopsoas hematoma treated", "treatment", "iliopsoas")
    for site in ("spinal", "ossified"):
        question = Question(f"and the {site} one?", "and the one?", "overview", (site,))
        assert places_of(talk.put(question)) == {f"{site}/treatment"}


def test_a_whole_question_is_no_choice_of_a_kind(talk: Talk) -> None:
    """What is clear by itself is not the last question asked again for another kind."""
    talk.ask("which drug did the woman in the case report take", "causes", case=True)
    whole, bare = "How is an ossified hematoma treated?", "How is an treated?"
    request = Request.CHOOSE
    seeming = Question(whole, bare, None, ("ossified",), request=request, chances={request: 1.0})
    assert places_of(talk.put(seeming)) == {"ossified/treatment"}


def test_a_follow_up_about_the_patient_stays_with_the_case_report(talk: Talk) -> None:
    """ "And her INR?" is about the patient of the case report."""
    talk.ask("how old was the woman in the case report", "overview", case=True)
    assert "iliopsoas_case-12" in facts_of(talk.ask("and what was her INR?", "diagnosis"))


@pytest.mark.parametrize(
    ("seeming", "text", "outcome"),
    [
        (Request.MORE, "tell me more", Outcome.CLARIFY),
        (Request.SHORTER, "shorter", Outcome.CLARIFY),
        (Request.DOUBT, "says who?", Outcome.SMALLTALK),
    ],
)
def test_a_follow_up_as_a_first_message_gets_no_made_up_answer(
    talk: Talk, seeming: Request, text: str, outcome: Outcome
) -> None:
    """Who asks for more of nothing is asked what about."""
    answer = talk.steer(seeming, text)
    assert (answer.outcome, answer.passages) == (outcome, ())


def test_shorter_says_the_main_line_of_the_last_answer_alone(talk: Talk) -> None:
    """ "Shorter" is about what was said last, not about something further up."""
    long = talk.ask(
        "what kinds of accidents can cause an iliopsoas hematoma", "causes", "iliopsoas"
    )
    assert len(long.passages) > 1
    assert talk.steer(Request.SHORTER, "shorter").passages == long.passages[:1]
    more = talk.steer(Request.MORE, "tell me more")
    assert talk.steer(Request.SHORTER, "shorter").passages == more.passages[:1]


def test_one_sentence_is_shortened_in_other_words(talk: Talk) -> None:
    """Who was told one sentence of a line reads neither it again nor another of its sentences."""
    said = talk.ask("what is an iliopsoas hematoma", "overview", "iliopsoas")
    assert len(said.hits[0].sentences) == 1
    assert talk.steer(Request.SHORTER, "shorter").easier


def test_who_compares_reads_both_sides(talk: Talk) -> None:
    """What was just said of one kind is said again beside the other."""
    talk.ask(*SIGNS)
    asked = "how does that differ from the symptoms of an iliopsoas hematoma"
    assert sites_of(talk.ask(asked, "symptoms", "iliopsoas")) == ["spinal", "iliopsoas"]


def test_who_did_not_understand_reads_easier_words(talk: Talk) -> None:
    """The same is said again, but not in the same words."""
    said = talk.ask("what is a laminectomy in spinal hematoma", "treatment", "spinal")
    easier = talk.steer(Request.SHORTER, "I did not follow, simpler please")
    assert isinstance(easier, Simplified)
    assert easier.passages == said.passages


def test_a_line_that_names_them_all_is_said_alone(talk: Talk) -> None:
    """Whoever asks for several things reads one sentence, and a part of it when asked for."""
    answer = talk.ask("which medicines can cause an iliopsoas hematoma", "causes", "iliopsoas")
    assert facts_of(answer) == {"iliopsoas-31"}
    part = talk.steer(Request.SHORTER, "too long, just the injuries")
    assert places_of(part) == {"iliopsoas/causes"}


def test_who_asks_of_both_reads_of_both(talk: Talk) -> None:
    """What is true of the one that was named last is not all that is said."""
    talk.ask("what is a spinal hematoma", "overview", "spinal")
    talk.ask("and the iliopsoas hematoma", "overview", "iliopsoas")
    answer = talk.ask("do they both need surgery", "treatment")
    assert sites_of(answer) == ["spinal", "iliopsoas"]


def test_doubted_it_stands_by_what_it_said(talk: Talk) -> None:
    """ "Are you sure?" gets the same passage again, a question in that tone its answer."""
    said = talk.ask("can warfarin cause a psoas bleed", "causes", "iliopsoas")
    doubted = talk.steer(Request.DOUBT, "are you sure?")
    assert isinstance(doubted, StoodBy)
    assert (doubted.passages, doubted.focus) == (said.passages, said.focus)
    asked = "are you sure a bruise can turn into an ossified hematoma"
    answer = talk.steer(Request.DOUBT, asked, "ossified")
    assert (type(answer), set(sites_of(answer))) == (Said, {"ossified"})


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("can blood thinners cause a spinal hematoma", "why though", "spinal-07"),
        ("can the iliopsoas bleed make the leg weak", "why does that happen?", "iliopsoas-45"),
    ],
)
def test_a_bare_why_gets_the_reason_given(talk: Talk, first: str, then: str, expected: str) -> None:
    """ "Why?" gets the reason that was given with the answer."""
    talk.ask(first)
    assert talk.ask(then).passages[0].facts == (expected,)


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ("what is iliopsoas bursitis", "bursitis"),
        # Explained by the word list.
        ("what is myositis ossificans", "myositis ossificans"),
    ],
)
def test_what_was_not_covered_stays_so(talk: Talk, first: str, name: str) -> None:
    """Nobody reads our surgery as the treatment of another condition, asked alone or with more."""
    talk.ask(first)
    parts = tuple(Question(part, part) for part in ("what are the signs", "how is it treated"))
    for question in (
        Question("how do they treat that one", "how do they treat that one", "treatment"),
        Question("the signs? the treatment?", parts=parts),
    ):
        answer = talk.put(question)
        assert answer.outcome is Outcome.NOT_FOUND
        assert name in answer.missing
    assert talk.ask("how is it treated", "treatment", "iliopsoas").outcome is Outcome.ANSWER


@pytest.mark.parametrize(
    ("earlier", "then"),
    [
        (["spinal", "iliopsoas"], ("which of the two is treated with rest", "treatment")),
        (["spinal"], ("which one gets surgery, that or the hip one", "treatment", "iliopsoas")),
    ],
)
def test_two_kinds_are_compared(talk: Talk, earlier: list[str], then: tuple[str, ...]) -> None:
    """ "Which of the two?" is answered for both that were spoken of, not for the last one."""
    for site in earlier:
        talk.ask(f"what is the {site} hematoma", "overview", site)
    answer = talk.ask(*then)
    assert answer.outcome is Outcome.ANSWER
    assert sites_of(answer) == ["spinal", "iliopsoas"]
    assert {passage.topic for passage in answer.passages} == {then[1]}


def test_what_was_just_said_is_not_said_to_another_question(talk: Talk) -> None:
    """Of two lines that are about as good, the new one answers what is asked next."""
    first, then = "does iliopsoas hematoma always need an operation", "When would they, so?"
    talk.ask(first, "treatment", "iliopsoas")
    assert talk.put(Question(then, then, before=first)).passages[0].facts == ("iliopsoas-75",)


@pytest.mark.parametrize("then", ["which is worse, that or the hip one", "which is more dangerous"])
def test_a_line_that_compares_says_which_is_worse(talk: Talk, then: str) -> None:
    """Nobody is told that no source compares what one does."""
    for site in ("iliopsoas", "spinal"):
        talk.ask(f"what is the {site} hematoma", "overview", site)
    (passage,) = talk.ask(then, "overview").passages
    assert passage.facts == ("spinal-02",)
