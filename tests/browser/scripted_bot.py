"""A bot that plays one part per word, so that a test can put the page into any state."""

import asyncio
from typing import Any

from rasa.core.channels.channel import UserMessage

from actions.reply import Reply, Role, lines_of
from knowledge_base.outcome import Outcome

DISCLAIMER = (
    "This is general information, not medical advice. Seek quick medical attention if you have "
    "signs of a hematoma. Do not delay or disregard professional advice."
)
SOURCE = {
    "title": "Spinal Epidural Hematoma",
    "publisher": "StatPearls Publishing",
    "published": "July 4, 2023",
    "url": "https://www.ncbi.nlm.nih.gov/books/NBK518982/",
}
ANSWER = """Signs of a spinal hematoma often start fast.
- **Sudden, sharp back or neck pain**
- Weak or numb legs
- Trouble passing urine or stool
If this is happening to you now, call your local emergency number."""
URGENT = """What you wrote can be a sign of an emergency.
- Call your local emergency number now, or go to the nearest emergency room.
- Do not drive yourself.
- Take a list of your medicines with you.
I am a computer program. I can't examine you."""
CLARIFY = [
    "Care is not the same for each kind. Which one do you mean?",
    "- Spinal: Surgeons often take out the blood soon, so that the nerves are not pressed.",
    "- Iliopsoas: Rest and care without surgery are often enough.",
    "- Ossified: Surgeons take out the hard part, if it presses on something.",
]
LONG = [
    "A spinal hematoma is blood that pools near the spine.",
    *(
        f"- {line}"
        for line in (
            "It can come after a fall, after surgery, or after a needle was put in the back.",
            "Blood thinners make it more likely, above all in older people.",
            "Most people first feel a sharp pain in the back or the neck.",
            "Doctors find it with an MRI scan, or with a CT scan where there is no MRI.",
            "Surgeons often take out the blood, and sooner is better.",
            "How well people walk later depends on how well they walked before surgery.",
        )
    ),
    "If this is happening to you now, call your local emergency number.",
]
HOSTILE = (
    "<img src=x onerror=alert(1)> <script>alert(1)</script>\n"
    "[click](javascript:alert(1)) [data](data:text/html,x) **<b>bold</b>**\n"
    "[a good link](https://example.org/) [call](tel:112)\n"
    '- <svg onload="alert(1)">'
)


def said(
    text: str,
    outcome: Outcome,
    *buttons: tuple[str, str],
    sources: tuple[dict[str, str], ...] = (),
    disclaimer: str = "",
) -> dict[str, Any]:
    cited = [f"Source: {s['title']}, {s['publisher']}, {s['published']}." for s in sources]
    lines = (
        *lines_of(Role.PLAIN, text),
        *lines_of(Role.SOURCE, *cited),
        *lines_of(Role.DISCLAIMER, disclaimer),
    )
    offered = tuple({"title": title, "payload": payload} for title, payload in buttons)
    return Reply(outcome, lines, offered, sources).to_message()


CITED: dict[str, Any] = {"sources": (SOURCE,), "disclaimer": DISCLAIMER}
# The first word that stands in a message decides.
PARTS = {
    "nothing": None,
    "numb": said(URGENT, Outcome.URGENT),
    "hurt myself": said(
        "I am glad you told me.\n- Please call a helpline or someone now.", Outcome.CRISIS
    ),
    '/choose_site{"site": "spinal"}': said(
        'You chose /choose_site{"site": "spinal"}', Outcome.SMALLTALK
    ),
    "treated": said(
        "\n".join(CLARIFY),
        Outcome.CLARIFY,
        ("Near the spine", '/choose_site{"site": "spinal"}'),
        ("In the hip muscle", '/choose_site{"site": "iliopsoas"}'),
        ("Turned to bone", '/choose_site{"site": "ossified"}'),
        **CITED,
    ),
    "everything": said(
        "\n".join(LONG), Outcome.ANSWER, ("What causes it?", "/ask_causes"), **CITED
    ),
    "hostile": said(
        HOSTILE,
        Outcome.ANSWER,
        ("<img src=x onerror=alert(1)>", "/x"),
        sources=(
            {
                "title": "<script>alert(1)</script>",
                "publisher": "<b>x</b>",
                "published": "2020",
                "url": "javascript:alert(1)",
            },
        ),
        disclaimer="<img src=x onerror=alert(1)>",
    ),
    "flu": said(
        "I can't find that in my sources.\n- I know about spinal, iliopsoas and "
        "ossified hematomas.\n- For other questions, ask your doctor or nurse.",
        Outcome.NOT_FOUND,
        disclaimer=DISCLAIMER,
    ),
    "ما": said("الورم الدموي هو تجمع للدم خارج الأوعية.\n- ألم مفاجئ", Outcome.ANSWER, **CITED),
    "": said(
        ANSWER,
        Outcome.ANSWER,
        ("What causes it?", "/ask_causes"),
        ("How is it treated?", "/ask_treatment"),
        **CITED,
    ),
}


class ScriptedBot:
    """Answers by the word it finds."""

    async def __call__(self, message: UserMessage) -> None:
        text = (message.text or "").lower()
        await asyncio.sleep(5 if "slow" in text else 1.5 if "later" in text else 0)
        part = next(part for word, part in PARTS.items() if word in text)
        if part:
            await message.output_channel.send_response(message.sender_id, part)
