"""Fusion on the command line: recorded ways of asking become routers, training sets and thought templates."""

from __future__ import annotations

import csv
import json
import re

import pytest
from aiohttp import web

from tests.app.cli.program import Program
from tests.pipelines.gateway.stub import Stub, says

OUTCOMES = """id,query,model,score,answer,cost_usd,split
1,Question 0,big,1,yes,0.5,train
1,Question 0,stub,0,no,0.1,train
2,Question 1,big,1,yes,0.5,
3,Question 2,big,1,yes,0.5,test
4,question 2!,big,1,yes,0.5,train
"""
CANDIDATES = ["stub · direct", "stub · reasoning"]


async def knows_by_way(request: web.Request) -> web.StreamResponse:
    """Adds up only where it reasons, and names colours only where it answers at once."""
    turns = json.loads(await request.text())["messages"]
    reasons, asked = "step by step" in turns[0]["content"], turns[-1]["content"]
    numbers = [int(number) for number in re.findall(r"\d+", asked)]
    if "plus" in asked:
        return await says(str(sum(numbers)) if reasons else "0")(request)
    return await says("blue" if reasons else "red")(request)


def _asked(program: Program, count: int = 40) -> str:
    """Writes sums and colours in turn, and returns the path."""
    path = program.home / "asked.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["question", "answer", "tags"])
        for n in range(count):
            sums = (f"What is {n} plus {n + 3}?", str(2 * n + 3), "sum")
            writer.writerow(sums if n % 2 else (f"Name the colour of lantern {n}", "red", "colour"))
    return str(path)


@pytest.fixture
def stored(asking: Program) -> Program:
    (asking.home / "facts.csv").write_text(OUTCOMES)
    assert asking("outcomes", "import", "facts.csv", "--licence", "CC0-1.0").code == 0
    return asking


def test_from_a_model_asked_in_two_ways_to_a_router_a_live_run_and_a_table_again(asking: Program, stub: Stub) -> None:
    stub.will(knows_by_way)
    data = _asked(asking)
    ways = ("--model", "stub", "--way", "direct", "--way", "reasoning")
    told = asking("outcomes", "record", "ways", "--data", data, *ways, "--scorer", "exact_match", "--json")
    assert told.code == 0, told.stderr
    assert (told.json["models"], told.json["n_queries"], told.json["missing"]) == (CANDIDATES, 40, 0)
    assert (stub.calls, told.json["cost_usd"]) == (80, pytest.approx(80 * 9e-6))

    aim = ("--objective", "trade_off", "--score-per-usd", "2")
    told = asking("router", "train", "chooser", "--table", "ways", "--strategy", "category", *aim, "--json")
    assert told.code == 0, told.stderr
    assert told.json["figures"]["accuracy"] == 1.0

    used = asking("router", "use", "chooser", "--json").json
    assert (used["problems"], used["version"]) == ([], 1)
    shown = asking("show", used["pipeline"], "--json").json["pipeline"]
    assert [spec["config"]["score_per_usd"] for spec in shown["nodes"] if spec["kind"] == "expert_router"] == [2.0]
    for question, answer, prompt in (
        ("What is 60 plus 3?", "63", "Think step by step. End with a line 'Answer:' and the answer alone."),
        ("Name the colour of lantern 99", "red", "Give the answer at once, without explanation."),
    ):
        run = asking("run", used["pipeline"], "--query", question, "--json")
        assert run.json["answer"] == answer, run.stderr
        assert stub.bodies[-1]["messages"][0] == {"role": "system", "content": prompt}

    compared = ("--pipeline", used["pipeline"], "--pipeline", "single-expert", "--data", data)
    done = asking("eval", *compared, "--scorer", "exact_match", "--json")
    assert done.code == 0, done.stderr
    assert [found["accuracy"] for found in done.json["pipelines"]] == [1.0, 0.5]
    source = f"experiment:{done.json['experiment']}"
    told = asking("outcomes", "import", source, "--name", "again", "--json").json
    assert (told["models"], told["n_queries"]) == (sorted([used["pipeline"], "single-expert"]), 40)


def test_what_cannot_be_recorded_is_told(asking: Program) -> None:
    data = _asked(asking, 2)
    told = asking("outcomes", "record", "ways", "--data", data, "--model", "stub", "--way", "backwards")
    assert (told.code, "There is no way 'backwards' of asking; there is direct, reasoning." in told.stderr) == (2, True)
    assert asking("outcomes", "record", "ways", "--data", data, "--model", "nobody").code == 2


