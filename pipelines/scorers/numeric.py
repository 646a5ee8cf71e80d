"""Right is the right number, however it is written."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.error import ConfigurationError
from pipelines.number import Quantity, announced_quantity, quantities, same
from pipelines.scorer import Bench, Score, Scorer, judged, shown
from pipelines.value import Answer


class Numeric(Scorer):
    """Compares the number in the answer with the reference, within a tolerance.

    Reads `$1,234.50`, `3/4`, `1 1/2`, `25%` (25 or 0.25), `1e3`, `2 million` and LaTeX. Known units of length, mass,
    time and volume are converted where both sides have one; any other unit is passed over.

    Source: the GSM8K extraction of LM Evaluation Harness (`#### 42`, else the last number), extended by boxed and
    announced numbers and by a tolerance.
    """

    title: ClassVar[str] = "Number"

    kind: Literal["numeric"] = "numeric"
    tolerance: float = Field(default=0.0, ge=0.0, description="Largest difference that still counts as equal.")
    relative_tolerance: float = Field(
        default=1e-6,
        ge=0.0,
        le=1.0,
        title="Relative tolerance",
        description="The same as a share of the reference; added to the tolerance.",
    )
    take: Literal["announced", "last", "first"] = Field(
        default="announced",
        description="Which number counts: the boxed or announced one (else the last), the last, or the first.",
    )

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns 1 where the number agrees with any reference, else 0.

        Raises:
            ConfigurationError: if no reference holds a number.
        """
        del bench
        expected = [q for reference in example.references if (q := announced_quantity(reference)) is not None]
        if not expected:
            raise ConfigurationError(f"The reference of the row '{example.id}' holds no number; found none to compare.")
        found = self._taken(answer.text)
        if found is None:
            return judged(0.0, f"expected {expected[0].text}, found no number in {shown(answer.text)}")
        right = any(same(found, one, self.tolerance, self.relative_tolerance) for one in expected)
        return judged(
            float(right), f"found {found.text}" if right else f"expected {expected[0].text}, found {found.text}"
        )

    def _taken(self, text: str) -> Quantity | None:
        if self.take == "announced":
            return announced_quantity(text)
        found = list(quantities(text))
        return (found[0] if self.take == "first" else found[-1]) if found else None
