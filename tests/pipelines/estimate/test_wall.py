"""How long a whole experiment takes."""

from __future__ import annotations

import pytest

from pipelines.catalogue import Catalogue
from pipelines.estimate.estimate import estimate
from pipelines.estimate.wall import scheduled_s
from pipelines.experiment.experiment import ExperimentSettings
from tests.pipelines.estimate.known import CATALOGUE, SMALL, chain, contender, examples, past, sample


def wall_s(rows: int, concurrency: int, catalogue: Catalogue = CATALOGUE, contenders: int = 1) -> float:
    """The estimated duration with rows of 1 s."""
    pipeline = chain()
    history = past(pipeline, {"e0": [sample(n) for n in range(400)]})
    chosen = ExperimentSettings(concurrency=concurrency)
    asked = [contender(pipeline, str(n)) for n in range(contenders)]
    return estimate(asked, examples(rows), history, catalogue=catalogue, settings=chosen).wall_s.mean


def test_rows_are_taken_up_as_places_become_free() -> None:
    assert scheduled_s([3.0, 1.0, 1.0, 1.0], 2) == 3.0
    assert scheduled_s([1.0, 1.0, 3.0], 2) == 4.0
    assert scheduled_s([1.0, 2.0], 8) == 2.0
    assert scheduled_s([], 4) == 0.0


@pytest.mark.parametrize(("rows", "concurrency", "expected_s"), [(1, 16, 1.0), (10, 1, 10.0), (64, 16, 4.0)])
def test_rows_share_the_places(rows: int, concurrency: int, expected_s: float) -> None:
    assert wall_s(rows, concurrency) == pytest.approx(expected_s, rel=0.06)


def test_many_more_rows_than_are_drawn_take_as_many_more_rounds() -> None:
    assert wall_s(20_000, 10) == pytest.approx(2_000.0, rel=0.03)


def test_all_pipelines_share_the_places() -> None:
    assert wall_s(40, 8, contenders=2) == pytest.approx(10.0, rel=0.06)


def test_a_model_that_takes_few_calls_at_a_time_is_the_limit() -> None:
    narrow = Catalogue([SMALL.model_copy(update={"max_concurrency": 2})], default="small")
    assert wall_s(100, 50, narrow) == pytest.approx(50.0, rel=0.03)
