"""Writes an outcome table as a folder, in the form that `read_folder` reads."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Final

import numpy as np
import orjson

from pipelines.outcome.folder import OUTCOMES, QUERIES
from pipelines.outcome.table import OutcomeTable

_FIELDS: Final = {
    "cost_usd": "cost_usd",
    "in_tok": "input_tokens",
    "out_tok": "output_tokens",
    "latency_s": "latency_s",
}


def write_folder(table: OutcomeTable, folder: Path) -> tuple[Path, Path]:
    """Writes `queries.jsonl.gz` and `outcomes.csv.gz` and returns both paths; missing cells have no row.

    Choices stand in the question itself, as models were asked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / f"{QUERIES}.gz", folder / f"{OUTCOMES}.gz"
    # Without the time, so that the same table gives the same files.
    paths[0].write_bytes(gzip.compress(_queries(table), mtime=0))
    paths[1].write_bytes(gzip.compress(outcomes_csv(table).encode("utf-8", "replace"), mtime=0))
    return paths


def _queries(table: OutcomeTable) -> bytes:
    lines = []
    for row, (qid, query) in enumerate(zip(table.ids, table.queries, strict=True)):
        about = {"task": table.tasks[row], "group": table.groups[row], "split": table.splits[row]}
        lines.append(orjson.dumps({"qid": qid, "query": query, **{key: text for key, text in about.items() if text}}))
    return b"\n".join(lines) + b"\n"


def outcomes_csv(table: OutcomeTable) -> str:
    """Returns the outcomes as CSV, a row each."""
    known = {name: field for name, field in _FIELDS.items() if not np.isnan(getattr(table, field)).all()}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["qid", "model", "score", *known, *(["answer"] if table.answers is not None else [])])
    for row, column in np.argwhere(~table.missing).tolist():
        numbers = [_told(getattr(table, field)[row, column]) for field in ("score", *known.values())]
        answer = [] if table.answers is None else [table.answers[row, column] or ""]
        writer.writerow([table.ids[row], table.models[column], *numbers, *answer])
    return stream.getvalue()


def _told(number: float) -> str:
    return "" if np.isnan(number) else repr(float(number))
