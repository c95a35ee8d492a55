"""Whole conversations over WhatsApp: a signed webhook goes in, one answer comes out at Meta."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.bot.channels.messaging.fake_platform import (
    GARBLED,
    RESET_AFTER,
    RESET_BEFORE,
    Fault,
    code,
    http,
)
from tests.bot.channels.messaging.serving import BUTTONS, DISCLAIMER, StandIn
from tests.bot.channels.whatsapp import phone
from tests.bot.channels.whatsapp.clinic import Clinic, until
from tests.bot.channels.whatsapp.fake_graph import Phone, out_of_order, replayed, together

ANNA = Phone()
BEN = Phone("US.2222", "16505552222", "Ben Canary")
Opened = Callable[..., AbstractContextManager[Clinic]]


def test_a_text_is_answered(clinic: Clinic) -> None:
    """A patient's words get an answer with buttons, source and disclaimer."""
    assert clinic.deliver(ANNA.text("What is a hematoma?")) == 200
    (sent,) = clinic.graph.wait_for(1)
    assert sent.to == ANNA.wa_id
    assert "You said: What is a hematoma?\nSource: A title." in sent.text
    assert sent.text.endswith(DISCLAIMER)
    assert sent.buttons == [(b["title"], b["payload"]) for b in BUTTONS]
    assert clinic.counted('received_total{channel="whatsapp",kind="text"} 1')


def test_only_the_first_answer_says_what_the_bot_is(clinic: Clinic) -> None:
    """Everybody is told once that they talk to a computer."""
    clinic.deliver(ANNA.text("one"))
    clinic.graph.wait_for(1)
    clinic.deliver(ANNA.text("two"))
    texts = [sent.text for sent in clinic.graph.wait_for(2)]
    assert ["computer program" in text for text in texts] == [True, False]


def test_a_person_without_a_number_is_answered(clinic: Clinic) -> None:
    """Who shares no phone number gets an answer all the same."""
    clinic.deliver(Phone(wa_id="").text("hello"))
    assert clinic.graph.wait_for(1)[0].to == ANNA.user_id


def test_a_tap_is_understood_only_if_it_was_offered(clinic: Clinic) -> None:
    """A button steers the bot; a made-up payload is only read for its words."""
    clinic.deliver(ANNA.text("hello"))
    (sent,) = clinic.graph.wait_for(1)
    clinic.deliver(ANNA.tap(sent.buttons[0][1], sent.buttons[0][0]))
    clinic.graph.wait_for(2)
    clinic.deliver(ANNA.tap("/restart", "/restart"))
    clinic.graph.wait_for(3)
    clinic.deliver(ANNA.text("1"))
    clinic.graph.wait_for(4)
    assert clinic.agent.texts == ["hello", BUTTONS[0]["payload"], "restart", BUTTONS[0]["payload"]]


def test_a_message_delivered_thrice_is_answered_once(clinic: Clinic) -> None:
    """Meta delivers at least once; patients read once."""
    clinic.deliver(ANNA.text("hello"), times=3)
    clinic.deliver(ANNA.text("bye"))
    clinic.graph.wait_for(2)
    clinic.rest()
    assert clinic.agent.texts == ["hello", "bye"]
    assert len(clinic.graph.sent) == 2


def test_a_duplicate_is_known_after_a_restart(opened: Opened) -> None:
    """A new server does not answer what the old one has answered."""
    webhook, agent = ANNA.text("hello"), StandIn()
    for _ in range(2):
        with opened(agent) as clinic:
            clinic.deliver(webhook)
            clinic.graph.wait_for(1)
            clinic.rest()
    assert agent.texts == ["hello"]
    assert len(clinic.graph.sent) == 1


def test_a_message_left_by_a_restart_is_answered_once(opened: Opened) -> None:
    """What was confirmed to Meta is answered, even if the server went down in between."""
    agent = StandIn()
    with opened(agent) as clinic:
        clinic.graph.plan = lambda number: http(503)
        clinic.deliver(ANNA.text("hello"))
        until(lambda: clinic.graph.tries >= 2)
    clinic.graph.plan = lambda number: None
    with opened(agent) as clinic:
        clinic.graph.wait_for(1)
        clinic.rest()
    assert len(clinic.graph.sent) == 1
    assert agent.texts == ["hello"]


@pytest.mark.parametrize("fault", [RESET_AFTER, GARBLED], ids=["reset", "garbled"])
def test_an_answer_with_a_receipt_is_not_sent_twice(clinic: Clinic, fault: Fault) -> None:
    """When Meta's word was lost but its receipt came, the answer is known to be out."""
    clinic.graph.report_to = clinic.url
    clinic.graph.fail_next(fault)
    clinic.deliver(ANNA.text("hello"))
    clinic.graph.wait_for(1)
    clinic.rest()
    assert clinic.graph.tries == 1
    assert clinic.counted('sent_total{channel="whatsapp"} 1')


