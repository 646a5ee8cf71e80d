"""Which model a trained router chooses, at what cost, and when it says that nobody will do."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.catalogue import ModelEntry, Price
from pipelines.error import ConfigurationError, NotFound
from pipelines.nodes.learned_router import Alias, LearnedRouter
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.category import Category
from pipelines.store import MemoryLibrary
from pipelines.trained import TrainedRouter
from pipelines.value import ModelChoice, Query
from tests.pipelines.nodes.scripted import ScriptedModels
from tests.pipelines.outcome.tables import table, two_tasks
from tests.pipelines.topic import TopicEmbedder

SUM, TRANSLATION = Query(text="What is 31 plus 44?"), Query(text="Translate the river number 7 into French")


def _entry(name: str) -> ModelEntry:
    price = Price(input_usd_per_mtok=1.0, output_usd_per_mtok=1.0, as_of=date(2026, 1, 1))
    return ModelEntry(name=name, provider="scripted", target=name, price=price)


MODELS = ScriptedModels(entries=[_entry("counter"), _entry("linguist")])


def _library(outcomes: OutcomeTable | None = None) -> MemoryLibrary:
    trained = TrainedRouter.fit("crafts", Category(), outcomes or two_tasks())
    return MemoryLibrary(routers={"crafts": trained})


def _priced(costs: tuple[float, float], scores: tuple[float, float]) -> OutcomeTable:
    """Returns a table in which both models do equally well on both tasks."""
    plain = two_tasks(100)
    return table(
        [list(scores)] * 100,
        queries=plain.queries,
        tasks=plain.tasks,
        models=plain.models,
        cost_usd=[list(costs)] * 100,
    )


async def test_each_craft_goes_to_its_model_with_the_reason() -> None:
    router = LearnedRouter(router="crafts")
    fired = await router.run(SUM, MODELS, _library(), TopicEmbedder())
    assert fired.ports == {"choice": ModelChoice(model="counter")}
    assert fired.decision is not None
    assert fired.decision.scores["counter"] > 0.9 > 0.1 > fired.decision.scores["linguist"]
    assert fired.decision.reason.startswith("task, then model expects counter 0.9")
    assert (await router.run(TRANSLATION, MODELS, _library(), TopicEmbedder())).ports == {
        "choice": ModelChoice(model="linguist")
    }


async def test_a_saving_can_be_worth_more_than_a_little_score() -> None:
    library = _library(_priced((0.05, 0.001), (0.8, 0.75)))
    dear = LearnedRouter(router="crafts", objective="trade_off", score_per_usd=0.5)
    cheap = LearnedRouter(router="crafts", objective="trade_off", score_per_usd=2.0)
    assert (await dear.run(SUM, MODELS, library, TopicEmbedder())).ports["choice"] == ModelChoice(model="counter")
    assert (await cheap.run(SUM, MODELS, library, TopicEmbedder())).ports["choice"] == ModelChoice(model="linguist")


async def test_the_cheapest_that_is_good_enough_is_asked_and_else_the_best() -> None:
    library = _library(_priced((0.05, 0.001), (0.8, 0.75)))
    enough = LearnedRouter(router="crafts", objective="cheapest_above", enough=0.7)
    demanding = LearnedRouter(router="crafts", objective="cheapest_above", enough=0.9)
    assert (await enough.run(SUM, MODELS, library, TopicEmbedder())).ports["choice"] == ModelChoice(model="linguist")
    assert (await demanding.run(SUM, MODELS, library, TopicEmbedder())).ports["choice"] == ModelChoice(model="counter")


async def test_a_question_that_nobody_is_expected_to_solve_leaves_by_its_own_way() -> None:
    router = LearnedRouter(router="crafts", unsure_below=0.5)
    library = _library(_priced((0.05, 0.001), (0.2, 0.1)))
    assert [port.name for port in router.output_ports()] == ["choice", "unsure"]
    assert (await router.run(SUM, MODELS, library, TopicEmbedder())).ports == {"unsure": SUM}


async def test_an_alias_stands_for_a_model_of_the_table() -> None:
    models = ScriptedModels(entries=[_entry("gpt"), _entry("linguist")])
    router = LearnedRouter(router="crafts", aliases=(Alias(known_as="counter", model="gpt"),))
    fired = await router.run(SUM, models, _library(), TopicEmbedder())
    assert fired.ports == {"choice": ModelChoice(model="gpt")}


async def test_costs_that_are_not_known_are_told() -> None:
    router = LearnedRouter(router="crafts", objective="trade_off")
    with pytest.raises(ConfigurationError, match="does not know what every model costs"):
        await router.run(SUM, MODELS, _library(), TopicEmbedder())


async def test_an_unknown_router_is_told() -> None:
    with pytest.raises(NotFound, match="no trained router 'other'; there is crafts"):
        await LearnedRouter(router="other").run(SUM, MODELS, _library(), TopicEmbedder())
    assert list(LearnedRouter().problems()) == [
        "No trained router is chosen; name one, or train one on the page of routers."
    ]
