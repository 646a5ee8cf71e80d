"""Bounds with a promise: of the answers that are accepted, no more than a given share is wrong."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.error import ConfigurationError
from pipelines.record import Record

Floats = NDArray[np.float64]
STEPS: Final = 200


class RiskBound(Record):
    """Is a bound of confidence with what it promises.

    Attributes:
        threshold: what reaches it is accepted; None where no bound keeps the promise.
        accepted: share of the calibration questions that reach it.
        wrong: share of the accepted ones that were wrong.
        promised: with the chance `sure` no more than this share of what is accepted later is wrong.
    """

    threshold: float | None
    accepted: float
    wrong: float
    promised: float
    sure: float


def bound_risk(confidence: Floats, right: Floats, *, risk: float, sure: float = 0.9) -> RiskBound:
    """Returns the lowest bound of confidence above which the share of wrong answers stays below `risk`.

    The bounds are tried from the surest down, each by the exact binomial tail, until the first that fails; so the
    promise holds for the one that is taken, whatever the confidence is worth.

    Args:
        confidence: of questions that neither strategy nor confidence was fitted on, an array (n,).
        right: 1 where the answer was right, 0 where it was wrong, an array (n,).
        risk: largest share of wrong answers among those accepted, between 0 and 1.
        sure: chance with which the promise holds.

    Raises:
        ConfigurationError: if the arrays do not fit, or risk or chance are not between 0 and 1.

    Source: Learn then Test (Angelopoulos et al. 2021, fixed-sequence testing), with the exact binomial p-value.
    """
    if confidence.shape != right.shape or confidence.ndim != 1:
        raise ConfigurationError(f"Confidence and outcomes need one shape; found {confidence.shape} and {right.shape}.")
    if not (0.0 < risk < 1.0 and 0.0 < sure < 1.0):
        raise ConfigurationError(f"Risk and chance lie between 0 and 1; found {risk} and {sure}.")
    wrong = (right < 0.5).astype(np.int64)
    taken: float | None = None
    for bound in _bounds(confidence, _least(risk, sure)):
        here = confidence >= bound
        if _tail(int(wrong[here].sum()), int(here.sum()), risk) > 1.0 - sure:
            break
        taken = float(bound)
    here = confidence >= taken if taken is not None else np.zeros(len(confidence), dtype=np.bool_)
    count = int(here.sum())
    return RiskBound(
        threshold=taken,
        accepted=count / max(1, len(confidence)),
        wrong=float(wrong[here].sum()) / max(1, count),
        promised=risk,
        sure=sure,
    )


def _least(risk: float, sure: float) -> int:
    """Returns twice the fewest questions that keep the promise if all of them are right: fewer could never pass."""
    return 2 * int(np.ceil(np.log(1.0 - sure) / np.log(1.0 - risk)))


def _bounds(confidence: Floats, enough: int) -> Floats:
    """Returns the bounds to try, the surest first, each of at least so many questions; outcomes play no part."""
    shares = np.linspace(0.0, 1.0, STEPS + 1)
    levels = np.unique(np.quantile(confidence, shares, method="inverted_cdf")) if len(confidence) else np.zeros(0)
    least = max(enough, len(confidence) // 20)
    return np.array([level for level in levels[::-1] if int((confidence >= level).sum()) >= least])


def _tail(wrong: int, count: int, risk: float) -> float:
    """Returns the chance of so few or fewer wrong answers among `count` if their true share were `risk`."""
    from scipy.special import bdtr

    return float(bdtr(wrong, count, risk)) if count else 1.0
