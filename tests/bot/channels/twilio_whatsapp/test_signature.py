"""Only what Twilio signed is believed; its own library, and its documentation, say what that is."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import MultiDict

from bot.channels.twilio_whatsapp.signature import is_signed
from tests.bot.channels.twilio_whatsapp import phone

URL = "https://bot.clinic.example/webhooks/twilio_whatsapp/webhook"


def by_hand(url: str, fields: phone.Pairs, auth_token: str) -> str:
    """Sign by the documented rule: the address, then names and values sorted by name."""
    said = url + "".join(name + value for name, value in sorted(fields))
    return base64.b64encode(
        hmac.new(auth_token.encode(), said.encode(), hashlib.sha1).digest()
    ).decode()


def test_the_documented_rule_is_what_we_sign_with_and_believe() -> None:
    """Our tests and our check agree with Twilio's rule, blank fields and all."""
    fields = [*phone.Phone().text("Hello, wörld", Blank="").items()]
    header = by_hand(URL, fields, phone.AUTH_TOKEN)
    assert phone.signature(URL, fields) == header
    assert is_signed(URL, MultiDict(fields), header, phone.AUTH_TOKEN)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.text("abAB", min_size=1), st.text()), min_size=1, max_size=5))
def test_any_change_of_a_field_breaks_the_signature(fields: phone.Pairs) -> None:
    """Nobody can put other words into a patient's mouth."""
    fields = [(name, value.encode(errors="replace").decode()) for name, value in fields]
    header = phone.signature(URL, fields)
    assert is_signed(URL, MultiDict(fields), header, phone.AUTH_TOKEN)
    name, value = fields[0]
    changed = MultiDict([(name, value + "!"), *fields[1:]])
    assert not is_signed(URL, changed, header, phone.AUTH_TOKEN)
    assert not is_signed(URL + "?a=b", MultiDict(fields), header, phone.AUTH_TOKEN)


@pytest.mark.parametrize("token", ["", None])
def test_nothing_is_believed_without_an_auth_token(token: str | None) -> None:
    """A clinic that has set no token cannot be fooled with an empty one."""
    fields = phone.Phone().text("hello")
    assert not is_signed(URL, MultiDict(fields), phone.signature(URL, fields, ""), token)
