"""Who is let in at Twilio's webhooks, beside what holds for every platform."""

from __future__ import annotations

from tests.bot.channels.messaging.clinic import TWILIO, Clinic, only, until
from tests.bot.channels.twilio_whatsapp import phone
from tests.bot.channels.twilio_whatsapp.phone import PUBLIC_URL, STATUS_PATH, Phone

pytestmark = only(TWILIO)

NEWS = {"MessageStatus": "sent", "AccountSid": phone.ACCOUNT_SID}


def test_it_rejects_a_signature_for_another_address(shared: Clinic) -> None:
    """What Twilio signed for the status address, for another site or query, is not a message."""
    fields = Phone().text("hello")
    for signed, path in (
        (phone.signed(fields, STATUS_PATH), TWILIO.path),
        (phone.signed(fields, public_url="https://other.example"), TWILIO.path),
        (phone.signed(NEWS, f"{STATUS_PATH}?answer=a"), f"{STATUS_PATH}?answer=b"),
    ):
        with shared.refusing("wrong_signature"):
            assert shared.knock(*signed, path) == 403


def test_it_rejects_what_is_not_for_this_bot(shared: Clinic) -> None:
    """A true signature counts for the clinic's own account and number, in a form of few fields."""
    other = Phone(account_sid="AC" + "f" * 32).text("hello")
    for path in (TWILIO.path, STATUS_PATH):
        with shared.refusing("wrong_account"):
            assert shared.knock(*phone.signed(other, path), path) == 403
    for number in ("whatsapp:+15559999999", ""):
        with shared.refusing("wrong_number"):
            assert shared.knock(*phone.signed(Phone(clinic=number).text("hello"))) == 403
    body, headers = phone.signed(Phone().text("hello"))
    with shared.refusing("bad_form"):
        assert shared.knock(b"a=&" * 10_000, headers) == 400
    with shared.refusing("not_form"):
        assert shared.knock(body, headers | {"Content-Type": "application/json"}) == 415


def test_it_takes_all_that_twilio_signs(shared: Clinic) -> None:
    """Blank and repeated fields and a query in the clinic's address do not break the signature."""
    anna = shared.person()
    fields = [*anna.text("hello", Label="").items(), ("Extra", "2"), ("Extra", "1")]
    path = f"{TWILIO.path}?site=main&note=a%20b"
    assert shared.knock(*phone.signed(fields, path), path) == 204
    until(lambda: shared.fake.to(anna))


def test_receipts_that_mean_nothing_are_passed_over(shared: Clinic) -> None:
    """A signed callback without a token, or with a foreign one, changes nothing."""
    for query in ("", "?answer=", "?answer=unknown", "?answer=" + "f" * 32, "?other=1"):
        assert phone.post(shared.url, PUBLIC_URL, STATUS_PATH + query, NEWS) == 204
    odd = NEWS | {"MessageStatus": "canary"}
    assert phone.post(shared.url, PUBLIC_URL, STATUS_PATH, odd) == 204
    assert "canary" not in shared.metrics.render()


def test_a_bot_below_a_path_of_the_clinics_site_is_reached(clinic: Clinic) -> None:
    """Twilio signs the whole public address, which a proxy shortens; receipts come back to it."""
    clinic.fake.public_url = site = f"{PUBLIC_URL}/guide"
    clinic.fake.reports = ()
    with clinic.open():
        assert phone.post(clinic.url, site, TWILIO.path, Phone().text("hi")) == 204
        (sent,) = clinic.fake.wait_for(1)
        callback = sent.raw["StatusCallback"]
        assert callback.startswith(f"{site}{STATUS_PATH}?answer=")
        assert phone.post(clinic.url, site, callback.removeprefix(site), NEWS) == 204
        until(lambda: clinic.count("receipts_total", status="sent") == 1)
