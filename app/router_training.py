"""Trains a router on a part of a table and judges it on the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.outcome.coverage import comparable
from pipelines.outcome.split import refuse_leak, seen_hashes, split_table
from pipelines.routing.evaluation import evaluate_router
from pipelines.trained import TrainedRouter

if TYPE_CHECKING:
    from pipelines.learned import LearnedStrategy
    from pipelines.outcome.table import OutcomeTable
    from pipelines.routing.figures import RouterComparison
    from pipelines.routing.objective import Objective
    from pipelines.space import Space


def train_router(
    name: str,
    strategy: LearnedStrategy,
    table: OutcomeTable,
    test: OutcomeTable | None = None,
    *,
    holdout: float = 0.3,
    space: Space | None = None,
    embedder: str | None = None,
    embedding_model: str | None = None,
    objective: Objective | None = None,
    seed: int = 0,
    title: str = "",
) -> tuple[TrainedRouter, RouterComparison | None]:
    """Returns a trained router with its figures on its card, and the comparison that they come from.

    Models that were asked too few of the same test questions are left out.

    Args:
        name: a slug.
        strategy: with its hyper-parameters.
        table: what it learns from; without `test` only a part of it.
        test: other rows to judge it on.
        holdout: share of the rows, whole groups, that is kept back to judge it; with 0 it is not judged.
        space: vectors of all questions, where the strategy looks at vectors.
        embedder: what made them.
        embedding_model: where that is a model of the catalogue, its name there.
        objective: what is wanted of the router's choices where nobody says otherwise.
        seed: of the split and of the strategy.
        title: what people read.

    Raises:
        ConfigurationError: if the table is not enough for the strategy, or test rows are training rows.
    """
    split = f"all rows of {table.name}"
    train = table
    if test is not None:
        refuse_leak(seen_hashes(table), test)
    elif holdout > 0:
        train, test = split_table(table, (1 - holdout, holdout), seed=seed)
        split = f"{1 - holdout:.0%} of {table.name} at random, whole groups, seed {seed}"
    if test is not None:
        train, test, _ = comparable(train, test)
    router = TrainedRouter.fit(
        *(name, strategy, train),
        space=space,
        embedder=embedder,
        embedding_model=embedding_model,
        seed=seed,
        split=split,
        title=title,
        objective=objective,
    )
    if test is None:
        return router, None
    comparison = evaluate_router(router, test, space=space, seed=seed)
    return router.with_figures(comparison.routers[0], comparison.n_test), comparison
