"""Estimates of pipelines whose cost and time can be worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.catalogue import Catalogue
from pipelines.chat import Sampling
from pipelines.data.example import Example
from pipelines.document import Pipeline
from pipelines.estimate.estimate import estimate
from pipelines.estimate.history import PastCall
from pipelines.estimate.record import Estimate, Range
from pipelines.experiment.experiment import ExperimentSettings
from pipelines.scorers.exact_match import ExactMatch
from pipelines.scorers.llm_judge import LlmJudge
from pipelines.store import MemoryLibrary
from tests.pipelines.drawing import draw, node, single_expert
from tests.pipelines.estimate.known import (
    CATALOGUE,
    cascade,
    chain,
    contender,
    examples,
    fan,
    forked,
    log_normal,
    past,
    routed,
    sample,
)

MANY = 400


def test_a_single_expert_costs_and_takes_what_it_did() -> None:
    pipeline = chain()
    history = past(pipeline, {"e0": [sample(n) for n in range(MANY)]})
    found = estimate([contender(pipeline)], examples(), history, catalogue=CATALOGUE).contenders[0]
    assert found.row_cost_usd is not None
    assert found.row_cost_usd.mean == pytest.approx(100 * 1e-6 + 50 * 2e-6, rel=0.02)
    assert found.row_latency_s.p50 == pytest.approx(1.0, rel=0.02)
    expert = found.node("e0")
    assert expert is not None
    assert (expert.token_source, expert.latency_source) == ("history n=400", "history n=400")
    assert (expert.active, expert.cost_share, expert.critical) == (1.0, 1.0, True)


def test_a_chain_adds_up() -> None:
    pipeline = chain(3)
    history = past(pipeline, {f"e{n}": [sample(m) for m in range(MANY)] for n in range(3)})
    found = estimate([contender(pipeline)], examples(), history, catalogue=CATALOGUE).contenders[0]
    assert found.row_cost_usd is not None
    assert found.row_cost_usd.mean == pytest.approx(3 * 2e-4, rel=0.02)
    assert found.row_latency_s.mean == pytest.approx(3.0, rel=0.02)
    assert found.critical_path == ("question", "e0", "e1", "e2", "answer")
    assert [node.time_share for node in found.nodes][1:4] == pytest.approx([1 / 3] * 3, abs=0.02)


def test_the_mean_of_the_slowest_is_not_the_slowest_mean() -> None:
    pipeline = fan()
    told = {f"e{n}": [sample(m, latency_s=t) for m, t in enumerate(log_normal(2.0, 0.5, seed=n))] for n in range(3)}
    found = estimate([contender(pipeline)], examples(), past(pipeline, told), catalogue=CATALOGUE).contenders[0]
    slowest_mean = max(node.latency_s.mean for node in found.nodes)
    # Three log-normal times of median 2 s and sigma 0.5, worked out by numerical integration.
    assert slowest_mean == pytest.approx(2.27, rel=0.05)
    assert found.row_latency_s.mean == pytest.approx(3.29, rel=0.04)
    assert found.row_latency_s.p95 == pytest.approx(5.79, rel=0.06)


@pytest.mark.parametrize(
    ("join", "latency_s"),
    [(None, 4.0), ({"rule": "any"}, 4.0), ({"rule": "first"}, 1.0), ({"rule": "k_of_n", "k": 2}, 4.0)],
)
def test_the_join_rule_decides_when_a_run_is_over(join: dict[str, object] | None, latency_s: float) -> None:
    """A run waits for everything that it started, unless the join stops it."""
    pipeline = fan(join)
    told = {f"e{n}": [sample(m, latency_s=2.0**n) for m in range(MANY)] for n in range(3)}
    found = estimate([contender(pipeline)], examples(), past(pipeline, told), catalogue=CATALOGUE).contenders[0]
    assert found.row_latency_s.mean == pytest.approx(latency_s, rel=0.02)


@pytest.mark.parametrize(
    ("join", "started_s"), [(None, 4.0), ({"rule": "any"}, 1.0), ({"rule": "k_of_n", "k": 2}, 2.0)]
)
def test_what_is_behind_a_join_starts_by_its_rule(join: dict[str, object] | None, started_s: float) -> None:
    fanned = fan(join)
    nodes = [*fanned.nodes[:-1], node("last", "expert", {"system_prompt": "x"}), fanned.nodes[-1]]
    edges = [f"{e.source}.{e.source_port} > {e.target}.{e.target_port}" for e in fanned.edges[:-1]]
    pipeline = draw(nodes, *edges, "vote.answer > last.query", "last.answer > answer.answers")
    told = {f"e{n}": [sample(m, latency_s=2.0**n) for m in range(MANY)] for n in range(3)}
    told["last"] = [sample(m, latency_s=8.0) for m in range(MANY)]
    found = estimate([contender(pipeline)], examples(), past(pipeline, told), catalogue=CATALOGUE).contenders[0]
    assert found.row_latency_s.mean == pytest.approx(started_s + 8.0, rel=0.02)


def fork_history(hard: int, easy: int) -> tuple[Pipeline, Estimate]:
    pipeline = forked()
    ports = ["hard"] * hard + ["easy"] * easy
    told = {
        "router": [routed(n, port) for n, port in enumerate(ports)],
        "dear": [sample(n, models=("large",), latency_s=4.0) for n in range(hard)],
        "cheap": [sample(hard + n) for n in range(easy)],
    }
    return pipeline, estimate([contender(pipeline)], examples(200), past(pipeline, told), catalogue=CATALOGUE)


def test_a_router_mixes_its_branches_by_their_shares() -> None:
    _, found = fork_history(100, 300)
    part = found.contenders[0]
    dear, cheap = part.node("dear"), part.node("cheap")
    assert dear is not None
    assert cheap is not None
    assert dear.active == pytest.approx(0.25, abs=0.01)
    assert dear.active + cheap.active == pytest.approx(1.0)
    assert part.row_cost_usd is not None
    assert part.row_cost_usd.mean == pytest.approx(0.25 * 0.002 + 0.75 * 0.0002, rel=0.05)
    assert part.row_latency_s.mean == pytest.approx(0.25 * 4.0 + 0.75 * 1.0, rel=0.05)


def test_a_router_says_whether_it_pays() -> None:
    _, found = fork_history(100, 300)
    [router] = found.contenders[0].routers
    assert router.pays
    assert router.break_even_share == pytest.approx(1.0)
    assert router.dearest_usd == pytest.approx(0.002, rel=0.03)
    assert {way.name: round(way.share, 1) for way in router.ways} == {"hard": 0.3, "easy": 0.7}
    assert router.sentence.startswith("'Rule router' pays: always taking 'hard' costs 0.00")


def test_a_cascade_that_nearly_always_hands_over_does_not_pay() -> None:
    pipeline = cascade()
    told = {
        "first": [sample(n, output_tokens=400, ports=("escalate" if n % 10 else "accepted",)) for n in range(MANY)],
        "second": [sample(n, models=("large",)) for n in range(MANY) if n % 10],
    }
    found = estimate([contender(pipeline)], examples(200), past(pipeline, told), catalogue=CATALOGUE).contenders[0]
    [router] = found.routers
    first_usd, second_usd = 100e-6 + 400 * 2e-6, 0.002
    assert router.router_usd == pytest.approx(first_usd, rel=0.03)
    assert router.routed_usd == pytest.approx(first_usd + 0.9 * second_usd, rel=0.03)
    assert not router.pays
    assert router.break_even_share == pytest.approx(1.0 - first_usd / second_usd, abs=0.03)


def test_decisions_that_were_made_together_stay_together() -> None:
    """Two routers that always agree: the second expert of a run is never the other one."""
    branches = [{"name": "a", "condition": "length > 40"}, {"name": "b", "condition": "length > 0"}]
    routers = [node(name, "rule_router", {"branches": branches}) for name in ("r1", "r2")]
    experts = [node(name, "expert") for name in ("a1", "b1", "a2", "b2")]
    edges = [f"r{n}.{way} > {way}{n}.query" for n in (1, 2) for way in "ab"]
    outs = [f"{expert.id}.answer > answer.answers" for expert in experts]
    pipeline = draw(
        [node("question", "query_input"), *routers, *experts, node("answer", "answer_output")],
        "question.query > r1.query",
        "question.query > r2.query",
        *edges,
        *outs,
    )
    told = {name: [routed(n, "ab"[n % 2]) for n in range(MANY)] for name in ("r1", "r2")}
    told |= {name: [sample(n, latency_s=10.0) for n in range(MANY)] for name in ("a1", "a2")}
    told |= {name: [sample(n, latency_s=1.0) for n in range(MANY)] for name in ("b1", "b2")}
    found = estimate([contender(pipeline)], examples(200), past(pipeline, told), catalogue=CATALOGUE).contenders[0]
    # Independent decisions would make three of four rows slow.
    assert found.row_latency_s.mean == pytest.approx(5.5, rel=0.05)


def test_without_history_every_number_says_where_it_comes_from() -> None:
    pipeline = single_expert(sampling={"max_tokens": 100})
    found = estimate([contender(pipeline)], examples(), catalogue=CATALOGUE).contenders[0]
    expert = found.node("expert")
    assert expert is not None
    assert expert.output_tokens is not None
    assert expert.output_tokens.mean == pytest.approx(57.0, rel=0.1)
    assert expert.output_tokens.p95 <= 100.0
    assert expert.token_source == "declared: up to 100 tokens"
    assert expert.latency_source == "default: 0.5 s and 15 ms a token"
    assert found.basis == 0.0
    assert found.notes == (
        "Most of this is assumed, not measured; run a few examples first and it becomes much surer.",
    )


def test_an_undeclared_answer_has_300_tokens_within_60_percent() -> None:
    found = estimate([contender(chain())], examples(500), catalogue=CATALOGUE).contenders[0].node("e0")
    assert found is not None
    assert found.output_tokens is not None
    assert found.output_tokens.mean == pytest.approx(300.0, rel=0.1)
    assert found.token_source == "default: 300 tokens"


def test_an_unknown_price_is_said_and_never_free() -> None:
    pipeline = draw(
        [
            node("question", "query_input"),
            node("e0", "expert"),
            node("e1", "expert", {"model": "new"}),
            node("answer", "answer_output"),
        ],
        "question.query > e0.query",
        "e0.answer > e1.query",
        "e1.answer > answer.answers",
    )
    found = estimate([contender(pipeline)], examples(), catalogue=CATALOGUE)
    part = found.contenders[0]
    assert (found.total_cost_usd, part.total_cost_usd, part.row_cost_usd) == (None, None, None)
    assert part.unpriced == ("new",)
    assert part.at_least_usd > 0.0
    assert part.notes[0].startswith("The price of new is unknown, so the total is unknown too: at least 0.000")
    new = part.node("e1")
    assert new is not None
    assert new.cost_usd is None


def test_a_model_that_is_not_in_the_catalogue_has_no_price() -> None:
    found = estimate([contender(single_expert(model="nobody"))], examples(), catalogue=Catalogue())
    assert found.contenders[0].unpriced == ("nobody",)


def test_the_samples_of_one_node_are_asked_at_once_and_all_paid() -> None:
    config = {"samples": 9, "sampling": {"temperature": 0.7, "max_tokens": 100}}
    many = draw(
        [node("question", "query_input"), node("e", "self_consistency", config), node("answer", "answer_output")],
        "question.query > e.query",
        "e.answer > answer.answers",
    )
    one = single_expert(sampling={"max_tokens": 100})
    calls = [PastCall("small", 100, n, 0.1 + 0.01 * n, 0.0, 0.0) for n in range(1, 60)]
    found = estimate(
        [contender(many, "many"), contender(one, "one")], examples(), past(one, {}, calls), catalogue=CATALOGUE
    )
    costs = [part.row_cost_usd.mean for part in found.contenders if part.row_cost_usd]
    assert costs[0] == pytest.approx(9 * costs[1], rel=0.15)
    assert found.contenders[0].row_latency_s.p50 == pytest.approx(found.contenders[1].row_latency_s.p50, rel=0.35)


def test_the_model_that_a_router_chose_is_the_one_that_is_paid() -> None:
    pool = [{"model": "small", "examples": ["a"]}, {"model": "large", "examples": ["b"]}]
    pipeline = draw(
        [
            node("question", "query_input"),
            node("router", "model_router", {"pool": pool}),
            node("expert", "expert", {"sampling": {"max_tokens": 100}}),
            node("answer", "answer_output"),
        ],
        "question.query > router.query",
        "question.query > expert.query",
        "router.choice > expert.choice",
        "expert.answer > answer.answers",
    )
    told = {"router": [routed(n, "choice", choice="large" if n % 4 == 0 else "small") for n in range(MANY)]}
    found = estimate([contender(pipeline)], examples(200), past(pipeline, told), catalogue=CATALOGUE).contenders[0]
    [router] = found.routers
    assert {way.name: round(way.share, 1) for way in router.ways} == {"small": 0.7, "large": 0.3}
    costs = {way.name: way.cost_usd for way in router.ways}
    assert costs["large"] == pytest.approx(10 * costs["small"], rel=0.1)


def test_a_node_of_several_models_costs_what_it_did() -> None:
    pipeline = draw(
        [
            node("question", "query_input"),
            node("e", "self_refine", {"critic_model": "large"}),
            node("answer", "answer_output"),
        ],
        "question.query > e.query",
        "e.answer > answer.answers",
    )
    told = [sample(n, models=("small", "large"), calls=3, list_cost_usd=0.007) for n in range(MANY)]
    part = estimate([contender(pipeline)], examples(), past(pipeline, {"e": told}), catalogue=CATALOGUE).contenders[0]
    assert part.row_cost_usd is not None
    assert part.row_cost_usd.mean == pytest.approx(0.007, rel=0.02)


def test_with_another_default_model_the_tokens_stay_and_price_and_time_change() -> None:
    pipeline = chain()
    history = past(pipeline, {"e0": [sample(n) for n in range(MANY)]})
    chosen = ExperimentSettings(model="large")
    part = estimate([contender(pipeline)], examples(), history, catalogue=CATALOGUE, settings=chosen).contenders[0]
    expert = part.node("e0")
    assert expert is not None
    assert expert.cost_usd is not None
    assert expert.cost_usd.mean == pytest.approx(0.002, rel=0.02)
    assert (expert.token_source, expert.latency_source) == ("history n=400", "default: 0.5 s and 15 ms a token")


def test_longer_questions_than_before_make_longer_prompts() -> None:
    pipeline = chain()
    history = past(pipeline, {"e0": [sample(n) for n in range(MANY)]})
    asked = [Example(id="1", query="x" * 4 * 503)]
    expert = estimate([contender(pipeline)], asked, history, catalogue=CATALOGUE).contenders[0].node("e0")
    assert expert is not None
    assert expert.input_tokens is not None
    assert expert.input_tokens.mean == pytest.approx(600.0, rel=0.01)


def test_a_node_that_asked_nobody_in_half_of_its_runs_will_do_so_again() -> None:
    pipeline = chain()
    silent = {"models": (), "calls": 0, "input_tokens": 0, "output_tokens": 0, "list_cost_usd": 0.0}
    told = [sample(n, **({} if n % 2 else silent)) for n in range(MANY)]
    part = estimate([contender(pipeline)], examples(200), past(pipeline, {"e0": told}), catalogue=CATALOGUE)
    assert part.total_cost_usd is not None
    assert part.total_cost_usd.mean == pytest.approx(200 * 0.0001, rel=0.05)


def test_a_chooser_whose_models_are_not_known_leaves_the_choice_until_it_has_run() -> None:
    pipeline = draw(
        [
            node("question", "query_input"),
            node("router", "learned_router", {"router": "r"}),
            node("expert", "expert", {"sampling": {"max_tokens": 100}}),
            node("answer", "answer_output"),
        ],
        "question.query > router.query",
        "question.query > expert.query",
        "router.choice > expert.choice",
        "expert.answer > answer.answers",
    )
    told = {"router": [routed(n, "choice", choice="large") for n in range(MANY)]}
    blind = estimate([contender(pipeline)], examples(200), catalogue=CATALOGUE).contenders[0]
    seeing = estimate([contender(pipeline)], examples(200), past(pipeline, told), catalogue=CATALOGUE).contenders[0]
    routers = [part.node("router") for part in (blind, seeing)]
    assert [found.active_source for found in routers if found] == [
        "default: what it chooses is unknown",
        "history n=400",
    ]
    assert blind.row_cost_usd is not None
    assert seeing.row_cost_usd is not None
    assert seeing.row_cost_usd.mean == pytest.approx(10 * blind.row_cost_usd.mean, rel=0.1)


def test_a_sub_pipeline_that_never_ran_is_looked_into() -> None:
    pipeline = draw(
        [
            node("question", "query_input"),
            node("sub", "sub_pipeline", {"reference": "inner"}),
            node("answer", "answer_output"),
        ],
        "question.query > sub.query",
        "sub.answer > answer.answers",
    )
    library = MemoryLibrary({"inner": chain(2)})
    blind = estimate([contender(pipeline)], examples(), catalogue=CATALOGUE).contenders[0]
    seeing = estimate([contender(pipeline)], examples(), catalogue=CATALOGUE, library=library).contenders[0]
    direct = estimate([contender(chain(2))], examples(), catalogue=CATALOGUE).contenders[0]
    assert blind.unpriced == ("the pipeline 'inner'",)
    assert seeing.row_cost_usd is not None
    assert direct.row_cost_usd is not None
    assert seeing.row_cost_usd.mean == pytest.approx(direct.row_cost_usd.mean, rel=0.15)


def test_what_is_switched_off_or_pinned_costs_nothing() -> None:
    pinned = {"pinned": {"answer": {"type": "answer", "text": "Yes."}}}
    for change in ({"disabled": True}, {"bypassed": True}, pinned):
        nodes = [spec.model_copy(update={}) for spec in chain().nodes]
        nodes[1] = node("e0", "expert", **change)
        pipeline = chain().model_copy(update={"nodes": tuple(nodes)})
        part = estimate([contender(pipeline)], examples(), catalogue=CATALOGUE).contenders[0]
        assert part.row_cost_usd is not None
        assert part.row_cost_usd.mean == 0.0
        assert part.row_latency_s.mean == 0.0


def test_a_drawing_that_is_not_finished_is_estimated_as_far_as_it_goes() -> None:
    loose = draw([node("e0", "expert"), node("x", "from_the_future"), node("a", "merge"), node("b", "merge")])
    looped = loose.model_copy(update={"edges": draw([], "a.answer > b.values", "b.answer > a.values").edges})
    part = estimate([contender(looped)], examples(), catalogue=CATALOGUE).contenders[0]
    assert [found.node_id for found in part.nodes] == ["e0"]
    assert part.nodes[0].active == 0.0
    assert part.nodes[0].cost_usd is not None
    assert part.nodes[0].cost_usd.mean > 0.0
    assert estimate([contender(Pipeline())], examples(), catalogue=CATALOGUE).contenders[0].nodes == ()


def test_the_same_seed_gives_the_same_estimate() -> None:
    first, again = (estimate([contender(forked())], examples(5), catalogue=CATALOGUE) for _ in range(2))
    other = estimate([contender(forked())], examples(5), catalogue=CATALOGUE, settings=ExperimentSettings(seed=1))
    assert first == again
    assert first.total_cost_usd != other.total_cost_usd
    assert Estimate.model_validate_json(first.model_dump_json()) == first


def test_a_total_is_surer_than_a_row_and_unknowns_do_not_average_out() -> None:
    one, many = (estimate([contender(chain())], examples(n), catalogue=CATALOGUE) for n in (1, 5_000))
    assert many.total_cost_usd is not None
    assert one.total_cost_usd is not None
    relative = [(e.p95 - e.p05) / e.mean for e in (one.total_cost_usd, many.total_cost_usd)]
    assert relative[1] < 0.8 * relative[0]
    # What nobody knows about the length of answers (sd 0.4) keeps the interval about 2 * 1.645 * 0.4 wide.
    assert relative[1] > 1.0


def test_a_judge_is_paid_for_every_answer_and_told_apart() -> None:
    pipeline = chain()
    judge = LlmJudge(model="large", rubric="", sampling=Sampling(max_tokens=100))
    none, one, two = (
        estimate([contender(pipeline)], examples(50), catalogue=CATALOGUE, scorers=scorers)
        for scorers in ((), (ExactMatch(), judge), (judge, judge.model_copy(update={"rubric": "x"})))
    )
    costs = [found.judge_cost_usd for found in (none, one, two)]
    assert costs[0] == Range(mean=0.0, p05=0.0, p50=0.0, p95=0.0)
    assert costs[1] is not None
    assert costs[2] is not None
    # 50 ratings of about 57 tokens, after an instruction, a question and an answer of about 430 tokens.
    assert costs[1].mean == pytest.approx(50 * (430 * 10e-6 + 57 * 20e-6), rel=0.1)
    assert costs[2].mean == pytest.approx(2 * costs[1].mean, rel=0.1)
    assert none.total_cost_usd == one.total_cost_usd
    unknown = estimate([contender(pipeline)], examples(), catalogue=CATALOGUE, scorers=[LlmJudge(model="new")])
    assert unknown.judge_cost_usd is None


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400), st.integers(1, 3), st.integers(1, 64), st.integers(0, 10**6))
def test_an_estimate_is_consistent(count: int, repeats: int, concurrency: int, seed: int) -> None:
    chosen = ExperimentSettings(repeats=repeats, concurrency=concurrency, seed=seed)
    found = estimate([contender(cascade())], examples(count), catalogue=CATALOGUE, settings=chosen)
    part = found.contenders[0]
    assert found.rows == part.rows == count * repeats
    assert found.total_cost_usd is not None
    assert part.row_cost_usd is not None
    for each in (found.total_cost_usd, found.wall_s, part.row_cost_usd, part.row_latency_s):
        assert 0.0 <= each.p05 <= each.p50 <= each.p95
        assert all(math.isfinite(value) for value in each.model_dump().values())
    assert sum(node.cost_share for node in part.nodes) == pytest.approx(1.0)
    assert sum(node.time_share for node in part.nodes) == pytest.approx(1.0)
    assert found.total_cost_usd.mean == pytest.approx(part.row_cost_usd.mean * part.rows, rel=0.01)
