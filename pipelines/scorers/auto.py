"""Right is what the scorer that suits the row says: for data sets of mixed kinds."""

from __future__ import annotations

from typing import ClassVar, Literal

from pipelines.data.example import Example
from pipelines.error import ConfigurationError
from pipelines.scorer import Bench, Score, Scorer, ScorerNeed
from pipelines.value import Answer


class Auto(Scorer):
    """Takes for each row the scorer that suits it: the one its field 'scorer' names, else by what the row has.

    Only scorers that cost nothing and ask nobody are taken; a row cannot spend money.

    Source: the per-row `type` of promptfoo's assertions; the guess is ours (`pipelines.scorer_choice`).
    """

    title: ClassVar[str] = "What suits the row"
    need: ClassVar[ScorerNeed] = "nothing"

    kind: Literal["auto"] = "auto"

    def lack(self, example: Example) -> str | None:
        """Returns what the scorer of the row needs and the row lacks; a wrong name of a scorer is told by `score`."""
        try:
            return self._scorer(example).lack(example)
        except ConfigurationError:
            return None

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score | None:
        """Returns the score by the scorer of the row.

        Raises:
            ConfigurationError: if the row names no scorer that may be taken, or lacks what it needs.
        """
        return await self._scorer(example).score(example, answer, bench)

    def _scorer(self, example: Example) -> Scorer:
        # The choice knows all scorers, this one too.
        from pipelines.scorer_choice import suited

        return suited(example)
