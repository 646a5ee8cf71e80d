"""Reads an outcome table from a folder: `queries.jsonl[.gz]`, `outcomes.csv[.gz]`, and `prices.csv` there or above."""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import orjson

from pipelines.data.example import Example
from pipelines.data.problem import Problem
from pipelines.data.text import LARGEST_FILE_BYTES
from pipelines.error import DocumentError
from pipelines.outcome.price import ModelPrice, priced, read_prices
from pipelines.outcome.table import Floats, OutcomeTable

QUERIES: Final = "queries.jsonl"
OUTCOMES: Final = "outcomes.csv"
PRICES: Final = "prices.csv"
"""`prices.csv` is looked for in the folder and in the one above it."""

_NUMBERS: Final = {
    "score": "score",
    "cost_usd": "cost_usd",
    "in_tok": "input_tokens",
    "out_tok": "output_tokens",
    "latency_s": "latency_s",
}


_Row = tuple[int, dict[str, str]]
"""The line of an outcome, and its cells."""


def read_folder(
    folder: Path, *, name: str | None = None, on_stray: Callable[[Problem], None] | None = None
) -> OutcomeTable:
    """Returns the table that a folder holds; a cell without a row stays missing.

    A line of `queries.jsonl` has `qid` and `query`, and may have `dataset`, `task`, `group`, `split` and `options`. A
    row of `outcomes.csv` has `qid`, `model` and `score`, and may have `cost_usd`, `in_tok`, `out_tok`, `latency_s` and
    `answer`. Where costs are not recorded but tokens and prices are, the costs follow from them. `on_stray` is told
    every outcome of a query that `queries.jsonl` does not have; it is left out.

    Raises:
        DocumentError: naming the file, the line and what is wrong with it.
    """
    queries = _read_queries(folder)
    table = _read_outcomes(folder, queries, name or folder.name, on_stray or (lambda _: None))
    prices = prices_near(folder)
    return priced(table, prices) if prices else table


