"""`routeloom run` against a real model server."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Callable

import pytest

from tests.app.cli.drawing import chain, document, edge, looped, node, routed, single, write
from tests.app.cli.program import TIMEOUT_S, Program
from tests.pipelines.gateway.stub import Stub, chunk, fails, hangs, says, streams

ONE_CALL_USD = 5 * 1e-6 + 2 * 2e-6
POLL_S = 0.01


def until(holds: Callable[[], bool]) -> None:
    end_s = time.monotonic() + TIMEOUT_S
    while not holds():
        assert time.monotonic() < end_s, "what was waited for never happened"
        time.sleep(POLL_S)


def test_the_json_answer_has_the_fields_of_the_contract(asking: Program, stub: Stub) -> None:
    stub.will(says("Blue."))
    outcome = asking("run", write(asking.home / "p.json", single()), "--query", "A colour?", "--json")
    answer = outcome.json
    assert outcome.code == 0
    assert answer["answer"] == "Blue."
    assert answer["status"] == "done"
    assert answer["cost_usd"] == pytest.approx(ONE_CALL_USD)
    assert (answer["input_tokens"], answer["output_tokens"], answer["calls"]) == (5, 2, 1)
    assert answer["latency_s"] > 0
    assert [(s["node"], s["kind"], s["status"], s["fired"]) for s in answer["spans"]] == [
        ("question", "query_input", "done", ["query"]),
        ("expert", "expert", "done", ["answer"]),
        ("out", "answer_output", "done", ["answer"]),
    ]
    assert answer["spans"][1]["cost_usd"] == pytest.approx(ONE_CALL_USD)
    assert answer["spans"][1]["latency_s"] <= answer["latency_s"]


def test_the_answer_alone_is_on_standard_output(asking: Program, stub: Stub) -> None:
    stub.will(says("Blue."))
    outcome = asking.process("run", write(asking.home / "p.json", single()), "--query", "A colour?")
    assert outcome.code == 0
    assert outcome.stdout == "Blue.\n"
    assert "1 call, $0.0000090," in outcome.stderr


def test_the_branch_that_is_not_taken_is_skipped(asking: Program) -> None:
    outcome = asking("run", write(asking.home / "p.json", routed()), "--query", "Short?", "--json")
    spans = {span["node"]: span for span in outcome.json["spans"]}
    assert spans["router"]["fired"] == ["short"]
    assert spans["router"]["scores"]["short"] == 1.0
    assert (spans["small"]["status"], spans["big"]["status"]) == ("done", "skipped")
    assert spans["big"]["fired"] == []


def test_the_trace_shows_every_node(asking: Program) -> None:
    outcome = asking("run", write(asking.home / "p.json", routed()), "--query", "Short?", "--trace")
    assert outcome.stdout == "hello\n"
    assert re.search(r"^small +done ", outcome.stderr, re.MULTILINE)
    assert re.search(r"^big +skipped ", outcome.stderr, re.MULTILINE)


def test_an_answer_bought_before_costs_nothing(asking: Program, stub: Stub) -> None:
    file = write(asking.home / "p.json", single())
    asking("run", file, "--query", "A colour?")
    again = asking("run", file, "--query", "A colour?", "--json").json
    assert (again["cost_usd"], again["cached_calls"], stub.calls) == (0.0, 1, 1)
    assert again["list_cost_usd"] == pytest.approx(ONE_CALL_USD)


def test_without_the_cache_it_is_asked_again(asking: Program, stub: Stub) -> None:
    file = write(asking.home / "p.json", single())
    asking("run", file, "--query", "A colour?")
    asking("run", file, "--query", "A colour?", "--no-cache")
    assert stub.calls == 2


def test_a_budget_of_nothing_stops_before_the_first_call(asking: Program, stub: Stub) -> None:
    file = write(asking.home / "p.json", single())
    outcome = asking("run", file, "--query", "A colour?", "--budget-usd", "0", "--json")
    assert outcome.code == 1
    assert outcome.json["status"] == "budget"
    assert outcome.json["answer"] is None
    assert stub.calls == 0


def test_a_budget_of_one_call_stops_before_the_second(asking: Program, stub: Stub) -> None:
    file = write(asking.home / "p.json", chain())
    outcome = asking("run", file, "--query", "A colour?", "--budget-calls", "1", "--json")
    assert (outcome.code, outcome.json["status"], outcome.json["calls"], stub.calls) == (1, "budget", 1, 1)


def test_a_failing_provider_fails_the_run_with_its_sentence(asking: Program, stub: Stub) -> None:
    stub.will(fails(401, "bad key"))
    outcome = asking("run", write(asking.home / "p.json", single()), "--query", "A colour?", "--json")
    assert outcome.code == 1
    assert outcome.json["status"] == "failed"
    assert outcome.json["spans"][1]["error_kind"] == "ModelRefusedKey"
    assert "Failed: Expert: " in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_missing_key_is_one_sentence_and_no_call(program: Program, stub: Stub) -> None:
    program("models", "add", "keyed", "--model", "openai/m", "--base-url", stub.base_url, "--key-env", "CANARY_API_KEY")
    file = write(program.home / "p.json", single("keyed"))
    outcome = program("run", file, "--query", "A colour?", "--json")
    assert outcome.code == 1
    assert "CANARY_API_KEY" in outcome.json["error"]
    assert stub.calls == 0


def test_a_key_reaches_the_server_and_no_output(program: Program, stub: Stub) -> None:
    program("models", "add", "keyed", "--model", "openai/m", "--base-url", stub.base_url, "--key-env", "CANARY_API_KEY")
    file = write(program.home / "p.json", single("keyed"))
    stub.will(fails(400, "what is canary-7391 doing here"))
    outcome = program("run", file, "--query", "A colour?", "--trace", "--json", CANARY_API_KEY="canary-7391")
    assert stub.headers[0]["Authorization"] == "Bearer canary-7391"
    assert "canary-7391" not in outcome.stdout + outcome.stderr
    assert not [path for path in program.home.iterdir() if b"canary-7391" in path.read_bytes()]


def test_an_unknown_model_is_bad_input(asking: Program) -> None:
    outcome = asking("run", write(asking.home / "p.json", single()), "--query", "A?", "--model", "nope", "--json")
    assert outcome.code == 2
    assert outcome.json["error"]["kind"] == "ConfigurationError"
    assert "The model 'nope' is not in the catalogue" in outcome.json["error"]["message"]


def test_an_unknown_pipeline_is_bad_input(program: Program) -> None:
    outcome = program("run", "nope", "--query", "A?", "--json")
    assert outcome.code == 2
    assert outcome.json["error"]["kind"] == "NotFound"
    assert "There is no pipeline 'nope'" in outcome.json["error"]["message"]


def test_a_pipeline_with_errors_is_not_run(asking: Program, stub: Stub) -> None:
    outcome = asking("run", write(asking.home / "p.json", looped()), "--query", "A?", "--json")
    assert outcome.code == 2
    assert outcome.json["error"]["kind"] == "PipelineInvalid"
    assert {problem["node"] for problem in outcome.json["error"]["problems"]} >= {"a", "odd"}
    assert stub.calls == 0


@pytest.mark.parametrize(
    "args",
    [
        ("run", "single-expert", "--json"),
        ("run", "--query", "A?", "--json"),
        ("run", "single-expert", "--query", "A?", "--input", "q.txt", "--json"),
        ("run", "single-expert", "--query", "A?", "--budget-usd", "-1", "--json"),
        ("run", "single-expert", "--query", "A?", "--budget-usd", "nan", "--json"),
        ("run", "single-expert", "--query", "A?", "--seed", "x", "--json"),
        ("run", "single-expert", "--query", "A?", "--no-such-option", "--json"),
        ("run", "single-expert", "--query", "A?", "--resume", "x", "--json"),
        ("nonsense", "--json"),
    ],
)
def test_wrong_usage_is_code_2_and_one_json_object(program: Program, args: tuple[str, ...]) -> None:
    outcome = program(*args)
    assert outcome.code == 2
    assert set(outcome.json) == {"error"}
    assert outcome.json["error"]["kind"] == "UsageError"


def test_an_empty_question_is_bad_input(program: Program) -> None:
    outcome = program("run", "single-expert", "--query", "  ", "--json")
    assert (outcome.code, outcome.json["error"]["message"]) == (2, "The question is empty; ask something.")


def test_a_wrong_setting_is_named(program: Program) -> None:
    outcome = program("run", "single-expert", "--query", "A?", "--json", ROUTELOOM_PORT="many")
    assert outcome.code == 2
    assert "ROUTELOOM_PORT" in outcome.json["error"]["message"]


def test_a_file_brings_tags_and_documents(asking: Program, stub: Stub) -> None:
    tagged = document(
        [
            node("question", "query_input"),
            node(
                "router",
                "rule_router",
                branches=[{"name": "vip", "condition": "'vip' in tags"}, {"name": "rest", "condition": "length > 0"}],
            ),
            node("a", "expert", system_prompt="For the important."),
            node("b", "expert"),
            node("out", "answer_output"),
        ],
        [
            edge("question.query", "router.query"),
            edge("router.vip", "a.query"),
            edge("router.rest", "b.query"),
            edge("a.answer", "out.answers"),
            edge("b.answer", "out.answers"),
        ],
    )
    question = asking.home / "q.json"
    question.write_text(json.dumps({"query": "A?", "tags": ["vip"], "documents": [{"title": "T", "text": "t"}]}))
    outcome = asking("run", write(asking.home / "p.json", tagged), "--input", str(question), "--json")
    spans = {span["node"]: span["status"] for span in outcome.json["spans"]}
    assert (spans["a"], spans["b"]) == ("done", "skipped")
    assert stub.bodies[0]["messages"][0]["content"] == "For the important."


def test_a_text_from_standard_input_is_the_question(asking: Program, stub: Stub) -> None:
    outcome = asking.process("run", write(asking.home / "p.json", single()), "--input", "-", stdin="Which\ncolour?\n")
    assert outcome.code == 0
    assert stub.bodies[0]["messages"][-1]["content"] == "Which\ncolour?"


def test_many_questions_give_one_object_with_runs(asking: Program) -> None:
    (asking.home / "q.jsonl").write_text('{"query": "One?"}\n\n"Two?"\n')
    outcome = asking("run", write(asking.home / "p.json", single()), "--input", "q.jsonl", "--json")
    assert outcome.code == 0
    assert [run["query"] for run in outcome.json["runs"]] == ["One?", "Two?"]
    assert outcome.json["status"] == "done"
    assert outcome.json["calls"] == 2


def test_one_budget_holds_for_all_questions(asking: Program, stub: Stub) -> None:
    (asking.home / "q.jsonl").write_text('"One?"\n"Two?"\n"Three?"\n')
    file = write(asking.home / "p.json", single())
    outcome = asking("run", file, "--input", "q.jsonl", "--budget-calls", "1", "--json")
    assert outcome.code == 1
    assert [run["status"] for run in outcome.json["runs"]] == ["done", "budget"]
    assert (outcome.json["not_run"], stub.calls) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("q.jsonl", '"One?"\n{"query": \n', "Line 2 of"),
        ("q.jsonl", '{"question": "One?"}\n', "query"),
        ("q.jsonl", "\n", "holds no question"),
        ("q.json", "[]", "holds no question"),
        ("q.json", '{"query": "A?", "tags": "vip"}', "tags"),
        ("q.json", '[{"query": ""}]', "Row 1 of"),
        ("q.txt", "", "is empty"),
    ],
)
def test_a_malformed_input_file_is_bad_input(program: Program, name: str, content: str, said: str) -> None:
    (program.home / name).write_text(content)
    outcome = program("run", "single-expert", "--input", name, "--json")
    assert outcome.code == 2
    assert outcome.json["error"]["kind"] == "DocumentError"
    assert said in outcome.json["error"]["message"]


def test_an_input_file_that_is_no_text_is_bad_input(program: Program) -> None:
    (program.home / "q.txt").write_bytes(b"\xff\xfe\x00")
    outcome = program("run", "single-expert", "--input", "q.txt", "--json")
    assert (outcome.code, outcome.json["error"]["kind"]) == (2, "DocumentError")


def test_control_c_stops_the_run_and_keeps_what_was_done(asking: Program, stub: Stub) -> None:
    stub.will(says("first"), hangs)
    process = asking.start("run", write(asking.home / "p.json", chain()), "--query", "A?", "--json")
    until(lambda: stub.calls == 2)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130
    answer = json.loads(stdout)
    assert answer["status"] == "cancelled"
    assert [span["status"] for span in answer["spans"] if span["node"] in ("first", "second")] == ["done", "cancelled"]
    assert "Traceback" not in stderr


def test_a_killed_run_is_resumed_without_paying_again(asking: Program, stub: Stub) -> None:
    whole = streams(
        chunk("first"),
        chunk(finish="stop"),
        {**chunk(), "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}},
    )
    stub.will(whole, hangs)
    process = asking.start("run", write(asking.home / "p.json", chain()), "--query", "A?")
    until(lambda: stub.calls == 2)
    process.kill()
    process.communicate(timeout=TIMEOUT_S)
    [interrupted] = asking("runs", "--json").json["runs"]
    assert (interrupted["status"], interrupted["interrupted"]) == ("running", True)
    stub.will(says("second"))
    resumed = asking("run", "--resume", interrupted["id"], "--json")
    assert resumed.code == 0, resumed.stderr
    assert (resumed.json["answer"], resumed.json["run"]) == ("second", interrupted["id"])
    assert [body["messages"][-1]["content"] for body in stub.bodies] == ["A?", "first", "first"]
    assert resumed.json["cost_usd"] == pytest.approx(2 * ONE_CALL_USD)


def test_a_run_that_ended_is_not_resumed(asking: Program) -> None:
    done = asking("run", write(asking.home / "p.json", single()), "--query", "A?", "--json").json
    outcome = asking("run", "--resume", done["run"], "--json")
    assert outcome.code == 2
    assert "has ended (done)" in outcome.json["error"]["message"]
