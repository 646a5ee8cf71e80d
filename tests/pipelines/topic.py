"""An embedder for tests: its dimensions are topics, so that a reader can tell every cosine by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.word import words

TOPICS = (
    {"python", "code", "function", "loop", "sum", "bug"},
    {"soup", "cook", "bread", "bake", "oven", "recipe"},
    {"law", "contract", "court", "judge", "lease", "tenant"},
)


class TopicEmbedder:
    """Embeds a text as how often it speaks of code, of food, of law, and of nothing; counts its calls."""

    def __init__(self, name: str = "topics") -> None:
        """Starts with no calls."""
        self.name = name
        self.calls = 0

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns an array (n_texts, 4) of unit vectors."""
        self.calls += 1
        rows = []
        for text in texts:
            found = [w.lower() for w in words(text)]
            counts = [sum(w in topic for w in found) for topic in TOPICS]
            rows.append([*counts, 0 if any(counts) else 1])
        array = np.array(rows, dtype=np.float32).reshape(len(texts), len(TOPICS) + 1)
        return np.asarray(array / np.linalg.norm(array, axis=1, keepdims=True), dtype=np.float32)
