"""Which model of the pool is chosen, and at what price."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.catalogue import ModelEntry, Price
from pipelines.nodes.model_router import ModelRouter, PoolEntry
from pipelines.strategies.length import Length
from pipelines.strategies.price import Price as PriceStrategy
from pipelines.strategies.similarity import Similarity
from pipelines.value import ModelChoice, Query
from tests.pipelines.nodes.scripted import ScriptedModels
from tests.pipelines.topic import TopicEmbedder

POOL = (
    PoolEntry(model="small", examples=("bake bread", "soup")),
    PoolEntry(model="large", examples=("python bug",)),
)


def _entry(name: str, usd_per_mtok: float) -> ModelEntry:
    price = Price(input_usd_per_mtok=usd_per_mtok, output_usd_per_mtok=usd_per_mtok, as_of=date(2026, 1, 1))
    return ModelEntry(name=name, provider="scripted", target=name, price=price)


MODELS = ScriptedModels(entries=[_entry("small", 1.0), _entry("large", 9.0)])


async def test_the_model_with_the_most_similar_examples_is_chosen() -> None:
    fired = await ModelRouter(pool=POOL).run(Query(text="fix my python loop"), MODELS, TopicEmbedder())
    assert fired.ports == {"choice": ModelChoice(model="large")}
    assert fired.decision is not None
    assert fired.decision.scores == {"small": pytest.approx(0.0), "large": pytest.approx(1.0)}
    assert fired.decision.reason == "similar to examples: large 1.00, next small 0.00"


async def test_the_weight_of_cost_can_turn_the_choice() -> None:
    router = ModelRouter(pool=POOL, cost_weight=0.6)
    fired = await router.run(Query(text="fix my python loop"), MODELS, TopicEmbedder())
    assert fired.ports == {"choice": ModelChoice(model="small")}
    assert fired.decision is not None
    assert fired.decision.scores == {"small": pytest.approx(-0.6 / 9), "large": pytest.approx(0.4 - 0.6)}
    assert "price counts 60%" in fired.decision.reason


async def test_other_strategies_choose_otherwise() -> None:
    query = Query(text="fix my python loop")
    cheapest = await ModelRouter(pool=POOL, strategy=PriceStrategy()).run(query, MODELS, TopicEmbedder())
    assert cheapest.ports == {"choice": ModelChoice(model="small")}
    longest = await ModelRouter(pool=POOL, strategy=Length(long_words=4)).run(query, MODELS, TopicEmbedder())
    assert longest.ports == {"choice": ModelChoice(model="large")}


async def test_an_empty_name_is_the_default_model() -> None:
    router = ModelRouter(pool=(PoolEntry(), PoolEntry(model="large")), strategy=PriceStrategy())
    fired = await router.run(Query(text="x"), MODELS, TopicEmbedder())
    assert fired.ports == {"choice": ModelChoice(model="small")}


def test_the_configuration_survives_json() -> None:
    router = ModelRouter(pool=POOL, strategy=Similarity(top_k=7), cost_weight=0.25)
    assert ModelRouter.model_validate_json(router.model_dump_json()) == router
    assert router.model_names() == ("small", "large")


@pytest.mark.parametrize(
    ("router", "problem"),
    [
        (ModelRouter(pool=POOL[:1]), "The pool needs at least two models to choose between; it has 1."),
        (ModelRouter(pool=(*POOL, POOL[0])), "The model 'small' stands 2 times in the pool."),
        (
            ModelRouter(pool=(*POOL, PoolEntry(model="new"))),
            "The model 'new' has no examples, which the strategy 'Similar to examples' needs.",
        ),
    ],
)
def test_problems_say_what_is_wrong(router: ModelRouter, problem: str) -> None:
    assert list(router.problems()) == [problem]


def test_the_summary_names_pool_and_strategy() -> None:
    assert ModelRouter(pool=POOL, cost_weight=0.5).summary() == "2 models, similar to examples, price 50%"


async def test_a_model_that_stands_twice_by_default_and_by_name_counts_once() -> None:
    router = ModelRouter(pool=(PoolEntry(), PoolEntry(model="large"), PoolEntry(model="small")), strategy=Length())
    fired = await router.run(Query(text="x"), MODELS, TopicEmbedder())
    assert fired.decision is not None
    assert list(fired.decision.scores) == ["small", "large"]
