"""How many word sequences the answer shares with the references; one of the two importers of sacrebleu."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.scorer import Bench, Score, Scorer, judged
from pipelines.value import Answer

MAX_CHARACTERS: Final = 50_000


class Bleu(Scorer):
    """Gives the sentence BLEU of the answer against all references together; the first 50,000 characters count.

    Source: BLEU (Papineni et al., 2002) as sacreBLEU computes it for a sentence (Post, 2018): effective order,
    exponential smoothing; divided by 100.
    """

    title: ClassVar[str] = "BLEU"

    kind: Literal["bleu"] = "bleu"
    tokenize: Literal["13a", "intl", "zh", "char", "none"] = Field(
        default="13a",
        title="Words",
        description="How words are told apart: 13a for most languages, zh for Chinese, char where there are no spaces.",
    )
    lowercase: bool = Field(default=False, description="Take capital and small letters for the same.")

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns BLEU / 100."""
        del bench
        return await asyncio.to_thread(self._score, answer.text[:MAX_CHARACTERS], example.references)

    def _score(self, text: str, references: tuple[str, ...]) -> Score:
        from sacrebleu.metrics.bleu import BLEU

        metric = BLEU(effective_order=True, tokenize=self.tokenize, lowercase=self.lowercase)
        result = metric.sentence_score(text, [reference[:MAX_CHARACTERS] for reference in references])
        return judged(result.score / 100.0, f"BLEU {result.score:.1f}, brevity penalty {result.bp:.2f}")
