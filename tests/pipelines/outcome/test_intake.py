"""Importing outcome tables: several files, scales, repetitions, and rows that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipelines.error import DocumentError, NotFound
from pipelines.outcome.gathering import GatherRule, likely_range
from pipelines.outcome.intake import import_outcomes, import_path
from pipelines.outcome.mapping import OutcomeMapping
from tests.pipelines.outcome.importers.sample import SAMPLES

LONG = b"query,model,score\nOne?,big,8\nTwo?,big,10\nTwo?,small,0\n"
TWICE = b"query,model,score,cost_usd\nOne?,big,1,0.2\nOne?,big,0,\nTwo?,small,1,0.1\n"


def _outcomes(content: bytes, **options: object) -> list[list[float]]:
    rule = GatherRule.model_validate(options)
    return import_outcomes([("f.csv", content)], "t", rule=rule).table.score.tolist()  # type: ignore[no-any-return]


def test_files_of_models_become_one_table(tmp_path: Path) -> None:
    first = json.loads(SAMPLES["llm_router_bench"].content)
    (tmp_path / "big.json").write_text(json.dumps(first))
    (tmp_path / "small.json").write_text(json.dumps({**first, "model_name": "small"}))
    (tmp_path / "cost.json").write_text('{"big": {"in": 1}}')
    found = import_path(tmp_path, "aime")
    assert found.table.models == ("big", "small")
    assert found.table.ids == ("aime/test/1", "aime/test/2")
    assert found.table.score.tolist() == [[1.0, 1.0], [0.0, 0.0]]
    assert found.table.input_tokens[0].tolist() == [12.0, 12.0]
    assert found.strangers == ("cost.json",)


def test_scores_out_of_range_are_refused_with_their_row() -> None:
    with pytest.raises(
        DocumentError, match=r"f.csv, row 1, has the score 8, not 0 to 1 \(2 outcomes are out of range\); choose"
    ):
        _outcomes(LONG)


def test_scores_are_clipped_or_stretched_by_choice() -> None:
    assert _outcomes(LONG, scale="clip")[0][0] == 1.0
    assert _outcomes(LONG, scale="stretch") == [[0.8, pytest.approx(np.nan, nan_ok=True)], [1.0, 0.0]]
    assert _outcomes(LONG, scale="stretch", score_range=(0, 20))[1] == [0.5, 0.0]
    with pytest.raises(DocumentError, match=r"row 2, has the score 10, not 0 to 9 .*name a wider range"):
        _outcomes(LONG, scale="stretch", score_range=(0, 9))
    with pytest.raises(DocumentError, match=r"Scores from 10 to 0 cannot be stretched to 0 to 1; give the lower end"):
        _outcomes(LONG, scale="stretch", score_range=(10, 0))


@pytest.mark.parametrize(
    ("span", "found"),
    [
        ((0.2, 0.9), (0.0, 1.0)),
        ((1.0, 1.0), (0.0, 1.0)),
        ((20.0, 95.0), (0.0, 100.0)),
        ((80.0, 80.0), (0.0, 100.0)),
        ((2.0, 9.5), (0.0, 10.0)),
        ((1.0, 5.0), (1.0, 5.0)),
        ((5.0, 5.0), (0.0, 5.0)),
        ((-1.0, 1.0), (-1.0, 1.0)),
        ((-3.0, -3.0), (-3.0, 1.0)),
        ((0.0, 250.0), (0.0, 250.0)),
    ],
)
def test_the_likely_range_of_scores(span: tuple[float, float], found: tuple[float, float]) -> None:
    assert likely_range(*span) == found


def test_percent_are_stretched_from_0_to_100_and_that_is_told() -> None:
    content = b"query,model,score\nOne?,big,20\nTwo?,big,95\n"
    found = import_outcomes([("f.csv", content)], "t", rule=GatherRule(scale="stretch"))
    assert found.table.score.tolist() == [[0.2], [0.95]]
    assert (found.score_range, found.span) == ((0.0, 100.0), (20.0, 95.0))
    assert import_outcomes([("f.csv", content)], "t", rule=GatherRule(scale="clip")).score_range is None


def test_a_cell_that_comes_twice_is_refused_with_both_rows() -> None:
    with pytest.raises(DocumentError, match=r"f.csv, row 2, .* model 'big' as f.csv, row 1,"):
        _outcomes(TWICE)


@pytest.mark.parametrize(
    ("repetition", "score", "cost"), [("mean", 0.5, 0.2), ("first", 1.0, 0.2), ("last", 0.0, None)]
)
def test_a_choice_says_which_repetition_counts(repetition: str, score: float, cost: float | None) -> None:
    rule = GatherRule.model_validate({"repetition": repetition})
    found = import_outcomes([("f.csv", TWICE)], "t", rule=rule)
    assert (found.table.score[0, 0], found.repeated) == (score, 1)
    assert found.table.cost_usd[0, 0] == pytest.approx(np.nan if cost is None else cost, nan_ok=True)


def test_a_bad_cell_is_told_with_its_place_or_left_out() -> None:
    content = b"query,model,score\nOne?,big,1\nTwo?,big,good\n,big,1\n"
    with pytest.raises(DocumentError, match=r"f.csv, row 2 \(line 3\), column 'score': there is 'good'"):
        import_outcomes([("f.csv", content)], "t")
    found = import_outcomes([("f.csv", content)], "t", collect=True)
    assert (found.table.n_queries, found.skipped) == (1, 2)
    assert [problem.row for problem in found.problems] == [2, 3]


def test_a_mapping_says_what_columns_are() -> None:
    content = b"frage,a,b\nEins?,0.5,1\nZwei?,1,0\n"
    with pytest.raises(DocumentError, match="of no format of outcomes"):
        import_outcomes([("f.csv", content)], "t")
    found = import_outcomes([("f.csv", content)], "t", mapping=OutcomeMapping(query="frage", models=("a", "b")))
    assert found.table.score.tolist() == [[0.5, 1.0], [1.0, 0.0]]
    with pytest.raises(DocumentError, match=r"no column 'c'; it has frage, a, b"):
        import_outcomes([("f.csv", content)], "t", mapping=OutcomeMapping(query="frage", models=("a", "c")))


@pytest.mark.parametrize(("name", "content"), [("routerbench_0shot.pkl", b"abc"), ("data", b"\x80\x04\x95abc")])
def test_a_pickle_is_refused_and_says_how_to_convert_it(name: str, content: bytes) -> None:
    with pytest.raises(DocumentError, match=r"is a pickle.*to_parquet"):
        import_outcomes([(name, content)], "t")


def test_a_folder_of_our_own_is_read_as_such(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text('{"qid":"a","query":"One?"}\n')
    (tmp_path / "outcomes.csv").write_text("qid,model,score\na,big,1\n")
    assert import_path(tmp_path, "t").kind == "folder"


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file or folder"):
        import_path(tmp_path / "gone", "t")
    with pytest.raises(NotFound, match="holds no CSV"):
        import_path(tmp_path, "t")
    with pytest.raises(NotFound, match="no format of outcomes 'xml'; there are embed_llm"):
        import_outcomes([("f.csv", LONG)], "t", kind="xml")
    with pytest.raises(DocumentError, match=r"f.csv is empty"):
        import_outcomes([("f.csv", b" \n")], "t")


def test_a_row_that_is_no_battle_is_told() -> None:
    row = '{"model_a":"x","model_b":"x","winner":"tie","prompt":"One?"}'
    with pytest.raises(DocumentError, match=r"row 1.*'x' fights itself"):
        import_outcomes([("b.json", f"[{row}]".encode())], "t")


def test_one_id_of_two_questions_is_refused_and_neither_is_lost() -> None:
    content = b"id,query,model,score\n1,One?,big,1\n1,Two?,small,0\n2, One? ,small,1\n2,One?,big,1\n"
    with pytest.raises(DocumentError, match=r"f.csv, row 2 \(line 3\): the id '1' is that of another question .*'One"):
        import_outcomes([("f.csv", content)], "t")
    found = import_outcomes([("f.csv", content)], "t", collect=True)
    assert (found.skipped, found.table.ids) == (1, ("1", "2"))
    # Blanks around a question make no other question of it.
    assert found.table.score.tolist()[1] == [1.0, 1.0]


def test_the_ids_of_one_task_may_come_again_in_another() -> None:
    content = b"id,task,query,model,score\n1,sums,2 + 2?,big,1\n1,towns,Capital?,big,0\n1,towns,Capital?,small,1\n"
    found = import_outcomes([("f.csv", content)], "t").table
    assert found.ids == ("1", "towns/1")
    assert found.queries == ("2 + 2?", "Capital?")
    assert np.nan_to_num(found.score, nan=-1).tolist() == [[1.0, -1.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"query,model,score\n", "f.csv has no row of outcomes"),
        (b"query,model,score\nq,a\n", r"f.csv, row 1 \(line 2\): the row has 2 cells where 3 are expected"),
        (b'query,model,score\n"q,a,1\n', "a quotation mark is opened and never closed"),
    ],
)
def test_a_file_without_a_readable_row_says_why(content: bytes, told: str) -> None:
    with pytest.raises(DocumentError, match=told):
        import_outcomes([("f.csv", content)], "t")


def test_where_every_row_is_wrong_the_first_is_told() -> None:
    with pytest.raises(DocumentError, match=r"None of the rows can be used; the first wrong one is .* 'good'"):
        import_outcomes([("f.csv", b"query,model,score\nq,a,good\n")], "t", collect=True)
