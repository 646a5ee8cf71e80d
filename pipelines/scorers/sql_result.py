"""Right is a query with the same result as the reference."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Hashable
from typing import Any, ClassVar, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.error import ConfigurationError, DocumentError
from pipelines.scorer import Bench, Score, Scorer, ScorerNeed, judged, shown
from pipelines.sql_query import MAX_ROWS, Database, Table, run_query
from pipelines.value import Answer

_FENCE = re.compile(r"```[A-Za-z0-9_-]*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_SELECT = re.compile(r"\b(?:with|select|values)\b.*", re.IGNORECASE | re.DOTALL)


class SqlResult(Scorer):
    """Runs the query of the answer and that of the reference on the row's own small database and compares the results.

    The row's `database` is an SQL script or the rows of each table; `rows` of the row may say the expected result
    instead of a reference. Both run in memory, read-only, for at most two seconds. The order of rows counts only where
    the reference asks for one; the names of columns never count.

    Source: the execution accuracy of BIRD (Li et al., 2023, section 4), as a comparison of multisets instead of sets.
    """

    title: ClassVar[str] = "SQL result"
    need: ClassVar[ScorerNeed] = "nothing"

    kind: Literal["sql_result"] = "sql_result"
    digits: int = Field(default=6, ge=0, le=12, description="To how many decimals numbers must agree.")

    def lack(self, example: Example) -> str | None:
        """Returns what the row has not: `a database`, or `a reference`."""
        if not isinstance(example.extra.get("database"), str | dict):
            return "a database"
        return None if example.references or isinstance(example.extra.get("rows"), list) else "a reference"

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns 1 where the results agree, else 0.

        Raises:
            ConfigurationError: if the row has no database or its own query fails.
        """
        del bench
        return await asyncio.to_thread(self._score, example, answer.text)

    def _score(self, example: Example, text: str) -> Score:
        missing = self.lack(example)
        if missing:
            raise ConfigurationError(f"The row '{example.id}' lacks {missing}, which the scorer 'sql_result' needs.")
        database: Database = example.extra["database"]
        expected = _expected(example, database)
        try:
            found = run_query(database, query_in(text))
        except DocumentError as error:
            return judged(0.0, str(error))
        return self._compared(found, expected)

    def _compared(self, found: Table, expected: Table) -> Score:
        have, want = ([tuple(map(self._form, row)) for row in table.rows] for table in (found, expected))
        if have == want or (not expected.ordered and Counter(have) == Counter(want)):
            return judged(1.0, f"the same {len(want)} rows" if len(want) != 1 else "the same row")
        if expected.ordered and Counter(have) == Counter(want):
            return judged(0.0, "the same rows in another order")
        first = next((row for row in want if row not in have), None)
        extra = next((row for row in have if row not in want), None)
        told = f"missing {shown(_row(first))}" if first is not None else f"not expected {shown(_row(extra))}"
        return judged(0.0, f"expected {len(want)} rows, found {len(have)}; {told}")

    def _form(self, value: Any) -> Hashable:
        if isinstance(value, bool | int | float):
            return round(float(value), self.digits)
        return value if isinstance(value, str | bytes | None) else str(value)


def _expected(example: Example, database: Database) -> Table:
    rows = example.extra.get("rows")
    if isinstance(rows, list):
        if len(rows) > MAX_ROWS:
            raise ConfigurationError(f"The row '{example.id}' expects more than {MAX_ROWS:,} rows of a result.")
        listed = tuple(tuple(row) if isinstance(row, list) else (row,) for row in rows)
        return Table(columns=(), rows=listed, ordered=bool(example.extra.get("ordered")))
    try:
        return run_query(database, query_in(example.references[0]))
    except DocumentError as error:
        raise ConfigurationError(f"The reference of the row '{example.id}' cannot be run. {error}") from error


def query_in(text: str) -> str:
    """Returns the SQL in the text of a model: the last code fence, else everything from the first SELECT or WITH."""
    fences = [part for part in _FENCE.findall(text) if _SELECT.search(part)]
    found = _SELECT.search(fences[-1] if fences else text)
    return (found[0] if found else text).strip()


def _row(row: tuple[Any, ...] | None) -> str:
    return "nothing" if row is None else "(" + ", ".join(str(cell) for cell in row) + ")"
