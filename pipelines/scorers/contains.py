"""Right is what holds the references."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.scorer import Bench, Score, Scorer, judged, shown
from pipelines.value import Answer
from pipelines.word import is_unspaced


class Contains(Scorer):
    """Looks for the references inside the answer.

    Source: the `contains-any` and `contains-all` assertions of promptfoo and the `includes` scorer of Inspect; by whole
    words, so that 4 is not found in 42.
    """

    title: ClassVar[str] = "Contains"

    kind: Literal["contains"] = "contains"
    which: Literal["any", "all"] = Field(
        default="any", description="Whether one reference is enough; with all, the score is the share that is found."
    )
    case_sensitive: bool = Field(default=False, description="Tell capital letters from small ones.")
    whole_words: bool = Field(default=True, description="A reference counts only where no word goes on beside it.")

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns 1 or 0 for `any`; for `all` the share of the references that the answer holds."""
        del bench
        text = self._form(answer.text)
        wanted = [reference for reference in example.references if reference.strip()]
        missing = [reference for reference in wanted if not self._holds(text, self._form(reference).strip())]
        if not wanted:
            return judged(0.0, "the references are blank")
        if self.which == "any":
            right = len(missing) < len(wanted)
            names = " or ".join(shown(reference) for reference in wanted[:3])
            return judged(float(right), "found" if right else f"expected {names}, found {shown(answer.text)}")
        share = 1.0 - len(missing) / len(wanted)
        return judged(share, f"missing {', '.join(map(shown, missing[:3]))}" if missing else "all found")

    def _form(self, text: str) -> str:
        return text if self.case_sensitive else text.casefold()

    def _holds(self, text: str, wanted: str) -> bool:
        start = text.find(wanted)
        while start >= 0:
            end = start + len(wanted)
            if not self.whole_words or not (_goes_on(text, start) or _goes_on(text, end)):
                return True
            start = text.find(wanted, start + 1)
        return False


def _goes_on(text: str, place: int) -> bool:
    """Says whether a word runs over that place."""
    around = text[place - 1 : place + 1] if 0 < place < len(text) else ""
    return len(around) == 2 and all(c.isalnum() and not is_unspaced(c) for c in around)
