"""Rows as Routeloom itself exports them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from pydantic import ValidationError

from pipelines.data.example import Example
from pipelines.data.json_text import json_rows
from pipelines.data.problem import Problem, RowRefused
from pipelines.data.row import RawRow, parsed_json
from pipelines.data.table_text import table_rows
from pipelines.reader import Peek, Reader

LISTS: Final = ("references", "choices", "tags", "documents", "extra")
COLUMNS: Final = frozenset(Example.model_fields)


class Routeloom(Reader):
    """Reads what `routeloom data export` wrote, in JSON Lines or CSV, without losing anything.

    Source: the fields of `Example` of this project.
    """

    title: ClassVar[str] = "Routeloom export"

    def sniff(self, peek: Peek) -> float:
        """Returns certainty where every column is a field of an example, and id and query are among them."""
        fits = {"id", "query"} <= peek.columns <= COLUMNS
        table = fits and peek.columns == COLUMNS
        return 0.95 if table or (fits and peek.first and _has_lists(peek)) else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the rows."""
        return json_rows(content) if content.lstrip()[:1] in (b"{", b"[") else table_rows(content)

    def example(self, row: RawRow) -> Example:
        """Returns the row as it was written."""
        fields = {name: value for name, value in row.cells.items() if value not in ("", None)}
        spelled = {name: parsed_json(fields[name]) for name in LISTS if name in fields}
        row.required("id")
        try:
            return Example.model_validate({**fields, "query": row.text("query"), **spelled})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise RowRefused(f"the cell cannot be used: {first['msg']}", str(first["loc"][0])) from None


def _has_lists(peek: Peek) -> bool:
    return all(isinstance(peek.first[name], (list, dict)) for name in LISTS if name in peek.first)
