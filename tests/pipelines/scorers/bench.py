"""What the tests of the scorers share: short ways to an example, an answer and its score."""

from __future__ import annotations

from typing import Any

from pipelines.data.example import Example
from pipelines.scorer import Bench, Score, Scorer
from pipelines.value import Answer


def example(*references: str, query: str = "?", choices: tuple[str, ...] = (), **extra: Any) -> Example:
    """Returns an example with these references; other names go into `extra`."""
    return Example(id="r1", query=query, references=references, choices=choices, extra=extra)


async def score_of(scorer: Scorer, row: Example, text: str, bench: Bench | None = None) -> Score:
    """Returns the score of an answer with that text."""
    score = await scorer.score(row, Answer(text=text), bench or Bench())
    assert score is not None
    return score


async def value_of(scorer: Scorer, row: Example, text: str) -> float:
    """Returns the value of that score."""
    return (await score_of(scorer, row, text)).value
