"""Rasa is imported without what this bot does not use, and nothing is lost by that."""

from __future__ import annotations

import sys

import pytest

from bot.rasa_changes.late_imports import WITH_TENSORFLOW, LeftOutError, postponed

# Small modules of the standard library that nothing here needs.
MODULE, PACKAGE, INSIDE = "sndhdr", "wsgiref", "wsgiref.util"


@pytest.fixture(autouse=True)
def _unimported() -> None:
    for name in (MODULE, PACKAGE, INSIDE):
        sys.modules.pop(name, None)


def test_a_postponed_module_is_not_imported() -> None:
    """What Rasa only mentions is not loaded."""
    with postponed([MODULE]):
        import sndhdr

        assert not hasattr(sndhdr, "__file__")
    assert MODULE not in sys.modules


def test_a_name_that_is_used_after_all_is_the_real_one() -> None:
    """A feature of Rasa that somebody does use still works."""
    with postponed([MODULE]):
        from sndhdr import SndHeaders
    header = SndHeaders("wav", 44100, 2, -1, 16)
    assert header.filetype == "wav"


def test_a_module_that_is_used_after_all_is_the_real_one() -> None:
    """The same holds for a whole module, kept under its name."""
    with postponed([MODULE]):
        import sndhdr as kept
    assert kept.SndHeaders._fields[0] == "filetype"


def test_what_is_inside_a_package_is_postponed_with_it() -> None:
    """One name stands for a library and all its parts."""
    with postponed([PACKAGE]):
        from wsgiref.util import request_uri
    assert INSIDE not in sys.modules
    assert request_uri({"wsgi.url_scheme": "http", "HTTP_HOST": "a"}).startswith("http://a")


def test_others_import_the_real_module_afterwards() -> None:
    """Our own code, and other libraries, never meet a stand-in."""
    with postponed([MODULE]):
        import sndhdr  # noqa: F401
    import sndhdr as real

    assert real.__file__


def test_what_was_imported_before_stays() -> None:
    """A library that is in use already is not taken away."""
    import sndhdr as before

    with postponed([MODULE]):
        import sndhdr as during

        assert during is before
    assert sys.modules[MODULE] is before


def test_a_class_built_on_a_stand_in_says_what_to_do() -> None:
    """Where nothing real can be given, the error names Rasa's own commands."""
    with postponed([MODULE]):
        from sndhdr import SndHeaders

        class Ours(SndHeaders):
            pass

    with pytest.raises(LeftOutError, match="rasa run"):
        Ours()


@pytest.mark.parametrize("name", WITH_TENSORFLOW)
def test_tensorflow_is_never_imported_by_the_back_door(name: str) -> None:
    """Whoever needs TensorFlow learns so, instead of waiting for it in the middle of a turn."""
    kept = sys.modules.pop(name, None)
    try:
        with postponed([name]):
            module = __import__(name, fromlist=["anything"])
        with pytest.raises(LeftOutError, match="TensorFlow"):
            module.anything()
    finally:
        if kept is not None:
            sys.modules[name] = kept
