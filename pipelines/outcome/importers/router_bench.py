"""RouterBench: a wide table with the score, the answer and the cost of each model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar, Final

from pipelines.data.row import RawRow
from pipelines.outcome.importer import Importer
from pipelines.outcome.outcome import Outcome, amount_in, number_in, text_in
from pipelines.outcome.outcome_file import OutcomeFile

ANSWER: Final = "|model_response"
COST: Final = "|total_cost"


class RouterBench(Importer):
    """Reads a row a prompt: `<model>` is the score, `<model>|model_response` and `<model>|total_cost` go with it.

    Source: Hu et al. 2024, RouterBench; the columns of its published data frames.
    """

    title: ClassVar[str] = "RouterBench"

    @classmethod
    def sniff(cls, file: OutcomeFile) -> float:
        """Returns certainty where a model has a column with its costs or answers."""
        return 0.95 if "prompt" in file.columns and _models(file) else 0.0

    @cached_property
    def _models(self) -> list[str]:
        return _models(self.file)

    def outcomes(self, row: RawRow) -> Iterator[Outcome]:
        """Yields the outcome of every model."""
        query, qid, task = row.required("prompt"), text_in(row, "sample_id"), text_in(row, "eval_name")
        for model in self._models:
            score = number_in(row, model)
            cost_usd, answer = amount_in(row, model + COST), text_in(row, model + ANSWER)
            yield Outcome(query, model, score, row.number, id=qid, task=task, cost_usd=cost_usd, answer=answer)


def _models(file: OutcomeFile) -> list[str]:
    known = set(file.columns)
    return [name for name in file.columns if name + COST in known or name + ANSWER in known]
