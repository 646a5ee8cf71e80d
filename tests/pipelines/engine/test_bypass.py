"""A bypassed node passes on what comes in, asks nobody, and fires one output."""

from __future__ import annotations

import pytest

from pipelines.document import NodeSpec, Pipeline
from pipelines.engine import Flow, LangGraphFlow, PlainFlow, reusable_outputs
from pipelines.run import Run, Span
from pipelines.value import Answer, Query
from tests.pipelines.drawing import draw, node, single_expert
from tests.pipelines.engine.stage import Stage, play, statuses

FLOWS = [LangGraphFlow(), PlainFlow()]
PASSED = "bypassed"
STUCK = "bypassed, and nothing that comes in fits its outputs"


def played(pipeline: Pipeline, flow: Flow | None = None) -> Run:
    async def work() -> Run:
        return await Stage(flow=flow).run(pipeline)

    return play(work())


def span(run: Run, node_id: str) -> Span:
    return next(each for each in run.spans if each.node_id == node_id)


def say(node_id: str, words: str, **more: object) -> NodeSpec:
    return node(node_id, "expert", {"system_prompt": f"node={node_id} {words}"}, **more)


ROUTED = draw(
    [
        node("q", "query_input"),
        node("r", "rule_router", {"branches": [{"name": "hard", "condition": "words > 99"}], "default": "easy"},
             bypassed=True),
        say("a", "say=hard"),
        say("b", "say=easy"),
        node("out", "answer_output"),
    ],
    "q.query > r.query",
    "r.hard > a.query",
    "r.easy > b.query",
    "a.answer > out.answers",
    "b.answer > out.answers",
)  # fmt: skip
CHAIN = draw(
    [
        node("q", "query_input"),
        say("first", "say=first latency=1"),
        say("second", "say=second latency=1", bypassed=True),
        node("out", "answer_output"),
    ],
    "q.query > first.query",
    "first.answer > second.query",
    "second.answer > out.answers",
)


@pytest.mark.parametrize("flow", FLOWS)
def test_a_router_takes_its_first_branch_and_decides_nothing(flow: Flow) -> None:
    run = played(ROUTED, flow)
    assert statuses(run) == {"q": "done", "r": "done", "a": "done", "b": "skipped", "out": "done"}
    passed = span(run, "r")
    assert (passed.bypassed, passed.reason, passed.latency_s) == (True, PASSED, 0.0)
    assert passed.fired is not None
    assert passed.fired.ports == {"hard": Query(text="question")}
    assert passed.fired.decision is None
    assert run.answer == Answer(text="hard", model="small")
    assert span(run, "b").reason == "Rule router did not take 'easy'"


@pytest.mark.parametrize("flow", FLOWS)
def test_an_expert_behind_an_expert_lets_its_answer_through(flow: Flow) -> None:
    run = played(CHAIN, flow)
    assert run.answer == Answer(text="first", model="small")
    assert (run.totals.calls, run.latency_s) == (1, 1.0)
    assert span(run, "second").inputs == {"query": ("first.answer",)}


def test_an_expert_behind_the_question_stays_silent() -> None:
    pipeline = single_expert()
    off = pipeline.nodes[1].model_copy(update={"bypassed": True})
    run = played(pipeline.model_copy(update={"nodes": (pipeline.nodes[0], off, pipeline.nodes[2])}))
    assert run.status == "no_answer"
    assert (span(run, "expert").status, span(run, "expert").reason) == ("skipped", STUCK)


def test_an_input_that_is_not_passed_on_is_not_waited_for_and_may_fail() -> None:
    pipeline = draw(
        [
            node("q", "query_input"),
            say("slow", "fail latency=9"),
            say("quick", "say=quick"),
            node("j", "judge", {"rubric": "Good?"}, bypassed=True),
            node("again", "query_rewriter", {}),
            node("out", "answer_output"),
        ],
        "q.query > slow.query",
        "q.query > quick.query",
        "slow.answer > j.query",
        "quick.answer > j.answer",
        "j.failed > again.query",
        "j.passed > out.answers",
    )
    run = played(pipeline)
    assert run.answer == Answer(text="quick", model="small")
    assert (span(run, "out").start_s, statuses(run)["again"]) == (0.0, "skipped")


def test_a_join_that_is_bypassed_waits_as_it_did_and_gives_the_first() -> None:
    names = ["e0", "e1", "e2"]
    pipeline = draw(
        [
            node("q", "query_input"),
            *(say(name, f"say={name} latency={3 - number}") for number, name in enumerate(names)),
            node("vote", "majority_vote", bypassed=True, join={"rule": "k_of_n", "k": 2}),
            node("out", "answer_output"),
        ],
        *(f"q.query > {name}.query" for name in names),
        *(f"{name}.answer > vote.answers" for name in names),
        "vote.answer > out.answers",
    )
    run = played(pipeline)
    assert run.answer == Answer(text="e1", model="small")
    assert span(run, "vote").start_s == 2.0


def test_an_answer_becomes_a_question_where_the_output_gives_one() -> None:
    pipeline = draw(
        [
            node("q", "query_input"),
            say("first", "say=first"),
            node("again", "query_rewriter", bypassed=True),
            say("last", "say=last"),
            node("out", "answer_output"),
        ],
        "q.query > first.query",
        "first.answer > again.query",
        "again.query > last.query",
        "last.answer > out.answers",
    )
    fired = span(played(pipeline), "again").fired
    assert fired is not None
    assert fired.ports == {"query": Query(text="first")}


def test_a_failure_before_it_blocks_what_is_behind_it() -> None:
    first = say("first", "fail")
    run = played(CHAIN.model_copy(update={"nodes": (CHAIN.nodes[0], first, *CHAIN.nodes[2:])}))
    assert statuses(run) == {"q": "done", "first": "failed", "second": "blocked", "out": "blocked"}


def test_what_is_pinned_to_it_waits_until_it_works_again() -> None:
    pinned = CHAIN.nodes[2].model_copy(update={"pinned": {"answer": Answer(text="pinned")}})
    run = played(CHAIN.model_copy(update={"nodes": (*CHAIN.nodes[:2], pinned, CHAIN.nodes[3])}))
    assert run.answer == Answer(text="first", model="small")
    assert (span(run, "second").pinned, span(run, "second").bypassed) == (False, True)


def test_a_bypass_is_an_edit_that_keeps_what_lies_before_it() -> None:
    working = CHAIN.model_copy(
        update={"nodes": (*CHAIN.nodes[:2], CHAIN.nodes[2].model_copy(update={"bypassed": False}), CHAIN.nodes[3])}
    )
    assert set(reusable_outputs(played(working), CHAIN)) == {"q", "first"}
