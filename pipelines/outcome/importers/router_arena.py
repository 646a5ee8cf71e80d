"""RouterArena: the cached results of a model, judged and priced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.problem import RowRefused
from pipelines.data.row import RawRow
from pipelines.outcome.importer import Importer
from pipelines.outcome.outcome import UNKNOWN, Outcome, amount_in, number_of, text_in
from pipelines.outcome.outcome_file import OutcomeFile


class RouterArena(Importer):
    """Reads a result: the question, who answered, the tokens, the judgement and the cost; a failed call stays missing.

    The task is the index without its number.

    Source: RouterArena (RouteWorks); the cached result files of its repository.
    """

    title: ClassVar[str] = "RouterArena"

    @classmethod
    def sniff(cls, file: OutcomeFile) -> float:
        """Returns certainty where an index, a chosen model and a judgement stand together."""
        return 0.95 if {"global_index", "llm_selected", "evaluation_result"} <= set(file.columns) else 0.0

    def outcomes(self, row: RawRow) -> Iterator[Outcome]:
        """Yields the outcome of the result."""
        judged = _part(row, "evaluation_result")
        tokens = RawRow(row.number, row.line, _part(row, "token_usage"))
        costs = RawRow(row.number, row.line, judged)
        failed = row.cells.get("success") is False
        index = row.required("global_index")
        yield Outcome(
            text_in(row, "question") or row.required("prompt"),
            row.required("llm_selected"),
            UNKNOWN if failed else number_of(judged.get("score"), "evaluation_result.score"),
            row.number,
            id=index,
            task=index.rpartition("_")[0],
            cost_usd=amount_in(costs, "inference_cost"),
            input_tokens=amount_in(tokens, "input_tokens"),
            output_tokens=amount_in(tokens, "output_tokens"),
            answer=text_in(row, "generated_answer"),
        )


def _part(row: RawRow, column: str) -> dict[str, object]:
    found = row.cells.get(column) or {}
    if not isinstance(found, dict):
        raise RowRefused("there is no object", column)
    return found