def test_an_answer_without_a_receipt_is_sent_again(clinic: Clinic) -> None:
    """When nothing tells that it is out, it is better to say it again than not at all."""
    clinic.graph.fail_next(RESET_BEFORE)
    clinic.deliver(ANNA.text("hello"))
    clinic.graph.wait_for(1)
    clinic.rest()
    assert (clinic.graph.tries, len(clinic.graph.sent)) == (2, 1)


def test_a_receipt_that_comes_late_still_stops_the_next_try(opened: Opened) -> None:
    """An answer that is out after all is not sent again because a later try was turned down."""
    with opened(receipt=0.1) as clinic:
        clinic.graph.report_to, clinic.graph.reports = clinic.url, ()
        clinic.graph.fail_next(RESET_AFTER, code(130429, 429, retry_after="2"))
        clinic.deliver(ANNA.text("hello"))
        until(lambda: clinic.graph.tries == 2)
        clinic.graph.report(clinic.graph.sent[0], "sent")
        clinic.rest()
        assert (clinic.graph.tries, len(clinic.graph.sent)) == (2, 1)


def test_a_halted_platform_is_tried_again_later(clinic: Clinic) -> None:
    """After the clinic has mended what was wrong, waiting answers go out."""
    clinic.graph.fail_next(code(190, 401))
    clinic.deliver(ANNA.text("hello"))
    clinic.graph.wait_for(1)
    clinic.rest()
    assert clinic.graph.tries == 2
    assert clinic.counted('halts_total{channel="whatsapp",code="190"} 1')


def test_a_receipt_can_halt_the_sending(clinic: Clinic) -> None:
    """Some alarms reach us only after Meta has taken a message; others are not believed."""
    clinic.graph.reports = ()
    clinic.deliver(ANNA.text("hello"))
    (sent,) = clinic.graph.wait_for(1)
    clinic.deliver(phone.status("0f" * 16, "failed", 131042))
    assert clinic.counted('receipts_total{channel="whatsapp",status="failed"} 1')
    assert "halts_total{" not in clinic.channel.metrics.render()
    clinic.deliver(phone.status(sent.token, "failed", 131042))
    assert clinic.counted('halts_total{channel="whatsapp",code="131042"} 1')


def test_a_receipt_of_one_bad_number_halts_nobody(clinic: Clinic) -> None:
    """One person who cannot be reached does not silence the bot for the others."""
    clinic.graph.reports = ()
    clinic.deliver(ANNA.text("hello"))
    (sent,) = clinic.graph.wait_for(1)
    clinic.deliver(phone.status(sent.token, "failed", 131026))
    assert clinic.counted('dropped_total{channel="whatsapp",reason="131026"} 1')
    assert "halts_total{" not in clinic.channel.metrics.render()


def test_silence_can_be_asked_for_and_ended(clinic: Clinic) -> None:
    """STOP means silence, START ends it."""
    clinic.deliver(ANNA.text("STOP"))
    clinic.graph.wait_for(1)
    clinic.deliver(ANNA.text("hello"))
    clinic.rest()
    clinic.deliver(ANNA.text("start"))
    texts = [sent.text for sent in clinic.graph.wait_for(2)]
    clinic.deliver(ANNA.text("hello"))
    clinic.graph.wait_for(3)
    assert "silent" in texts[0]
    assert "Hello again" in texts[1]


def test_data_is_deleted_on_demand(clinic: Clinic) -> None:
    """Nothing of a conversation stays when a patient says so."""
    clinic.deliver(ANNA.text("hello"))
    clinic.graph.wait_for(1)
    assert clinic.agent.tracker_store.said
    clinic.deliver(ANNA.text("Delete my data!"))
    assert "deleted" in clinic.graph.wait_for(2)[1].text
    assert not clinic.agent.tracker_store.said


@pytest.mark.parametrize(
    "webhook",
    [
        ANNA.image(),
        ANNA.video(),
        ANNA.document(),
        ANNA.audio(),
        ANNA.sticker(),
        ANNA.location(),
        ANNA.contacts(),
        ANNA.unsupported(),
        ANNA.message("hologram", {}),
    ],
    ids=lambda webhook: phone.message_in(webhook)["type"],
)
def test_what_is_no_words_gets_a_kind_reply(clinic: Clinic, webhook: phone.Webhook) -> None:
    """Who sends a picture or speaks is told to type, and whom to call in an emergency."""
    clinic.deliver(webhook)
    (sent,) = clinic.graph.wait_for(1)
    assert "only read words" in sent.text
    assert "emergency" in sent.text
    assert clinic.agent.received == []


def test_words_under_a_picture_are_read(clinic: Clinic) -> None:
    """A question under a picture is a question."""
    clinic.deliver(ANNA.image("Is this a hematoma?"))
    (sent,) = clinic.graph.wait_for(1)
    assert "You said: Is this a hematoma?" in sent.text
    assert "can't open pictures" in sent.text


