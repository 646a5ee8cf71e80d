"""The expert router: what a trained router expects of each drawn expert decides which one answers."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.nodes.expert_router import ExpertBranch, ExpertRouter
from pipelines.routers.category import Category
from pipelines.run import Fired
from pipelines.store import MemoryLibrary
from pipelines.trained import TrainedRouter
from pipelines.value import Query
from tests.pipelines.nodes.scripted import ScriptedModels
from tests.pipelines.outcome.tables import table, two_tasks
from tests.pipelines.topic import TopicEmbedder

SUM, TRANSLATION = Query(text="What is 31 plus 44?"), Query(text="Translate the river number 7 into French")
BRANCHES = (ExpertBranch(name="numbers", known_as="counter"), ExpertBranch(name="linguist"))
PRICED = table(
    [[0.8, 1.0]] * 40,
    queries=[f"What is {n} plus {n}?" if n % 2 else f"Translate number {n}" for n in range(40)],
    tasks=["sum", "word"] * 20,
    models=["direct", "reasoning"],
    cost_usd=[[0.001, 0.021]] * 40,
)
LIBRARY = MemoryLibrary(
    routers={
        "crafts": TrainedRouter.fit("crafts", Category(), two_tasks()),
        "ways": TrainedRouter.fit("ways", Category(), PRICED),
    }
)
WAYS = (ExpertBranch(name="direct"), ExpertBranch(name="reasoning"))


async def _routed(node: ExpertRouter, query: Query = SUM) -> Fired:
    return await node.run(query, ScriptedModels(), LIBRARY, TopicEmbedder())


async def test_the_expert_of_the_likeliest_task_answers() -> None:
    node = ExpertRouter(router="crafts", branches=BRANCHES)
    assert (await _routed(node, SUM)).ports == {"numbers": SUM}
    assert (await _routed(node, TRANSLATION)).ports == {"linguist": TRANSLATION}
    assert [(port.name, port.type) for port in node.output_ports()] == [("numbers", "query"), ("linguist", "query")]


async def test_what_a_dollar_is_worth_decides_between_dear_and_cheap() -> None:
    found = await _routed(ExpertRouter(router="ways", branches=WAYS))
    assert set(found.ports) == {"reasoning"}
    found = await _routed(ExpertRouter(router="ways", branches=WAYS, score_per_usd=20.0))
    assert set(found.ports) == {"direct"}
    assert found.decision is not None
    assert found.decision.scores == pytest.approx({"direct": 0.78, "reasoning": 0.58})
    assert found.decision.reason == (
        "task, then model expects direct 0.80 for $0.001; else reasoning 1.00 for $0.021; wanted is the best score less"
        " 20 per USD"
    )


async def test_experts_that_are_not_drawn_are_not_chosen() -> None:
    branches = (ExpertBranch(name="direct"), ExpertBranch(name="again", known_as="direct"))
    assert set((await _routed(ExpertRouter(router="ways", branches=branches))).ports) == {"direct"}


async def test_a_branch_that_the_router_does_not_know_is_told() -> None:
    node = ExpertRouter(router="crafts", branches=(*BRANCHES, ExpertBranch(name="painter")))
    told = "The branch 'painter' stands for 'painter', which the router 'crafts' does not know; it knows counter, lingu"
    with pytest.raises(ConfigurationError, match=told):
        await _routed(node)
    assert list(node.router_problems(("counter", "linguist", "painter"))) == []


async def test_unknown_costs_cannot_be_weighed() -> None:
    assert np.isnan(two_tasks().cost_usd).all()
    with pytest.raises(ConfigurationError, match="does not know what every expert costs; set the score per USD to 0"):
        await _routed(ExpertRouter(router="crafts", branches=BRANCHES, score_per_usd=1.0))


def test_a_router_and_two_branches_are_needed() -> None:
    assert list(ExpertRouter().problems()) == [
        "No trained router is chosen; name one, or train one on the page of routers.",
        "The router has no branch; add at least two.",
    ]
