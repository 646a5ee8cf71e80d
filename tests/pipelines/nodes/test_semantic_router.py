"""Which branch the nearest examples take, and when the default is taken instead."""

from __future__ import annotations

import pytest

from pipelines.nodes.semantic_router import ExampleBranch, SemanticRouter
from pipelines.value import Query
from tests.pipelines.topic import TopicEmbedder

BRANCHES = (
    ExampleBranch(name="code", examples=("sum in python", "fix a bug")),
    ExampleBranch(name="food", examples=("bake bread", "soup")),
)
ROUTER = SemanticRouter(branches=BRANCHES, top_k=1, threshold=0.5, default="other")


async def test_the_most_similar_branch_is_taken_and_the_nearest_example_named() -> None:
    query = Query(text="write a python loop")
    fired = await ROUTER.run(query, TopicEmbedder())
    assert fired.ports == {"code": query}
    assert fired.decision is not None
    assert fired.decision.scores == {"code": pytest.approx(1.0), "food": pytest.approx(0.0)}
    assert fired.decision.threshold == 0.5
    assert fired.decision.reason == "nearest example: 'sum in python' 1.00"


async def test_below_the_threshold_the_default_is_taken() -> None:
    fired = await ROUTER.run(Query(text="my contract"), TopicEmbedder())
    assert list(fired.ports) == ["other"]
    assert fired.decision is not None
    assert fired.decision.reason == (
        "best is 'code' 0.00, below 0.50, so the default 'other'; nearest example: 'sum in python' 0.00"
    )


async def test_without_a_default_the_best_branch_is_taken_anyway() -> None:
    fired = await SemanticRouter(branches=BRANCHES, threshold=0.99).run(
        Query(text="soup and bread for the python"), TopicEmbedder()
    )
    assert list(fired.ports) == ["food"]
    assert fired.decision is not None
    assert fired.decision.threshold is None


async def test_a_comparison_by_words_is_said_to_be_one() -> None:
    fired = await ROUTER.run(Query(text="soup"), TopicEmbedder("hashing-512"))
    assert fired.decision is not None
    assert (
        fired.decision.reason == "nearest example: 'bake bread' 1.00 (compared by words and spelling, not by meaning)"
    )


async def test_the_default_may_be_a_branch_without_examples() -> None:
    router = SemanticRouter(branches=(*BRANCHES, ExampleBranch(name="chat")), threshold=0.5, default="chat")
    assert list(router.problems()) == []
    assert [port.name for port in router.output_ports()] == ["code", "food", "chat"]
    assert list((await router.run(Query(text="hi"), TopicEmbedder())).ports) == ["chat"]


def test_a_branch_without_examples_is_a_problem() -> None:
    router = SemanticRouter(branches=(*BRANCHES, ExampleBranch(name="law", examples=(" ",))))
    assert list(router.problems()) == ["The branch 'law' has no example question; write at least one."]


def test_the_summary_counts_the_examples() -> None:
    assert ROUTER.summary() == "4 examples, below 0.50 other"
