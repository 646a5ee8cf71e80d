"""A trained router in a pipeline of its own."""

from __future__ import annotations

from pathlib import Path

from app.routing.table_shelf import FOLDER
from app.routing.use import likely_aliases, routed_pipeline
from app.workspace import Workspace
from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.outcome.folder import read_folder
from pipelines.routers.ridge import Ridge
from pipelines.trained import TrainedRouter
from tests.app.views.conftest import space, stub

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


def test_models_are_found_in_the_catalogue_by_name_or_by_what_they_are_asked_as() -> None:
    card = router().card.model_copy(update={"models": ("a", "openai/b", "c")})
    entries = [
        ModelEntry(name="a", provider="scripted", target="x"),
        ModelEntry(name="B", provider="scripted", target="openai/b"),
    ]
    assert likely_aliases(card, Catalogue(entries, default="a")) == {"a": "a", "openai/b": "B", "c": None}
