"""RouteLLM: a table a benchmark, with whether each model was right and what it answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.data.row import RawRow
from pipelines.outcome.importer import Importer
from pipelines.outcome.outcome import Outcome, number_in, text_in
from pipelines.outcome.outcome_file import OutcomeFile

ANSWER: Final = "_response"


class RouteLlm(Importer):
    """Reads a row a prompt: `<model>` says True or False, `<model>_response` is the answer; the file name is the task.

    Source: Ong et al. 2024, RouteLLM; the response files of its evaluation.
    """

    title: ClassVar[str] = "RouteLLM"

    @classmethod
    def sniff(cls, file: OutcomeFile) -> float:
        """Returns certainty where columns beside the prompt say True or False, or have answers beside them."""
        models = _models(file)
        answered = any(model + ANSWER in file.columns for model in models)
        return 0.9 if answered and models else 0.7 if len(models) > 1 else 0.0

    def outcomes(self, row: RawRow) -> Iterator[Outcome]:
        """Yields the outcome of every model."""
        query = row.required("prompt")
        for model in _models(self.file):
            answer = text_in(row, model + ANSWER)
            yield Outcome(query, model, number_in(row, model), row.number, task=self.file.stem, answer=answer)


def _models(file: OutcomeFile) -> list[str]:
    return list(file.truth_columns) if "prompt" in file.columns else []
