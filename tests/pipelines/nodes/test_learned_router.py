"""Which model a trained router chooses, at what cost, and when it says that nobody will do."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.catalogue import Catalogue, ModelEntry, Price
from pipelines.document import Pipeline
from pipelines.engine import Engine
from pipelines.error import ConfigurationError, NotFound, PipelineInvalid
from pipelines.exchange.langgraph_file import langgraph_file
from pipelines.exchange.refusal import ExportRefused
from pipelines.gateway.gateway import Gateway
from pipelines.gateway.scripted import ScriptedProvider
from pipelines.graph import find_problems
from pipelines.nodes.learned_cascade import LearnedCascade
from pipelines.nodes.learned_router import LearnedRouter
from pipelines.nodes.weighted_vote import WeightedVote
from pipelines.outcome.table import OutcomeTable
from pipelines.router_node import Alias, RouterNode
from pipelines.routers.category import Category
from pipelines.run import Run
from pipelines.store import MemoryLibrary, MemoryStore
from pipelines.trained import TrainedRouter
from pipelines.value import ModelChoice, Query
from tests.pipelines.drawing import draw, node
from tests.pipelines.nodes.scripted import ScriptedModels
from tests.pipelines.outcome.tables import table, two_tasks
from tests.pipelines.topic import TopicEmbedder

NAMES = ("counter", "linguist")
SUM, TRANSLATION = Query(text="What is 31 plus 44?"), Query(text="Translate the river number 7 into French")


def _entry(name: str) -> ModelEntry:
    price = Price(input_usd_per_mtok=1.0, output_usd_per_mtok=1.0, as_of=date(2026, 1, 1))
    return ModelEntry(name=name, provider="scripted", target=name, price=price)


MODELS = ScriptedModels(entries=[_entry("counter"), _entry("linguist")])


def _library(outcomes: OutcomeTable | None = None) -> MemoryLibrary:
    trained = TrainedRouter.fit("crafts", Category(), outcomes or two_tasks())
    return MemoryLibrary(routers={"crafts": trained})


def _drawn(router: LearnedRouter) -> Pipeline:
    """Returns a drawing in which the router chooses the model of an expert."""
    nodes = [node("q", "query_input"), node("r", "learned_router", router.model_dump(mode="json")), node("e", "expert")]
    return draw(
        [*nodes, node("a", "answer_output")],
        "q.query > r.query",
        "q.query > e.query",
        "r.choice > e.choice",
        "e.answer > a.answers",
    )


def _routed(reference: str) -> Pipeline:
    return _drawn(LearnedRouter(router=reference))


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


async def test_models_with_one_stand_in_are_told_apart() -> None:
    both = tuple(Alias(known_as=name, model="counter") for name in NAMES)
    fired = await LearnedRouter(router="crafts", aliases=both).run(SUM, MODELS, _library(), TopicEmbedder())
    assert fired.ports == {"choice": ModelChoice(model="counter")}
    assert fired.decision is not None
    assert list(fired.decision.scores) == ["counter", "linguist (counter)"]
    assert "; else linguist (counter) 0.0" in fired.decision.reason


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


async def test_a_model_whose_window_is_too_small_is_not_chosen() -> None:
    narrow = _entry("counter").model_copy(update={"context_window": 1_100})
    models = ScriptedModels(entries=[narrow, _entry("linguist")])
    long = Query(text="What is 31 plus 44? " * 20)
    router = LearnedRouter(router="crafts")
    assert (await router.run(SUM, models, _library(), TopicEmbedder())).ports["choice"] == ModelChoice(model="counter")
    fired = await router.run(long, models, _library(), TopicEmbedder())
    assert fired.ports == {"choice": ModelChoice(model="linguist")}
    assert fired.decision is not None
    assert fired.decision.reason.endswith("; too long for counter")
    assert fired.decision.scores["counter"] > fired.decision.scores["linguist"]
    roomy = LearnedRouter(router="crafts", room_tokens=100)
    assert (await roomy.run(long, models, _library(), TopicEmbedder())).ports["choice"] == ModelChoice(model="counter")


async def test_a_question_too_long_for_every_model_is_told_or_leaves_by_its_own_way() -> None:
    models = ScriptedModels(entries=[e.model_copy(update={"context_window": 1_100}) for e in map(_entry, NAMES)])
    long = Query(text="What is 31 plus 44? " * 20)
    with pytest.raises(ConfigurationError, match=r"fits into the window of no model; the widest is counter \(1,100\)"):
        await LearnedRouter(router="crafts").run(long, models, _library(), TopicEmbedder())
    fired = await LearnedRouter(router="crafts", unsure_below=0.1).run(long, models, _library(), TopicEmbedder())
    assert fired.ports == {"unsure": long}


def test_looking_a_model_up_is_no_call() -> None:
    assert LearnedRouter(router="crafts", aliases=(Alias(known_as="counter", model="gpt"),)).expected_calls() == ()


def _problems(router: LearnedRouter, *catalogue: str) -> list[str]:
    drawn = _drawn(router)
    known = Catalogue([_entry(name) for name in catalogue], default=catalogue[0])
    return [str(problem) for problem in find_problems(drawn, catalogue=known, routers=_library())]


def test_a_drawn_router_that_does_not_exist_is_a_problem() -> None:
    assert _problems(LearnedRouter(router=" crafts "), *NAMES) == []
    assert _problems(LearnedRouter(router="craft"), *NAMES) == [
        "r: There is no trained router 'craft'; there is crafts."
    ]


def test_models_that_the_catalogue_lacks_are_a_problem_until_they_have_an_alias() -> None:
    assert _problems(LearnedRouter(router="crafts"), "gpt", "linguist") == [
        "r: The trained router 'crafts' chooses among models that the catalogue lacks: counter; add them on the Models"
        " page, or name an alias for each."
    ]
    aliased = LearnedRouter(router="crafts", aliases=(Alias(known_as="counter", model="gpt"),))
    assert _problems(aliased, "gpt", "linguist") == []


async def test_in_a_pipeline_the_expert_asks_the_chosen_model() -> None:
    store = MemoryStore()
    provider = ScriptedProvider({name: f"I am the {name}." for name in NAMES})
    engine = Engine(
        Gateway(Catalogue([_entry(name) for name in NAMES], default="counter"), {"scripted": provider}, store),
        store,
        library=MemoryLibrary(),
        documents=MemoryLibrary(),
        embedder=TopicEmbedder(),
        routers=_library(),
    )
    answers = []
    for query in (SUM, TRANSLATION):
        run = await engine.run(Run(pipeline=_routed("crafts"), query=query))
        answers.append(run.answer.text if run.answer else run.error)
    assert answers == ["I am the counter.", "I am the linguist."]
    with pytest.raises(PipelineInvalid, match="no trained router 'craft'; there is crafts"):
        await engine.run(Run(pipeline=_routed("craft"), query=SUM))


def test_an_export_as_a_program_is_refused_in_a_sentence() -> None:
    drawn = _routed("crafts")
    known = Catalogue([_entry(name) for name in NAMES], default="counter")
    library = MemoryLibrary()
    with pytest.raises(ExportRefused, match="'Learned router', which has no form in an exported program"):
        langgraph_file(drawn, catalogue=known, library=library, documents=library, embedder_name="topics")


@pytest.mark.parametrize("cls", [LearnedRouter, LearnedCascade, WeightedVote])
def test_every_node_with_a_trained_router_looks_its_models_up_by_their_aliases(cls: type[RouterNode]) -> None:
    node = cls(router="crafts", aliases=(Alias(known_as="counter", model="gpt"),))
    assert node.router_references() == ("crafts",)
    assert node.models_behind(("counter", "linguist")) == ("gpt", "linguist")
    assert node.expected_calls() == ()
