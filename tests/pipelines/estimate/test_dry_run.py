"""Routers tried beforehand."""

from __future__ import annotations

import pytest

from pipelines.data.example import Example
from pipelines.document import Pipeline
from pipelines.estimate.dry_run import dry_run
from pipelines.estimate.estimate import estimate
from pipelines.estimate.route import Outcome
from tests.pipelines.drawing import draw, node
from tests.pipelines.engine.stage import Stage
from tests.pipelines.estimate.known import CATALOGUE, cascade, contender, forked

LONG = "Why is it so very hot in the middle of the night?"
ASKED = [Example(id=str(n), query=LONG if n % 4 == 0 else "Is it hot?") for n in range(40)]


def small_forked() -> Pipeline:
    """The fork of `known`, its dear expert on the default model, since the stage knows only that."""
    pipeline = forked()
    nodes = tuple(spec.model_copy(update={"config": {}}) if spec.kind == "expert" else spec for spec in pipeline.nodes)
    return pipeline.model_copy(update={"nodes": nodes})


async def test_a_rule_router_decides_every_example_without_a_call() -> None:
    stage = Stage()
    found = await dry_run([contender(small_forked())], ASKED, stage.engine)
    assert found.count == 40
    assert list(found.of("a")) == ["router"]
    assert found.of("a")["router"][:2] == (Outcome(("hard",)), Outcome(("easy",)))
    assert stage.store.calls == []
    assert stage.store.runs == {}


async def test_the_shares_of_the_branches_are_exact_after_a_dry_run() -> None:
    found = await dry_run([contender(small_forked())], ASKED, Stage().engine)
    part = estimate([contender(small_forked())], ASKED, catalogue=CATALOGUE, decisions=found)
    assert part.dry_run_examples == 40
    router, dear = part.contenders[0].node("router"), part.contenders[0].node("dear")
    assert router is not None
    assert dear is not None
    assert router.active_source == "dry run of 40 examples"
    assert dear.active == pytest.approx(0.25)


async def test_only_the_first_examples_are_tried_and_stand_for_the_others() -> None:
    found = await dry_run([contender(small_forked())], ASKED, Stage().engine, most=8)
    assert found.count == 8
    dear = estimate([contender(small_forked())], ASKED, catalogue=CATALOGUE, decisions=found).contenders[0].node("dear")
    assert dear is not None
    assert dear.active == pytest.approx(0.25, abs=0.02)


async def test_a_router_that_asks_a_model_or_stands_behind_one_is_not_tried() -> None:
    stage = Stage()
    assert (await dry_run([contender(cascade())], ASKED, stage.engine)).outcomes == {}
    behind = draw(
        [
            node("question", "query_input"),
            node("rewriter", "query_rewriter"),
            node("router", "rule_router", small_forked().node("router").config),
            node("e", "expert"),
            node("answer", "answer_output"),
        ],
        "question.query > rewriter.query",
        "rewriter.query > router.query",
        "router.hard > e.query",
        "e.answer > answer.answers",
    )
    assert (await dry_run([contender(behind)], ASKED, stage.engine)).outcomes == {}
    assert stage.store.calls == []


async def test_the_choice_of_a_model_router_is_known() -> None:
    pool = [{"model": "small", "examples": ["hot"]}, {"examples": ["cold"]}]
    pipeline = draw(
        [
            node("question", "query_input"),
            node("router", "model_router", {"pool": pool}),
            node("expert", "expert"),
            node("answer", "answer_output"),
        ],
        "question.query > router.query",
        "question.query > expert.query",
        "router.choice > expert.choice",
        "expert.answer > answer.answers",
    )
    found = await dry_run([contender(pipeline)], ASKED[:2], Stage().engine)
    assert found.of("a")["router"] == (Outcome(("choice",), "small"), Outcome(("choice",), "small"))


async def test_a_pipeline_that_cannot_run_tells_nothing() -> None:
    broken = small_forked().model_copy(update={"edges": small_forked().edges[1:]})
    found = await dry_run([contender(broken)], ASKED[:3], Stage().engine)
    assert found.of("a") in ({}, {"router": (None, None, None)})
    part = estimate([contender(broken)], ASKED[:3], catalogue=CATALOGUE, decisions=found).contenders[0].node("router")
    assert part is not None
    assert part.active_source == "default: 2 ways alike"
