from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

IMPORT = "import sys; import bot.nlu.red_flags.medspacy_light as m; print(*sorted(sys.modules))"


@pytest.mark.slow
def test_it_leaves_out_what_is_not_used() -> None:
    """A running bot carries neither PyTorch nor a library that logs patients' words."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "medspacy.context" in loaded
    assert not loaded & {"torch", "nltk", "loguru", "PyRuSH", "quickumls", "tensorflow"}


@pytest.mark.slow
def test_the_stand_ins_are_still_needed() -> None:
    """When medspaCy stops importing these by itself, medspacy_light.py can go."""
    plain = "import sys; import medspacy; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", plain], capture_output=True, text=True, check=True)
    assert {"PyRuSH", "quickumls", "torch"} <= set(done.stdout.split())


def test_it_finds_what_medspacy_finds() -> None:
    """A text that is put together once is matched like one put together for each pattern."""
    from bot.nlu.red_flags import medspacy_light as light

    assert "pattern.finditer(doc.text_with_ws)" in inspect.getsource(light._find)
    doc = light.spacy.blank("en")("My legs went numb , my legs are so num . Numb legs !")
    matcher = light.RegexMatcher(doc.vocab)
    matcher.add("numb", [r"numb? legs", r"legs \w+ (?:\w+ )?num", r"leg", r"absent"])
    assert matcher(doc) == light._find(matcher, doc)
    assert len(matcher(doc)) == 6
