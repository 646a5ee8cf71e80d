"""Questions, tasks and models as one graph, along whose edges scores are passed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal, NamedTuple, Self

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
MOST_EDGES: Final = 4_000_000
"""Edges of neighbours that are looked at at a time."""

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
        kept, joined = self._passed(state)
        state |= kept
        step = max(1, min(BLOCK, MOST_EDGES // joined.near.shape[1] ** 2))
        rows = np.arange(outcomes.n_queries)
        described = [self._unheard(rows[start : start + step], state, joined) for start in range(0, len(rows), step)]
        state["readout"] = fitted_shared(np.concatenate(described), outcomes.score, self.penalty)
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
        return self.with_state({**state, **self._passed(state)[0]})

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

    def _passed(self, state: dict[str, NDArray[Any]]) -> tuple[dict[str, NDArray[Any]], _Joined]:
        """Returns what does not hang on the question (levels, task means, what every node heard), and the edges."""
        scores, rows, count = state["scores"], state["rows"], int(state["n_tasks"][0])
        parts = [self._edges(rows[start : start + BLOCK], rows, start) for start in range(0, len(rows), BLOCK)]
        near, weights = (np.concatenate(each) for each in zip(*parts, strict=True))
        level = prior(scores)
        blocks = [slice(start, start + BLOCK) for start in range(0, len(rows), BLOCK)]
        heard = [_heard(weights[block], scores[near[block]], level, self.imagined) for block in blocks]
        sizes = [_size(weights[block], scores[near[block]], self.imagined) for block in blocks]
        task_means = group_means(scores, state["task_of"], count, self.imagined)
        kept = {"level": level, "task_means": task_means, "heard": np.concatenate(heard)}
        return kept, _Joined(near, weights, np.concatenate(sizes))

    def _edges(
        self, rows: NDArray[np.float32], known: NDArray[np.float32], own: int | None
    ) -> tuple[NDArray[np.intp], Floats]:
        """Returns the neighbours of the rows, and how much each counts, arrays (n, k); none is joined to itself."""
        cosines = rows @ known.T
        if own is not None:
            cosines[np.arange(len(rows)), own + np.arange(len(rows))] = -np.inf
        k = min(self.neighbours, len(known) if own is None else max(1, len(known) - 1))
        near = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        return near, np.maximum(np.take_along_axis(cosines, near, axis=1), 0.0).astype(np.float64) + 1e-9

    def _described(self, rows: NDArray[np.float32], state: Any) -> Floats:
        near, weights = self._edges(rows, state["rows"], None)
        first = _heard(weights, state["scores"][near], state["level"], self.imagined)
        second = _heard(weights, state["heard"][near], state["level"], self.imagined)
        member = _tasks_of(weights, near, state)
        by_task = weighted_means(member, state["task_means"], state["level"], 1e-9)
        return _side_by_side(state["level"], first, second, by_task)

    def _unheard(self, here: NDArray[np.intp], state: Any, joined: _Joined) -> Floats:
        """Returns the description of some training questions as if they had not been scored themselves.

        Their own score must reach them neither from a neighbour that heard it nor from their task: the readout would
        learn to trust what no new question hears.
        """
        scores, level, near, weights = state["scores"], state["level"], joined.near[here], joined.weights[here]
        own, scored = np.nan_to_num(scores[here]), (~np.isnan(scores)).astype(np.float64)
        back = np.where(joined.near[near] == here[:, None, None], joined.weights[near], 0.0).sum(axis=2)[:, :, None]
        size = joined.size[near]
        told = (state["heard"][near] * size - back * own[:, None]) / (size - back * scored[here][:, None])
        second = _heard(weights, told, level, self.imagined)
        member, task = _tasks_of(weights, near, state), state["task_of"][here]
        sizes = np.stack([np.bincount(state["task_of"], each, len(state["task_means"])) for each in scored.T], axis=1)
        in_task, mean = sizes[task] + self.imagined, state["task_means"][task]
        without = (mean * in_task - own) / (in_task - scored[here])
        share = member[np.arange(len(here)), task] / (member.sum(axis=1) + 1e-9)
        by_task = weighted_means(member, state["task_means"], level, 1e-9) + share[:, None] * (without - mean)
        return _side_by_side(level, state["heard"][here], second, by_task)


class _Joined(NamedTuple):
    """Is the edges between the training questions: neighbours and their weights (n, k), and the weight of all heard.

    The latter is an array (n, n_models), with what is imagined.
    """

    near: NDArray[np.intp]
    weights: Floats
    size: Floats


def _tasks_of(weights: Floats, near: NDArray[np.intp], state: Any) -> Floats:
    """Returns the weight of each task among the neighbours, an array (n, n_tasks)."""
    member = np.zeros((len(near), len(state["task_means"])))
    np.add.at(member, (np.arange(len(near))[:, None], state["task_of"][near]), weights)
    return member


def _side_by_side(level: Floats, first: Floats, second: Floats, by_task: Floats) -> Floats:
    return np.stack([np.broadcast_to(level, first.shape), first, second, by_task], axis=2)


def _heard(weights: Floats, told: Floats, level: Floats, imagined: float) -> Floats:
    """Returns the weighted mean of what neighbours tell (n, k, n_models), missing cells left out."""
    totals = np.einsum("nk,nkm->nm", weights, np.nan_to_num(told))
    prior_weight = imagined * weights.mean(axis=1, keepdims=True)
    return np.asarray((totals + prior_weight * level) / _size(weights, told, imagined), dtype=np.float64)


def _size(weights: Floats, told: Floats, imagined: float) -> Floats:
    """Returns the weight of all that neighbours tell, with what is imagined, an array (n, n_models)."""
    counts = np.einsum("nk,nkm->nm", weights, (~np.isnan(told)).astype(np.float64))
    return np.asarray(counts + imagined * weights.mean(axis=1, keepdims=True), dtype=np.float64)
