"""EmbedLLM: a row a prompt and model, with a label of right or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.row import RawRow
from pipelines.outcome.importer import Importer
from pipelines.outcome.outcome import Outcome, number_in, text_in
from pipelines.outcome.outcome_file import OutcomeFile


class EmbedLlm(Importer):
    """Reads prompt, model and label.

    Source: Zhuang et al. 2024, EmbedLLM; the correctness files of its repository.
    """

    title: ClassVar[str] = "EmbedLLM"

    @classmethod
    def sniff(cls, file: OutcomeFile) -> float:
        """Returns certainty where prompt, model and label have their names."""
        return 0.95 if {"prompt_id", "model_id", "label"} <= set(file.columns) else 0.0

    def outcomes(self, row: RawRow) -> Iterator[Outcome]:
        """Yields the outcome of the row."""
        yield Outcome(
            row.required("prompt"),
            text_in(row, "model_name") or row.required("model_id"),
            number_in(row, "label"),
            row.number,
            id=row.required("prompt_id"),
            task=text_in(row, "category", "task"),
        )