@pytest.mark.parametrize("webhook", [ANNA.reaction(), ANNA.system(), ANNA.revoke()])
def test_what_is_not_said_gets_no_reply(clinic: Clinic, webhook: phone.Webhook) -> None:
    """A thumb up is no question."""
    clinic.deliver(webhook)
    clinic.rest()
    assert clinic.graph.tries == 0


def test_messages_of_one_person_are_answered_in_order(opened: Opened) -> None:
    """However Meta shuffles them, answers come in the order the patient wrote."""
    now = time.time()
    said = [ANNA.text(f"question {n}", at=now - 10 + n) for n in range(5)]
    with opened(settle_backlog=2.0) as clinic:
        clinic.deliver(*out_of_order(said, seed=3))
        clinic.graph.wait_for(5)
        assert clinic.agent.texts == [f"question {n}" for n in range(5)]
        texts = clinic.graph.to(ANNA)
        assert [f"You said: question {n}" in t for n, t in enumerate(texts)] == [True] * 5


def test_a_shuffled_batch_is_answered_in_order(clinic: Clinic) -> None:
    """The same holds within one webhook, for each of the people in it."""
    now = time.time()
    clinic.deliver(
        together(
            *(who.text(f"{who.name} {n}", at=now - 9 + n) for n in (2, 0, 1) for who in (ANNA, BEN))
        )
    )
    clinic.graph.wait_for(6)
    for who in (ANNA, BEN):
        heard = [text for text in clinic.agent.texts if text.startswith(who.name)]
        assert heard == [f"{who.name} {n}" for n in range(3)]
        assert len(clinic.graph.to(who)) == 3


def test_a_message_from_last_week_is_not_answered(clinic: Clinic) -> None:
    """Meta repeats for days; an answer by then would only confuse."""
    clinic.deliver(replayed(ANNA.text("hello"), 6 * 86_400))
    clinic.rest()
    assert clinic.graph.tries == 0
    assert clinic.counted('dropped_total{channel="whatsapp",reason="too_old"} 1')


def test_late_messages_get_one_word_that_they_are_late(opened: Opened) -> None:
    """After hours without the bot nobody is left without a word, or reads one ten times."""
    now = time.time()
    with opened(settle_backlog=2.0) as clinic:
        clinic.deliver(*(ANNA.text(f"question {n}", at=now - 5400 + n) for n in range(3)))
        clinic.rest()
        (sent,) = clinic.graph.sent
        assert "reached me only now" in sent.text
        assert "In an emergency, call" in sent.text


def test_an_answer_outside_the_day_is_given_up(clinic: Clinic) -> None:
    """Meta takes free words only within a day; the next question is answered."""
    clinic.graph.fail_next(code(131047))
    clinic.deliver(ANNA.text("one"))
    clinic.rest()
    clinic.deliver(ANNA.text("two"))
    (sent,) = clinic.graph.wait_for(1)
    assert "You said: two" in sent.text
    assert clinic.counted('dropped_total{channel="whatsapp",reason="131047"} 1')


def test_on_a_bad_day_everybody_gets_each_answer_once_and_in_order(opened: Opened) -> None:
    """Faults, repeats and disorder together lose, double and shuffle nothing."""
    people = [Phone(f"US.77{n}", f"1650555{n:04}", f"Person {n}") for n in range(6)]
    now = time.time()
    said = [who.text(f"{who.name} {n}", at=now - 60 + n) for n in range(4) for who in people]
    with opened(settle_backlog=3.0, receipt=3.0) as clinic:
        clinic.graph.report_to = clinic.url
        clinic.graph.fail_at_random(0.4, seed=11)
        clinic.deliver(*out_of_order(said * 2, seed=5))
        clinic.graph.wait_for(24, seconds=90)
        clinic.rest()
        assert len(clinic.graph.sent) == len({sent.token for sent in clinic.graph.sent}) == 24
        for who in people:
            texts = clinic.graph.to(who)
            assert [f"You said: {who.name} {n}\n" in text for n, text in enumerate(texts)] == (
                [True] * 4
            )
        assert clinic.graph.refused == []


def test_nothing_of_a_patient_is_left_lying_about(
    clinic: Clinic, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """No word, name, number or id of a patient is in a log, a metric, the inbox or Rasa's ids."""
    caplog.set_level(logging.DEBUG)
    clinic.graph.report_to = clinic.url
    clinic.graph.fail_next(RESET_AFTER, code(131047), code(190, 401), http(503))
    webhooks = [ANNA.text("canarywords one"), ANNA.image("canarywords two")]
    webhooks += [ANNA.tap("/canarypayload", "canarywords three"), ANNA.text("canarywords four")]
    for webhook in webhooks:
        clinic.deliver(webhook)
        clinic.rest()
    assert len(clinic.agent.received) == 4
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    ids = " ".join(message.sender_id for message in clinic.agent.received)
    seen = (caplog.text + clinic.channel.metrics.render() + ids).encode() + kept
    message_ids = [phone.message_in(webhook)["id"] for webhook in webhooks]
    for canary in ("canary", "Canary", ANNA.wa_id, ANNA.user_id, *message_ids):
        assert canary.encode() not in seen
