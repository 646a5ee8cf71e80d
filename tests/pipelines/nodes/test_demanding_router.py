"""Flags in a question and demands on a node, from the question to the expert that never sees them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipelines.catalogue import Catalogue, ModelEntry, Price
from pipelines.document import Pipeline
from pipelines.engine import Engine
from pipelines.error import ConfigurationError
from pipelines.exchange.langgraph_file import langgraph_file
from pipelines.exchange.refusal import ExportRefused
from pipelines.gateway.gateway import Gateway
from pipelines.gateway.scripted import ScriptedProvider
from pipelines.graph import find_problems
from pipelines.nodes.learned_router import LearnedRouter
from pipelines.nodes.model_router import ModelRouter, PoolEntry
from pipelines.routers.best_single import BestSingle
from pipelines.routers.category import Category
from pipelines.routers.knn import Knn
from pipelines.routing.flag import FlaggedDemands
from pipelines.run import Fired, Run
from pipelines.store import MemoryLibrary, MemoryStore
from pipelines.strategies.constant import Constant
from pipelines.trained import TrainedRouter
from pipelines.trait import ModelTraits
from pipelines.value import ModelChoice, Query
from tests.pipelines.drawing import draw, node
from tests.pipelines.nodes.scripted import ScriptedModels
from tests.pipelines.outcome.tables import table, two_tasks
from tests.pipelines.topic import TopicEmbedder


def _entry(name: str, usd: float, size_b: float, licence: str | None) -> ModelEntry:
    price = Price(input_usd_per_mtok=usd / 2, output_usd_per_mtok=usd / 2, as_of=date(2026, 1, 1))
    traits = ModelTraits(parameters_b=size_b, licence=licence)
    return ModelEntry(name=name, provider="scripted", target=name, price=price, traits=traits)


ENTRIES = (
    _entry("large", 10.0, 70.0, "proprietary"),
    _entry("middle", 1.0, 7.0, "mit"),
    _entry("tiny", 0.1, 0.7, None),
)
MODELS = ScriptedModels(entries=ENTRIES)
FLAGS = FlaggedDemands(reads_flags=True)


def _library() -> MemoryLibrary:
    # Each row has the same outcome, so that every question is expected to be solved alike.
    outcomes = table([[0.8, 0.7, 0.3]] * 20, models=["large", "middle", "tiny"], cost_usd=[[0.01, 0.001, 0.0001]] * 20)
    tasks = two_tasks(80)
    return MemoryLibrary(
        routers={
            "mean": TrainedRouter.fit("mean", BestSingle(), outcomes),
            "crafts": TrainedRouter.fit("crafts", Category(doubted_share=0.2), tasks),
            "near": TrainedRouter.fit("near", Knn(), tasks),
        }
    )


LIBRARY = _library()


async def _routed(text: str, **config: Any) -> Fired:
    return await LearnedRouter(router="mean", **config).run(Query(text=text), MODELS, LIBRARY, TopicEmbedder())


def _reason(fired: Fired) -> str:
    assert fired.decision is not None
    return fired.decision.reason


async def test_flags_choose_and_are_gone_from_the_question_that_goes_on() -> None:
    plain = await _routed("Why?", demands=FLAGS)
    assert plain.ports == {"choice": ModelChoice(model="large"), "query": Query(text="Why?")}
    flagged = await _routed("[small=0.3] Why?", demands=FLAGS)
    assert flagged.ports == {"choice": ModelChoice(model="middle"), "query": Query(text="Why?")}
    assert _reason(flagged) == (
        "best single model expects middle 0.70 for $0.001; else large 0.80 for $0.01"
        "; flags: small=0.3; the wish small moved it from large; not beaten in score and wishes: large, middle, tiny"
    )


async def test_a_limit_leaves_models_out_and_unknown_things_are_told() -> None:
    fired = await _routed("Why? [licence: open] [flag: brave]", demands=FLAGS)
    assert fired.ports["choice"] == ModelChoice(model="middle")
    assert _reason(fired).endswith(
        "; flags: licence: open; 'brave' is no flag; left out: large (licence proprietary), tiny (licence not known)"
    )


async def test_flags_are_words_like_others_unless_the_node_reads_them() -> None:
    fired = await _routed("[smallest] Why?", demands=FlaggedDemands())
    assert fired.ports == {"choice": ModelChoice(model="large")}


async def test_a_question_cannot_loosen_what_the_node_demands() -> None:
    demands = FlaggedDemands(reads_flags=True, largest_b=1.0)
    fired = await _routed("[size <= 100b] Why?", demands=demands)
    assert fired.ports["choice"] == ModelChoice(model="tiny")


async def test_demands_that_nobody_keeps_to_leave_by_unsure_or_are_told() -> None:
    with pytest.raises(
        ConfigurationError, match=r"no model may be asked; flags: size <= 0.1b; left out: large \(70B is above"
    ):
        await _routed("[size <= 0.1b] Why?", demands=FLAGS)
    fired = await _routed("[size <= 0.1b] Why?", demands=FLAGS, unsure_below=0.0)
    assert fired.ports == {"unsure": Query(text="Why?")}


async def test_among_the_good_enough_a_wish_decides_and_else_the_price() -> None:
    cheapest = {"objective": "cheapest_above", "enough": 0.6}
    assert (await _routed("Why?", **cheapest)).ports["choice"] == ModelChoice(model="middle")
    roomy = FlaggedDemands(small=0.1)
    assert (await _routed("Why?", **cheapest, demands=roomy)).ports["choice"] == ModelChoice(model="middle")
    recent = FlaggedDemands(licences=("proprietary",))
    assert (await _routed("Why?", **cheapest, demands=recent)).ports["choice"] == ModelChoice(model="large")


async def test_a_budget_for_one_question_is_kept() -> None:
    assert (await _routed("Why?", objective="within", budget_usd=0.005)).ports["choice"] == ModelChoice(model="middle")
    with pytest.raises(ConfigurationError, match=r"no model may be asked for \$1e-05"):
        await _routed("Why?", objective="within", budget_usd=1e-5)


async def test_a_pool_without_training_takes_flags_too() -> None:
    pool = tuple(PoolEntry(model=entry.name) for entry in ENTRIES)
    router = ModelRouter(pool=pool, strategy=Constant(), demands=FLAGS)
    fired = await router.run(Query(text="[smallest] Why?"), MODELS, TopicEmbedder())
    assert fired.ports == {"choice": ModelChoice(model="tiny"), "query": Query(text="Why?")}
    assert "the wish small moved it from large" in _reason(fired)
    with pytest.raises(
        ConfigurationError, match="No model of the pool may be asked; flags: reads image; left out: large"
    ):
        await router.run(Query(text="[reads image] Why?"), MODELS, TopicEmbedder())


CRAFTS = ScriptedModels(entries=[_entry("counter", 1.0, 1.0, None), _entry("linguist", 1.0, 1.0, None)])
SUM, STRANGER = Query(text="What is 31 plus 44?"), Query(text="zzz qqq")


async def test_a_router_less_sure_than_its_doubt_lets_the_question_leave() -> None:
    router = LearnedRouter(router="near", doubt=0.5)
    assert [port.name for port in router.output_ports()] == ["choice", "unsure"]
    assert "choice" in (await router.run(SUM, CRAFTS, LIBRARY, TopicEmbedder())).ports
    fired = await router.run(STRANGER, CRAFTS, LIBRARY, TopicEmbedder())
    assert fired.ports == {"unsure": STRANGER}
    assert _reason(fired) == "0.00 sure of such questions, 0.50 is needed"


async def test_the_bound_of_training_tells_strangers_too() -> None:
    router = LearnedRouter(router="crafts", strangers_leave=True)
    assert "choice" in (await router.run(SUM, CRAFTS, LIBRARY, TopicEmbedder())).ports
    assert (await router.run(STRANGER, CRAFTS, LIBRARY, TopicEmbedder())).ports == {"unsure": STRANGER}


async def test_a_strategy_that_cannot_tell_how_sure_it_is_says_so() -> None:
    with pytest.raises(
        ConfigurationError, match="'Best single model' of the router 'mean' does not say how sure it is"
    ):
        await _routed("Why?", doubt=0.5)
    with pytest.raises(ConfigurationError, match="does not choose a bound of doubt in training; set 'doubt' instead"):
        await LearnedRouter(router="near", strangers_leave=True).run(SUM, CRAFTS, LIBRARY, TopicEmbedder())


def _drawn(kind: str, config: dict[str, Any], source: str) -> Pipeline:
    nodes = [node("q", "query_input"), node("r", kind, config), node("e", "expert"), node("a", "answer_output")]
    return draw(nodes, "q.query > r.query", f"{source}.query > e.query", "r.choice > e.choice", "e.answer > a.answers")


async def test_the_expert_never_sees_the_flags() -> None:
    config = LearnedRouter(router="mean", demands=FLAGS).model_dump(mode="json")
    store, provider = MemoryStore(), ScriptedProvider({"": "Because."})
    gateway = Gateway(Catalogue(ENTRIES, default="large"), {"scripted": provider}, store)
    engine = Engine(gateway, store, library=LIBRARY, documents=LIBRARY, embedder=TopicEmbedder(), routers=LIBRARY)
    run = await engine.run(
        Run(pipeline=_drawn("learned_router", config, "r"), query=Query(text="[smallest] Why [flag: cheap] so?"))
    )
    assert run.answer is not None
    assert run.answer.model == "tiny"
    [asked] = provider.asked
    assert asked.messages[-1].content == "Why so?"


def test_flags_that_would_reach_the_expert_are_a_problem() -> None:
    config = LearnedRouter(router="mean", demands=FLAGS).model_dump(mode="json")
    catalogue = Catalogue(ENTRIES, default="large")
    told = [str(problem) for problem in find_problems(_drawn("learned_router", config, "q"), catalogue=catalogue)]
    assert told == ["r.query: The branch 'query' leads nowhere: what it fires reaches no Answer."]
    assert find_problems(_drawn("learned_router", config, "r"), catalogue=catalogue) == ()


def test_demands_have_no_form_in_an_exported_program() -> None:
    demanding = {"pool": [{"model": "large"}, {"model": "tiny"}], "demands": {"small": 0.5}}
    entries = [entry.model_copy(update={"provider": "litellm"}) for entry in ENTRIES]
    catalogue = Catalogue(entries, default="large")
    drawn = _drawn("model_router", {**demanding, "strategy": {"kind": "constant"}}, "q")
    with pytest.raises(ExportRefused, match="demands sizes, prices or licences of models"):
        langgraph_file(drawn, catalogue=catalogue, library=LIBRARY, documents=LIBRARY, embedder_name="topics")
