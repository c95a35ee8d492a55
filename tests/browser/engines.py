"""Firefox and WebKit, steered by WebDriver's commands as their packages in Debian take them."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from evaluation.launch import free_port
from tests.bot.channels.messaging.fake_platform import until

_BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
_ENTER = "\ue007"

# What a command is called: for Firefox's Marionette, and in WebDriver's addresses.
_GO = ("WebDriver:Navigate", "url")
_RUN = ("WebDriver:ExecuteScript", "execute/sync")
_CLICK = ("WebDriver:ElementClick", "element/{id}/click")
_WRITE = ("WebDriver:ElementSendKeys", "element/{id}/value")


@contextmanager
def programs(env: dict[str, str]) -> Iterator[Callable[..., Any]]:
    """Yield what starts a program in this environment; all of them end with the block.

    An environment without a display gets one of its own.
    """
    with ExitStack() as running:

        def start(*command: str) -> Any:
            process = subprocess.Popen(
                command,
                env=env,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            running.callback(process.wait)
            running.callback(os.killpg, process.pid, signal.SIGKILL)
            return process

        if "DISPLAY" not in env:
            display = start("Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24")
            env["DISPLAY"] = ":" + display.stdout.readline().strip()
        yield start


class Engine:
    """A browser, for a page with the chat."""

    def __init__(self, send: Callable[..., Any]) -> None:
        """Take what sends the names of a command and its parameters, and returns its value."""
        self._send = send

    def go(self, url: str) -> None:
        self._send(_GO, url=url)

    def find(self, selector: str) -> Any:
        """The last such element in the chat, None without one."""
        script = """const chat = document.querySelector('hematoma-guide').shadowRoot;
            return chat ? [...chat.querySelectorAll(arguments[0])].pop() : null"""
        return self._send(_RUN, script=script, args=[selector])

    def property(self, selector: str, name: str) -> str:
        """A property of the last such element, empty without one."""
        script = "return arguments[0] ? arguments[0][arguments[1]] : ''"
        return str(self._send(_RUN, script=script, args=[self.find(selector), name]))

    def click(self, selector: str) -> None:
        element = until(lambda: self.find(selector))
        self._send(_CLICK, id=next(iter(element.values())))

    def open(self) -> None:
        self.click(".launch")

    def type(self, text: str) -> None:
        element = next(iter(self.find("textarea").values()))
        self._send(_WRITE, id=element, text=text + _ENTER)


@contextmanager
def firefox(env: dict[str, str]) -> Iterator[Engine]:
    """Firefox, with a new profile in its HOME."""
    home = Path(env["HOME"]) / "firefox"
    home.mkdir()
    (home / "user.js").write_text('user_pref("marionette.port", 0);\n', encoding="utf-8")
    port = home / "MarionetteActivePort"
    with programs(env) as start:
        start("firefox-esr", "--marionette", "--no-remote", "--profile", str(home))
        until(lambda: port.exists() and port.read_text("utf-8"), 60)
        with socket.create_connection(("127.0.0.1", int(port.read_text("utf-8")))) as connection:
            stream = connection.makefile("rwb")

            def receive() -> Any:
                size = b"".join(iter(lambda: stream.read(1), b":"))
                return json.loads(stream.read(int(size)))

            def send(names: tuple[str, str], **parameters: Any) -> Any:
                packet = json.dumps([0, 1, names[0], parameters]).encode()
                stream.write(b"%d:%b" % (len(packet), packet))
                stream.flush()
                _, _, error, result = receive()
                assert error is None, error
                return result.get("value")

            receive()  # it says its name
            send(("WebDriver:NewSession", ""))
            yield Engine(send)


@contextmanager
def webkit(env: dict[str, str]) -> Iterator[Engine]:
    """WebKit, in the small browser that comes with it."""
    port = free_port()
    options = {"binary": _BROWSER, "args": ["--automation"]}
    wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
    with (
        programs(env) as start,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            timeout=60,
            transport=httpx.HTTPTransport(retries=6),  # until it listens
        ) as client,
    ):
        start("WebKitWebDriver", f"--port={port}")
        session = client.post("/session", json=wanted).json()["value"]["sessionId"]

        def send(names: tuple[str, str], **parameters: Any) -> Any:
            path = names[1].format_map(parameters)
            answer = client.post(f"/session/{session}/{path}", json=parameters)
            assert answer.status_code == 200, answer.text
            return answer.json()["value"]

        yield Engine(send)
        client.delete(f"/session/{session}")
