"""Kappa agrees with worked examples and with its definition."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.statistics.agreement import kappa, levels
from pipelines.statistics.judge import judge_agreement
from tests.pipelines.statistics.made import results_of


def rows_of(table: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return np.asarray([i for i, _ in pairs]), np.asarray([j for _, j in pairs])


def test_kappa_of_the_usual_worked_example_is_0_4() -> None:
    found = kappa(*rows_of([[20, 5], [10, 15]]), 2)
    assert found.value == pytest.approx(0.4)
    assert (found.low, found.high) == (pytest.approx(0.1511, abs=1e-4), pytest.approx(0.6489, abs=1e-4))


@pytest.mark.parametrize(("weighting", "power"), [("linear", 1), ("quadratic", 2)])
def test_weighted_kappa_is_its_definition(weighting: str, power: int) -> None:
    table = np.asarray([[22, 7, 0], [3, 40, 5], [1, 4, 18]])
    near = 1 - (np.abs(np.subtract.outer(range(3), range(3))) / 2) ** power
    seen, chance = table / 100, np.outer(table.sum(axis=1), table.sum(axis=0)) / 10_000
    expected = ((near * seen).sum() - (near * chance).sum()) / (1 - (near * chance).sum())
    assert kappa(*rows_of(table.tolist()), 3, weighting=weighting).value == pytest.approx(expected)  # type: ignore[arg-type]


def test_levels_that_nobody_gave_still_set_the_distances() -> None:
    judge, person = np.asarray([0, 0, 4, 4, 2]), np.asarray([0, 2, 4, 4, 2])
    seen, chance = 1 - 0.5 / 5, 1 - np.mean(np.abs(np.subtract.outer(judge, person))) / 4
    expected = (seen - chance) / (1 - chance)
    assert kappa(judge, person, 5, weighting="linear").value == pytest.approx(expected)


def test_raters_who_agree_on_everything_have_a_kappa_of_1() -> None:
    assert kappa(np.asarray([0, 1, 1]), np.asarray([0, 1, 1]), 2).value == pytest.approx(1.0)


def test_raters_who_agree_on_nothing_are_below_chance() -> None:
    assert kappa(np.asarray([0, 1]), np.asarray([1, 0]), 2).value == pytest.approx(-1.0)


def test_a_judge_who_always_says_the_same_is_no_better_than_chance() -> None:
    found = kappa(np.zeros(5, dtype=np.int64), np.asarray([0, 1, 0, 1, 1]), 2)
    assert (found.value, found.low) == (0.0, None)


def test_kappa_is_undefined_where_both_gave_one_level_only() -> None:
    assert kappa(np.ones(5, dtype=np.int64), np.ones(5, dtype=np.int64), 2).value is None
    assert kappa(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 2).n == 0


def test_scores_part_into_levels_of_equal_size() -> None:
    assert levels(np.asarray([0.0, 0.49, 0.5, 1.0])).tolist() == [0, 0, 1, 1]
    assert levels(np.asarray([0.0, 0.2, 0.5, 0.99, 1.0]), 5).tolist() == [0, 1, 2, 4, 4]


def test_a_judge_is_held_against_people_on_the_answers_that_both_scored() -> None:
    nan = float("nan")
    judge = results_of([[1.0, 0.9, 0.2, 0.0, nan], [1.0, 1.0, 0.1, 0.6, 0.0]])
    people = results_of([[1.0, 1.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, nan, 0.0]])
    found = judge_agreement(judge, people)
    # 7 of 8 agree; chance is 4/8 * 5/8 + 4/8 * 3/8.
    assert (found.n, found.value) == (8, pytest.approx((7 / 8 - 0.5) / 0.5))
    assert found.explanation == "The judge and people agree on 7 of 8 answers; Cohen's kappa."


def test_a_judge_without_labels_has_no_agreement() -> None:
    labels = results_of([[float("nan")] * 2])
    assert judge_agreement(results_of([[1.0, 0.0]]), labels).value is None
