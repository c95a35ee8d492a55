"""The training data are whole, and the weights that ship were made of them."""

from collections import Counter

from evaluation.items import RED_FLAGS_FILE, load_red_flags
from knowledge_base.weights import shared_weights
from training.data import DANGERS, NO_DANGER, acts, dangers, digest

JUDGED = dangers()


def test_the_weights_were_made_of_these_data() -> None:
    """Whoever changes what the reader is taught tunes it anew, or is told to here."""
    assert shared_weights().manifest["data"] == digest(), "run `make tune`"


def test_nothing_kept_for_measuring_is_trained_on() -> None:
    """The figures are those of messages that the reader has never seen."""
    kept = {(m.earlier, m.text.casefold()) for m in load_red_flags([RED_FLAGS_FILE])}
    assert not kept & {(e.context, e.text.casefold()) for e in [*JUDGED, *acts()]}


def test_all_kinds_of_danger_are_taught() -> None:
    """None is left to chance, half are no danger, and an alarm's metadata leads to one message."""
    counts = Counter(example.danger for example in JUDGED)
    assert set(counts) == set(DANGERS)
    assert len({example.id for example in JUDGED}) == len(JUDGED)
    assert min(counts.values()) >= 100
    assert counts[NO_DANGER] + len(acts()) >= len(JUDGED) / 2
