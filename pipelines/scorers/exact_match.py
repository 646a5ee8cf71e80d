"""Right is what equals a reference to the letter."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.scorer import Bench, Score, Scorer, judged, shown
from pipelines.value import Answer


class ExactMatch(Scorer):
    """Compares the whole answer with each reference, apart from white space around it.

    Source: the exact match of HELM (Liang et al., 2022, appendix C.1), without any normalisation.
    """

    title: ClassVar[str] = "Exact match"

    kind: Literal["exact_match"] = "exact_match"
    case_sensitive: bool = Field(default=True, description="Tell capital letters from small ones.")

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns 1 where the answer equals any reference, else 0."""
        del bench
        found = self._form(answer.text)
        right = any(found == self._form(reference) for reference in example.references)
        expected = shown(next(iter(example.references), ""))
        return judged(float(right), "equal" if right else f"expected {expected}, found {shown(answer.text)}")

    def _form(self, text: str) -> str:
        stripped = text.strip()
        return stripped if self.case_sensitive else stripped.casefold()
