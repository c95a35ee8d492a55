"""Rasa, Sanic and the bot log all they can, and everything fails: no patient's word is in it."""

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import requests

from bot.conversation_store import FILE
from tests.bot.channels.messaging.clinic import until
from tests.bot.channels.messaging.fake_platform import RESET_AFTER, http
from tests.bot.channels.serving import Chat
from tests.bot.channels.twilio_whatsapp import fake_twilio
from tests.bot.channels.whatsapp import fake_graph
from tests.conversations.own_bot import OwnBot
from tests.conversations.patient import answer_to

CANARY = "zqcanary"
ASKS = f"What is a {CANARY} hematoma?"
# Each of these words breaks another part of the bot, with the message in the error.
BREAKS = ("explode", "implode", "overload", "scatter", "retire")
# What is said at the start, for a person, on standard output.
GREETINGS = ("Loading the bot", "Not set:", "Ready: open")
ERRORS = ("A turn failed (", "action_answer failed: ValueError", "caught by nobody")

# Serves as `python -m bot run` does, logs at DEBUG, and breaks as told.
FRAGILE = """
import asyncio, functools, logging, sys, threading, warnings
import sanic.app
warnings.filterwarnings("ignore", category=DeprecationWarning)
from bot import rasa_changes
rasa_changes.import_rasa()
import bot.serving
from actions.answer import ActionAnswer
from bot.channels import incoming
from bot.nlu.language_detector import LanguageDetector

bot.serving.configure_logging = functools.partial(bot.serving.configure_logging, logging.DEBUG)

def fail(text):
    raise ValueError(text)

async def fail_later(text):
    fail(text)

def breaking(function, text_of, *words):
    def run(*arguments, **named):
        text = text_of(*arguments, **named)
        if "scatter" in text:
            threading.Thread(target=fail, args=(text,)).start()
            asyncio.get_running_loop().create_task(fail_later(text))
            asyncio.get_running_loop().call_soon(fail, text)
            warnings.warn(text)
        if any(word in text for word in words):
            fail(text)
        return function(*arguments, **named)
    return run

ActionAnswer.reply = breaking(
    ActionAnswer.reply, lambda self, tracker, texts: tracker.latest_message["text"], "explode")
LanguageDetector.process = breaking(
    LanguageDetector.process, lambda self, messages: str(messages[0].get("text")), "implode")
incoming.parse_message = breaking(incoming.parse_message, lambda body: body.decode(), "overload")
incoming.clean_text = breaking(incoming.clean_text, lambda text: text, "retire")
from bot.__main__ import main
sys.exit(main(["run", "--port", sys.argv[1]]))
"""


def fragile(port: int) -> list[str]:
    return [sys.executable, "-c", FRAGILE, str(port)]


def write_everywhere(url: str, text: str) -> str:
    """Send a message on every channel, whatever comes back; return the id of the website's chat."""
    requests.post(f"{url}/webhooks/rest/webhook", json={"sender": "a", "message": text}, timeout=20)
    with httpx.Client(base_url=url, timeout=20) as client:
        chat = Chat(None, client)
        chat.post(text)
    fake_graph.post(url, fake_graph.Phone(name=CANARY).text(text))
    fake_twilio.post(url, fake_twilio.Phone(name=CANARY).text(text))
    return chat.token.split(".")[1]


def knock_everywhere(url: str) -> None:
    """Put the word into every part of a request that can hold one."""
    with httpx.Client(base_url=url, timeout=20) as client:
        for path in (f"/{CANARY}", f"/metrics?{CANARY}", f"/webhooks/web/{CANARY}"):
            client.get(path, headers={"Origin": f"https://{CANARY}.example", "Cookie": CANARY})
        for channel in ("rest", "web", "whatsapp", "twilio_whatsapp"):
            for path in ("webhook", "message", "session", "feedback", "status"):
                address = f"/webhooks/{channel}/{path}?hub.challenge={CANARY}"
                client.get(address)
                client.post(address, content=f'{{"text": "{CANARY}', headers={"A": CANARY})
                client.post(address, json={"message": {CANARY: CANARY}, "sender": CANARY})
    for head in ("GET /%s HTTP/1.1", "%s", "POST / HTTP/1.1\r\nContent-Length: %s", "GET \xff%s /"):
        answer_to(url, (head % CANARY).encode("latin-1") + b"\r\n\r\n")


def test_no_word_of_a_patient_is_ever_logged(
    tmp_path: Path, meta: fake_graph.FakeGraph, twilio: fake_twilio.FakeTwilio
) -> None:
    """On every channel, through every failure, with all loggers at DEBUG."""
    levels = {"LOG_LEVEL_LIBRARIES": "DEBUG"}
    bot = OwnBot(tmp_path, {**meta.settings(), **twilio.settings(), **levels}, fragile)
    with bot.running() as url:
        chat_id = write_everywhere(url, ASKS)
        until(lambda: meta.sent and twilio.sent)
        meta.fail_next(http(500), RESET_AFTER)
        twilio.fail_next(http(500), RESET_AFTER)
        for word in BREAKS:
            write_everywhere(url, f"{ASKS} {word}")
        knock_everywhere(url)
        with closing(sqlite3.connect(tmp_path / FILE)) as other:
            other.execute("BEGIN IMMEDIATE")
            write_everywhere(url, ASKS)
        until(lambda: len(meta.sent) > len(BREAKS) and len(twilio.sent) > len(BREAKS))
        time.sleep(1.0)
        counts = requests.get(f"{url}/metrics", timeout=10).text.splitlines()
    lines = (tmp_path / "bot.log").read_text("utf-8").splitlines()
    secrets = (CANARY, fake_graph.ACCESS_TOKEN, fake_twilio.AUTH_TOKEN, "1650555", chat_id)
    said = [line.lower() for line in [*lines, *counts]]
    assert not [line for line in said if any(secret.lower() in line for secret in secrets)]
    events = [json.loads(line) for line in lines if not line.startswith(GREETINGS)]
    assert all({"time", "level", "logger", "event"} <= set(event) for event in events)
    assert {"rasa.core.processor", "sanic.access"} <= {event["logger"] for event in events}
    said = "\n".join(event["event"] for event in events)
    assert all(error in said for error in ERRORS)
