"""A bot that plays one part per word, so that a test can put the page into any state."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa.core.channels.channel import UserMessage

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
ANSWER = "\n".join(
    [
        "Signs of a spinal hematoma often start fast.",
        "- **Sudden, sharp back or neck pain**",
        "- Weak or numb legs",
        "- Trouble passing urine or stool",
        "If this is happening to you now, call your local emergency number.",
        "Source: Spinal Epidural Hematoma, StatPearls Publishing, July 4, 2023.",
        DISCLAIMER,
    ]
)
URGENT = "\n".join(
    [
        "What you wrote can be a sign of an emergency.",
        "- Call your local emergency number now, or go to the nearest emergency room.",
        "- Do not drive yourself.",
        "- Take a list of your medicines with you.",
        "I am a computer program. I can't examine you.",
    ]
)
HOSTILE = (
    "<img src=x onerror=alert(1)> <script>alert(1)</script>\n"
    "[click](javascript:alert(1)) [data](data:text/html,x) **<b>bold</b>**\n"
    "[a good link](https://example.org/) [call](tel:112)\n"
    '- <svg onload="alert(1)">'
)


class ScriptedBot:
    """Answers by the word it finds."""

    async def __call__(self, message: UserMessage) -> None:
        """Play the part."""
        text = (message.text or "").lower()
        await asyncio.sleep(5 if "slow" in text else 1.5 if "later" in text else 0)
        reply = self.reply(text)
        if reply:
            await message.output_channel.send_response(message.sender_id, reply)

    def reply(self, text: str) -> dict[str, Any] | None:
        """The bot's message for a text."""
        if "nothing" in text:
            return None
        if "numb" in text:
            return {"text": URGENT, "custom": {"outcome": "urgent", "passages": []}}
        if "hurt myself" in text:
            return {
                "text": "I am glad you told me.\n- Please call a helpline or someone now.",
                "custom": {"outcome": "crisis", "passages": []},
            }
        if "treated" in text and "choose" not in text:
            return {
                "text": "Which kind of hematoma do you mean?",
                "buttons": [
                    {"title": "Near the spine", "payload": '/choose_site{"site": "spinal"}'},
                    {"title": "In the hip muscle", "payload": '/choose_site{"site": "iliopsoas"}'},
                    {"title": "Turned to bone", "payload": '/choose_site{"site": "ossified"}'},
                ],
                "custom": {"outcome": "clarify", "passages": []},
            }
        if "hostile" in text:
            return {
                "text": HOSTILE,
                "buttons": [{"title": "<img src=x onerror=alert(1)>", "payload": "/x"}],
                "custom": {
                    "outcome": "answer",
                    "source": {
                        "title": "<script>alert(1)</script>",
                        "publisher": "<b>x</b>",
                        "published": "2020",
                        "url": "javascript:alert(1)",
                    },
                    "disclaimer": "<img src=x onerror=alert(1)>",
                },
            }
        if "flu" in text:
            return {
                "text": "I can't find that in my sources.\n- I know about spinal, iliopsoas and "
                "ossified hematomas.\n- For other questions, ask your doctor or nurse.\n"
                + DISCLAIMER,
                "custom": {"outcome": "not_found", "passages": [], "disclaimer": DISCLAIMER},
            }
        if text.startswith("/choose_site"):
            return {"text": f"You chose {text}", "custom": {"outcome": "smalltalk"}}
        if "ما" in text:
            return {
                "text": "الورم الدموي هو تجمع للدم خارج الأوعية.\n- ألم مفاجئ",
                "custom": {"outcome": "answer", "source": SOURCE, "disclaimer": DISCLAIMER},
            }
        return {
            "text": ANSWER,
            "buttons": [
                {"title": "What causes it?", "payload": "/ask_causes"},
                {"title": "How is it treated?", "payload": "/ask_treatment"},
            ],
            "custom": {
                "outcome": "answer",
                "passages": [{"id": "spinal/symptoms/2", "article": "spinal", "topic": "symptoms"}],
                "source": SOURCE,
                "disclaimer": DISCLAIMER,
            },
        }
