"""Questions, tasks and models as one graph, along whose edges scores are passed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipelines.error import ConfigurationError
from pipelines.estimator.pairwise import fitted_shared, shared_scores, weighted_means
from pipelines.featured import FeaturedStrategy, dense, group_means, prior
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf
from pipelines.learned import Confidence
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores

BLOCK: Final = 1_024
Floats = NDArray[np.float64]


class Graph(FeaturedStrategy):
    """Passes scores along the edges between questions alike, their tasks and the models, and weighs what arrives.

    A question hears from its neighbours what each model scored there (one hop), what the neighbours heard from theirs
    (two hops) and what the tasks of the neighbours say; one readout over all models weighs the three with the level of
    the model. It belongs to no model, so `with_model` lets one join by a few scored questions.

    Source: GraphRouter (ICLR 2025): query, task and model nodes, edges with outcomes, inductive for new models; here
    two rounds of averaging and a linear readout instead of a trained graph network.
    """

    title: ClassVar[str] = "Graph of questions, tasks and models"
    unreproduced: ClassVar[str] = "GraphRouter trains a graph neural network end to end; here messages are averages."

    kind: Literal["graph"] = "graph"
    featurizer: AnyFeaturizer = Field(default=Tfidf(dims=128), description="What is seen of a question.")
    neighbours: int = Field(default=24, ge=1, le=1_000, description="How many questions a question is joined to.")
    imagined: float = Field(default=2.0, gt=0.0, le=1e4, description="Imagined neighbours at the level of the model.")
    penalty: float = Field(default=1.0, gt=0.0, le=1e6, description="Larger trusts the messages less.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with the graph and its readout."""
        state, found = self.looked_at(outcomes, space, seed)
        names, tasks = np.unique(np.array(outcomes.tasks, dtype=np.str_), return_inverse=True)
        state |= {"rows": dense(found), "scores": outcomes.score, "task_of": tasks.reshape(-1).astype(np.int64)}
        state["n_tasks"] = np.array([len(names)])
        state |= self._passed(state)
        # A training question must not hear its own score, so it is joined to the others only.
        described = np.concatenate(
            [
                self._described(state["rows"][start : start + BLOCK], state, own=start)
                for start in range(0, len(state["rows"]), BLOCK)
            ]
        )
        state["readout"] = fitted_shared(described, outcomes.score, self.penalty)
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        rows, state = dense(self.features(queries, space)), self.state
        parts = [
            shared_scores(self._described(rows[start : start + BLOCK], state), state["readout"])
            for start in range(0, len(rows), BLOCK)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.models)))

    def confidence(self, queries: Sequence[str], *, space: Space | None = None) -> Confidence:
        """Returns the cosine of the nearest question, an array (n_queries,)."""
        cosines = dense(self.features(queries, space)) @ self.state["rows"].T
        return np.asarray(np.clip(cosines.max(axis=1, initial=0.0), 0.0, 1.0), dtype=np.float64)

    def with_model(self, name: str, queries: Sequence[str], scores: Floats, *, space: Space | None = None) -> Self:
        """Returns the strategy with one more model, known by a few scored questions; the readout stays as it is.

        Args:
            name: of the model.
            queries: what it was asked.
            scores: what its answers scored, an array (n_queries,) in [0, 1].
            space: of the questions, where the featurizer needs one.

        Raises:
            ConfigurationError: if the model is there already, or questions and scores are not of one length.
        """
        if name in self.models:
            raise ConfigurationError(f"The model '{name}' is known to the router already.")
        if not queries or len(queries) != len(scores):
            raise ConfigurationError(
                f"The model '{name}' comes with {len(queries)} questions and {len(scores)} scores."
            )
        state = dict(self.state)
        known = state["scores"]
        fresh = np.full((len(queries), known.shape[1] + 1), np.nan)
        fresh[:, -1] = scores
        rows = dense(self.features(queries, space))
        nearest = (rows @ state["rows"].T).argmax(axis=1)
        state["scores"] = np.vstack([np.column_stack([known, np.full(len(known), np.nan)]), fresh])
        state["rows"] = np.vstack([state["rows"], rows])
        state["task_of"] = np.append(state["task_of"], state["task_of"][nearest])
        state["models"] = np.append(state["models"].astype(f"<U{len(name) + 200}"), name)
        return self.with_state({**state, **self._passed(state)})

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns what each model is expected to score by level, one hop, two hops and task."""
        described = self._described(dense(self.features([query], space)), self.state)[0]
        names = ("level", "neighbours", "their neighbours", "task")
        return {
            "messages": {
                model: dict(zip(names, map(float, row), strict=True))
                for model, row in zip(self.models, described, strict=True)
            }
        }

    def _passed(self, state: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Returns what does not hang on the question: levels, task means, and what every node heard at one hop."""
        scores, count = state["scores"], int(state["n_tasks"][0])
        level = prior(scores)
        rows = state["rows"]
        heard = [
            self._hop(rows[start : start + BLOCK], rows, scores, level, own=start)[0]
            for start in range(0, len(rows), BLOCK)
        ]
        return {
            "level": level,
            "task_means": group_means(scores, state["task_of"], count, self.imagined),
            "heard": np.concatenate(heard),
        }

    def _hop(
        self, rows: NDArray[np.float32], known: NDArray[np.float32], scores: Floats, level: Floats, own: int | None
    ) -> tuple[Floats, NDArray[np.intp], Floats]:
        """Returns what the rows hear from their neighbours, who those are, and how much each counts."""
        cosines = rows @ known.T
        if own is not None:
            cosines[np.arange(len(rows)), own + np.arange(len(rows))] = -np.inf
        k = min(self.neighbours, len(known) if own is None else max(1, len(known) - 1))
        near = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        weights = np.maximum(np.take_along_axis(cosines, near, axis=1), 0.0).astype(np.float64) + 1e-9
        return _heard(weights, scores[near], level, self.imagined), near, weights

    def _described(self, rows: NDArray[np.float32], state: Any, own: int | None = None) -> Floats:
        level = state["level"]
        first, near, weights = self._hop(rows, state["rows"], state["scores"], level, own)
        second = _heard(weights, state["heard"][near], level, self.imagined)
        member = np.zeros((len(rows), len(state["task_means"])))
        np.add.at(member, (np.arange(len(rows))[:, None], state["task_of"][near]), weights)
        by_task = weighted_means(member, state["task_means"], level, 1e-9)
        return np.stack([np.broadcast_to(level, first.shape), first, second, by_task], axis=2)


def _heard(weights: Floats, told: Floats, level: Floats, imagined: float) -> Floats:
    """Returns the weighted mean of what neighbours tell (n, k, n_models), missing cells left out."""
    tried = ~np.isnan(told)
    totals = np.einsum("nk,nkm->nm", weights, np.where(tried, told, 0.0))
    counts = np.einsum("nk,nkm->nm", weights, tried.astype(np.float64))
    prior_weight = imagined * weights.mean(axis=1, keepdims=True)
    return np.asarray((totals + prior_weight * level) / (counts + prior_weight), dtype=np.float64)
