"""What `routeloom router` answers about comparisons, cards and decisions: JSON with stable names, tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.cli.output import cell
from pipelines.error import ConfigurationError
from pipelines.routing.figures import Figure, RouterComparison, RouterFigures
from pipelines.routing.headroom import verdict
from pipelines.routing.objective import Objective

if TYPE_CHECKING:
    from rich.table import Table

    from pipelines.space import Space
    from pipelines.trained import RouterCard, TrainedRouter

_FIGURES: Final = {
    "accuracy": "accuracy",
    "cost_usd": "cost",
    "aiq": "aiq",
    "apgr": "apgr",
    "oracle_gap_closed": "oracle_gap_closed",
    "accuracy_at_best_single_cost": "accuracy_at_best_single_cost",
    "saving_at_best_single_accuracy": "saving_at_best_single_accuracy",
    "arena": "arena_score",
    "calibration_error": "calibration_error",
}
_PLAIN: Final = ("cpt50", "cpt80", "regret", "entropy", "fit_s", "decisions_per_s", "p99_ms", "shares", "tasks")


def comparison_answer(comparison: RouterComparison, skipped: Mapping[str, str]) -> dict[str, Any]:
    """Returns the JSON of a comparison; `cost` is in USD per question, every `_ci` a 95 % interval."""
    told = verdict(comparison)
    strategies = {router.name: figures_answer(router) for router in comparison.routers}
    for name, answer in strategies.items():
        answer |= _interval("difference", comparison.differences[name])
        answer |= _interval("aiq_gain", comparison.aiq_gains[name])
        answer |= _interval("saving_gain", comparison.saving_gains[name])
        answer |= _interval("null_accuracy", comparison.null_accuracy[name])
    return {
        "table": comparison.table,
        "n_train": comparison.n_train,
        "n_test": comparison.n_test,
        "models": list(comparison.models),
        "best_single": comparison.best_single,
        **_interval("headroom", comparison.headroom),
        "worth_routing": told.worth_routing,
        "too_few_test_rows": told.too_few,
        "worth_routing_for_accuracy": told.for_accuracy,
        "worth_routing_for_cost": told.for_cost,
        "verdict": told.sentence,
        "cost_unit": "USD per question",
        "strategies": strategies,
        "references": _references(comparison),
        "skipped": dict(skipped),
        "warnings": list(comparison.warnings),
    }


def comparison_table(comparison: RouterComparison, skipped: Mapping[str, str] | None = None) -> Table:
    """Returns the routers and the references as a table, the most accurate first; then those that were left out."""
    from rich.table import Table

    two = len(comparison.models) == 2
    titles = ["accuracy", "USD per 1,000", "AIQ", *(["APGR"] if two else []), "of the gap", "at best single's cost"]
    table = Table("router", *titles, "fit s", "per s", "p99 ms", box=None, pad_edge=False, header_style="bold")
    routers = sorted(comparison.routers, key=lambda router: -(router.accuracy.value or 0.0))
    for figures in (*routers, *comparison.references.values()):
        own = figures in comparison.routers
        numbers = [
            _with_interval(figures.accuracy),
            _number(figures.cost_usd.value, ".4g", 1_000),
            _number(figures.aiq.value, ".4f"),
            *([_number(figures.apgr.value, ".3f")] if two else []),
            _number(figures.oracle_gap_closed.value, ".0%"),
            _number(figures.accuracy_at_best_single_cost.value, ".4f"),
            _number(figures.fit_s, ".2f"),
            _number(figures.decisions_per_s, ",.0f"),
            _number(figures.p99_ms, ".2f"),
        ]
        table.add_row(*map(cell, [figures.name, *numbers]), style=None if own else "dim")
    for name in skipped or ():
        table.add_row(*map(cell, [name, "left out, see below"]), style="dim")
    return table


def figures_answer(figures: RouterFigures) -> dict[str, Any]:
    """Returns the JSON of the figures of one router or reference."""
    answer: dict[str, Any] = {"name": _key(figures.name)}
    for field, name in _FIGURES.items():
        answer |= _interval(name, getattr(figures, field))
    answer |= {name: getattr(figures, name) for name in _PLAIN}
    curve = zip(figures.curve_cost_usd, figures.curve_accuracy, strict=True)
    return {**answer, "curve": [{"cost": cost, "accuracy": accuracy} for cost, accuracy in curve]}


def decision_answer(router: TrainedRouter, query: str, space: Space | None) -> dict[str, Any]:
    """Returns where a question would go by the router's own objective, what is expected of each model, and why."""
    scores, costs = router.predict([query], space=space)
    aim = router.card.objective or Objective()
    if aim.needs_costs and np.isnan(costs).any():
        raise ConfigurationError(f"The router '{router.card.name}' wants {aim.told}, and not all costs are known.")
    worth = aim.worth(scores[0], costs[0])
    rows = [
        {
            "model": router.card.models[number],
            "score": float(scores[0][number]),
            "cost": None if np.isnan(costs[0][number]) else float(costs[0][number]),
        }
        for number in np.argsort(-scores[0], kind="stable").tolist()
    ]
    return {
        "choice": router.card.models[int(worth.argmax())] if np.isfinite(worth).any() else None,
        "scores": rows,
        "strategy": router.card.strategy["kind"],
        "title": router.strategy.title,
        "objective": None if router.card.objective is None else aim.config(),
        "why": router.strategy.explain(query, space=space),
    }


