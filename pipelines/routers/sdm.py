"""A linear router that knows when it does not know: similarity, distance and magnitude together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.estimator.linear import fitted_linear, logistic
from pipelines.featured import FeaturedStrategy, dense
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.learned import Confidence
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores

DEEPEST: Final = 100
"""So many neighbours are walked through at most."""
BLOCK: Final = 512
Floats = NDArray[np.float64]


class Sdm(FeaturedStrategy):
    """Routes by a logistic regression per model, and is sure of it where recorded questions alike bear it out.

    With q the number of nearest recorded questions in a row that would go to the same model and were solved by it, d
    how near the first of them is (1 less the share of held-out questions that are nearer), and z the logits, confidence
    is the share (2 + q)^(d z) of the chosen model. Accept an answer above a bound chosen by `pipelines.routing.risk`.

    Source: similarity-distance-magnitude activations (arXiv 2509.12760, equations 3, 4 and 9): the estimator is not
    trained through the activation, and models take the place of classes.
    """

    title: ClassVar[str] = "Linear that knows its limits (SDM)"
    unreproduced: ClassVar[str] = "The paper trains a network through the activation; here it is put upon a regression."

    kind: Literal["sdm"] = "sdm"
    featurizer: AnyFeaturizer = Field(default=Tfidf(dims=128), description="What is seen of a question.")
    penalty: float = Field(default=1.0, gt=0.0, le=1e6, description="Larger trusts the mean more than the words.")
    held_out: float = Field(default=0.3, gt=0.0, lt=0.9, description="Share of the rows that distances are gauged on.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with weights, recorded questions, and the distances of the held-out ones."""
        state, found = self.looked_at(outcomes, space, seed)
        rows = dense(found)
        weights, offsets = fitted_linear(rows, outcomes.score, "logistic", self.penalty)
        chosen = np.asarray((rows @ weights + offsets).argmax(axis=1))
        scored = outcomes.score[np.arange(len(rows)), chosen]
        solved = np.nan_to_num(scored) >= 0.5
        order = np.random.default_rng(seed).permutation(len(rows))
        # Whether a model solves what it was not asked is not known; it must not count as a failure.
        known = order[~np.isnan(scored[order])]
        order = known if len(known) else order
        cut = max(1, len(order) - int(self.held_out * len(order)))
        kept, gauge = order[:cut], order[cut:]
        state |= {
            "weights": weights,
            "offsets": offsets,
            "rows": rows[kept],
            "chosen": chosen[kept].astype(np.int64),
            "solved": solved[kept],
        }
        _, nearest = _walked(rows[gauge], chosen[gauge], state)
        state["distances"] = np.sort(nearest)
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        return logistic(self._logits(dense(self.features(queries, space))))

    def confidence(self, queries: Sequence[str], *, space: Space | None = None) -> Confidence:
        """Returns the activation of the chosen model, an array (n_queries,); 1 / n_models knows nothing."""
        rows = dense(self.features(queries, space))
        parts = [self._activation(rows[start : start + BLOCK])[0] for start in range(0, len(rows), BLOCK)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns similarity, distance and confidence."""
        activation, walked, near = self._activation(dense(self.features([query], space)))
        return {"similarity": int(walked[0]), "nearness": float(near[0]), "confidence": float(activation[0])}

    def _logits(self, rows: NDArray[np.float32]) -> Floats:
        return np.asarray(rows @ self.state["weights"] + self.state["offsets"], dtype=np.float64)

    def _activation(self, rows: NDArray[np.float32]) -> tuple[Floats, Floats, Floats]:
        logits = self._logits(rows)
        chosen = logits.argmax(axis=1)
        walked, distance = _walked(rows, chosen, self.state)
        gauge = self.state["distances"]
        nearer = np.searchsorted(gauge, distance, side="left") / max(1, len(gauge))
        near = np.where(np.isfinite(distance), 1.0 - nearer, 0.0)
        powers = np.log(2.0 + walked)[:, None] * near[:, None] * logits
        shares = np.exp(powers - powers.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return shares[np.arange(len(rows)), chosen], walked, near


def _walked(rows: NDArray[np.float32], chosen: NDArray[Any], state: Any) -> tuple[Floats, Floats]:
    """Returns how many nearest recorded questions in a row bear the choice out, and how far the first of them is."""
    if not len(rows):
        return np.zeros(0), np.zeros(0)
    known = state["rows"]
    squares = (rows**2).sum(axis=1)[:, None] + (known**2).sum(axis=1)[None, :] - 2 * rows @ known.T
    k = min(DEEPEST, len(known))
    near = np.argpartition(squares, k - 1, axis=1)[:, :k]
    order = np.argsort(np.take_along_axis(squares, near, axis=1), axis=1, kind="stable")
    near = np.take_along_axis(near, order, axis=1)
    agrees = (state["chosen"][near] == chosen[:, None]) & state["solved"][near]
    walked = np.cumprod(agrees, axis=1).sum(axis=1).astype(np.float64)
    first = np.sqrt(np.maximum(np.take_along_axis(squares, near[:, :1], axis=1)[:, 0], 0.0)).astype(np.float64)
    return walked, np.where(agrees[:, 0], first, np.inf)
