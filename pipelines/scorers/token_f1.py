"""How many words the answer shares with the reference."""

from __future__ import annotations

from typing import ClassVar, Literal

from pipelines.data.example import Example
from pipelines.scorer import Bench, Score, Scorer, judged
from pipelines.token_overlap import f1, squad_words
from pipelines.value import Answer


class TokenF1(Scorer):
    """Gives the harmonic mean of precision and recall of the words, for the best of the references.

    Source: the F1 of SQuAD (Rajpurkar et al., 2016, section 6.1).
    """

    title: ClassVar[str] = "Token F1"

    kind: Literal["token_f1"] = "token_f1"

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns F1 over bags of words."""
        del bench
        found = squad_words(answer.text)
        best = max((f1(found, squad_words(reference)) for reference in example.references), default=(0.0, 0.0, 0.0))
        return judged(best[0], f"precision {best[1]:.2f}, recall {best[2]:.2f}")