def scores_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Returns what is expected of each model as a table."""
    from rich.table import Table

    table = Table("model", "expected score", "expected USD", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        told = (row["model"], f"{row['score']:.3f}", "?" if row["cost"] is None else f"{row['cost']:.4g}")
        table.add_row(*map(cell, told))
    return table


def described(card: RouterCard) -> dict[str, Any]:
    """Returns a card as JSON, its figures with the names that `compare` gives them."""
    told = card.model_dump(mode="json", exclude={"figures"})
    return {**told, "figures": None if card.figures is None else figures_answer(card.figures)}


def cards_table(found: Sequence[tuple[int, RouterCard]]) -> Table:
    """Returns trained routers with the numbers of their newest versions as a table."""
    from rich.table import Table

    titles = ("name", "strategy", "models", "trained on", "rows", "accuracy", "judged on", "version")
    table = Table(*titles, box=None, pad_edge=False, header_style="bold")
    for number, card in found:
        accuracy = card.figures.accuracy.value if card.figures else None
        told = (f"{len(card.models)}", card.table, f"{card.n_train:,}", "-" if accuracy is None else f"{accuracy:.3f}")
        judged = "-" if card.n_test is None else f"{card.n_test:,} rows"
        table.add_row(*map(cell, (card.name, str(card.strategy["kind"]), *told, judged, str(number))))
    return table


def _references(comparison: RouterComparison) -> dict[str, Any]:
    """Returns the references; where costs are not known the cheapest is there without numbers."""
    found = {_key(name): figures_answer(figures) for name, figures in comparison.references.items()}
    return {"cheapest": {**dict.fromkeys(found["oracle"]), "name": "cheapest"}, **found}


def _interval(name: str, figure: Figure) -> dict[str, Any]:
    known = figure.low is not None and figure.high is not None
    return {name: figure.value, f"{name}_ci": [figure.low, figure.high] if known else None}


def _key(name: str) -> str:
    return {"best single": "best_single", "task table": "task_table"}.get(name, name)


def _with_interval(figure: Figure) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return _number(figure.value, ".4f")
    return f"{figure.value:.4f} ({figure.low:.3f} to {figure.high:.3f})"


def _number(value: float | None, form: str, scale: float = 1.0) -> str:
    return "-" if value is None else format(value * scale, form)
