"""Reading an outcome table from a folder."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from pipelines.error import DocumentError
from pipelines.outcome.folder import read_folder
from pipelines.outcome.intake import import_path


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
        (QUERIES, "qid,model,score\na,big,-0.5\n", "Line 2 .* score '-0.5', not 0 to 1"),
        (QUERIES, "qid,model,score\na,big,nan\n", "Line 2 .* score 'nan', not 0 to 1"),
        (QUERIES, "qid,model,score\na,big,1\na,big,0\n", "Line 3 .* query 'a' and the model 'big' again"),
        (QUERIES, "qid,model,score,cost_usd\na,big,1,inf\n", "column 'cost_usd' .* 'inf'; it may be neither infinite"),
        (QUERIES, "qid,model,score,out_tok\na,big,1,-3\n", "column 'out_tok' .* '-3'; it may be .* nor negative"),
        (QUERIES, "qid,model,score\na,big,1\nb\n", "Line 3 .* has not the 3 cells of the header"),
        (QUERIES, "qid,model,score\na,big,1,7\n", "Line 2 .* has not the 3 cells of the header"),
        (QUERIES, "qid,model,score\na, ,1\n", "Line 2 .* names no model"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path: Path, queries: str, outcomes: str, told: str) -> None:
    with pytest.raises(DocumentError, match=told):
        read_folder(_folder(tmp_path, queries, outcomes))


def test_a_folder_without_files_is_told(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"neither queries.jsonl nor queries.jsonl.gz"):
        read_folder(tmp_path)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    folder = _folder(tmp_path, QUERIES, "qid,model,score\na,big,1\n")
    (folder / "queries.jsonl").write_bytes(b'{"qid":"a","query":"\xff"}\n')
    with pytest.raises(DocumentError, match=r"queries.jsonl is not UTF-8 text"):
        read_folder(folder)


@pytest.mark.parametrize("cut", [slice(0, 30), slice(0, -9)])
def test_a_damaged_gzip_file_is_told(tmp_path: Path, cut: slice) -> None:
    folder = _folder(tmp_path, QUERIES, "qid,model,score\n" + "".join(f"a,big-{n},1\n" for n in range(99)))
    packed = folder / "outcomes.csv.gz"
    packed.write_bytes(packed.read_bytes()[cut])
    with pytest.raises(DocumentError, match=r"outcomes.csv.gz is a damaged gzip file"):
        read_folder(folder)


def test_files_of_a_spreadsheet_begin_with_a_mark(tmp_path: Path) -> None:
    prices = "\ufeffmodel,usd_per_1m_in,usd_per_1m_out\nbig,2,10\n"
    outcomes = "\ufeffqid,model,score,in_tok,out_tok\na,big,1,1000,500\n"
    found = read_folder(_folder(tmp_path, "\ufeff" + QUERIES, outcomes, prices))
    assert found.cost_usd[0].tolist() == pytest.approx([0.007])


@pytest.mark.parametrize("price", ["-1", "inf", "nan", "free"])
def test_a_price_is_a_number_that_is_not_negative(tmp_path: Path, price: str) -> None:
    prices = f"model,usd_per_1m_in,usd_per_1m_out\nbig,{price},10\n"
    with pytest.raises(DocumentError, match=r"Line 2 of .*prices.csv needs model"):
        read_folder(_folder(tmp_path, QUERIES, "qid,model,score\na,big,1\n", prices))


def test_an_answer_may_be_longer_than_the_csv_module_takes(tmp_path: Path) -> None:
    found = read_folder(_folder(tmp_path, QUERIES, f"qid,model,score,answer\na,big,1,{'x' * 200_000}\n"))
    assert found.answers is not None
    assert len(found.answers[0, 0]) == 200_000


def test_options_that_are_no_list_are_none(tmp_path: Path) -> None:
    queries = '{"qid":"a","query":"One?","options":5}\n'
    found = read_folder(_folder(tmp_path, queries, "qid,model,score\na,big,1\n"))
    assert (found.queries, found.options) == (("One?",), (0,))


def test_outcomes_of_unknown_queries_are_left_out_and_told(tmp_path: Path) -> None:
    folder = _folder(tmp_path, QUERIES, "qid,model,score\na,big,1\nz,big,0\n")
    found = import_path(folder, "small")
    assert found.table.n_queries == 2
    assert found.skipped == 1
    assert str(found.problems[0]) == (
        "outcomes.csv, row 2 (line 3), column 'qid': it is about 'z', which queries.jsonl does not have"
    )
