"""Names, files and cuts of data sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.data.take import data_name, put_data, read_file, sample_data, split_data
from pipelines.data.example import Example
from pipelines.error import DocumentError, NotFound
from storage import open_storage

ROWS = tuple(Example(id=str(n), query=f"q{n}", group=f"g{n % 2}") for n in range(10))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My Questions.csv", "my-questions"),
        ("HumanEval.jsonl.gz", "humaneval"),
        ("dev-v2.0.json", "dev-v2.0"),
        ("Prüfung (1).parquet", "prufung-1"),
        ("漢字.csv", "data"),
        (".csv", "csv"),
        ("x" * 200, "x" * 100),
    ],
)
def test_a_file_name_becomes_a_name(text: str, name: str) -> None:
    assert data_name(text) == name


def test_a_file_that_is_not_there_or_too_large_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file"):
        read_file(tmp_path / "absent.csv")
    with pytest.raises(DocumentError, match="cannot be read"):
        read_file(tmp_path)
    large = tmp_path / "large.csv"
    with large.open("wb") as stream:
        stream.truncate(200_000_001)
    with pytest.raises(DocumentError, match=r"large\.csv has 200,000,001 bytes"):
        read_file(large)


def test_another_import_keeps_the_title(tmp_path: Path) -> None:
    with open_storage(tmp_path / "r.db") as storage:
        put_data(storage, "q", ROWS, title="Ten questions", source="me")
        info = put_data(storage, "q", ROWS[:5])
        assert (info.version, info.title, info.source) == (2, "Ten questions", "me")
        with pytest.raises(DocumentError, match="no rows to keep as 'q'"):
            put_data(storage, "q", ())


def test_splits_and_samples_say_where_they_come_from(tmp_path: Path) -> None:
    with open_storage(tmp_path / "r.db") as storage:
        put_data(storage, "q", ROWS)
        parts = split_data(storage, "q", {"train": 0.5, "test": 0.5}, seed=4)
        assert {name: info.examples for name, info in parts.items()} == {"train": 5, "test": 5}
        assert storage.data_sets.versions("q-test")[0].message == "Split of q by seed 4: train=0.5, test=0.5"
        sample_data(storage, "q", 3, into="few")
        assert storage.data_sets.versions("few")[0].message == "Sample of 3 rows of q by seed 0"
        with pytest.raises(DocumentError, match="The split 'c' of 'q' would have no row"):
            split_data(storage, "q", {"a": 0.4, "b": 0.4, "c": 0.2})
