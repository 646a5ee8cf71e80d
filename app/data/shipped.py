"""The data sets that ship with the product: each a file of rows in `assets/data/`, and one that says what it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson

from pipelines.data.data_set import DataSet
from pipelines.data.example import Example

FOLDER = Path(__file__).parents[2] / "assets" / "data"


@cache
def shipped_data_sets() -> Mapping[str, DataSet]:
    """Returns the data sets of the product by name."""
    found = [_read(path) for path in sorted(FOLDER.glob("*.jsonl"))]
    return {data_set.name: data_set for data_set in found}


def _read(path: Path) -> DataSet:
    about = orjson.loads(path.with_suffix(".json").read_bytes())
    lines = path.read_bytes().splitlines()
    return DataSet(**about, examples=tuple(Example.model_validate_json(line) for line in lines if line.strip()))
