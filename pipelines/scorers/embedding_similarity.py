"""How near the meanings of answer and reference are."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.error import ConfigurationError
from pipelines.scorer import Bench, Score, Scorer, ScorerNeed, judged
from pipelines.value import Answer


class EmbeddingSimilarity(Scorer):
    """Gives the cosine of the embeddings of the answer and the nearest reference.

    Source: the semantic answer similarity of Risch et al. (2021, section 3) with a bi-encoder; simplified to a cosine
    that is stretched from `floor`..1 to 0..1 and clipped.
    """

    title: ClassVar[str] = "Embedding similarity"
    need: ClassVar[ScorerNeed] = "embedder"

    kind: Literal["embedding_similarity"] = "embedding_similarity"
    floor: float = Field(
        default=0.0, ge=0.0, le=0.95, description="The cosine that counts 0; unrelated texts seldom have 0."
    )

    def lack(self, example: Example) -> str | None:
        """Returns `a reference` where there is none."""
        return None if example.references else "a reference"

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns the stretched cosine.

        Raises:
            ConfigurationError: if no embedder is at hand.
        """
        if bench.embedder is None:
            raise ConfigurationError("Embedding similarity needs an embedder, and none is set up.")
        texts = [text.encode("utf-8", "replace").decode() for text in (answer.text, *example.references)]
        if not texts[1:] or not texts[0].strip():
            return judged(0.0, "nothing to compare")
        vectors = await bench.embedder.embed(texts)
        cosine = float((vectors[1:] @ vectors[0]).max())
        # Unit vectors of 32 bits give equal texts a cosine a hair below 1.
        value = round((cosine - self.floor) / (1.0 - self.floor), 6)
        return judged(value, f"cosine {cosine:.3f} ({bench.embedder.name})")
