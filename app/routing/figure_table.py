"""The figures of routers and references as HTML: every number with its interval, and its formula on hover."""

from __future__ import annotations

from html import escape
from typing import Final, NamedTuple

from app.figure import cost_text, duration_text
from pipelines.routing.figures import Figure, RouterComparison, RouterFigures

UNKNOWN: Final = "–"


class Known(NamedTuple):
    """Says what a figure is."""

    title: str
    formula: str
    source: str


FORMULAS: Final = {
    "accuracy": Known("Accuracy", "mean score of the chosen answers when only the score counts (λ = 0)", "RouterBench"),
    "difference": Known(
        "Over best single", "mean of score of the router − score of the best single model, in pairs on the same rows",
        "paired percentile bootstrap",
    ),
    "cost_usd": Known("USD per 1,000", "1,000 × mean cost of the chosen answers at λ = 0", "RouterBench"),
    "aiq": Known(
        "AIQ", "1 / (c_max − c_min) × ∫ of the non-decreasing convex hull of (cost, accuracy) over the cost",
        "RouterBench, AIQ; the range of costs is that of the single models, the same for all",
    ),
    "aiq_gain": Known(
        "AIQ over random mix", "AIQ of the router − AIQ of the hull of the single models, less what the same choices"
        " win when they are dealt to the questions at random", "RouterBench's Zero router",
    ),
    "apgr": Known(
        "APGR", "∫ over the share of strong calls of (accuracy − weak) / (strong − weak)", "RouteLLM, equation 7",
    ),
    "cpt50": Known(
        "CPT 50 %", "least share of calls to the stronger model that recovers half of strong − weak",
        "RouteLLM, equation 6",
    ),
    "cpt80": Known("CPT 80 %", "the same for four fifths of strong − weak", "RouteLLM, equation 6"),
    "oracle_gap_closed": Known(
        "Oracle gap closed", "(accuracy − best single) / (oracle − best single); below 0 is worse than one model",
        "LLMRouterBench, Gap@O",
    ),
    "accuracy_at_best_single_cost": Known(
        "Accuracy at best single's cost", "height of the router's hull at the mean cost of the best single model",
        "RouterBench, hull",
    ),
    "saving_at_best_single_accuracy": Known(
        "Saved at best single's accuracy", "1 − cost at which the hull reaches the best single model's accuracy /"
        " its cost", "LLMRouterBench, CostSave",
    ),
    "arena": Known(
        "Arena score", "1.1 × A × C / (0.1 × A + C), A accuracy, C = log(200 / c) / log(200 / 0.0044), c USD per 1,000",
        "RouterArena, compute_scores.py",
    ),
    "calibration_error": Known(
        "Calibration error", "Σ over 10 bins of n_b / n × |accuracy − what was expected of the chosen model|",
        "ECE: Naeini et al. 2015",
    ),
    "regret": Known("Regret", "mean of best score of any model − score of the chosen one", "RouterBench's oracle"),
    "entropy": Known("Entropy", "−Σ p ln p over the models chosen; 0 is always the same model", "routing collapse"),
    "null": Known(
        "Shuffled", "accuracy of the same choices dealt to the questions at random, 200 times", "permutation test",
    ),
    "p99_ms": Known("Decides in", "99th percentile of 300 single decisions, in milliseconds", "measured here"),
    "fit_s": Known("Learned in", "wall-clock seconds of learning, without embedding", "measured here"),
}  # fmt: skip
SHARES: Final = ("oracle_gap_closed", "saving_at_best_single_accuracy", "cpt50", "cpt80")
OF_TWO: Final = ("apgr", "cpt50", "cpt80")
"""What is defined between two models only."""
SECONDS: Final = {"p99_ms": 1e-3, "fit_s": 1.0}


def figure_table(comparison: RouterComparison) -> str:
    """Returns a line for each router, the most accurate first, and for each reference."""
    columns = [name for name in FORMULAS if name not in OF_TWO or len(comparison.models) == 2]
    heads = "".join(f'<th scope="col">{_head(name)}</th>' for name in ("", *columns))
    routers = sorted(comparison.routers, key=lambda router: -(router.accuracy.value or 0.0))
    lines = [_line(found, comparison, columns) for found in (*routers, *comparison.references.values())]
    return (
        f'<div class="scroll" tabindex="0"><table><thead><tr>{heads}</tr></thead><tbody>{"".join(lines)}</tbody>'
        "</table></div>"
    )


def glossary() -> str:
    """Returns every figure with its formula and source."""
    entries = (
        f"<dt>{escape(known.title)}</dt><dd>{escape(known.formula)}. "
        f'<span class="quiet">Source: {escape(known.source)}.</span></dd>'
        for known in FORMULAS.values()
    )
    return f"<dl>{''.join(entries)}</dl>"


def _head(name: str) -> str:
    known = FORMULAS.get(name)
    return "Router" if known is None else f'<span title="{_hover(known)}">{escape(known.title)}</span>'


def _line(found: RouterFigures, comparison: RouterComparison, columns: list[str]) -> str:
    own = found in comparison.routers
    name = f'<td class="name">{escape(found.name)}{"" if own else "<small>reference</small>"}</td>'
    return f"<tr>{name}{''.join(_cell(column, found, comparison) for column in columns)}</tr>"


def _cell(column: str, found: RouterFigures, comparison: RouterComparison) -> str:
    pairs = {"difference": comparison.differences, "aiq_gain": comparison.aiq_gains, "null": comparison.null_accuracy}
    value = pairs[column].get(found.name) if column in pairs else getattr(found, column)
    figure = value if isinstance(value, Figure) else Figure(value=value)
    hover = _hover(FORMULAS[column])
    if figure.value is None:
        return f'<td class="number"><span title="{hover}">{UNKNOWN}</span></td>'
    below = ""
    if figure.low is not None and figure.high is not None:
        below = f"<small>{_written(column, figure.low)} to {_written(column, figure.high)}</small>"
    return f'<td class="number"><span title="{hover}">{_written(column, figure.value)}</span>{below}</td>'


def _written(column: str, value: float) -> str:
    if column in SHARES:
        return f"{value:.0%}"
    if column == "cost_usd":
        return escape(cost_text(value * 1_000))
    if column in ("difference", "aiq_gain"):
        return f"{value:+.3f}"
    if column in SECONDS:
        return duration_text(value * SECONDS[column])
    # A 0 that was negated shall not look like a negative number.
    return f"{value + 0.0:.2f}" if column == "entropy" else f"{value:.3f}"


def _hover(known: Known) -> str:
    return escape(f"{known.title}: {known.formula}.\nSource: {known.source}.", quote=True)
