"""`routeloom outcomes`: tables are imported, shown, filled, replayed and exported on the command line."""

from __future__ import annotations

import pytest

from tests.app.cli.drawing import single, write
from tests.app.cli.eval_scene import knows_even, pipeline, questions
from tests.app.cli.program import Program
from tests.pipelines.gateway.stub import Stub

OUTCOMES = """id,query,model,score,answer,cost_usd
1,Question 0,big,1,yes,0.5
1,Question 0,stub,0,no,0.1
2,Question 1,big,1,yes,0.5
"""


@pytest.fixture
def stored(asking: Program) -> Program:
    (asking.home / "facts.csv").write_text(OUTCOMES)
    assert asking("outcomes", "import", "facts.csv").code == 0
    return asking


def _json(program: Program, *args: str) -> object:
    outcome = program("outcomes", *args, "--json")
    assert outcome.code == 0, outcome.stderr
    return outcome.json


def test_a_table_is_imported_listed_shown_and_deleted(stored: Program) -> None:
    (stored.home / "facts.csv").write_text(OUTCOMES.replace("no,0.1", "no,0.2"))
    told = stored("outcomes", "import", "facts.csv", "--title", "Facts", "--json").json
    assert {"name": "facts", "version": 2, "kind": "long_table", "missing": 1, "n_queries": 2}.items() <= told.items()
    assert [row["name"] for row in stored("outcomes", "--json").json] == ["facts"]
    shown = stored("outcomes", "show", "facts", "--json").json
    of_row = {"model": "stub", "score": 0.0, "cost_usd": 0.2, "n": 1, "missing": 1, "score_on_shared_rows": 0.0}
    assert (shown["by_model"][1], shown["n_shared_rows"]) == (of_row, 1)
    assert "big" in stored("outcomes", "show", "facts@1").stdout
    assert "are deleted together; name 'facts' without '@1'" in stored("outcomes", "delete", "facts@1").stderr
    assert _json(stored, "delete", "facts") == {"deleted": "facts"}
    assert stored("outcomes", "show", "facts").code == 2


def test_a_wrong_row_ends_with_its_place(asking: Program) -> None:
    (asking.home / "bad.csv").write_text("query,model,score\nOne?,big,7\n")
    outcome = asking("outcomes", "import", "bad.csv")
    assert (outcome.code, "bad.csv, row 1, has the score 7, not 0 to 1" in outcome.stderr) == (2, True)
    told = asking("outcomes", "import", "bad.csv", "--scale", "stretch", "--score-range", "0:10", "--json").json
    assert (told["version"], told["score_range"], told["span"]) == (1, [0.0, 10.0], [7.0, 7.0])


def test_the_range_that_scores_are_stretched_from_is_told(asking: Program) -> None:
    (asking.home / "percent.csv").write_text("query,model,score\nOne?,big,20\nTwo?,big,95\n")
    outcome = asking("outcomes", "import", "percent.csv", "--scale", "stretch")
    assert "Scores from 0 to 100 were stretched to 0 to 1; the lowest found is 20, the highest 95." in outcome.stderr
    assert "Name another range with --score-range LOWEST:HIGHEST." in outcome.stderr
    assert asking("outcomes", "show", "percent", "--json").json["by_model"][0]["score"] == pytest.approx(0.575)
    outcome = asking("outcomes", "import", "percent.csv", "--score-range", "20:120")
    assert "Scores from 20 to 120 were stretched to 0 to 1" in outcome.stderr
    assert "Name another range" not in outcome.stderr
    outcome = asking("outcomes", "import", "percent.csv", "--scale", "clip", "--score-range", "0:100")
    assert (outcome.code, "found --scale clip" in outcome.stderr) == (2, True)


def test_means_of_different_rows_are_told_apart_from_those_of_shared_rows(asking: Program) -> None:
    rows = ("1,One?,big,1", "1,One?,small,1", "2,Two?,big,0", "3,Three?,small,0", "4,Four?,small,0")
    (asking.home / "holes.csv").write_text("\n".join(("id,query,model,score", *rows)))
    assert "4 queries x 2 models, 3 cells missing" in asking("outcomes", "import", "holes.csv").stderr
    outcome = asking("outcomes", "show", "holes")
    assert "the scores on the 1 row that all were asked can be" in outcome.stderr
    assert "2 models. From holes.csv." in outcome.stderr
    shown = asking("outcomes", "show", "holes", "--json").json["by_model"]
    assert [(row["score"], row["score_on_shared_rows"]) for row in shown] == [
        (0.5, 1.0), (pytest.approx(1 / 3), 1.0),
    ]  # fmt: skip
    (asking.home / "apart.csv").write_text("\n".join(("id,query,model,score", rows[2], rows[3])))
    asking("outcomes", "import", "apart.csv")
    assert "no row has a score of them all" in asking("outcomes", "show", "apart").stderr
    (asking.home / "whole.csv").write_text("\n".join(("id,query,model,score", *rows[:2])))
    asking("outcomes", "import", "whole.csv")
    assert "different rows" not in asking("outcomes", "show", "whole").stderr


