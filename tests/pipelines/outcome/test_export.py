"""A table written as a folder comes back the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from pipelines.outcome.export import write_folder
from pipelines.outcome.folder import read_folder
from pipelines.outcome.table import OutcomeTable
from tests.pipelines.outcome.tables import table


def _table() -> OutcomeTable:
    found = table([[1.0, np.nan], [0.25, 0.0]], tasks=["x", ""], groups=["", "g"], cost_usd=[[0.1, np.nan], [1e-7, 2]])
    answers = np.array([["A, or\nB", None], ["", 'say "C"']], dtype=object)
    return replace(found, splits=("train", "test"), answers=answers, latency_s=np.array([[1.5, np.nan], [2.0, 3.0]]))


def test_a_table_comes_back_the_same(tmp_path: Path) -> None:
    before = _table()
    write_folder(before, tmp_path)
    after = read_folder(tmp_path)
    assert after.content_hash == before.content_hash
    assert (after.tasks, after.groups, after.splits) == (before.tasks, before.groups, before.splits)
    np.testing.assert_array_equal(after.latency_s, before.latency_s)
    assert after.answers is not None
    assert after.answers.tolist() == [["A, or\nB", None], [None, 'say "C"']]


def test_the_same_table_gives_the_same_files(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_folder(_table(), tmp_path / "a")]
    assert [path.read_bytes() for path in write_folder(_table(), tmp_path / "b")] == first
