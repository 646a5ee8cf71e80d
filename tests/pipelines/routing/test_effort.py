"""How long a strategy will learn is told from a few rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

import numpy as np

from pipelines.error import ConfigurationError
from pipelines.learned import LearnedStrategy, model_names
from pipelines.outcome.table import OutcomeTable
from pipelines.routing.effort import FEW, MORE, expected_fit_s
from pipelines.space import Space
from pipelines.strategy import Scores
from tests.pipelines.outcome.tables import two_tasks


class Recording(LearnedStrategy):
    """Remembers how many rows it was given."""

    title: ClassVar[str] = "Recording"
    sizes: ClassVar[list[int]] = []

    kind: Literal["recording"] = "recording"
    refuses: bool = False

    def fit(self, outcomes: OutcomeTable, *, space: Space | None = None, seed: int = 0) -> Self:
        """Takes no time."""
        self.sizes.append(outcomes.n_queries)
        if self.refuses:
            raise ConfigurationError("Not from this.")
        return self.with_state({"models": model_names(outcomes)})

    def predict(self, queries: Sequence[str], *, space: Space | None = None) -> Scores:
        """Predicts nothing."""
        return np.zeros((len(queries), len(self.models)))


def test_a_quick_strategy_is_tried_on_few_rows_only() -> None:
    Recording.sizes.clear()
    assert expected_fit_s(Recording(), two_tasks(2 * MORE + 1)) == 0.0
    assert Recording.sizes == [FEW, FEW]


def test_a_small_table_is_not_tried_at_all() -> None:
    Recording.sizes.clear()
    assert expected_fit_s(Recording(), two_tasks(2 * MORE)) == 0.0
    assert Recording.sizes == []


def test_what_cannot_learn_is_left_to_tell_why_itself() -> None:
    assert expected_fit_s(Recording(refuses=True), two_tasks(2 * MORE + 1)) == 0.0
