"""A patient with a browser, and ways to bring the chat into each of its states."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect


class Visitor:
    """A patient with a browser: does what people do, and keeps what the browser complained of."""

    def __init__(
        self, browser: Any, url: str, path: str = "/", script: str = "", **context: Any
    ) -> None:
        """Go to a path of the server; a script is run there before those of the page."""
        self.url = url
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.context = browser.new_context(
            **{"viewport": {"width": 1200, "height": 800}, **context}
        )
        self.context.set_default_timeout(10_000)
        self.context.add_init_script(script)
        self.page = self.new_page(path)

    def new_page(self, path: str = "/") -> Any:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("dialog", lambda dialog: (self.complaints.append("dialog"), dialog.dismiss()))
        page.on(
            "console",
            lambda line: line.type in ("error", "warning") and self.complaints.append(line.text),
        )
        page.goto(self.url + path)
        return page

    @property
    def input(self) -> Any:
        return self.page.get_by_label("Your question")

    @property
    def messages(self) -> Any:
        return self.page.locator("hematoma-guide .msg")

    @property
    def guide(self) -> Any:
        return self.page.locator("hematoma-guide")

    @property
    def last(self) -> Any:
        return self.messages.last

    @property
    def alarm(self) -> Any:
        """What a screen reader says before all else."""
        return self.page.locator("hematoma-guide [aria-live=assertive]")

    @property
    def dialog(self) -> Any:
        return self.page.get_by_role("dialog")

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name)

    def open(self) -> "Visitor":
        self.button("Questions about hematomas?").click()
        return self

    def type(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def ask(self, text: str) -> None:
        there = self.messages.count()
        self.type(text)
        self.messages.nth(there + 1).wait_for()

    def option(self, name: str) -> None:
        self.button("Chat options").click()
        self.button(name).click()

    def show(self, **attributes: str) -> None:
        """Put another chat with these attributes in place of the page's."""
        self.page.evaluate(
            """attributes => {
              const guide = document.createElement('hematoma-guide');
              for (const [name, value] of Object.entries(attributes))
                guide.setAttribute(name.replace('_', '-'), value);
              document.querySelector('hematoma-guide').replaceWith(guide);
            }""",
            attributes,
        )

    def style(self, css: str) -> None:
        self.page.evaluate(
            """css => {
              const sheet = new CSSStyleSheet();
              sheet.replaceSync(css);
              document.adoptedStyleSheets = [sheet];
            }""",
            css,
        )

    def focused(self) -> str:
        """The name of what has the focus, looking into the component."""
        return str(
            self.page.evaluate(
                """() => {
                  let e = document.activeElement;
                  while (e.shadowRoot && e.shadowRoot.activeElement) e = e.shadowRoot.activeElement;
                  return e.getAttribute('aria-label') || e.id || e.textContent || e.tagName;
                }"""
            )
        )


Visit = Callable[..., Visitor]


def go_to_answer(patient: Visitor) -> None:
    patient.open().ask("What are the signs?")
    patient.last.get_by_text("Source: Spinal").click()
    patient.page.get_by_role("button", name="Yes, helpful").click()


def go_to_waiting(patient: Visitor) -> None:
    patient.open().type("a slow question")
    expect(patient.page.locator(".typing")).to_be_visible()


def go_to_error(patient: Visitor) -> None:
    patient.open()
    patient.page.route("**/webhooks/web/message", lambda route: route.fulfill(status=403))
    patient.type("What are the signs?")
    expect(patient.page.locator(".notice")).to_be_visible()
    patient.complaints.clear()


def go_to_options(patient: Visitor) -> None:
    patient.open().input.fill("a" * 2100)
    patient.option("Delete my chat")


STATES: dict[str, Callable[[Visitor], Any]] = {
    "closed": lambda patient: None,
    "open": Visitor.open,
    "answer": go_to_answer,
    "clarify": lambda patient: patient.open().ask("How is it treated?"),
    "emergency": lambda patient: patient.open().ask("My legs are numb"),
    "waiting": go_to_waiting,
    "error": go_to_error,
    "options": go_to_options,
}
