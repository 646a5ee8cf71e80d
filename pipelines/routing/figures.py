"""The figures of a comparison of routers: what is reported, stored and drawn."""

from __future__ import annotations

from pipelines.record import Record


class Figure(Record):
    """Is a number with its 95 % interval over the questions (percentile bootstrap); None where it is not defined.

    Of fewer than six groups of questions there is no interval.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


class RouterFigures(Record):
    """Is how one router, or one reference, did on the test rows.

    Attributes:
        accuracy: mean score when only the score counts.
        cost_usd: mean cost of a query at that, None where the table has no costs.
        aiq: mean height of the cost-quality hull (RouterBench), None without costs.
        apgr, cpt50, cpt80: RouteLLM's measures, where the table has two models and the strong one is better beyond
            doubt.
        oracle_gap_closed: share of the way from the best single model to the oracle; negative is worse than the former.
        accuracy_at_best_single_cost: what the hull reaches for what the best single model costs.
        saving_at_best_single_accuracy: share of the best single model's cost that is saved at its accuracy; None where
            the hull does not reach it, and in the interval such a draw saves nothing.
        arena: RouterArena's score of accuracy and cost, None without costs.
        calibration_error: of what is expected of the chosen model, cut to 0 to 1, against what it scored (ECE); None
            for references that expect nothing.
        regret: mean score lost to the oracle on each query.
        entropy: of the models chosen, in nats; 0 is a router that always says the same.
        shares: how often each model is chosen.
    """

    name: str
    accuracy: Figure
    cost_usd: Figure
    aiq: Figure = Figure(value=None)
    apgr: Figure = Figure(value=None)
    cpt50: float | None = None
    cpt80: float | None = None
    oracle_gap_closed: Figure
    accuracy_at_best_single_cost: Figure = Figure(value=None)
    saving_at_best_single_accuracy: Figure = Figure(value=None)
    arena: Figure = Figure(value=None)
    calibration_error: Figure = Figure(value=None)
    regret: float
    entropy: float
    shares: dict[str, float]
    tasks: dict[str, float]
    fit_s: float | None = None
    decisions_per_s: float | None = None
    p99_ms: float | None = None
    curve_cost_usd: tuple[float, ...] = ()
    curve_accuracy: tuple[float, ...] = ()


class RouterComparison(Record):
    """Is several routers and the references on the same test rows.

    Attributes:
        references: `oracle`, `best single`, `cheapest`, `random`, `task table`.
        differences: accuracy of each router minus the best single model's, in pairs on the same rows.
        aiq_gains: AIQ of each router minus that of mixing the single models at random, less the luck of its curve
            (what its choices win when they are dealt at random); None without costs.
        saving_gains: share of the best single model's cost that is saved at its accuracy, minus what mixing saves.
        headroom: oracle minus best single: what routing can win at all.
        null_accuracy: of each router's choices dealt to the questions at random, with its 95 % range: a router that is
            no better than this only learned how often to ask whom.
    """

    table: str
    n_train: int
    n_test: int
    models: tuple[str, ...]
    best_single: str
    headroom: Figure
    routers: tuple[RouterFigures, ...]
    references: dict[str, RouterFigures]
    differences: dict[str, Figure]
    aiq_gains: dict[str, Figure]
    saving_gains: dict[str, Figure]
    null_accuracy: dict[str, Figure]
    warnings: tuple[str, ...] = ()
