"""Reading an outcome table from a folder."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from pipelines.error import DocumentError
from pipelines.outcome.folder import read_folder


def _folder(tmp_path: Path, queries: str, outcomes: str, prices: str | None = None) -> Path:
    (tmp_path / "queries.jsonl").write_text(queries)
    with gzip.open(tmp_path / "outcomes.csv.gz", "wt") as stream:
        stream.write(outcomes)
    if prices is not None:
        (tmp_path / "prices.csv").write_text(prices)
    return tmp_path


QUERIES = '{"qid":"a","query":"One?","task":"x"}\n{"qid":"b","query":"Two?","options":["yes","no"],"split":"test"}\n'


def test_a_cell_without_a_row_is_missing(tmp_path: Path) -> None:
    found = read_folder(_folder(tmp_path, QUERIES, "qid,model,score\na,big,1\na,small,0.5\nb,big,0\n"))
    assert found.models == ("big", "small")
    assert found.score[0].tolist() == [1.0, 0.5]
    assert found.missing.tolist() == [[False, False], [False, True]]
    assert found.tasks == ("x", "")
    assert found.splits == ("", "test")


def test_choices_are_part_of_the_question(tmp_path: Path) -> None:
    found = read_folder(_folder(tmp_path, QUERIES, "qid,model,score\nb,big,1\n"))
    assert found.queries[1] == "Two?\n\nA) yes\nB) no"
    assert found.options == (0, 2)


def test_costs_follow_from_tokens_and_prices_and_recorded_ones_stay(tmp_path: Path) -> None:
    outcomes = "qid,model,score,in_tok,out_tok,cost_usd\na,big,1,1000,500,\na,small,1,10,10,0.25\n"
    prices = "model,usd_per_1m_in,usd_per_1m_out\nbig,2,10\nsmall,1,1\n"
    found = read_folder(_folder(tmp_path, QUERIES, outcomes, prices))
    assert found.cost_usd[0].tolist() == pytest.approx([0.007, 0.25])
    assert np.isnan(found.cost_usd[1]).all()


@pytest.mark.parametrize(
    ("queries", "outcomes", "told"),
    [
        ("{", "qid,model,score\na,big,1\n", "Line 1 of .*queries.jsonl is not JSON"),
        ('{"qid":"a"}\n', "qid,model,score\na,big,1\n", "needs a 'qid' and a text 'query'"),
        (QUERIES + QUERIES, "qid,model,score\na,big,1\n", "Line 3 .* 'a' of an earlier line"),
        ("\n", "qid,model,score\n", "has no line"),
        (QUERIES, "qid,score\na,1\n", "lacks the columns model"),
        (QUERIES, "qid,model,score\nz,big,1\n", "no row about a query"),
        (QUERIES, "qid,model,score\na,big,good\n", "Line 2, column 'score' .* 'good', which is no number"),
        (QUERIES, "qid,model,score\na,big,7\n", "Line 2 .* score '7', not 0 to 1"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path: Path, queries: str, outcomes: str, told: str) -> None:
    with pytest.raises(DocumentError, match=told):
        read_folder(_folder(tmp_path, queries, outcomes))


def test_a_folder_without_files_is_told(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"neither queries.jsonl nor queries.jsonl.gz"):
        read_folder(tmp_path)
