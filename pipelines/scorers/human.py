"""Right is what a person says."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.scorer import Bench, Scorer, ScorerNeed
from pipelines.value import Answer


class Human(Scorer):
    """Leaves the score to a person, who gives it in the labelling queue.

    Source: the human annotation queues of LangSmith and Langfuse; a label is a score with the person's reason.
    """

    title: ClassVar[str] = "Human label"
    need: ClassVar[ScorerNeed] = "person"

    kind: Literal["human"] = "human"
    question: str = Field(
        default="Is this answer right?", max_length=500, description="What the person is asked for every answer."
    )
    scale: int = Field(default=2, ge=2, le=10, description="How many steps the label has: 2 is wrong or right.")

    async def score(self, example: Example, answer: Answer, bench: Bench) -> None:
        """Returns None: a person scores later."""
        del example, answer, bench
