"""Several strategies together: left-out training rows say how much each of them counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, PrivateAttr, SerializeAsAny, WithJsonSchema

from pipelines.error import ConfigurationError
from pipelines.featured import FeaturedStrategy, prior
from pipelines.featurizer import Features, Lens
from pipelines.featurizers.embedding import Embedding
from pipelines.featurizers.surface import Surface
from pipelines.featurizers.tfidf import Tfidf
from pipelines.learned import LearnedStrategy, model_names
from pipelines.outcome.split import group_numbers
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.boosting import Boosting
from pipelines.routers.category import Category
from pipelines.routers.cluster import Cluster
from pipelines.routers.kernel import Kernel
from pipelines.routers.knn import Knn
from pipelines.routers.ridge import Ridge
from pipelines.space import Space
from pipelines.strategy import Scores

MOST_LEFT_OUT: Final = 20_000
"""Of more training rows only so many, drawn at random, say how much each member counts."""

MOST_REMEMBERED: Final = 5_000
"""Larger batches are looked at again by each member instead of staying in memory."""

_PANEL: Final = (
    Ridge(),
    Ridge(featurizer=Surface(), penalty=100.0),
    Ridge(featurizer=Tfidf(pairs=False, dims=64), penalty=3.0),
    Category(),
    Cluster(),
    Boosting(featurizer=Surface(), rounds=60, rate=0.05),
    Kernel(),
)

_BY_MEANING: Final = (
    Kernel(meaning=1.0, penalty=10.0),
    Knn(featurizer=Embedding()),
    Category(featurizer=Embedding()),
)


def _known(value: Any) -> Any:
    """Returns a strategy for the JSON of one; the registry is only asked now, because it reads this file too."""
    from pipelines.routers import router_kinds

    if isinstance(value, LearnedStrategy):
        return value
    kind = value.get("kind") if isinstance(value, Mapping) else None
    cls = router_kinds().get(str(kind))
    if cls is None:
        raise ValueError(f"there is no strategy '{kind}'; there is {', '.join(sorted(router_kinds()))}")
    return cls.model_validate(value)


Member = Annotated[SerializeAsAny[LearnedStrategy], BeforeValidator(_known), WithJsonSchema({"type": "object"})]


class Ensemble(LearnedStrategy):
    """Adds up what several strategies predict, each as much as left-out training rows say.

    What is added up is by how much a model is better or worse than usual for this question, compared with the other
    models: that alone decides between models. A member that says nothing new gets the weight 0. Members that cannot
    learn from the table (tasks, where it names none) are left out.

    Source: stacked regressions (Breiman 1996) with weights that are not negative, drawn to equal weights.
    """

    title: ClassVar[str] = "Ensemble"

    kind: Literal["ensemble"] = "ensemble"
    members: tuple[Member, ...] = Field(default=_PANEL, min_length=1, max_length=20, description="What is added up.")
    folds: int = Field(
        default=3, ge=1, le=20, description="In how many parts training rows are left out; 1 weighs all members alike."
    )
    evenness: float = Field(default=1.0, ge=0.0, le=100.0, description="Larger draws the weights to equal ones.")
    meaning: bool = Field(default=False, description="Add members that look at the vectors of an embedder.")

    _ready: list[LearnedStrategy] = PrivateAttr(default_factory=list)

    @property
    def needs_space(self) -> bool:
        """Returns whether a member needs the vectors of an embedder."""
        return any(member.needs_space for member in self._panel)

    @property
    def _panel(self) -> tuple[LearnedStrategy, ...]:
        """Returns all that may be added up, in the order of their places."""
        return (*self.members, *_BY_MEANING) if self.meaning else self.members

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with its fitted members and their weights.

        Raises:
            ConfigurationError: if no member can learn from the table.
        """
        fitted = {
            place: found for place in range(len(self._panel)) if (found := self._fitted(place, outcomes, space, seed))
        }
        if not fitted:
            raise ConfigurationError(f"No member of the ensemble can learn from the table '{outcomes.name}'.")
        state: dict[str, NDArray[Any]] = {
            "models": model_names(outcomes),
            "mean": prior(outcomes.score),
            "places": np.array(list(fitted), dtype=np.int64),
            "weights": self._weights(list(fitted), outcomes, space, seed),
        }
        for place, member in fitted.items():
            state |= {f"{place}.{name}": array for name, array in member.state.items()}
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        mean = self.state["mean"]
        found = np.tile(mean, (len(queries), 1))
        for weight, member in zip(self.state["weights"], self._fitted_members(), strict=True):
            if weight:
                found += weight * (member.predict(queries, space=space) - mean)
        return found

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns how much each member counts and why it scores as it does."""
        return {
            "members": [
                {
                    "kind": str(member.model_dump()["kind"]),
                    "weight": float(weight),
                    **member.explain(query, space=space),
                }
                for weight, member in zip(self.state["weights"], self._fitted_members(), strict=True)
            ]
        }

    def _fitted(self, place: int, outcomes: OutcomeTable, space: Space | None, seed: int) -> LearnedStrategy | None:
        try:
            return self._panel[place].fit(outcomes, space=space, seed=seed)
        except ConfigurationError:
            return None

    def _fitted_members(self) -> list[LearnedStrategy]:
        """Returns the members with what they learned; those that look at a question alike look at it once."""
        if not self._ready:
            lenses: dict[str, _Remembering] = {}
            for place in self.state["places"]:
                mine = {n.partition(".")[2]: array for n, array in self.state.items() if n.startswith(f"{place}.")}
                member = self._panel[int(place)].with_state(mine)
                if isinstance(member, FeaturedStrategy):
                    key = member.featurizer.model_dump_json()
                    member.share_lens(lenses.setdefault(key, _Remembering(member.lens)))
                self._ready.append(member)
        return self._ready

    def _weights(
        self, places: list[int], outcomes: OutcomeTable, space: Space | None, seed: int
    ) -> NDArray[np.float64]:
        """Returns the weights of the members, learned of what each predicts for rows it did not see."""
        from scipy.optimize import nnls

        if self.folds == 1 or len(places) == 1 or outcomes.n_queries < 2 * self.folds:
            return np.full(len(places), 1 / len(places))
        unseen, scores = self._left_out(places, outcomes, space, seed)
        mean = prior(outcomes.score)
        tried = ~np.isnan(scores)
        target = _compared(scores - mean, tried)
        columns = np.stack([_compared(each - mean, tried)[tried] for each in unseen], axis=1)
        strength = self.evenness * np.sqrt((columns**2).sum(axis=0).mean())
        even = np.full(len(places), 1 / len(places))
        rows = np.vstack([columns, strength * np.eye(len(places))])
        weights, _ = nnls(rows, np.concatenate([target[tried], strength * even]))
        return np.asarray(weights, dtype=np.float64)

    def _left_out(
        self, places: list[int], outcomes: OutcomeTable, space: Space | None, seed: int
    ) -> tuple[NDArray[np.float64], Scores]:
        """Returns what each member predicts for rows it did not see (n_members, n_rows, n_models), and their scores."""
        rng = np.random.default_rng(seed)
        if outcomes.n_queries > MOST_LEFT_OUT:
            outcomes = outcomes.rows(np.sort(rng.choice(outcomes.n_queries, MOST_LEFT_OUT, replace=False)))
        groups = group_numbers(outcomes)
        part = rng.permutation(int(groups.max(initial=0)) + 1)[groups] % self.folds
        unseen = np.tile(prior(outcomes.score), (len(places), outcomes.n_queries, 1))
        for number in range(self.folds):
            rest, out = outcomes.rows(part != number), np.flatnonzero(part == number)
            asked = [outcomes.queries[row] for row in out]
            for at, place in enumerate(places):
                member = self._fitted(place, rest, space, seed)
                if member is not None:
                    unseen[at, out] = member.predict(asked, space=space)
        return unseen, outcomes.score


def _compared(values: Scores, tried: NDArray[np.bool_]) -> Scores:
    """Returns by how much each model is above the mean of those that were tried on the same row."""
    counts = np.maximum(tried.sum(axis=1, keepdims=True), 1)
    return np.asarray(values - np.where(tried, values, 0.0).sum(axis=1, keepdims=True) / counts, dtype=np.float64)


class _Remembering:
    """Looks once at questions that several members ask about one after the other."""

    def __init__(self, lens: Lens) -> None:
        self._lens = lens
        self._last: tuple[Sequence[str], Features] | None = None

    def features(self, queries: Sequence[str], space: Space | None) -> Features:
        """Returns the rows of numbers, those of the last call if the questions are the same object."""
        last = self._last
        if last is None or last[0] is not queries:
            last = queries, self._lens.features(queries, space)
            self._last = last if len(queries) <= MOST_REMEMBERED else None
        return last[1]
