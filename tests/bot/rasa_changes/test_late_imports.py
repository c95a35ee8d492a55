"""Rasa is imported without what this bot does not use, and nothing is lost by that."""

from __future__ import annotations

import sys

import pytest

from bot.rasa_changes.late_imports import LeftOutError, postponed

# Small modules of the standard library that nothing here needs.
MODULE, PACKAGE, INSIDE = "sndhdr", "wsgiref", "wsgiref.util"


@pytest.fixture(autouse=True)
def _unimported() -> None:
    for name in (MODULE, PACKAGE, INSIDE):
        sys.modules.pop(name, None)


def test_a_name_that_is_used_after_all_is_the_real_one() -> None:
    """A module, or a part of a package, that somebody does use is imported then."""
    with postponed([MODULE, PACKAGE]):
        from sndhdr import SndHeaders
        from wsgiref.util import request_uri
    assert not {MODULE, INSIDE} & set(sys.modules)
    assert SndHeaders("wav", 44100, 2, -1, 16).filetype == "wav"
    assert request_uri({"wsgi.url_scheme": "http", "HTTP_HOST": "a"}).startswith("http://a")
    import sndhdr

    assert sndhdr.__file__


def test_what_was_imported_before_stays() -> None:
    """A library that is in use already is not taken away."""
    import sndhdr as before

    with postponed([MODULE]):
        import sndhdr as during
    assert during is before is sys.modules[MODULE]


def test_a_class_built_on_a_stand_in_says_what_to_do() -> None:
    """Where nothing real can be given, the error names Rasa's own commands."""
    with postponed([MODULE]):
        from sndhdr import SndHeaders

        class Ours(SndHeaders):
            pass

    with pytest.raises(LeftOutError, match="rasa run"):
        Ours()
