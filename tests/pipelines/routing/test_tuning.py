"""Choosing between strategies by training rows they did not see."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError
from pipelines.routers.category import Category
from pipelines.routers.ridge import Ridge
from pipelines.routing.tuning import Trial, tried
from tests.pipelines.outcome.tables import table, two_tasks


def test_the_strategy_that_tells_the_tasks_apart_comes_first() -> None:
    found = tried({"blind": Ridge(penalty=1e6), "seeing": Ridge(penalty=0.1)}, two_tasks(80))
    assert found[0] == Trial(name="seeing", score=1.0)
    assert [trial.name for trial in found] == ["seeing", "blind"]


def test_every_task_counts_alike_whatever_its_size() -> None:
    rows, tasks = [[1.0, 0.0]] * 30 + [[0.0, 1.0]] * 10, ["large"] * 30 + ["small"] * 10
    mixed = table(rows, tasks=tasks, queries=[f"same words {number}" for number in range(40)])
    assert tried({"blind": Ridge(penalty=1e6)}, mixed)[0].score == 0.5


def test_a_strategy_that_cannot_learn_is_passed_over_and_none_at_all_is_an_error() -> None:
    untold = table([[1.0, 0.0], [0.0, 1.0]] * 10)
    assert [trial.name for trial in tried({"category": Category(), "ridge": Ridge()}, untold)] == ["ridge"]
    with pytest.raises(ConfigurationError, match="None of the strategies category can learn"):
        tried({"category": Category()}, untold)
