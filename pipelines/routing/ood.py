"""How well a strategy tells strangers from the questions it knows: AUROC, FPR95 and the GQR score, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.error import ConfigurationError
from pipelines.learned import LearnedStrategy
from pipelines.outcome.table import OutcomeTable
from pipelines.record import Record
from pipelines.routing.figures import Figure
from pipelines.space import Space
from pipelines.statistics.interval import quantile, wilson
from pipelines.tasked import TaskStrategy

Floats = NDArray[np.float64]

RECALL: Final = 0.95
DRAWS: Final = 2_000
HALVINGS: Final = 60


class StrangerFigures(Record):
    """Is how confidence parts known questions from strangers, for each set of strangers.

    Attributes:
        auroc: chance that a known question is more confident than a stranger.
        fpr95: share of strangers accepted where 95 % of the known questions are.
    """

    auroc: dict[str, Figure]
    fpr95: dict[str, Figure]


class GuardFigures(Record):
    """Is how a guard that knows tasks does at its own bound of doubt.

    Attributes:
        known_accuracy: share of known questions that are accepted and put into the right task.
        strange_accuracy: share of each set of strangers that is turned away.
        gqr: harmonic mean of the former and of the plain mean of the latter.
    """

    known_accuracy: Figure
    strange_accuracy: dict[str, Figure]
    gqr: Figure


def auroc(known: Floats, strange: Floats) -> Figure:
    """Returns the chance that a known question has the higher confidence, ties half, with its 95 % interval.

    Source: the Mann-Whitney statistic; the interval by Newcombe 2006, Statistics in Medicine 25, 559-573, method 5,
    which covers also near 1, where that of DeLong is far too narrow.
    """
    if not len(known) or not len(strange):
        return Figure(value=None)
    value = float(_share_below(known, strange).mean())
    low, high = (_farthest(value, end, len(known), len(strange)) for end in (0.0, 1.0))
    return Figure(value=value, low=low, high=high)


def threshold_at(known: Floats, recall: float = RECALL) -> float:
    """Returns the largest bound that at least this share of the known questions reaches."""
    ordered = np.sort(known)[::-1]
    return float(ordered[max(1, int(np.ceil(recall * len(ordered) - 1e-9))) - 1])


def fpr95(known: Floats, strange: Floats) -> Figure:
    """Returns the share of strangers that reach the bound which 95 % of the known questions reach.

    Source: FPR at 95 % TPR of Hendrycks and Gimpel 2017; the interval is Wilson's, at this bound.
    """
    if not len(known) or not len(strange):
        return Figure(value=None)
    return share(strange >= threshold_at(known))


def gqr(known_accuracy: float, strange_accuracies: Sequence[float]) -> float:
    """Returns 2 a b / (a + b), b the plain mean over the sets of strangers; 0 if both are 0.

    Source: GQR-Bench, `gqr.score`.
    """
    turned_away = float(np.mean(strange_accuracies))
    total = known_accuracy + turned_away
    return 2 * known_accuracy * turned_away / total if total else 0.0


def share(hits: NDArray[np.bool_]) -> Figure:
    """Returns the share of hits with its Wilson interval."""
    if not len(hits):
        return Figure(value=None)
    low, high = wilson(float(hits.sum()), float(len(hits)))
    return Figure(value=float(hits.mean()), low=low, high=high)


def stranger_figures(
    strategy: LearnedStrategy,
    known: Sequence[str],
    strangers: Mapping[str, Sequence[str]],
    *,
    space: Space | None = None,
) -> StrangerFigures:
    """Returns how a fitted strategy parts questions of the kind it knows, unseen in training, from strangers.

    Raises:
        ConfigurationError: if the strategy cannot tell how sure it is.
    """
    sure = strategy.confidence(known, space=space)
    if sure is None:
        raise ConfigurationError(f"The strategy '{strategy.title}' does not tell how sure it is of a question.")
    found = {name: strategy.confidence(queries, space=space) for name, queries in strangers.items()}
    others = {name: confidence for name, confidence in found.items() if confidence is not None}
    return StrangerFigures(
        auroc={name: auroc(sure, confidence) for name, confidence in others.items()},
        fpr95={name: fpr95(sure, confidence) for name, confidence in others.items()},
    )


def guard_figures(
    guard: TaskStrategy,
    known: OutcomeTable,
    strangers: Mapping[str, Sequence[str]],
    *,
    space: Space | None = None,
    seed: int = 0,
) -> GuardFigures:
    """Returns how a fitted guard does on rows with tasks, unseen in training, and on strangers."""
    likely = guard.posterior(known.queries, space=space)
    guessed = guard.state["tasks"][likely.argmax(axis=1)]
    right = (likely.max(axis=1) >= guard.doubt) & (guessed == np.array(known.tasks, dtype=np.str_))
    away = {name: guard.confidence(queries, space=space) < guard.doubt for name, queries in strangers.items()}
    shares = {name: share(hits) for name, hits in away.items()}
    return GuardFigures(known_accuracy=share(right), strange_accuracy=shares, gqr=_gqr_figure(right, away, seed))


def _gqr_figure(right: NDArray[np.bool_], away: Mapping[str, NDArray[np.bool_]], seed: int) -> Figure:
    """Returns the GQR score; the interval draws every set again and again (percentile bootstrap)."""
    sets = [hits for hits in away.values() if len(hits)]
    if not len(right) or not sets:
        return Figure(value=None)
    rng = np.random.default_rng(seed)
    # A share drawn again is binomial, so that no row has to be drawn.
    known = rng.binomial(len(right), right.mean(), DRAWS) / len(right)
    strange = [rng.binomial(len(hits), hits.mean(), DRAWS) / len(hits) for hits in sets]
    found = [gqr(float(known[n]), [float(drawn[n]) for drawn in strange]) for n in range(DRAWS)]
    low, high = np.quantile(found, (0.025, 0.975))
    value = gqr(float(right.mean()), [float(hits.mean()) for hits in sets])
    return Figure(value=value, low=float(low), high=float(high))


def _share_below(values: Floats, others: Floats) -> Floats:
    """Returns for each value which share of the others is smaller, equal ones half."""
    ordered = np.sort(others)
    smaller, not_larger = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    return np.asarray((smaller + not_larger) / (2 * len(others)), dtype=np.float64)


def _farthest(value: float, end: float, n_known: int, n_strange: int) -> float:
    """Returns how far from the value, towards an end, the truth may be such that the value is no surprise."""
    near, far = value, end
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        many = (n_known + n_strange) / 2 - 1
        shape = 1 + many * ((1 - middle) / (2 - middle) + middle / (1 + middle))
        reach = quantile(0.95) * float(np.sqrt(middle * (1 - middle) * shape / (n_known * n_strange)))
        near, far = (middle, far) if abs(middle - value) <= reach else (near, middle)
    return near
