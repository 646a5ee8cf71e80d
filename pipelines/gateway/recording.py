"""Tables of recorded answers: what a model once said to a question, with its tokens and its time."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

import orjson
from pydantic import ValidationError

from pipelines.chat import Seconds, Tokens
from pipelines.error import DocumentError
from pipelines.record import Record

MAX_ROWS = 2_000_000
MAX_LINE_CHARS = 5_000_000
_NAMES = {
    "query": ("query", "question", "prompt"),
    "answer": ("answer", "text", "response", "output"),
    "input_tokens": ("in_tok", "input_tokens", "prompt_tokens"),
    "output_tokens": ("out_tok", "output_tokens", "completion_tokens"),
    "latency_s": ("latency_s", "latency"),
}


class Cell(Record):
    """Is one recorded answer; what was not recorded is None."""

    answer: str
    input_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    latency_s: Seconds | None = None


class Recording:
    """Holds recorded answers by question and model; a question is found by its text, white space aside."""

    def __init__(self, cells: Mapping[tuple[str, str], Cell]) -> None:
        """Takes the cells by (question, model)."""
        self._cells = {(normalised(query), model): cell for (query, model), cell in cells.items()}

    @property
    def models(self) -> tuple[str, ...]:
        """Returns the models that have at least one answer, sorted."""
        return tuple(sorted({model for _, model in self._cells}))

    def __len__(self) -> int:
        """Returns the number of answers."""
        return len(self._cells)

    def cell(self, query: str, model: str) -> Cell | None:
        """Returns what the model said to the question, or None where that was not recorded."""
        return self._cells.get((normalised(query), model))

    @classmethod
    def read(cls, path: Path, queries: Path | None = None) -> Recording:
        """Reads a table from `.jsonl` or `.csv`, gzipped or not.

        Its columns are `query` (or `qid`, with the texts in the file `queries`), `model`, `answer`, and where known
        `in_tok`, `out_tok`, `latency_s`. Rows without an answer are left out.

        Raises:
            DocumentError: if a row is not of that kind; names the row.
        """
        texts = {str(row.get("qid")): _first(row, "query") for _, row in _rows(queries)} if queries else {}
        cells = {}
        for number, row in _rows(path):
            query = _first(row, "query") or texts.get(str(row.get("qid")))
            model, answer = row.get("model"), _first(row, "answer")
            if not query or not model:
                raise DocumentError(f"Row {number} of {path.name} has no query or no model; it has {', '.join(row)}.")
            if answer is not None:
                cells[(str(query), str(model))] = _cell(row, str(answer), f"row {number} of {path.name}")
        return cls(cells)


def normalised(query: str) -> str:
    """Returns the question with each run of white space made one blank."""
    return " ".join(query.split())


def _cell(row: Mapping[str, Any], answer: str, place: str) -> Cell:
    numbers = {name: _first(row, name) for name in ("input_tokens", "output_tokens", "latency_s")}
    try:
        return Cell.model_validate({"answer": answer, **numbers})
    except ValidationError as error:
        fault = error.errors()[0]
        raise DocumentError(f"The field '{fault['loc'][0]}' in {place} is wrong: {fault['msg']}.") from None


def _first(row: Mapping[str, Any], field: str) -> Any:
    """Returns the value under the first of the field's names that the row fills, or None."""
    return next((row[name] for name in _NAMES[field] if row.get(name) not in (None, "")), None)


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yields the rows with their numbers, from 1.

    Raises:
        DocumentError: if the file is missing, is neither CSV nor JSON lines, or is too long.
    """
    kind = path.name.removesuffix(".gz").rpartition(".")[2]
    if kind not in ("csv", "jsonl"):
        raise DocumentError(f"The table {path.name} is neither .csv nor .jsonl, gzipped or not.")
    try:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8", newline="") as text:
            lines = _lines(text, path)
            for number, row in enumerate(csv.DictReader(lines) if kind == "csv" else _objects(lines, path), start=1):
                if number > MAX_ROWS:
                    raise DocumentError(f"The table {path.name} has more than {MAX_ROWS:,} rows.")
                yield number, row
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise DocumentError(f"The table {path.name} cannot be read: {error}.") from None


def _lines(text: TextIO, path: Path) -> Iterator[str]:
    while line := text.readline(MAX_LINE_CHARS):
        if len(line) == MAX_LINE_CHARS:
            raise DocumentError(f"The table {path.name} has a line of more than {MAX_LINE_CHARS:,} characters.")
        yield line


def _objects(lines: Iterable[str], path: Path) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            row = None
        if not isinstance(row, dict):
            raise DocumentError(f"Line {number} of {path.name} is not a JSON object.")
        yield row