def _read_queries(folder: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with _opened(folder, QUERIES) as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            place = f"Line {number} of {folder / QUERIES}"
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise DocumentError(f"{place} is not JSON: {error}.") from None
            if not isinstance(row, dict) or not isinstance(row.get("query"), str) or "qid" not in row:
                raise DocumentError(f"{place} needs a 'qid' and a text 'query'.")
            qid = str(row["qid"])
            if qid in found:
                raise DocumentError(f"{place} has the qid '{qid}' of an earlier line; every query needs its own.")
            found[qid] = row
    if not found:
        raise DocumentError(f"{folder / QUERIES} has no line.")
    return found


def _read_outcomes(
    folder: Path, queries: dict[str, dict[str, Any]], name: str, on_stray: Callable[[Problem], None]
) -> OutcomeTable:
    rows = []
    for number, row in _outcome_rows(folder):
        if row["qid"] in queries:
            rows.append((number, row))
        else:
            told = f"it is about '{row['qid'][:60]}', which {QUERIES} does not have"
            on_stray(Problem(file=OUTCOMES, row=number - 1, line=number, column="qid", message=told))
    if not rows:
        raise DocumentError(f"{folder / OUTCOMES} has no row about a query of {QUERIES}.")
    ids, models = list(queries), sorted({row["model"] for _, row in rows})
    arrays, answers = _arrays(rows, ids, models, folder)
    lines = list(queries.values())
    return OutcomeTable(
        name=name,
        ids=tuple(ids),
        queries=tuple(_asked(line) for line in lines),
        models=tuple(models),
        **arrays,
        tasks=tuple(str(line.get("task") or line.get("dataset") or "") for line in lines),
        groups=tuple(str(line.get("group") or "") for line in lines),
        splits=tuple(str(line.get("split") or "") for line in lines),
        answers=answers,
        options=tuple(_count_of(line.get("options")) for line in lines),
    )


def _outcome_rows(folder: Path) -> Iterator[_Row]:
    """Yields the rows with their line; every one has all cells and names a model."""
    # Answers may be longer than the csv module's own limit.
    csv.field_size_limit(LARGEST_FILE_BYTES)
    path = folder / OUTCOMES
    with _opened(folder, OUTCOMES) as stream:
        reader = csv.DictReader(stream)
        columns = reader.fieldnames or ()
        missing = {"qid", "model", "score"} - set(columns)
        if missing:
            raise DocumentError(
                f"{path} lacks the columns {', '.join(sorted(missing))}; it has {', '.join(columns) or 'nothing'}."
            )
        for row in reader:
            if None in row or None in row.values():
                raise DocumentError(f"Line {reader.line_num} of {path} has not the {len(columns)} cells of the header.")
            if not row["model"].strip():
                raise DocumentError(f"Line {reader.line_num} of {path} names no model.")
            yield reader.line_num, row


def _count_of(options: Any) -> int:
    return len(options) if isinstance(options, list) else 0


def _asked(line: dict[str, Any]) -> str:
    """Returns the question as a pipeline gets it: with its lettered choices."""
    options = line.get("options")
    if not isinstance(options, list) or not all(isinstance(option, str) for option in options):
        return str(line["query"])
    return Example(id="-", query=line["query"], choices=tuple(options)).as_query().text


def _arrays(rows: list[_Row], ids: list[str], models: list[str], folder: Path) -> tuple[dict[str, Floats], Any]:
    row_of = {qid: number for number, qid in enumerate(ids)}
    column_of = {model: number for number, model in enumerate(models)}
    arrays = {field: np.full((len(ids), len(models)), np.nan) for field in _NUMBERS.values()}
    answers = np.full((len(ids), len(models)), None, dtype=object)
    present = [(column, field) for column, field in _NUMBERS.items() if column in rows[0][1]]
    for number, row in rows:
        cell = row_of[row["qid"]], column_of[row["model"]]
        if not math.isnan(arrays["score"][cell]):
            raise DocumentError(
                f"Line {number} of {folder / OUTCOMES} is about the query '{row['qid']}' and the model"
                f" '{row['model']}' again; every pair stands there once."
            )
        for column, field in present:
            if text := row[column]:
                place = f"Line {number}, column '{column}' of {folder / OUTCOMES}"
                arrays[field][cell] = _number(text, place, -math.inf if column == "score" else 0.0)
        if not 0.0 <= arrays["score"][cell] <= 1.0:
            raise DocumentError(f"Line {number} of {folder / OUTCOMES} has the score '{row['score']}', not 0 to 1.")
        answers[cell] = row.get("answer") or None
    return arrays, answers if "answer" in rows[0][1] else None


def _number(text: str, place: str, least: float) -> float:
    try:
        number = float(text)
    except ValueError:
        raise DocumentError(f"{place} has '{text}', which is no number.") from None
    if math.isinf(number) or number < least:
        raise DocumentError(f"{place} has '{text}'; it may be neither infinite nor negative.")
    return number


def prices_near(folder: Path) -> dict[str, ModelPrice]:
    """Returns the prices that lie in a folder or in the one above it; none where there is no such file."""
    path = next((p for p in (folder / PRICES, folder.parent / PRICES) if p.is_file()), None)
    return read_prices(path) if path else {}


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[IO[str]]:
    packed, plain = folder / f"{name}.gz", folder / name
    path = packed if packed.is_file() else plain
    if not path.is_file():
        raise DocumentError(f"The folder {folder} has neither {name} nor {name}.gz.")
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig", newline="")
            if path == packed
            else path.open(encoding="utf-8-sig", newline="")
        ) as stream:
            yield stream
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path} is not UTF-8 text ({error.reason}); save it as UTF-8.") from None
    except csv.Error as error:
        raise DocumentError(f"{path} cannot be read as CSV: {error}.") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DocumentError(f"{path} is a damaged gzip file: {error}.") from None
