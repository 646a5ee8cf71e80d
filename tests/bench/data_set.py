"""Imports 100,000 rows of CSV and looks at them: how long each step takes, beside the bare loop of `csv` and `sqlite3`.

Run it with: python -m tests.bench.data_set
"""

from __future__ import annotations

import csv
import io
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pipelines.data.data_set import DataSet
from pipelines.data.intake import open_source, read_source
from storage import open_storage

ROWS = 100_000
T = TypeVar("T")


def _table() -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["question", "answer", "topic"])
    writer.writerows([f"What is {n} plus {n}? {'x' * 300}", 2 * n, f"t{n % 7}"] for n in range(ROWS))
    return text.getvalue().encode()


def _timed(title: str, step: Callable[[], T]) -> T:
    began = time.perf_counter()
    found = step()
    print(f"{title:<28}{time.perf_counter() - began:8.3f} s")
    return found


def _bare(content: bytes, path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE row (question TEXT, answer TEXT, topic TEXT)")
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline=""))
    connection.executemany("INSERT INTO row VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()


def main() -> None:
    """Prints the times and the memory at the peak."""
    content = _table()
    print(f"{ROWS:,} rows, {len(content) / 1e6:.0f} MB")
    with tempfile.TemporaryDirectory() as folder, open_storage(Path(folder, "r.db")) as storage:
        _timed("bare csv into sqlite3", lambda: _bare(content, Path(folder, "bare.db")))
        report = _timed("read", lambda: read_source(open_source(content, "rows.csv")))
        data_set = DataSet(name="rows", examples=report.examples)
        _timed("store", lambda: storage.data_sets.put(data_set))
        _timed("a late page", lambda: storage.data_sets.page("rows", offset=90_000, limit=50))
        _timed("search", lambda: storage.data_sets.page("rows", search="777", limit=50))
        changed = data_set.examples[5].model_copy(update={"query": "Other?"})
        _timed("edit one row", lambda: storage.data_sets.edit("rows", {5: changed}, parent=1))
        _timed("load", lambda: storage.data_sets.get("rows"))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
