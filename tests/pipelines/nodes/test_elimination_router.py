"""Branches are struck out one by one, and what is left is taken."""

from __future__ import annotations

import pytest

from pipelines.branch import Branch
from pipelines.nodes.elimination_router import EliminationRouter
from pipelines.value import Query
from tests.pipelines.nodes.scripted import ScriptedModels

QUERY = Query(text="What is 2 + 2?")
ROUTER = EliminationRouter(
    branches=tuple(Branch(name=name, description=f"about {name}") for name in ("law", "math", "chat"))
)


async def test_what_is_never_the_worst_is_taken_and_ranked_first() -> None:
    models = ScriptedModels(['{"branch": "law"}', '{"branch": "chat"}'])
    fired = await ROUTER.run(QUERY, models)
    assert fired.ports == {"math": QUERY}
    assert fired.decision is not None
    assert fired.decision.scores == {"law": 0.0, "chat": 0.5, "math": 1.0}
    assert fired.decision.reason == "struck out law, then chat"
    first, second = (request.messages[0].content for request in models.requests)
    assert "- law: about law" in first
    assert "- law" not in second


async def test_an_answer_that_names_nothing_strikes_out_the_last_and_is_told() -> None:
    fired = await ROUTER.run(QUERY, ScriptedModels(["the second", '{"branch": "law"}']))
    assert list(fired.ports) == ["math"]
    assert fired.decision is not None
    assert fired.decision.reason == "struck out chat, then law; 1 of 2 answers named no branch"


async def test_a_branch_that_was_struck_out_cannot_be_named_again() -> None:
    fired = await ROUTER.run(QUERY, ScriptedModels(['{"branch": "law"}', '{"branch": "law"}']))
    assert list(fired.ports) == ["math"]


def test_the_expected_calls_are_one_less_than_the_branches() -> None:
    [calls] = ROUTER.expected_calls()
    assert (calls.fewest, calls.most) == (2, 2)
    assert EliminationRouter().expected_calls() == ()


@pytest.mark.parametrize("branches", [(), (Branch(name="law", description=""), Branch(name="math", description="x"))])
def test_problems_are_told(branches: tuple[Branch, ...]) -> None:
    assert list(EliminationRouter(branches=branches).problems())
