"""Any wide table: a row is a query, and each model has a column with its score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.problem import RowRefused
from pipelines.data.row import RawRow
from pipelines.outcome.importer import Importer
from pipelines.outcome.mapping import guess_outcome_mapping
from pipelines.outcome.outcome import Outcome, number_in
from pipelines.outcome.outcome_file import OutcomeFile


class WideTable(Importer):
    """Reads CSV, JSON Lines or Parquet with a query in each row and a column of scores for each model.

    Source: the usual wide form of a table (Wickham 2014, tidy data).
    """

    title: ClassVar[str] = "Table, one column a model"
    mapped: ClassVar[bool] = True

    @classmethod
    def sniff(cls, file: OutcomeFile) -> float:
        """Returns a middling number where two columns beside a question hold numbers."""
        found = guess_outcome_mapping(file.columns, [row.cells for row in file.sample])
        return 0.5 if found is not None and found.models else 0.0

    def outcomes(self, row: RawRow) -> Iterator[Outcome]:
        """Yields the outcome of every model."""
        mapping = self.mapping
        if mapping is None or not mapping.models:
            raise RowRefused("say which column holds the query and which ones the scores of the models")
        query = row.required(mapping.query)
        qid, task, group, split = (
            "" if column is None else row.text(column)
            for column in (mapping.id, mapping.task, mapping.group, mapping.split)
        )
        for model in mapping.models:
            score = number_in(row, model)
            yield Outcome(query, model, score, row.number, id=qid, task=task, group=group, split=split)
