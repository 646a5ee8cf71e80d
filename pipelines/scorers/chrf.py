"""How many character sequences the answer shares with the references; one of the two importers of sacrebleu."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.scorer import Bench, Score, Scorer, judged
from pipelines.value import Answer

MAX_CHARACTERS: Final = 50_000


class Chrf(Scorer):
    """Gives the chrF of the answer, for the best of the references; the first 50,000 characters count.

    Source: chrF (Popović, 2015) and chrF++ (Popović, 2017) as sacreBLEU computes them (Post, 2018); divided by 100.
    """

    title: ClassVar[str] = "chrF"

    kind: Literal["chrf"] = "chrf"
    word_order: int = Field(
        default=0, ge=0, le=2, title="Word order", description="Longest word sequence: 0 is chrF, 2 is chrF++."
    )

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns chrF / 100."""
        del bench
        return await asyncio.to_thread(self._score, answer.text[:MAX_CHARACTERS], example.references)

    def _score(self, text: str, references: tuple[str, ...]) -> Score:
        from sacrebleu.metrics.chrf import CHRF

        metric = CHRF(word_order=self.word_order)
        result = metric.sentence_score(text, [reference[:MAX_CHARACTERS] for reference in references])
        return judged(result.score / 100.0, f"{result.name} {result.score:.1f}")
