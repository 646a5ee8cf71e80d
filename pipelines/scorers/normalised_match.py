"""Right is what equals a reference apart from case, punctuation, articles and white space."""

from __future__ import annotations

from typing import ClassVar, Literal

from pipelines.data.example import Example
from pipelines.scorer import Bench, Score, Scorer, judged, shown
from pipelines.token_overlap import squad_form
from pipelines.value import Answer


class NormalisedMatch(Scorer):
    """Compares the answer with each reference apart from case, punctuation, articles and white space.

    Source: the exact match of SQuAD (Rajpurkar et al., 2016, section 6.1), over the best of several references.
    """

    title: ClassVar[str] = "Normalised match"

    kind: Literal["normalised_match"] = "normalised_match"

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns 1 where the answer in its normal form equals any reference, else 0."""
        del bench
        found = squad_form(answer.text)
        right = any(found == squad_form(reference) for reference in example.references)
        expected = shown(next(iter(example.references), ""))
        return judged(float(right), "equal in words" if right else f"expected {expected}, found {shown(answer.text)}")
