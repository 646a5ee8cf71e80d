"""Comparisons of routers on tables whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.outcome.split import split_table
from pipelines.routers.category import Category
from pipelines.routers.ridge import Ridge
from pipelines.routing.evaluation import compare_routers
from tests.pipelines.outcome.tables import table, two_tasks


def test_a_table_of_two_crafts_is_routed_perfectly() -> None:
    train, test = split_table(two_tasks(), (0.5, 0.5))
    found = compare_routers({"ridge": Ridge(), "category": Category()}, train, test)
    assert [router.accuracy.value for router in found.routers] == [1.0, 1.0]
    assert found.references["oracle"].accuracy.value == 1.0
    assert found.references["best single"].accuracy.value == pytest.approx(0.5, abs=0.1)
    assert found.routers[0].oracle_gap_closed.value == 1.0
    assert found.routers[0].apgr.value is not None
    assert (found.null_accuracy["ridge"].high or 1.0) < 0.7
    assert (found.differences["ridge"].low or 0.0) > 0.3


def test_a_table_where_the_models_are_equal_has_no_headroom() -> None:
    rng = np.random.default_rng(0)
    rows = [[score, score] for score in rng.integers(2, size=100).astype(float)]
    train, test = split_table(table(rows), (0.5, 0.5))
    found = compare_routers({"ridge": Ridge()}, train, test)
    assert found.headroom.value == 0.0
    assert found.routers[0].oracle_gap_closed.value is None


def test_rows_that_lack_a_score_are_left_out_of_the_test_and_told() -> None:
    whole = two_tasks(100)
    score = whole.score.copy()
    score[:, 1] = np.where(np.arange(100) % 10 == 0, np.nan, score[:, 1])
    holed = table(score.tolist(), queries=whole.queries, tasks=whole.tasks, models=whole.models)
    train, test = split_table(holed, (0.5, 0.5))
    found = compare_routers({"ridge": Ridge()}, train, test)
    assert found.n_test == int((~test.missing.any(axis=1)).sum()) < test.n_queries
    assert any("lack a score" in warning for warning in found.warnings)


def test_training_rows_are_refused_as_test_rows() -> None:
    with pytest.raises(ConfigurationError, match="never scored on what it was fitted on"):
        compare_routers({"ridge": Ridge()}, two_tasks(), two_tasks())
