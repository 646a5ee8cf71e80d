"""Parquet files, read in pieces."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import ClassVar, Final

from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.error import DocumentError
from pipelines.reader import Peek, Reader

MARK: Final = b"PAR1"
BATCH_ROWS: Final = 1_000


class Parquet(Reader):
    """Reads the rows of a Parquet file.

    Source: Apache Parquet format, read by pyarrow.
    """

    title: ClassVar[str] = "Parquet"
    mapped: ClassVar[bool] = True
    binary: ClassVar[bool] = True

    def sniff(self, peek: Peek) -> float:
        """Returns certainty for the mark that every Parquet file begins with."""
        return 1.0 if peek.content.startswith(MARK) else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the rows, a thousand decoded at a time."""
        import pyarrow
        from pyarrow.parquet import ParquetFile

        number = 0
        try:
            for batch in ParquetFile(io.BytesIO(content)).iter_batches(batch_size=BATCH_ROWS):
                for cells in batch.to_pylist():
                    number += 1
                    yield RawRow(number, None, cells)
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            reason = (str(error).splitlines() or ["no reason given"])[0].rstrip(".")
            raise DocumentError(f"The Parquet file cannot be read behind row {number:,}: {reason}.") from error
