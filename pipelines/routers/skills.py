"""What a question asks for in skills, and which models have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from pipelines.featured import FeaturedStrategy, prior
from pipelines.featurizers import AnyFeaturizer
from pipelines.featurizers.tfidf import Tfidf, TfidfLens
from pipelines.outcome.table import OutcomeTable
from pipelines.space import Space
from pipelines.strategy import Scores


class Skills(FeaturedStrategy):
    """Keeps a book of skills: a model gains by each solved question that asks for a skill and loses by each failure.

    The skills of a question are its telling words. A model is expected to score its level, moved by its mean points in
    the skills asked for.

    Source: Symbolic-MoE: profiles of +1 and -1 per skill, experts recruited by the sum over the skills of the question;
    there a language model names the skills, here they are the words of highest TF-IDF, and points are shrunk means.
    """

    title: ClassVar[str] = "Skills"
    unreproduced: ClassVar[str] = "Symbolic-MoE lets a language model name the skills; here they are the telling words."

    kind: Literal["skills"] = "skills"
    featurizer: AnyFeaturizer = Field(
        default=Tfidf(pairs=False, least_documents=5, most_terms=5_000), description="The words that may be skills."
    )
    asked: int = Field(default=12, ge=1, le=200, description="How many telling words of a question are its skills.")
    shrinkage: float = Field(default=20.0, gt=0.0, le=1e5, description="Imagined questions per skill at the level.")
    reach: float = Field(default=3.0, gt=0.0, le=100.0, description="How far the skills move the level.")

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Returns the strategy with the book of skills."""
        state, found = self.looked_at(outcomes, space, seed)
        shares = _asked(found, self.asked)
        level = prior(outcomes.score)
        points = np.where(outcomes.missing, 0.0, outcomes.score - level)
        asked = (shares > 0).astype(np.float64)
        totals, counts = asked.T @ points, asked.T @ (~outcomes.missing).astype(np.float64)
        state |= {"level": level, "book": np.asarray(totals / (counts + self.shrinkage), dtype=np.float64)}
        return self.with_state(state)

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Returns the expected scores, an array (n_queries, n_models)."""
        shares = _asked(self.features(queries, space), self.asked)
        return np.asarray(self.state["level"] + self.reach * (shares @ self.state["book"]), dtype=np.float64)

    def explain(self, query: str, *, space: Space | None = None) -> dict[str, Any]:
        """Returns the skills of the question with the points of each model."""
        lens = self.lens
        shares = _asked(self.features([query], space), self.asked)
        numbers = shares.indices if hasattr(shares, "indices") else np.flatnonzero(shares[0])
        names = lens.terms if isinstance(lens, TfidfLens) and shares.shape[1] == len(lens.terms) else None
        return {
            "skills": {
                names[number] if names else f"feature {number}": {
                    model: float(points) for model, points in zip(self.models, self.state["book"][number], strict=True)
                }
                for number in (int(n) for n in numbers)
            }
        }


def _asked(rows: Any, most: int) -> Any:
    """Returns the shares of the `most` strongest features of each row, which sum to 1; sparse (n, n_features)."""
    from scipy.sparse import csr_matrix

    sparse = csr_matrix(rows)
    indices, values, ends = [], [], [0]
    for start, end in zip(sparse.indptr[:-1], sparse.indptr[1:], strict=True):
        weights = sparse.data[start:end]
        order = np.argsort(-weights, kind="stable")[:most]
        order = order[weights[order] > 0]
        total = float(weights[order].sum())
        indices.append(sparse.indices[start:end][order])
        values.append(weights[order].astype(np.float64) / (total or 1.0))
        ends.append(ends[-1] + len(order))
    columns = np.concatenate(indices) if indices else np.zeros(0, dtype=np.int64)
    shares = np.concatenate(values) if values else np.zeros(0)
    return csr_matrix((shares, columns, np.array(ends)), shape=sparse.shape)
