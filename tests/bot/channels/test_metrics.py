"""What whoever runs the bot can count, time and watch."""

import asyncio
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from bot.channels.metrics import ALARM_KINDS, ALARM_STEPS, Metrics, timed
from bot.channels.turn import Turns
from bot.conversation_store import ConversationStore
from tests.bot.channels.serving import value
from training.data import DANGERS, NO_DANGER


async def turn(metrics: Metrics, custom: dict[str, Any] | None, seconds: float = 0.0) -> None:
    """Take one turn with a bot that answers so, or fails."""

    async def bot(message: UserMessage) -> None:
        await asyncio.sleep(seconds)
        with timed("action"):
            if custom is None:
                raise RuntimeError
        await message.output_channel.send_response("one", {"text": "Hello", "custom": custom})

    await Turns("web", bot, lambda: None, metrics, 2000).take("hello", "one")


def test_a_turn_and_its_stages_are_timed_by_channel() -> None:
    """One sees where the time goes, in the store too, also of turns that took too long."""
    metrics = Metrics()

    async def run() -> None:
        await turn(metrics, {"outcome": "answer"})
        store = ConversationStore(None, file=":memory:")
        with metrics.during_turn("rest"):
            await store.get_or_create_tracker("one")
        store.close()

    asyncio.run(run())
    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(asyncio.wait_for(turn(metrics, {}, seconds=10), 0.01))
    assert value(metrics, 'turns_total{channel="web",outcome="cut_off"}') == 1
    assert value(metrics, 'alarm_errors_total{failed="turn"}') == 1
    for stage in ("store_read", "store_save"):
        assert value(metrics, f'turn_seconds_count{{channel="rest",stage="{stage}"}}')
    assert value(metrics, 'turn_seconds_count{channel="web",stage="turn"}') == 2
    assert value(metrics, 'turn_seconds_count{channel="web",stage="action"}') == 1
    assert value(metrics, 'turns_total{channel="web",outcome="answer"}') == 1


@pytest.mark.parametrize(
    ("custom", "failed"),
    [
        ({"outcome": "urgent", "danger": {"kind": "urgent", "source": "error"}}, "check"),
        ({"outcome": "unavailable", "intent": "crisis_other"}, "reply"),
        ({"outcome": "unavailable", "intent": "greet"}, "turn"),
        (None, "turn"),
        ({"outcome": "urgent", "danger": {"kind": "urgent", "source": "m-17"}}, None),
        ({"outcome": "answer"}, None),
    ],
)
def test_a_danger_that_may_have_got_no_alarm_is_counted(
    custom: dict[str, Any] | None, failed: str | None
) -> None:
    """Whatever fails between a danger sign and its alarm is counted, by what failed."""
    metrics = Metrics()
    asyncio.run(turn(metrics, custom))
    counts = {
        step: value(metrics, f'alarm_errors_total{{failed="{step}"}}') for step in ALARM_STEPS
    }
    assert counts == {step: float(step == failed) for step in ALARM_STEPS}


def test_alarms_are_counted_by_kind_and_source() -> None:
    """Labels come from a closed list: the reader's kinds."""
    assert set(DANGERS) - {NO_DANGER} == ALARM_KINDS
    metrics = Metrics()
    metrics.alarm("poisoning", "m-1")
    metrics.alarm("words of somebody", "m-2")
    assert value(metrics, 'alarms_total{kind="poisoning"}') == 1
    assert value(metrics, 'alarms_total{kind="other"}') == 1
    assert value(metrics, 'alarms_total{kind="crisis"}') == 0
    assert value(metrics, 'alarm_sources_total{source="m-1"}') == 1
