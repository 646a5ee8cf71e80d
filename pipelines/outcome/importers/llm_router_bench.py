"""LLMRouterBench: a JSON file a model and data set, with a list of records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.outcome.importer import Importer
from pipelines.outcome.outcome import Outcome, amount_in, number_in, text_in
from pipelines.outcome.outcome_file import OutcomeFile


class LlmRouterBench(Importer):
    """Reads the records of a file; model, data set and split are said once, above them.

    Source: LLMRouterBench (arXiv 2601.07206); the result files of its collector.
    """

    title: ClassVar[str] = "LLMRouterBench"

    @classmethod
    def sniff(cls, file: OutcomeFile) -> float:
        """Returns certainty for records below a model's name."""
        asked = {"origin_query", "prompt"} & set(file.columns)
        return 0.95 if "model_name" in file.header and asked and "score" in file.columns else 0.0

    def rows(self) -> Iterator[RawRow | Problem]:
        """Yields the records with what is said above them."""
        above = {name: self.file.header.get(name) for name in ("model_name", "dataset_name", "split")}
        for row in self.file.rows():
            yield RawRow(row.number, row.line, {**above, **row.cells}) if isinstance(row, RawRow) else row

    def outcomes(self, row: RawRow) -> Iterator[Outcome]:
        """Yields the outcome of the record."""
        task, split = text_in(row, "dataset_name"), text_in(row, "split")
        index = text_in(row, "index") or str(row.number)
        yield Outcome(
            text_in(row, "origin_query") or row.required("prompt"),
            row.required("model_name"),
            number_in(row, "score"),
            row.number,
            id="/".join(part for part in (task, split, index) if part),
            task=task,
            split=split,
            cost_usd=amount_in(row, "cost"),
            input_tokens=amount_in(row, "prompt_tokens"),
            output_tokens=amount_in(row, "completion_tokens"),
            answer=text_in(row, "prediction", "raw_output"),
        )
