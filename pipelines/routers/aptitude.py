"""A model is what it scores on a small fixed test; who may join needs only to take the test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.error import ConfigurationError
from pipelines.estimator.pairwise import fitted_shared, shared_scores, weighted_means
from pipelines.featured import FeaturedStrategy, dense, prior
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores

LENGTH: Final = 2_000
"""So many letters of a test question are kept."""

NARROW: Final = (4.0, 12.0, 36.0)
"""How narrowly the test is read: at the first nearly all of it counts, at the last only what is most alike."""


class Aptitude(FeaturedStrategy):
    """Describes each model by its scores on a test of some training questions, and predicts from that alone.

    A question weighs the test by likeness, narrowly and widely; one regression over all models says what these means
    and the level of a model are worth. `with_model` lets a model join that has only taken the test.

    Source: Model-SAT (Capability Instruction Tuning, AAAI 2025): an aptitude test of 50 tasks describes a model, a
    shared predictor reads the description; here a ridge regression on weighted test scores.
    """

    title: ClassVar[str] = "Aptitude test"
    unreproduced: ClassVar[str] = (
        "Model-SAT trains a 3.8B language model to read the descriptions; here it is a regression."
    )

    kind: Literal["aptitude"] = "aptitude"
    featurizer: AnyFeaturizer = Field(default=Tfidf(dims=128), description="What is seen of a question.")
    questions: int = Field(default=500, ge=2, le=20_000, description="How many training questions are the test.")
    penalty: float = Field(default=1.0, gt=0.0, le=1e6, description="Larger trusts the description less.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with the test, the profiles of the models and what they are worth."""
        state, found = self.looked_at(outcomes, space, seed)
        rows = dense(found)
        order = np.random.default_rng(seed).permutation(len(rows))
        # At least half of the questions teach what the test is worth, since nothing is learned from what is known.
        chosen, others = np.split(order, [max(1, min(self.questions, len(rows) // 2))])
        texts = [outcomes.queries[number][:LENGTH] for number in chosen]
        state |= {
            "test_rows": rows[chosen],
            "test": np.frombuffer("\0".join(texts).encode("utf-8", "replace"), dtype=np.uint8),
            "profiles": outcomes.score[chosen],
            "level": prior(outcomes.score),
        }
        taught = others if (~outcomes.missing[others]).any() else order
        described = _described(rows[taught], state["test_rows"], state["profiles"], state["level"])
        state["weights"] = fitted_shared(described, outcomes.score[taught], self.penalty)
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        rows = dense(self.features(queries, space))
        state = self.state
        described = _described(rows, state["test_rows"], state["profiles"], state["level"])
        return shared_scores(described, state["weights"])

    @property
    def test(self) -> tuple[str, ...]:
        """Returns the test questions, which a model that is to join has to answer."""
        return tuple(bytes(self.state["test"]).decode("utf-8").split("\0"))

    def with_model(self, name: str, scores: NDArray[np.float64]) -> Self:
        """Returns the strategy with one more model; nothing is trained anew.

        Args:
            name: of the model.
            scores: of its answers to `test`, an array (n_questions,), NaN where it was not asked.

        Raises:
            ConfigurationError: if the model is there already, or the scores are not those of the test.
        """
        state = dict(self.state)
        if name in self.models:
            raise ConfigurationError(f"The model '{name}' is known to the router already.")
        if scores.shape != (len(state["profiles"]),) or bool(np.isnan(scores).all()):
            raise ConfigurationError(
                f"The test has {len(state['profiles'])} questions; found scores of the shape {scores.shape}."
            )
        state["models"] = np.append(state["models"].astype(f"<U{max(len(name), 1) + 200}"), name)
        state["profiles"] = np.column_stack([state["profiles"], scores])
        state["level"] = np.append(state["level"], np.nanmean(scores))
        return self.with_state(state)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the test questions most alike."""
        cosines = self.state["test_rows"] @ dense(self.features([query], space))[0]
        nearest = np.argsort(-cosines)[:5]
        test = self.test
        return {"test": [{"query": test[row][:120], "similarity": float(cosines[row])} for row in nearest]}


def _described(
    rows: NDArray[np.float32], test: NDArray[np.float32], profiles: NDArray[np.float64], level: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Returns the level of each model and its weighted test means, an array (n, n_models, n_features)."""
    cosines = (rows @ test.T).astype(np.float64)
    nearest = cosines.max(axis=1, keepdims=True)
    means = [weighted_means(np.exp(narrow * (cosines - nearest)), profiles, level, 1.0) for narrow in NARROW]
    return np.stack([np.broadcast_to(level, (len(rows), len(level))), *means], axis=2)
