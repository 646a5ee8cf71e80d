"""The questions that live runs asked a trained router, to see whether they have moved."""

from __future__ import annotations

from typing import Final

import numpy as np

from app.routing.table_shelf import table_of_router
from app.workspace import Workspace
from pipelines.choice import best
from pipelines.routing.drift import MOST_SAMPLED, Drift, drift
from pipelines.trained import TrainedRouter

MOST_RUNS: Final = 2_000
MOST_TRAINING: Final = 3_000
"""Training questions that are compared; more would not tell more."""
SHOWN_CHARACTERS: Final = 200
"""A list of runs holds so much of a question, so the training questions are cut there too."""


def workflows_with(space: Workspace, router: str) -> tuple[str, ...]:
    """Returns the slugs of the workflows in which a router, in whatever version, has a node."""
    found = []
    for info in space.storage.workflows.list():
        nodes = space.storage.workflows.pipeline(info.slug).nodes
        names = {
            str(node.config.get("router", "")).partition("@")[0] for node in nodes if node.kind == "learned_router"
        }
        if router in names:
            found.append(info.slug)
    return tuple(found)


def live_questions(space: Workspace, workflows: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the first 200 characters of the questions that these workflows were asked, the latest first."""
    return tuple(info.question for slug in workflows for info in space.storage.runs.runs(slug, limit=MOST_RUNS))


def drift_of(space: Workspace, router: TrainedRouter, live: tuple[str, ...]) -> Drift:
    """Returns how far live questions have moved from those that a router learned from.

    Raises:
        NotFound: if the table that it learned from is not here.
    """
    table = table_of_router(space, router.card.table)
    asked = np.random.default_rng(0).permutation(table.n_queries)[:MOST_SAMPLED]
    train = tuple(table.queries[row][:SHOWN_CHARACTERS] for row in asked)
    if router.strategy.needs_space or not live:
        return drift(train, live)
    models = router.card.models
    routes = tuple([models[n] for n in best(router.strategy.predict(list(texts)))] for texts in (train, live))
    return drift(train, live, routes=(routes[0], routes[1]))
