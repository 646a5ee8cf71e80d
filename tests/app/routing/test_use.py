"""A trained router in a pipeline of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.routing.table_shelf import FOLDER
from app.routing.use import drawn_pipelines, likely_aliases, routed_pipeline
from app.workspace import Workspace
from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.outcome.folder import read_folder
from pipelines.outcome.way import routed_experts
from pipelines.routers.category import Category
from pipelines.routers.ridge import Ridge
from pipelines.routing.objective import Objective
from pipelines.trained import TrainedRouter
from tests.app.views.conftest import space, stub
from tests.pipelines.outcome.tables import table

__all__ = ["space", "stub"]


def router() -> TrainedRouter:
    table = read_folder(Path(FOLDER) / "practice-specialists")
    return TrainedRouter.fit("practice", Ridge(), table, title="Practice")


def test_the_pipeline_of_a_router_runs_and_tells_its_choice(space: Workspace) -> None:
    trained = router()
    version = space.storage.routers.put(trained)
    drawn = routed_pipeline(trained.card, version, dict.fromkeys(trained.card.models, "stub"), score_per_usd=20.0)
    assert drawn.node("router").config["router"] == "practice@1"
    assert drawn.node("router").config["score_per_usd"] == 20.0
    assert space.find_problems(drawn) == ()
    run = space.run(drawn, "Write SQL: the 3 best selling maps of Otterby by month.")
    assert run.status == "done"
    [decision] = [span.fired.decision for span in run.spans if span.node_id == "router" and span.fired]
    assert decision is not None
    assert "linear (ridge) expects" in decision.reason


def test_a_pipeline_begins_with_what_the_card_wants_unless_it_is_told_otherwise() -> None:
    card = router().card.model_copy(update={"objective": Objective(rule="trade_off", score_per_usd=7.0)})

    def config(score_per_usd: float | None) -> dict[str, Any]:
        drawn = routed_pipeline(card, 1, {name: name for name in card.models}, score_per_usd=score_per_usd)
        return drawn.node("router").config

    assert config(None) == {"router": "practice@1", "objective": "trade_off", "score_per_usd": 7.0}
    assert config(3.0) == {"router": "practice@1", "objective": "trade_off", "score_per_usd": 3.0}
    assert config(0.0) == {"router": "practice@1"}


def test_models_are_found_in_the_catalogue_by_name_or_by_what_they_are_asked_as() -> None:
    card = router().card.model_copy(update={"models": ("a", "openai/b", "c")})
    entries = [
        ModelEntry(name="a", provider="scripted", target="x"),
        ModelEntry(name="B", provider="scripted", target="openai/b"),
    ]
    assert likely_aliases(card, Catalogue(entries, default="a")) == {"a": "a", "openai/b": "B", "c": None}


def test_ways_of_asking_and_saved_pipelines_are_drawn_and_models_alone_are_not() -> None:
    catalogue = Catalogue([ModelEntry(name="a", provider="scripted", target="x")], default="a")
    known = ("single-expert", "mine")

    def drawn(*models: str) -> frozenset[str] | None:
        return drawn_pipelines(router().card.model_copy(update={"models": models}), catalogue, known)

    assert drawn("a · direct", "a · reasoning") == frozenset()
    assert drawn("a", "single-expert", "mine@2") == frozenset({"single-expert", "mine@2"})
    assert drawn("a", "b") is None
    assert drawn("a · direct", "b · direct") is None
    assert drawn("a") is None


def test_a_router_over_pipelines_runs_the_chosen_one(space: Workspace) -> None:
    rows = table(
        [[1.0, 0.0], [0.0, 1.0]] * 10,
        queries=[f"What is {n} plus {n}?" if n % 2 == 0 else f"Translate number {n}" for n in range(20)],
        tasks=["sum", "word"] * 10,
        models=["self-consistency", "single-expert"],
    )
    space.storage.routers.put(TrainedRouter.fit("flows", Category(), rows))
    drawn = routed_experts("flows@1", rows.models, pipelines=rows.models)
    assert space.find_problems(drawn) == ()
    for question, node, calls in (("What is 3 plus 3?", "expert-0", 5), ("Translate number 3", "expert-1", 1)):
        run = space.run(drawn, question, cache=False)
        assert [span.node_id for span in run.spans if span.fired and span.node_id.startswith("expert-")][-1:] == [node]
        assert run.totals.calls == calls
