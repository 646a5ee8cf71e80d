"""What trained routers are worth on rows they have not seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from pipelines.error import ConfigurationError
from pipelines.learned import LearnedStrategy
from pipelines.outcome.coverage import comparable
from pipelines.outcome.split import refuse_leak, seen_hashes
from pipelines.outcome.table import OutcomeTable
from pipelines.routing.background import Background
from pipelines.routing.figures import RouterComparison, RouterFigures
from pipelines.routing.judge import Judge
from pipelines.space import Space
from pipelines.trained import TrainedRouter


def compare_routers(
    strategies: Mapping[str, LearnedStrategy],
    train: OutcomeTable,
    test: OutcomeTable,
    *,
    models: Sequence[str] = (),
    priced: bool | None = None,
    space: Space | None = None,
    seed: int = 0,
    on_fitted: Callable[[str, LearnedStrategy, float], None] | None = None,
    on_done: Callable[[RouterFigures], None] | None = None,
    on_skip: Callable[[str, ConfigurationError], None] | None = None,
) -> RouterComparison:
    """Fits every strategy on the training rows and returns how all of them do on the test rows.

    Test rows that were seen in training, or lack a score of some model, are left out with a warning; training rows
    keep their holes. Which models are compared is said as `comparable` takes it. `on_fitted` is told each strategy when
    it has learned, and the seconds that took; `on_done` each router as it is judged, `on_skip` one that cannot learn
    from the table.

    Raises:
        ConfigurationError: if most test rows are also training rows, nothing is left to test on, or a strategy cannot
            learn from the table and there is no `on_skip`.
    """
    fresh = refuse_leak(seen_hashes(train), test)
    train, whole, warnings = comparable(train, fresh, models=models, priced=priced)
    judge = Judge(Background.of(train), whole, seed)
    routers = []
    for name, strategy in strategies.items():
        began = time.perf_counter()
        try:
            fitted = strategy.fit(train, space=space, seed=seed)
        except ConfigurationError as error:
            if on_skip is None:
                raise
            on_skip(name, error)
            continue
        fit_s = time.perf_counter() - began
        if on_fitted is not None:
            on_fitted(name, fitted, fit_s)
        routers.append(judge.router(name, fitted, space, fit_s))
        if on_done is not None:
            on_done(routers[-1])
    warnings = (*_leak_warning(test, fresh), *warnings)
    return _comparison(judge, whole, routers, n_train=train.n_queries, warnings=warnings)


def evaluate_router(
    router: TrainedRouter, test: OutcomeTable, *, space: Space | None = None, seed: int = 0
) -> RouterComparison:
    """Returns how a trained router does on rows it has not seen, with the references of the rows it was trained on.

    Raises:
        ConfigurationError: if most test rows were seen in training, or none has a score of all its models.
        DocumentError: if the table lacks one of its models.
    """
    fresh = refuse_leak(router.background.seen, test)
    # The router chooses among all its models, so none of them may be left out here.
    columns = fresh.columns(router.card.models)
    _, whole, warnings = comparable(columns, columns, models=router.card.models, priced=False)
    judge = Judge(router.background, whole, seed)
    figures = judge.router(router.card.name, router.strategy, space, router.card.fit_s)
    warnings = (*_leak_warning(test, fresh), *warnings)
    return _comparison(judge, whole, [figures], n_train=router.card.n_train, warnings=warnings)


def _comparison(
    judge: Judge, test: OutcomeTable, routers: Sequence[RouterFigures], *, n_train: int, warnings: tuple[str, ...]
) -> RouterComparison:
    names = [router.name for router in routers]
    gains = {name: judge.gains(name) for name in names}
    return RouterComparison(
        table=test.name,
        n_train=n_train,
        n_test=test.n_queries,
        models=test.models,
        best_single=test.models[judge.single],
        headroom=judge.headroom(),
        routers=tuple(routers),
        references=dict(judge.references()),
        differences={name: judge.difference(name) for name in names},
        aiq_gains={name: gain for name, (gain, _) in gains.items()},
        saving_gains={name: gain for name, (_, gain) in gains.items()},
        null_accuracy={name: judge.null(name) for name in names},
        warnings=(*warnings, *judge.warnings()),
    )


def _leak_warning(test: OutcomeTable, fresh: OutcomeTable) -> tuple[str, ...]:
    lost = test.n_queries - fresh.n_queries
    return (f"{lost} of {test.n_queries} test rows are also training rows and were left out.",) if lost else ()