def test_the_best_answers_become_a_set_to_fine_tune_on_without_test_rows(stored: Program) -> None:
    outcome = stored("outcomes", "finetune", "facts", "--system", "Be brief.")
    assert [json.loads(line) for line in outcome.stdout.splitlines()] == [
        {
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": question},
                {"role": "assistant", "content": "yes"},
            ]
        }
        for question in ("Question 0", "Question 1")
    ]
    assert "2 rows are there to judge on and were left out." in outcome.stderr
    assert "Licence of the table: CC0-1.0." in outcome.stderr


def test_the_set_lies_beside_a_note_of_where_it_comes_from(stored: Program) -> None:
    told = stored("outcomes", "finetune", "facts", "--to", "set.jsonl", "--json").json
    assert told["files"] == ["set.jsonl", "set.about.json"]
    note = json.loads((stored.home / "set.about.json").read_text())
    assert (note["table"], note["licence"], note["source"]) == ("facts", "CC0-1.0", "facts.csv")
    assert (note["rows"], note["left_out"], note["answers"]) == (2, 2, {"big": 2})
    assert "is for the terms of these models" in note["terms"]
    assert stored("outcomes", "finetune", "facts", "--to", "set.jsonl").code == 2
    assert stored("outcomes", "finetune", "facts", "--to", "set.jsonl", "--model", "stub", "--force").code == 0
    assert (stored.home / "set.jsonl").read_text() == ""


def test_questions_of_another_table_are_left_out_of_the_set(stored: Program) -> None:
    (stored.home / "later.csv").write_text("query,model,score\nQuestion 1,big,1\n")
    told = stored("outcomes", "finetune", "facts", "--except", "later.csv", "--to", "set.jsonl", "--json").json
    assert (told["rows"], told["left_out"]) == (1, 3)


def test_a_table_that_ships_with_the_product_gives_a_set_too(asking: Program) -> None:
    told = asking("outcomes", "finetune", "practice-ways", "--holdout", "0.3", "--to", "set.jsonl", "--json").json
    assert told["licence"] == "CC0-1.0"
    assert told["rows"] > 400
    assert told["left_out"] > 200


def test_thought_templates_are_distilled_and_reach_the_prompt(stored: Program, stub: Stub) -> None:
    stub.will(says("Kind: even numbers. 1. Look at the last digit."))
    told = stored("outcomes", "thoughts", "facts", "--to", "ways", "--count", "2", "--near", "2", "--json").json
    assert (told["templates"], told["failed"], told["document_set"]) == (2, [], "ways")
    asked = "\n".join(body["messages"][-1]["content"] for body in stub.bodies)
    assert "<question>\nQuestion 0\n</question>\n<answer>\nyes\n</answer>" in asked
    assert "uestion 2" not in asked
    done = stored("run", told["pipeline"], "--query", "Question 7", "--json")
    assert done.code == 0, done.stderr
    asked = stub.bodies[-1]["messages"][-1]["content"]
    assert "1. Look at the last digit." in asked
    assert asked.endswith("Question: Question 7")


def test_the_scores_of_a_judge_choose_the_answers(asking: Program, stub: Stub) -> None:
    stub.will(says('{"score": 9, "reason": "kind"}'))
    data = _asked(asking, 2)
    scorers = ("--scorer", "exact_match", "--scorer", "llm_judge")
    done = asking("outcomes", "record", "both", "--data", data, "--model", "stub", *scorers, "--json")
    assert done.code == 0, done.stderr
    source = "experiment:latest"
    assert asking("outcomes", "import", source, "--name", "judged", "--scorer", "llm_judge").code == 0
    assert asking("outcomes", "finetune", "both", "--least-score", "0.5", "--to", "a.jsonl", "--json").json["rows"] == 0
    judged = asking("outcomes", "finetune", "judged", "--least-score", "0.5", "--to", "b.jsonl", "--json").json
    assert judged["rows"] == 2


def test_rows_that_a_router_was_fitted_on_are_told_and_can_be_left_out(asking: Program) -> None:
    replayed = ("outcomes", "replay", "practice-ways", "--pipeline", "learned-router", "--pipeline", "weighted-vote")
    told = asking(*replayed, "--json").json
    seen = told["seen_in_training"]
    assert (told["n"], set(seen)) == (800, {"practice-ways", "practice-vote"})
    assert min(seen.values()) > 500
    assert "Note: the router 'practice-ways' was fitted on" in asking(*replayed).stderr
    fresh = asking(*replayed, "--unseen", "--json").json
    assert (fresh["n"], fresh["seen_in_training"]) == (800 - seen["practice-ways"], {})
    learned, voted = (found["accuracy"] for found in fresh["pipelines"])
    assert 0.8 < learned < 0.95
    assert 0.8 < voted < 0.95
