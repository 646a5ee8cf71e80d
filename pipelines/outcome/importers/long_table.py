"""Any long table: a row is what one model did on one query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipelines.data.problem import RowRefused
from pipelines.data.row import RawRow
from pipelines.outcome.importer import Importer
from pipelines.outcome.mapping import guess_outcome_mapping
from pipelines.outcome.outcome import Outcome, amount_in, number_in, text_in
from pipelines.outcome.outcome_file import OutcomeFile


class LongTable(Importer):
    """Reads CSV, JSON Lines or Parquet with a query, a model and a score in each row.

    Source: the usual long form of a table (Wickham 2014, tidy data).
    """

    title: ClassVar[str] = "Table, one outcome a row"
    mapped: ClassVar[bool] = True

    @classmethod
    def sniff(cls, file: OutcomeFile) -> float:
        """Returns a middling number where columns have the usual names."""
        found = guess_outcome_mapping(file.columns, ())
        return 0.6 if found is not None and found.model and found.score else 0.0

    def outcomes(self, row: RawRow) -> Iterator[Outcome]:
        """Yields the outcome of the row."""
        mapping = self.mapping
        if mapping is None or mapping.model is None or mapping.score is None:
            raise RowRefused("say which columns hold the query, the model and the score")
        yield Outcome(
            row.required(mapping.query),
            row.required(mapping.model),
            number_in(row, mapping.score),
            row.number,
            id=_text(row, mapping.id),
            task=_text(row, mapping.task),
            group=_text(row, mapping.group),
            split=_text(row, mapping.split),
            cost_usd=_amount(row, mapping.cost_usd),
            input_tokens=_amount(row, mapping.input_tokens),
            output_tokens=_amount(row, mapping.output_tokens),
            latency_s=_amount(row, mapping.latency_s),
            answer=_text(row, mapping.answer),
        )


def _text(row: RawRow, column: str | None) -> str:
    return text_in(row, *([column] if column else []))


def _amount(row: RawRow, column: str | None) -> float:
    return amount_in(row, *([column] if column else []))
