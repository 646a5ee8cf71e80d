"""Tasks that are guessed: rare ones, and questions in which there is nothing to see."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.routers.boosting import Boosting
from pipelines.routers.category import Category
from pipelines.routers.cluster import Cluster
from pipelines.routers.learned_cascade import LearnedCascade
from pipelines.routers.ridge import Ridge
from tests.pipelines.outcome.tables import table


def test_a_task_of_which_no_row_is_seen_is_never_likely() -> None:
    rows = np.eye(3)[[0, 1, 2] * 20]
    router = Category()
    learned = router.classifier(rows, np.array([0, 1, 3] * 20), 4, seed=0)
    likely = router.likely(rows[:3], learned)
    assert likely.argmax(axis=1).tolist() == [0, 1, 3]
    assert likely[:, 2].tolist() == [0.0, 0.0, 0.0]
    assert likely.sum(axis=1) == pytest.approx(1.0)


def test_of_two_tasks_seen_of_three_the_third_is_never_likely() -> None:
    rows = np.eye(2)[[0, 1] * 20]
    router = Category()
    likely = router.likely(rows[:2], router.classifier(rows, np.array([0, 2] * 20), 3, seed=0))
    assert likely.argmax(axis=1).tolist() == [0, 2]
    assert likely[:, 1].tolist() == [0.0, 0.0]


def test_a_task_of_one_row_does_not_stop_the_learned_cascade() -> None:
    rng = np.random.default_rng(0)
    tasks = ["rare" if number == 3 else "xyz"[number % 3] for number in range(60)]
    fitted = LearnedCascade().fit(table(rng.integers(2, size=(60, 3)).astype(float).tolist(), tasks=tasks))
    assert np.isfinite(fitted.predict(["question number 7"])).all()


@pytest.mark.parametrize("strategy", [Ridge(), Cluster(), Boosting()])
def test_questions_without_a_word_are_told(strategy: Ridge | Cluster | Boosting) -> None:
    made = table([[1.0, 0.0]] * 20, queries=["?" * number for number in range(1, 21)])
    with pytest.raises(ConfigurationError, match="sees nothing in the questions of 'small'"):
        strategy.fit(made)