def test_a_mapping_is_taken(asking: Program) -> None:
    (asking.home / "wide.csv").write_text("frage,a,b\nEins?,1,0\n")
    told = asking("outcomes", "import", "wide.csv", "--map", "query=frage,models=a+b", "--json").json
    assert (told["models"], told["kind"]) == (["a", "b"], "wide_table")
    assert "Name the columns with --map query=COLUMN" in asking("outcomes", "import", "wide.csv").stderr
    assert asking("outcomes", "import", "wide.csv", "--map", "frage").code == 2
    assert "extra" in asking("outcomes", "import", "wide.csv", "--map", "query=frage,nothing=a").stderr.lower()


def test_missing_cells_are_priced_and_bought(stored: Program, stub: Stub) -> None:
    stub.will(knows_even)
    told = stored("outcomes", "missing", "facts", "--json").json
    assert (told["cells"], told["n"], told["unpriced"]) == ([{"id": "2", "model": "stub"}], 1, [])
    said = stored("outcomes", "missing", "facts").stderr
    assert "Fill 1 cell for about $" in said
    assert "(by the prices of the catalogue)" in said
    data = questions(stored.home, 2)
    told = stored("outcomes", "fill", "facts", "--data", data, "--scorer", "exact_match", "--json").json
    assert (told["version"], told["asked"], told["filled"], told["missing"], stub.calls) == (2, 1, 1, 0, 1)
    assert stub.bodies[0]["messages"][-1]["content"] == "Question 1"
    assert told["cost_usd"] == pytest.approx(5e-6 + 4e-6)
    assert stored("outcomes", "fill", "facts", "--data", data).code == 0
    assert stub.calls == 1


def test_a_cell_without_a_price_says_so_once(asking: Program) -> None:
    (asking.home / "dear.csv").write_text("id,query,model,score\n1,One?,big,1\n1,One?,stub,1\n2,Two?,stub,1\n")
    assert asking("outcomes", "import", "dear.csv").code == 0
    said = asking("outcomes", "missing", "dear").stderr.splitlines()
    assert said == ["big: 1 missing, of unknown price", "Fill 1 cell; what that costs is not known."]


def test_a_pipeline_is_replayed_without_a_call(stored: Program, stub: Stub) -> None:
    drawn = single(name="one")
    drawn["nodes"][1]["config"]["model"] = "big"
    path = write(stored.home / "one.json", drawn)
    for way in ((), ("--exact",)):
        told = stored("outcomes", "replay", "facts", "--pipeline", path, *way, "--json").json
        [found] = told["pipelines"]
        assert told["unpriced"] == []
        assert (found["accuracy"], found["cost_usd"], found["n"], found["errors"]) == (1.0, 1.0, 2, 0)
    assert stub.calls == 0


def test_a_table_is_exported_and_comes_back_the_same(stored: Program) -> None:
    assert stored("outcomes", "export", "facts", "--to", "out").code == 0
    assert stored("outcomes", "export", "facts", "--to", "out").code == 2
    before = stored("outcomes", "show", "facts", "--json").json
    assert stored("outcomes", "import", "out", "--name", "back").code == 0
    after = stored("outcomes", "show", "back", "--json").json
    assert (after["content_hash"], after["has_answers"]) == (before["content_hash"], True)


def test_an_experiment_becomes_a_table(asking: Program, stub: Stub) -> None:
    stub.will(knows_even)
    data = questions(asking.home, 4)
    done = asking("eval", "--pipeline", pipeline(asking), "--data", data, "--scorer", "exact_match", "--json")
    assert done.code == 0, done.stderr
    source = f"experiment:{done.json['experiment']}"
    told = asking("outcomes", "import", source, "--name", "mine", "--json").json
    assert (told["kind"], told["n_queries"], told["models"], told["missing"]) == ("experiment", 4, ["one"], 0)
    assert asking("outcomes", "show", "mine", "--json").json["by_model"][0]["score"] == 0.5
