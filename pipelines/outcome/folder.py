"""Reads an outcome table from a folder: `queries.jsonl[.gz]`, `outcomes.csv[.gz]`, and `prices.csv` there or above."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import orjson

from pipelines.data.example import Example
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


def read_folder(folder: Path, *, name: str | None = None) -> OutcomeTable:
    """Returns the table that a folder holds; a cell without a row stays missing.

    A line of `queries.jsonl` has `qid` and `query`, and may have `dataset`, `task`, `group`, `split` and `options`. A
    row of `outcomes.csv` has `qid`, `model` and `score`, and may have `cost_usd`, `in_tok`, `out_tok`, `latency_s` and
    `answer`. Where costs are not recorded but tokens and prices are, the costs follow from them.

    Raises:
        DocumentError: naming the file, the line and what is wrong with it.
    """
    queries = _read_queries(folder)
    table = _read_outcomes(folder, queries, name or folder.name)
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


def _read_outcomes(folder: Path, queries: dict[str, dict[str, Any]], name: str) -> OutcomeTable:
    with _opened(folder, OUTCOMES) as stream:
        reader = csv.DictReader(stream)
        missing = {"qid", "model", "score"} - set(reader.fieldnames or ())
        if missing:
            found = ", ".join(reader.fieldnames or ()) or "nothing"
            raise DocumentError(f"{folder / OUTCOMES} lacks the columns {', '.join(sorted(missing))}; it has {found}.")
        rows = [(number, row) for number, row in enumerate(reader, start=2) if row["qid"] in queries]
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
        options=tuple(len(line.get("options") or ()) for line in lines),
    )


def _asked(line: dict[str, Any]) -> str:
    """Returns the question as a pipeline gets it: with its lettered choices."""
    options = line.get("options")
    if not isinstance(options, list) or not all(isinstance(option, str) for option in options):
        return str(line["query"])
    return Example(id="-", query=line["query"], choices=tuple(options)).as_query().text


def _arrays(
    rows: list[tuple[int, dict[str, str]]], ids: list[str], models: list[str], folder: Path
) -> tuple[dict[str, Floats], Any]:
    row_of = {qid: number for number, qid in enumerate(ids)}
    column_of = {model: number for number, model in enumerate(models)}
    arrays = {field: np.full((len(ids), len(models)), np.nan) for field in _NUMBERS.values()}
    answers = np.full((len(ids), len(models)), None, dtype=object)
    present = [(column, field) for column, field in _NUMBERS.items() if column in rows[0][1]]
    for number, row in rows:
        cell = row_of[row["qid"]], column_of[row["model"]]
        for column, field in present:
            text = row[column]
            if text:
                arrays[field][cell] = _number(text, f"Line {number}, column '{column}' of {folder / OUTCOMES}")
        if not 0.0 <= arrays["score"][cell] <= 1.0:
            raise DocumentError(f"Line {number} of {folder / OUTCOMES} has the score '{row['score']}', not 0 to 1.")
        if row.get("answer"):
            answers[cell] = row["answer"]
    return arrays, answers if "answer" in rows[0][1] else None


def _number(text: str, place: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise DocumentError(f"{place} has '{text}', which is no number.") from None


def prices_near(folder: Path) -> dict[str, ModelPrice]:
    """Returns the prices that lie in a folder or in the one above it; none where there is no such file."""
    path = next((p for p in (folder / PRICES, folder.parent / PRICES) if p.is_file()), None)
    return read_prices(path) if path else {}


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[IO[str]]:
    packed, plain = folder / f"{name}.gz", folder / name
    if packed.is_file():
        with gzip.open(packed, "rt", encoding="utf-8", newline="") as stream:
            yield stream
    elif plain.is_file():
        with plain.open(encoding="utf-8", newline="") as stream:
            yield stream
    else:
        raise DocumentError(f"The folder {folder} has neither {name} nor {name}.gz.")
