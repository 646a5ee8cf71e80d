"""`routeloom eval` and `routeloom experiments` against a real model server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.cli.eval_option import EXAMPLE
from app.experiment.request import read_request
from tests.app.cli.drawing import looped, write
from tests.app.cli.eval_scene import CALL_USD, knows_even, pipeline, questions
from tests.app.cli.program import Program
from tests.pipelines.gateway.stub import Stub, fails, says
from tests.pipelines.local_weight import MODELS, needs_runtime, needs_smollm2


@pytest.fixture
def ready(asking: Program, stub: Stub) -> Program:
    stub.will(knows_even)
    pipeline(asking)
    questions(asking.home, 20)
    return asking


ASK = ("eval", "--pipeline", "one.json", "--data", "questions.csv", "--scorer", "exact_match", "--json")


def test_the_json_answer_has_the_fields_of_the_contract(ready: Program, stub: Stub) -> None:
    outcome = ready(*ASK, "--concurrency", "4")
    answer = outcome.json
    assert outcome.code == 0
    assert (answer["status"], answer["rows"], answer["done"], answer["waiting"]) == ("done", 20, 20, 0)
    assert answer["experiment"]
    [found] = answer["pipelines"]
    assert (found["pipeline"], found["n"], found["accuracy"], found["errors"]) == ("one", 20, 0.5, 0)
    assert found["accuracy_ci"] == pytest.approx([0.299, 0.701], abs=0.001)
    assert found["cost_usd"] == pytest.approx(20 * CALL_USD)
    assert found["list_cost_usd"] == pytest.approx(20 * CALL_USD)
    assert 0 < found["latency_p50_s"] <= found["latency_p95_s"] < found["wall_s"]
    assert (answer["pairs"], stub.calls, answer["paid_usd"]) == ([], 20, pytest.approx(20 * CALL_USD))
    assert answer["estimate"]["rows"] == 20
    assert "about 20 examples" not in outcome.stderr


def test_two_pipelines_are_compared_in_pairs(ready: Program, stub: Stub) -> None:
    pipeline(ready, "other", "Again: {query}")
    answer = ready(*ASK, "--pipeline", "other.json").json
    assert [found["pipeline"] for found in answer["pipelines"]] == ["one", "other"]
    [pair] = answer["pairs"]
    assert (pair["first"], pair["second"], pair["n"]) == ("one", "other", 20)
    assert (pair["difference"], pair["p_value"], pair["ties"], pair["is_real"]) == (0.0, 1.0, 20, False)
    assert pair["difference_ci"][0] <= 0 <= pair["difference_ci"][1]
    assert stub.calls == 40


def test_the_same_call_is_paid_once_and_counted_at_list_price(ready: Program, stub: Stub) -> None:
    pipeline(ready, "twin")
    answer = ready(*ASK, "--pipeline", "twin.json").json
    assert stub.calls == 20
    assert answer["paid_usd"] == pytest.approx(20 * CALL_USD)
    assert [found["list_cost_usd"] for found in answer["pipelines"]] == pytest.approx([20 * CALL_USD] * 2)
    assert sum(found["cost_usd"] for found in answer["pipelines"]) == pytest.approx(20 * CALL_USD)


def test_a_table_and_a_decision_are_printed_for_people(ready: Program) -> None:
    outcome = ready(*ASK[:-1])
    assert outcome.code == 0
    lines = outcome.stdout.splitlines()
    assert lines[0].split()[:2] == ["pipeline", "accuracy"]
    assert lines[1].split()[:2] == ["one", "50.0%"]
    assert lines[2].startswith("'one' is right in 50.0% of the cases (95%: 29.9% to 70.1%, n = 20).")
    assert "Estimate: 20 rows, " in outcome.stderr
    assert "Done. 20 of 20 rows in " in outcome.stderr


@pytest.mark.parametrize(
    ("condition", "code"), [("accuracy < 0.8 or cost_usd_per_1k > 2", 3), ("accuracy < 0.5 or errors > 0", 0)]
)
def test_a_condition_that_holds_is_exit_code_3(ready: Program, condition: str, code: int) -> None:
    outcome = ready(*ASK, "--fail-if", condition)
    assert outcome.code == code
    assert outcome.json["gate"]["expression"] == condition
    assert bool(outcome.json["gate"]["failures"]) == (code == 3)


def test_a_condition_that_is_none_is_refused_before_anything_is_asked(ready: Program, stub: Stub) -> None:
    outcome = ready(*ASK, "--fail-if", "acuracy < 0.8")
    assert (outcome.code, stub.calls) == (2, 0)
    assert "'acuracy'" in outcome.json["error"]["message"]
    assert ready("experiments", "--json").json == {"experiments": []}


def test_an_experiment_file_says_everything_and_options_replace_it(ready: Program, stub: Stub) -> None:
    folder = ready.home / "ci"
    folder.mkdir()
    (ready.home / "one.json").rename(folder / "one.json")
    (ready.home / "questions.csv").rename(folder / "questions.csv")
    (folder / "nightly.yaml").write_text(
        "title: Nightly\npipelines:\n  - {pipeline: one.json, label: mine}\ndata: questions.csv\n"
        "scorers: exact_match\nsample: 10\nseed: 3\nconcurrency: 2\nfail_if: n < 20\n"
    )
    outcome = ready("eval", "ci/nightly.yaml", "--json")
    assert (outcome.code, outcome.json["title"], outcome.json["pipelines"][0]["pipeline"]) == (3, "Nightly", "mine")
    assert (outcome.json["rows"], outcome.json["settings"]["seed"], stub.calls) == (10, 3, 10)
    again = ready("eval", "ci/nightly.yaml", "--sample", "20", "--json")
    assert (again.code, again.json["rows"], stub.calls) == (0, 20, 20)


def test_the_experiment_file_of_the_help_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "experiment.yaml").write_text(EXAMPLE)
    request = read_request(tmp_path / "experiment.yaml")
    assert [wanted.label for wanted in request.pipelines] == [None, "cascade"]
    assert (request.settings.budget_usd, request.columns["references"]) == (2.0, ("answer",))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("pipelines: [{label: x}]\ndata: d.csv\n", "e.yaml, 'pipelines.0.pipeline': field required."),
        ("pipelines: a\nconcurrency: many\n", "e.yaml, 'concurrency': input should be a valid integer"),
        ("pipelines: a\nscorer: exact_match\n", "e.yaml, 'scorer': there is no such field; there is title, pipelines,"),
        ("pipelines: [a\ndata: d\n", "e.yaml: The file is neither JSON nor YAML in line 2."),
        ("- a\n", "e.yaml is no experiment"),
        ("pipelines: a\nsample: 0\n", "e.yaml, 'sample': input should be greater than or equal to 1."),
    ],
)
def test_what_is_wrong_in_an_experiment_file_is_said_with_its_place(program: Program, content: str, said: str) -> None:
    (program.home / "e.yaml").write_text(content)
    outcome = program("eval", "e.yaml", "--json")
    assert (outcome.code, outcome.json["error"]["kind"]) == (2, "DocumentError")
    assert outcome.json["error"]["message"].startswith(said)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "An experiment needs at least one pipeline"),
        (("--pipeline", "one.json"), "An experiment needs data"),
        (("--pipeline", "nope", "--data", "questions.csv"), "There is no pipeline 'nope'"),
        (("--pipeline", "one.json", "--data", "nope"), "There is no data set 'nope'"),
        (("--pipeline", "one.json", "--data", "nope.csv"), "There is no file"),
        (("--pipeline", "one.json", "--data", "questions.csv", "--scorer", "nope"), "There is no scorer 'nope'"),
        (("--pipeline", "one.json", "--data", "questions.csv", "--map", "query=nope"), "has no column 'nope'"),
        (("--pipeline", "one.json", "--data", "questions.csv", "--tag", "x"), "has the tag x"),
        (("--pipeline", "one.json", "--data", "questions.csv", "--scorer", "python_tests"), "needs"),
        (("--pipeline", "one.json", "--data", "questions.csv", "--model", "nope"), "not in the catalogue"),
        (("--pipeline", "one.json", "--data", "questions.csv", "--html", "no/such/x.html"), "cannot be written"),
        (("--resume", "nope"), "There is no experiment 'nope'"),
    ],
)
def test_bad_input_is_exit_code_2_and_one_sentence(
    ready: Program, stub: Stub, args: tuple[str, ...], said: str
) -> None:
    outcome = ready("eval", *args, "--json")
    assert (outcome.code, stub.calls) == (2, 0)
    assert said in outcome.json["error"]["message"]


def test_a_pipeline_with_problems_is_not_run(ready: Program, stub: Stub) -> None:
    write(ready.home / "looped.json", looped())
    outcome = ready("eval", "--pipeline", "looped.json", "--data", "questions.csv", "--json")
    assert (outcome.code, outcome.json["error"]["kind"], stub.calls) == (2, "PipelineInvalid", 0)


def test_a_file_is_kept_as_a_data_set_once(ready: Program) -> None:
    first = ready(*ASK).json["data"]
    again = ready(*ASK).json["data"]
    assert (first["name"], first["version"], again) == ("questions", 1, first)
    questions(ready.home, 6)
    assert ready(*ASK).json["data"]["version"] == 2


def test_a_file_leaves_other_data_of_its_name_alone(ready: Program) -> None:
    ready("data", "import", questions(ready.home, 3, "mine.csv"), "--name", "questions")
    used = ready(*ASK).json["data"]["name"]
    assert used.startswith("questions-")
    [info] = [info for info in ready("data", "list", "--json").json if info["name"] == "questions"]
    assert (info["version"], info["examples"]) == (1, 3)


def test_a_stored_data_set_and_a_fitting_scorer_need_only_names(ready: Program, stub: Stub) -> None:
    stub.will(says("42"))
    args = ("--data", "everyday-mix", "--tag", "arithmetic", "--sample", "5", "--json")
    outcome = ready("eval", "--pipeline", "one.json", *args)
    assert (outcome.code, outcome.json["rows"]) == (0, 5)
    assert [scorer["kind"] for scorer in outcome.json["scorers"]] == ["numeric"]
    assert "Scored by numeric, which suits these rows" in outcome.stderr


@needs_runtime
@needs_smollm2
def test_costs_that_nobody_charges_are_marked(program: Program) -> None:
    args = ("--pipeline", "single-expert", "--data", "everyday-mix", "--tag", "fact", "--sample", "1")
    outcome = program("eval", *args, ROUTELOOM_MODELS_HOME=str(MODELS))
    assert outcome.code == 0
    assert re.search(r"^single-expert .* ≈\$0\.0", outcome.stdout, re.MULTILINE)
    assert "1 of 1 rows in " in outcome.stderr
    assert "paid ≈$0.0" in outcome.stderr


def test_repeats_are_rows_of_their_own(ready: Program, stub: Stub) -> None:
    answer = ready(*ASK, "--repeats", "3", "--sample", "4", "--no-cache").json
    assert (answer["rows"], answer["pipelines"][0]["n"], answer["pipelines"][0]["rows"]) == (12, 4, 12)


def test_junit_has_a_suite_a_pipeline_and_a_case_a_row(ready: Program, stub: Stub) -> None:
    stub.will(says('<b>&\x0b"no"</b>'))
    outcome = ready(*ASK, "--junit", "out.xml", "--sample", "3", "--fail-if", "accuracy < 1")
    root = ElementTree.parse(ready.home / "out.xml").getroot()
    assert outcome.code == 3
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", "4", "0")
    suite, gate = root.findall("testsuite")
    assert (suite.get("name"), suite.get("tests"), gate.get("name")) == ("one", "3", "fail-if")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert "expected yes" in str(failure.get("message"))
    assert 'Answer: <b>&�"no"</b>' in str(failure.text)
    held = gate.find("testcase/failure")
    assert held is not None
    assert held.get("message") == "accuracy is 0"


def test_the_report_and_the_rows_are_files(ready: Program) -> None:
    outcome = ready(*ASK, "--html", "out.html", "--out", "rows.jsonl")
    assert outcome.code == 0
    page = (ready.home / "out.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "<h1>one on questions</h1>" in page
    lines = [json.loads(line) for line in (ready.home / "rows.jsonl").read_text().splitlines()]
    assert len(lines) == 20
    assert (lines[0]["pipeline"], lines[0]["query"], lines[0]["answer"]) == ("one", "Question 0", "yes")
    assert lines[1]["scores"]["exact_match"]["value"] == 0.0


def test_what_is_stored_is_shown_again(ready: Program, stub: Stub) -> None:
    asked = ready(*ASK).json
    [listed] = ready("experiments", "list", "--json").json["experiments"]
    assert (listed["id"], listed["status"], listed["ended"]) == (asked["experiment"], "done", 20)
    shown = ready("experiments", "show", "latest", "--json").json
    same = ("experiment", "paid_usd", "pairs", "decision", "done")
    assert {name: shown[name] for name in same} == {name: asked[name] for name in same}
    rows = ready("experiments", "rows", asked["experiment"], "--limit", "3").stdout.splitlines()
    assert [json.loads(row)["example_id"] for row in rows] == ["1", "2", "3"]
    report = ready("experiments", "report", "latest", "--junit", "x.xml", "--fail-if", "accuracy < 0.9", "--json")
    assert (report.code, (ready.home / "x.xml").exists(), stub.calls) == (3, True, 20)
    assert ready("experiments", "delete", "latest", "--json").json == {"deleted": asked["experiment"]}
    assert ready("experiments", "show", asked["experiment"], "--json").code == 2


def test_failed_rows_are_run_again(ready: Program, stub: Stub) -> None:
    stub.will(fails(422, "too odd"))
    failed = ready(*ASK, "--sample", "4")
    assert failed.code == 1
    assert (failed.json["failed"], failed.json["pipelines"][0]["errors"]) == (4, 4)
    assert failed.json["failures"][0]["rows"] == 4
    assert "4 rows failed: Expert: " in failed.stderr
    stub.will(knows_even)
    again = ready("experiments", "retry", "latest", "--json")
    assert (again.code, again.json["failed"], again.json["done"]) == (0, 0, 4)
    assert "No row has failed." in ready("experiments", "retry", "latest").stderr


def test_a_row_that_no_scorer_can_judge_says_why(ready: Program) -> None:
    (ready.home / "lacking.csv").write_text("question,answer\nQuestion 2,yes\nQuestion 4,\n")
    asked = ready("eval", "-p", "one.json", "--data", "lacking.csv", "-s", "exact_match", "--json")
    assert (asked.code, asked.json["unscored"], asked.json["pipelines"][0]["n"]) == (0, 1, 1)
    told = {"error": "exact_match: The example lacks a reference.", "rows": 1, "unscored": True}
    assert asked.json["failures"] == [told]
    assert "1 row not scored by exact_match: The example lacks a reference." in asked.stderr
    assert "Try the failed rows again" not in asked.stderr


def test_a_table_of_an_older_excel_is_read_once_its_encoding_is_named(ready: Program, stub: Stub) -> None:
    (ready.home / "older.csv").write_bytes("question,answer\nGr\xfc\xdfe 2,yes\n".encode("cp1252"))
    ask = ("eval", "-p", "one.json", "--data", "older.csv", "-s", "exact_match", "--json")
    refused = ready(*ask)
    assert (refused.code, stub.calls) == (2, 0)
    assert "name its encoding (such as cp1252" in refused.json["error"]["message"]
    assert ready(*ask, "--encoding", "cp1252").code == 0
    assert stub.bodies[0]["messages"][-1]["content"] == "Gr\xfc\xdfe 2"


def test_reasons_beyond_the_most_frequent_are_counted(ready: Program, stub: Stub) -> None:
    stub.will(*(fails(422, f"odd {number}") for number in range(7)))
    failed = ready(*ASK, "--sample", "7", "--concurrency", "1")
    assert failed.code == 1
    assert [reason["rows"] for reason in failed.json["failures"]] == [1] * 5
    assert f"2 more failed; see routeloom experiments rows {failed.json['experiment']}" in failed.stderr


def test_only_what_an_experiment_was_made_with_is_taken_up(ready: Program) -> None:
    made = ready(*ASK).json["experiment"]
    assert ready(*ASK, "--resume", made).code == 0
    questions(ready.home, 6)
    refused = ready(*ASK, "--resume", made, "--seed", "4")
    assert refused.code == 2
    assert "was made with other data and seed" in refused.json["error"]["message"]
    assert len(ready("experiments", "--json").json["experiments"]) == 1


def test_an_experiment_may_be_given_an_id_once(ready: Program) -> None:
    assert ready(*ASK, "--id", "nightly-7").json["experiment"] == "nightly-7"
    again = ready(*ASK, "--id", "nightly-7")
    assert (again.code, again.json["error"]["kind"]) == (2, "AlreadyThere")
    assert ready(*ASK, "--id", "a/b").code == 2
    assert ready(*ASK, "--resume", "nightly-7").json["experiment"] == "nightly-7"


def test_an_id_that_was_deleted_may_be_used_again(ready: Program, stub: Stub) -> None:
    ready(*ASK, "--id", "nightly")
    ready("experiments", "delete", "nightly")
    pipeline(ready, "one", "{query} and 1")
    questions(ready.home, 24)
    again = ready(*ASK, "--id", "nightly")
    assert (again.code, again.json["done"], again.json["failed"], stub.calls) == (0, 24, 0, 44)
    assert again.json["pipelines"][0]["accuracy"] == 0.0
