"""`routeloom router`: trained, compared, judged and explained on the command line."""

from __future__ import annotations

import csv
import json
import re
import time
from pathlib import Path
from typing import Any, Self

import pytest

from app.cli.router_option import affordable
from pipelines.outcome.split import split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.best_single import BestSingle
from pipelines.space import Space
from tests.app.cli.program import Program
from tests.pipelines.outcome.tables import table, two_tasks

RIDGE = ("--strategy", "ridge")
FIGURES = {
    *("accuracy", "accuracy_ci", "cost", "cost_ci", "aiq", "aiq_ci", "apgr", "apgr_ci", "oracle_gap_closed"),
    *("oracle_gap_closed_ci", "accuracy_at_best_single_cost", "accuracy_at_best_single_cost_ci", "fit_s"),
    *("decisions_per_s", "p99_ms"),
}


def write(folder: Path, outcomes: OutcomeTable, *, split: str = "") -> None:
    """Writes a table as a folder of `queries.jsonl` and `outcomes.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        {"qid": qid, "query": query, "task": task, "split": split}
        for qid, query, task in zip(outcomes.ids, outcomes.queries, outcomes.tasks, strict=True)
    ]
    (folder / "queries.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with (folder / "outcomes.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["qid", "model", "score", "in_tok", "out_tok"])
        for row, qid in enumerate(outcomes.ids):
            for column, model in enumerate(outcomes.models):
                writer.writerow([qid, model, outcomes.score[row, column], 10, 100])


@pytest.fixture
def folders(program: Program) -> tuple[str, str]:
    """Two parts of a table in which each model has one craft; only beside the training rows lie prices."""
    train, test = split_table(two_tasks(200), (0.5, 0.5))
    write(program.home / "a" / "train", train)
    write(program.home / "b" / "test", test)
    (program.home / "a" / "prices.csv").write_text(
        "model,usd_per_1m_in,usd_per_1m_out\ncounter,1.0,10.0\nlinguist,0.1,1.0\n"
    )
    return "a/train", "b/test"


def _compared(program: Program, folders: tuple[str, str], *more: str) -> Any:
    outcome = program("router", "compare", "--train", folders[0], "--test", folders[1], *more, "--json")
    assert outcome.code == 0, outcome.stderr
    return outcome.json


def test_a_comparison_has_the_figures_of_the_contract(program: Program, folders: tuple[str, str]) -> None:
    told = _compared(program, folders, *RIDGE, "--strategy", "knn:neighbours=5")
    assert list(told["strategies"]) == ["ridge", "knn:neighbours=5"]
    ridge = told["strategies"]["ridge"]
    assert set(ridge) >= FIGURES
    assert (ridge["accuracy"], ridge["accuracy_ci"], ridge["oracle_gap_closed"]) == (1.0, [1.0, 1.0], 1.0)
    assert ridge["apgr"] == pytest.approx(told["references"]["oracle"]["apgr"])
    assert set(told["references"]) == {"oracle", "best_single", "cheapest", "random", "task_table"}
    assert told["references"]["oracle"]["accuracy"] == 1.0
    assert told["references"]["cheapest"]["shares"] == {"counter": 0.0, "linguist": 1.0}
    assert told["references"]["cheapest"]["cost"] == pytest.approx((10 * 0.1 + 100 * 1.0) / 1e6)
    assert told["headroom"] == pytest.approx(1.0 - told["references"]["best_single"]["accuracy"])
    assert told["worth_routing"] is True
    assert ridge["aiq"] > told["references"]["random"]["aiq"]


def test_the_same_seed_gives_the_same_comparison(program: Program, folders: tuple[str, str]) -> None:
    one, other = (_compared(program, folders, *RIDGE, "--seed", "7") for _ in range(2))
    timed = {"fit_s", "decisions_per_s", "p99_ms"}
    for told in (one, other):
        told["strategies"]["ridge"] = {k: v for k, v in told["strategies"]["ridge"].items() if k not in timed}
    assert one == other


def test_without_a_strategy_all_that_can_learn_are_compared(program: Program, folders: tuple[str, str]) -> None:
    train, test = split_table(two_tasks(120), (0.5, 0.5))
    for name, part in (("x", train), ("y", test)):
        taskless = table(part.score.tolist(), queries=part.queries, models=part.models)
        write(program.home / name, taskless)
    told = _compared(program, ("x", "y"))
    assert {"ridge", "knn", "cluster"} <= set(told["strategies"])
    assert "names 1 task" in told["skipped"]["category"]
    assert told["references"]["cheapest"]["accuracy"] is not None


class Slow(BestSingle):
    """Learns slowly, and more slowly from more rows."""

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        time.sleep(0.4 + 0.002 * outcomes.n_queries)
        return super().fit(outcomes, space=space, seed=seed)


def test_what_would_learn_too_long_is_told_with_the_way_to_train_it() -> None:
    train = table([[1.0, 0.0]] * 900, queries=[f"question {number}" for number in range(900)])
    kept, left = affordable({"ensemble": Slow(), "best_single": BestSingle()}, train, seed=0, limit_s=0.01)
    assert list(kept) == ["best_single"]
    assert re.fullmatch(
        r"It would take about \d+ s, more than --limit-s 0.01. Train it too with --limit-s \d+, or by itself with"
        r" --strategy ensemble.",
        left["ensemble"],
    )


def test_the_table_of_a_comparison_has_a_line_for_what_was_left_out(program: Program) -> None:
    for name, part in zip(("x", "y"), split_table(two_tasks(60), (0.5, 0.5)), strict=True):
        write(program.home / name, table(part.score.tolist(), queries=part.queries, models=part.models))
    told = program("router", "compare", "--train", "x", "--test", "y", "--limit-s", "5")
    [line] = [line for line in told.stdout.splitlines() if line.startswith("category")]
    assert line.split(maxsplit=1)[1].strip() == "left out, see below"
    assert "Left out 'category': The table" in told.stderr


def test_a_table_without_headroom_is_called_that(program: Program) -> None:
    plain = two_tasks(200)
    rows = [[1.0, score, 0.0] for score in plain.score[:, 1]]
    train, test = split_table(table(rows, queries=plain.queries, models=["all", "some", "none"]), (0.5, 0.5))
    write(program.home / "x", train)
    write(program.home / "y", test)
    told = _compared(program, ("x", "y"), *RIDGE)
    assert (told["headroom"], told["headroom_ci"], told["worth_routing"]) == (0.0, [0.0, 0.0], False)
    assert told["too_few_test_rows"] is False
    assert told["verdict"].startswith("This table has no headroom")
    assert told["references"]["cheapest"]["accuracy"] is None
    assert told["strategies"]["ridge"]["cost"] is None
    words = program("router", "compare", "--train", "x", "--test", "y", *RIDGE)
    assert "This table has no headroom" in words.stdout
    assert "best single" in words.stdout


@pytest.mark.parametrize("same", [("a/train", "a/train"), ("a/train", "a/../a/train")])
def test_training_rows_are_refused_as_test_rows(
    program: Program, folders: tuple[str, str], same: tuple[str, str]
) -> None:
    outcome = program("router", "compare", "--train", same[0], "--test", same[1], *RIDGE, "--json")
    assert outcome.code == 2
    assert outcome.json["error"]["kind"] == "ConfigurationError"
    assert "100 of 100 test rows are also training rows" in outcome.json["error"]["message"]


def test_parts_of_one_folder_are_told_apart(program: Program) -> None:
    train, test = split_table(two_tasks(120), (0.5, 0.5))
    write(program.home / "x", train, split="train")
    lines = (program.home / "x" / "queries.jsonl").read_text()
    rows = (program.home / "x" / "outcomes.csv").read_text()
    write(program.home / "x", test, split="ood")
    with (program.home / "x" / "queries.jsonl").open("a") as stream:
        stream.write(lines)
    with (program.home / "x" / "outcomes.csv").open("a") as stream:
        stream.write("".join(rows.splitlines(keepends=True)[1:]))
    told = _compared(program, ("x:train", "x:ood"), *RIDGE)
    assert (told["n_train"], told["n_test"]) == (60, 60)
    outcome = program("router", "compare", "--train", "x:train", "--test", "x:dev", *RIDGE)
    assert (outcome.code, "has no part 'dev'; there is ood, train" in outcome.stderr) == (2, True)


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ("oracle", "There is no strategy 'oracle'; there is "),
        ("knn:neighbors=3", "has no field 'neighbors'; it has featurizer, neighbours"),
        ("knn:neighbours=0", "The field 'neighbours' of the strategy 'knn:neighbours=0' is wrong"),
        ("knn:neighbours", "sets nothing; write FIELD=VALUE"),
        ("knn:featurizer=pixels", "The field 'featurizer' of the strategy 'knn:featurizer=pixels' is wrong"),
        ("knn:neighbours.more=3", "has no parts"),
    ],
)
def test_a_wrong_strategy_is_told(program: Program, folders: tuple[str, str], strategy: str, words: str) -> None:
    outcome = program("router", "compare", "--train", folders[0], "--test", folders[1], "--strategy", strategy)
    assert outcome.code == 2
    assert words in outcome.stderr


def test_a_strategy_in_short_form_reaches_its_parts(program: Program, folders: tuple[str, str]) -> None:
    given = "knn:neighbours=7,featurizer.dims=16,featurizer.pairs=false"
    told = program("router", "train", "mine", "--table", folders[0], "--strategy", given, "--json").json
    assert told["strategy"]["neighbours"] == 7
    assert (told["strategy"]["featurizer"]["dims"], told["strategy"]["featurizer"]["pairs"]) == (16, False)


def test_a_folder_that_is_none_is_told(program: Program) -> None:
    outcome = program("router", "compare", "--train", "absent", "--test", "absent")
    assert outcome.code == 2
    assert "There is no outcome table 'absent', and no such folder or file; there is " in outcome.stderr
    assert "practice-specialists." in outcome.stderr


def test_a_file_of_another_tool_is_read(program: Program) -> None:
    rows = [f"What is {n} plus {n + 1}?,{n % 2},{1 - n % 2}" for n in range(40)]
    (program.home / "wide.csv").write_text("query,counter,linguist\n" + "\n".join(rows))
    told = program("router", "train", "wide", "--table", "wide.csv", *RIDGE, "--json").json
    assert (told["table"], told["models"]) == ("wide", ["counter", "linguist"])


def test_a_table_that_comes_with_routeloom_is_called_by_its_name(program: Program) -> None:
    told = program("router", "train", "first", "--table", "practice-specialists", *RIDGE, "--json").json
    assert (told["table"], told["n_train"], told["version"]) == ("practice-specialists", 840, 1)
    assert told["figures"]["oracle_gap_closed"] > 0.1


def test_a_router_is_trained_listed_judged_explained_and_deleted(program: Program, folders: tuple[str, str]) -> None:
    trained = program("router", "train", "crafts", "--table", folders[0], *RIDGE, "--title", "Two crafts", "--json")
    assert trained.code == 0, trained.stderr
    told = trained.json
    assert (told["name"], told["version"], told["n_train"], told["models"]) == (
        "crafts",
        1,
        70,
        ["counter", "linguist"],
    )
    assert told["figures"]["accuracy"] == 1.0
    assert told["split"] == "70% of a/train at random, whole groups, seed 0"
    [listed] = program("router", "list", "--json").json
    assert listed == program("router", "show", "crafts@1", "--json").json == told
    judged = program("router", "evaluate", "crafts", "--test", folders[1], "--json").json
    assert (judged["router"], judged["n_test"]) == ("crafts", 100)
    assert judged["strategies"]["crafts"]["accuracy"] == 1.0
    assert judged["strategies"]["crafts"]["fit_s"] == told["fit_s"]
    asked = program("router", "explain", "crafts", "--query", "What is 5 plus 8?", "--json").json
    assert (asked["choice"], asked["scores"][0]["model"], asked["strategy"]) == ("counter", "counter", "ridge")
    assert asked["scores"][0]["score"] > 0.8
    versioned = program("router", "delete", "crafts@1")
    assert (versioned.code, "All versions are deleted together; name 'crafts'" in versioned.stderr) == (2, True)
    assert program("router", "delete", "crafts", "--json").json == {"deleted": "crafts"}
    assert program("router", "--json").json == []
    assert program("router", "show", "crafts").code == 2


def test_one_table_is_parted_to_learn_from_and_to_judge_on(program: Program, folders: tuple[str, str]) -> None:
    told = program("router", "compare", "--train", folders[0], "--holdout", "0.4", *RIDGE, "--json").json
    assert (told["n_train"], told["n_test"]) == (60, 40)
    unknown = program("router", "train", "x", "--table", "practice-specialists:ood", *RIDGE)
    assert (unknown.code, "'practice-specialists' has no part 'ood'" in unknown.stderr) == (2, True)


def test_a_reason_is_told_in_words(program: Program, folders: tuple[str, str]) -> None:
    program("router", "train", "crafts", "--table", folders[0], "--strategy", "knn:neighbours=3")
    asked = program("router", "explain", "crafts", "--query", "What is 5 plus 8?")
    assert asked.code == 0
    [where, why] = asked.stderr.splitlines()
    assert where == "'Nearest questions (kNN)' sends it to counter."
    assert re.match(r"Neighbours: query What is \d+ plus \d+\?, similarity 1, scores counter 1, linguist 0; ", why)
    empty = program("router", "explain", "crafts", "--query", " ")
    assert (empty.code, "the question is empty" in empty.stderr) == (2, True)


def test_models_of_the_catalogue_stand_for_those_of_the_table(program: Program, folders: tuple[str, str]) -> None:
    program("router", "train", "crafts", "--table", folders[0], *RIDGE)
    for name in ("small", "linguist"):
        where = ("--model", f"openai/{name}", "--base-url", "http://127.0.0.1:9/v1")
        assert program("models", "add", name, *where).code == 0
    refused = program("router", "use", "crafts", "--json")
    assert refused.code == 2
    assert refused.json["error"]["message"] == (
        "The catalogue has no model called counter; say who answers for it, such as --as counter=MODEL."
    )
    strange = program("router", "use", "crafts", "--as", "conter=small")
    assert (strange.code, "knows no conter; it knows counter, linguist" in strange.stderr) == (2, True)
    used = program("router", "use", "crafts", "--as", "counter=small", "--json").json
    assert used["problems"] == []
    [router] = [node for node in _shown(program, used["pipeline"])["nodes"] if node["kind"] == "learned_router"]
    assert router["config"]["aliases"] == [{"known_as": "counter", "model": "small"}]


def _shown(program: Program, slug: str) -> Any:
    return program("show", slug, "--json").json["pipeline"]


def test_a_router_is_not_judged_on_what_it_was_trained_on(program: Program, folders: tuple[str, str]) -> None:
    assert program("router", "train", "all", "--table", folders[0], *RIDGE, "--holdout", "0").code == 0
    outcome = program("router", "evaluate", "all", "--test", folders[0])
    assert outcome.code == 2
    assert "never scored on what it was fitted on" in outcome.stderr
    assert program("router", "show", "all", "--json").json["figures"] is None


def test_training_again_makes_the_next_version(program: Program, folders: tuple[str, str]) -> None:
    first = program("router", "train", "crafts", "--table", folders[0], *RIDGE, "--json").json
    other = ("--strategy", "ridge:penalty=2")
    second = program("router", "train", "crafts", "--table", folders[0], *other, "--json").json
    assert (first["version"], second["version"]) == (1, 2)
    assert program("router", "show", "crafts@1", "--json").json["strategy"]["penalty"] == 10.0


def test_a_name_that_is_no_slug_is_refused(program: Program, folders: tuple[str, str]) -> None:
    outcome = program("router", "train", "My Router", "--table", folders[0], *RIDGE)
    assert (outcome.code, "cannot name a router" in outcome.stderr) == (2, True)


def test_vectors_are_kept_on_disk_and_serve_again(program: Program, folders: tuple[str, str]) -> None:
    meaning = ("--strategy", "ridge:featurizer=embedding")
    told = program("router", "train", "meaning", "--table", folders[0], *meaning, "--json").json
    assert told["embedder"] == "hashing (lexical only)"
    kept = sorted((program.home / "cache" / "vectors").rglob("*.npz"))
    assert len(kept) == 1
    assert program("router", "explain", "meaning", "-q", "What is 5 plus 8?", "--json").json["choice"] == "counter"
    before = [path.stat().st_mtime_ns for path in kept]
    assert program("router", "train", "meaning", "--table", folders[0], *meaning).code == 0
    assert [path.stat().st_mtime_ns for path in kept] == before
    judged = program("router", "evaluate", "meaning", "--test", folders[1], "--json").json
    assert judged["strategies"]["meaning"]["accuracy"] > 0.9
