"""What runs tell of nodes and models."""

from __future__ import annotations

import pytest

from pipelines.estimate.history import PastCall, history_of, node_key
from pipelines.run import Run
from pipelines.value import ModelChoice, Query
from tests.app.drawn import finished, forked

EXPERT = forked().node("expert_2")


def changed(node_id: str, **changes: object) -> Run:
    """The run of `drawn`, one of its spans changed."""
    run = finished()
    spans = tuple(s.model_copy(update=changes) if s.node_id == node_id else s for s in run.spans)
    return run.model_copy(update={"spans": spans})


def test_a_run_tells_what_its_nodes_used_and_where_they_went() -> None:
    history = history_of([finished()])
    [expert] = history.of(EXPERT)
    assert (expert.calls, expert.input_tokens, expert.output_tokens, expert.latency_s) == (1, 30, 4, 0.5)
    assert (expert.run, expert.question_tokens, expert.ports, expert.choice) == ("run-1", 3, ("answer",), None)
    [router] = history.of(forked().node("router"))
    assert router.ports == ("short",)


def test_a_node_that_was_configured_otherwise_tells_nothing_and_one_that_was_moved_does() -> None:
    history = history_of([finished()])
    assert history.of(EXPERT.model_copy(update={"config": {"system_prompt": "Be brief."}})) == ()
    assert len(history.of(EXPERT.model_copy(update={"title": "Other"}))) == 1
    assert node_key(EXPERT) != node_key(forked().node("expert_1"))


@pytest.mark.parametrize("change", [{"reused": True}, {"pinned": True}, {"bypassed": True}, {"status": "failed"}])
def test_a_node_that_did_not_do_its_work_tells_nothing(change: dict[str, object]) -> None:
    assert history_of([changed("expert_2", **change)]).of(EXPERT) == ()


def test_a_run_that_has_not_ended_tells_nothing() -> None:
    assert history_of([finished().model_copy(update={"status": "running"})]).samples == {}


def test_an_answer_from_the_cache_tells_its_tokens_and_not_its_time() -> None:
    totals = finished().spans[3].totals.model_copy(update={"cached_calls": 1})
    [sample] = history_of([changed("expert_2", totals=totals)]).of(EXPERT)
    assert (sample.latency_s, sample.input_tokens) == (None, 30)


def test_what_is_inside_a_sub_pipeline_counts_for_its_node() -> None:
    run = finished()
    inner = run.spans[3].model_copy(update={"node_id": "expert_2/inner", "models": ("small",)})
    [sample] = history_of([run.model_copy(update={"spans": (*run.spans, inner)})]).of(EXPERT)
    assert (sample.calls, sample.input_tokens, sample.models, sample.latency_s) == (2, 60, ("small",), 0.5)


def test_the_model_that_was_chosen_for_others_is_told() -> None:
    fired = {"ports": {"choice": ModelChoice(model="large")}, "decision": None}
    span = finished().spans[1].model_copy(update={"fired": finished().spans[1].fired.model_copy(update=fired)})  # type: ignore[union-attr]
    run = finished().model_copy(update={"spans": (span,), "query": Query(text="x" * 400)})
    [sample] = history_of([run]).of(forked().node("router"))
    assert (sample.choice, sample.question_tokens) == ("large", 100)


def test_only_the_latest_five_hundred_runs_of_a_node_count() -> None:
    runs = [finished().model_copy(update={"id": str(number)}) for number in range(600)]
    found = history_of(runs).of(EXPERT)
    assert (len(found), found[0].run, found[-1].run) == (500, "0", "499")


def test_calls_are_sorted_by_model() -> None:
    calls = [
        PastCall("a", 10, 5, 1.0, 0.3, 0.2),
        PastCall("b", 1, 1, 9.0, 0.0, 0.0),
        PastCall("a", 20, 6, 2.0, 0.2, 0.2),
    ]
    columns = history_of([], calls).calls
    assert sorted(columns) == ["a", "b"]
    assert columns["a"].input_tokens.tolist() == [10.0, 20.0]
    assert columns["a"].output_tokens.tolist() == [5.0, 6.0]
    assert columns["a"].latency_s.tolist() == [1.0, 2.0]
    assert columns["a"].paid_ratio == pytest.approx(1.25)
