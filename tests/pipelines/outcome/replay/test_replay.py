"""Pipelines replayed on a table: what they answer, cost and take, in the engine and without it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.document import JoinRule, Pipeline
from pipelines.error import ConfigurationError, PipelineInvalid
from pipelines.experiment.results import STATUSES, Results
from pipelines.outcome.replay.replay import Way, replay, unpriced
from pipelines.outcome.table import OutcomeTable
from pipelines.retrieval.hashing import HashingEmbedder
from pipelines.routers.knn import Knn
from pipelines.store import MemoryLibrary
from pipelines.trained import TrainedRouter
from tests.pipelines.drawing import draw, node, single_expert
from tests.pipelines.outcome.tables import two_tasks

NAN = float("nan")
MODELS = ("a", "b", "c")


def _table(scores: Sequence[Sequence[float]], answers: Sequence[Sequence[str]] | None = None) -> OutcomeTable:
    score = np.array(scores, dtype=np.float64)
    shape = score.shape
    return OutcomeTable(
        name="recorded",
        ids=tuple(f"q{row}" for row in range(shape[0])),
        queries=tuple(f"Question {row}{' in many more words' * (row % 2)}" for row in range(shape[0])),
        models=MODELS[: shape[1]],
        score=score,
        cost_usd=np.where(np.isnan(score), np.nan, 2.0 ** np.arange(shape[1])),
        input_tokens=np.full(shape, 10.0),
        output_tokens=np.full(shape, 20.0),
        latency_s=np.tile(1.0 + np.arange(shape[1]), (shape[0], 1)),
        tasks=("",) * shape[0],
        groups=("",) * shape[0],
        splits=("",) * shape[0],
        answers=None if answers is None else np.array(answers, dtype=object),
    )


def _voting(*models: str) -> Pipeline:
    experts = [node(f"e{place}", "expert", {"model": model}) for place, model in enumerate(models)]
    return draw(
        [node("q", "query_input"), *experts, node("vote", "majority_vote"), node("out", "answer_output")],
        *(f"q.query > e{place}.query" for place in range(len(models))),
        *(f"e{place}.answer > vote.answers" for place in range(len(models))),
        "vote.answer > out.answers",
    )


def _by_rule(short: str = "a", long: str = "b") -> Pipeline:
    config = {"branches": [{"name": "long", "condition": "length > 15"}], "default": "short"}
    return draw(
        [
            node("q", "query_input"),
            node("rule", "rule_router", config),
            node("s", "expert", {"model": short, "prompt_template": "Be brief: {query}"}),
            node("l", "expert", {"model": long}),
            node("out", "answer_output"),
        ],
        "q.query > rule.query",
        "rule.short > s.query",
        "rule.long > l.query",
        "s.answer > out.answers",
        "l.answer > out.answers",
    )


def _routed(kind: str, config: dict[str, object]) -> Pipeline:
    return draw(
        [node("q", "query_input"), node("r", kind, config), node("e", "expert"), node("out", "answer_output")],
        "q.query > r.query",
        "q.query > e.query",
        "r.choice > e.choice",
        "e.answer > out.answers",
    )


def _pooled(strategy: dict[str, object], cost_weight: float = 0.0) -> Pipeline:
    pool = [{"model": "a", "examples": ["short one"]}, {"model": "b", "examples": ["one in many more words"]}]
    return _routed("model_router", {"pool": pool, "strategy": strategy, "cost_weight": cost_weight})


async def _replayed(pipeline: Pipeline, table: OutcomeTable, way: Way = "auto", **options: object) -> Results:
    return await replay({"p": pipeline}, table, embedder=HashingEmbedder(), way=way, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["fast", "exact"])
async def test_an_expert_has_what_was_recorded_of_its_model(way: Way) -> None:
    found = await _replayed(single_expert(model="b"), _table([[1.0, 0.25], [0.0, 1.0]]), way)
    assert found.score.tolist() == [0.25, 1.0]
    assert found.cost_usd.tolist() == [2.0, 2.0]
    assert found.latency_s.tolist() == [2.0, 2.0]
    assert (found.input_tokens.tolist(), found.output_tokens.tolist()) == ([10, 10], [20, 20])
    assert (found.calls.tolist(), found.routes, found.examples.ids) == ([1, 1], (("b",),), ("q0", "q1"))


@pytest.mark.parametrize("way", ["fast", "exact"])
async def test_a_rule_sends_rows_to_models_and_prompts_do_not_matter(way: Way) -> None:
    found = await _replayed(_by_rule(), _table([[1.0, 0.0], [0.0, 0.5]]), way)
    assert found.score.tolist() == [1.0, 0.5]
    assert found.routes == (("rule.short", "a"), ("rule.long", "b"))


@pytest.mark.parametrize("way", ["fast", "exact"])
async def test_a_vote_counts_recorded_answers_and_pays_all(way: Way) -> None:
    table = _table([[0.0, 1.0, 1.0]], [["5", "The answer is 7.", "7"]])
    found = await _replayed(_voting("a", "b", "c"), table, way)
    assert (found.score.tolist(), found.cost_usd.tolist(), found.latency_s.tolist()) == ([1.0], [7.0], [3.0])
    assert found.confidence.tolist() == [pytest.approx(2 / 3)]


@pytest.mark.parametrize("way", ["fast", "exact"])
async def test_a_blank_answer_abstains_in_a_vote(way: Way) -> None:
    table = _table([[0.0, 0.0, 1.0]], [["", "", "7"]])
    found = await _replayed(_voting("a", "b", "c"), table, way)
    assert (found.score.tolist(), found.confidence.tolist()) == ([1.0], [1.0])


@pytest.mark.parametrize("way", ["fast", "exact"])
async def test_an_expert_answers_as_what_the_table_knows_it_as(way: Way) -> None:
    found = await _replayed(single_expert(model="my model", known_as="b"), _table([[1.0, 0.25]]), way)
    assert (found.score.tolist(), found.cost_usd.tolist(), found.routes) == ([0.25], [2.0], (("b",),))


@pytest.mark.parametrize("way", ["fast", "exact"])
async def test_a_trained_router_chooses_among_drawn_experts(way: Way) -> None:
    table = two_tasks(60)
    router = TrainedRouter.fit("sums", Knn(), table)
    branches = [{"name": "numbers", "known_as": "counter"}, {"name": "words", "known_as": "linguist"}]
    drawn = draw(
        [
            node("q", "query_input"),
            node("r", "expert_router", {"router": "sums", "branches": branches}),
            node("c", "expert", {"known_as": "counter", "system_prompt": "Count."}),
            node("l", "expert", {"known_as": "linguist"}),
            node("out", "answer_output"),
        ],
        "q.query > r.query",
        "r.numbers > c.query",
        "r.words > l.query",
        "c.answer > out.answers",
        "l.answer > out.answers",
    )
    found = await _replayed(drawn, table, way, library=MemoryLibrary(routers={"sums": router}))
    assert found.score.mean() > 0.9
    assert set(found.routes) == {("r.numbers", "counter"), ("r.words", "linguist")}


@pytest.mark.parametrize("way", ["fast", "exact"])
async def test_a_missing_cell_fails_the_row_and_its_score_is_not_known(way: Way) -> None:
    found = await _replayed(single_expert(model="a"), _table([[NAN, 1.0], [1.0, 1.0]]), way)
    assert [STATUSES[code] for code in found.status] == ["failed", "done"]
    assert np.isnan(found.score[0])
    assert found.cost_usd.tolist() == [0.0, 1.0]


@pytest.mark.parametrize("way", ["fast", "exact"])
async def test_a_trained_router_chooses_among_recorded_models(way: Way) -> None:
    table = two_tasks(60)
    router = TrainedRouter.fit("sums", Knn(), table)
    pipeline = _routed("learned_router", {"router": "sums"})
    found = await _replayed(pipeline, table, way, library=MemoryLibrary(routers={"sums": router}))
    assert found.score.mean() > 0.9
    assert {route[-1] for route in found.routes} == {"counter", "linguist"}


async def test_scores_alone_are_not_enough_to_compare_answers() -> None:
    with pytest.raises(ConfigurationError, match="'Majority vote' of the pipeline 'p' compares answers"):
        await _replayed(_voting("a", "b"), _table([[1.0, 0.0]]))


async def test_a_model_that_the_table_lacks_is_told_and_an_alias_helps() -> None:
    table = _table([[1.0, 0.0]])
    with pytest.raises(PipelineInvalid, match="gpt"):
        await _replayed(single_expert(model="gpt"), table)
    assert (await _replayed(single_expert(model="gpt"), table, aliases={"gpt": "a"})).score.tolist() == [1.0]
    assert (await _replayed(single_expert(), table, default="b")).score.tolist() == [0.0]


def _cascade(rule: str) -> Pipeline:
    return draw(
        [
            node("q", "query_input"),
            node("c", "cascade", {"model": "a", "rule": rule}),
            node("e", "expert", {"model": "b"}),
            node("out", "answer_output"),
        ],
        "q.query > c.query",
        "c.escalate > e.query",
        "c.accepted > out.answers",
        "e.answer > out.answers",
    )


@pytest.mark.parametrize("way", ["fast", "exact"])
@pytest.mark.parametrize("rule", ["agreement", "self_rating", "mean_logprob"])
async def test_what_was_not_recorded_fails_the_row(rule: str, way: Way) -> None:
    found = await _replayed(_cascade(rule), _table([[1.0, 0.0]]), way)
    assert [STATUSES[code] for code in found.status] == ["failed"]


@pytest.mark.parametrize("way", ["fast", "exact"])
async def test_a_cascade_with_perfect_ratings_escalates_what_is_wrong(way: Way) -> None:
    table = _table([[1.0, 0.0], [0.0, 1.0], [0.8, 0.0]])
    found = await _replayed(_cascade("self_rating"), table, way, perfect_ratings=True)
    assert found.score.tolist() == [1.0, 1.0, 0.8]
    assert found.cost_usd.tolist() == [1.0, 3.0, 1.0]
    assert found.latency_s.tolist() == [1.0, 3.0, 1.0]
    assert [found.routes[code] for code in found.route] == [
        ("c.accepted", "a"), ("c.escalate", "a", "b"), ("c.accepted", "a")
    ]  # fmt: skip


async def test_a_race_is_replayed_by_the_engine_and_not_without_it() -> None:
    drawn = _voting("a", "b")
    rule = JoinRule(rule="any")
    nodes = tuple(spec.model_copy(update={"join": rule}) if spec.id == "vote" else spec for spec in drawn.nodes)
    pipeline = drawn.model_copy(update={"nodes": nodes})
    table = _table([[1.0, 1.0]], [["7", "7"]])
    with pytest.raises(ConfigurationError, match="has a race"):
        await _replayed(pipeline, table, "fast")
    assert (await _replayed(pipeline, table)).score.tolist() == [1.0]


async def test_several_pipelines_meet_the_same_rows() -> None:
    table = _table([[1.0, 0.0], [0.0, 1.0]])
    both = {"a": single_expert(model="a"), "rule": _by_rule()}
    found = await replay(both, table, embedder=HashingEmbedder())
    assert found.matrix(found.score).tolist() == [[1.0, 1.0], [0.0, 1.0]]
    assert found.contenders == ("a", "rule")


LEARNED = MemoryLibrary(
    routers={
        "small": TrainedRouter.fit(
            "small", Knn(neighbours=2), _table([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [1.0, 0.5, 0.0], [0.0, 1.0, 1.0]])
        )
    }
)
PIPELINES = (
    single_expert(model="c"),
    _by_rule("c", "a"),
    _voting("a", "b", "c"),
    _voting("b", "c"),
    _pooled({"kind": "length"}),
    _pooled({"kind": "similarity"}, 0.25),
    _pooled({"kind": "chance"}),
    _routed("learned_router", {"router": "small"}),
    _routed("learned_router", {"router": "small", "objective": "trade_off", "score_per_usd": 1.0}),
    _routed("learned_router", {"router": "small", "objective": "cheapest_above", "enough": 0.4}),
)
CELLS = st.sampled_from([0.0, 0.5, 1.0, NAN])
ANSWERS = st.sampled_from(["7", "8", "The answer is 7.", "yes", ""])


@given(
    pipeline=st.sampled_from(PIPELINES),
    cells=st.lists(st.tuples(CELLS, CELLS, CELLS, ANSWERS, ANSWERS, ANSWERS), min_size=1, max_size=6),
    seed=st.integers(0, 3),
)
@settings(max_examples=60, deadline=None)
async def test_the_fast_way_and_the_engine_agree(
    pipeline: Pipeline, cells: list[tuple[float, float, float, str, str, str]], seed: int
) -> None:
    table = _table([row[:3] for row in cells], [row[3:] for row in cells])
    fast = await _replayed(pipeline, table, "fast", seed=seed, library=LEARNED)
    exact = await _replayed(pipeline, table, "exact", seed=seed, library=LEARNED)
    assert fast.routes == exact.routes
    for name in ("status", "score", "cost_usd", "latency_s", "input_tokens", "calls", "route", "confidence"):
        np.testing.assert_array_equal(getattr(fast, name), getattr(exact, name), err_msg=name)


async def test_a_node_without_a_model_is_told() -> None:
    with pytest.raises(ConfigurationError, match="'Expert' of the pipeline 'p' names no model"):
        await _replayed(single_expert(), _table([[1.0, 0.0]]))


async def test_a_pipeline_that_cannot_run_is_refused() -> None:
    with pytest.raises(PipelineInvalid, match="teleporter"):
        await _replayed(draw([node("x", "teleporter")]), _table([[1.0]]))


async def test_models_whose_costs_are_not_recorded_are_told() -> None:
    table = _table([[1.0, 0.0]])
    assert unpriced(await _replayed(single_expert(model="a"), table), table) == ()
    blank = dataclasses.replace(table, cost_usd=np.full((1, 2), NAN))
    found = await _replayed(single_expert(model="a"), blank)
    assert (unpriced(found, blank), found.cost_usd.tolist()) == (("a",), [0.0])
