"""Variation between seeds is told from variation between examples."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.statistics.repeat import variance_components


def test_components_are_worked_out_by_hand() -> None:
    # Means 1, 2, 6 with two repeats one apart from them: MSW = 2, MSB = 2 * 14 / 2 = 14, between = (14 - 2) / 2.
    scores = np.asarray([0.0, 2.0, 1.0, 3.0, 5.0, 7.0])
    found = variance_components(scores, np.repeat([0, 1, 2], 2))
    assert found is not None
    assert (found.between, found.within, found.repeats, found.intraclass) == (6.0, 2.0, 2.0, 0.75)


def test_unequal_repeats_use_the_size_of_the_textbook() -> None:
    found = variance_components(np.asarray([0.0, 1.0, 1.0, 1.0, 0.0]), np.asarray([0, 0, 1, 1, 1]))
    assert found is not None and found.repeats == pytest.approx(5 - 13 / 5)


def test_components_are_found_again_in_a_simulation() -> None:
    generator = np.random.default_rng(0)
    examples = np.repeat(np.arange(3_000), 4)
    scores = generator.normal(0.0, 2.0, 3_000)[examples] + generator.normal(0.0, 1.0, 12_000)
    found = variance_components(scores, examples)
    assert found is not None
    assert (found.between, found.within) == (pytest.approx(4.0, rel=0.06), pytest.approx(1.0, rel=0.04))
    assert found.error_of_mean(3_000, 4) == pytest.approx(np.sqrt((4 + 0.25) / 3_000), rel=0.05)


def test_seeds_that_change_nothing_have_no_share() -> None:
    found = variance_components(np.asarray([1.0, 1.0, 0.0, 0.0]), np.asarray([0, 0, 1, 1]))
    assert found is not None and (found.within, found.intraclass) == (0.0, 1.0)


def test_rows_that_all_agree_have_no_variation_to_divide() -> None:
    found = variance_components(np.ones(4), np.asarray([0, 0, 1, 1]))
    assert found is not None and found.intraclass is None


@pytest.mark.parametrize("examples", [[0, 1, 2], [0, 0, 0]])
def test_without_repeats_or_with_one_example_nothing_is_known(examples: list[int]) -> None:
    assert variance_components(np.asarray([0.0, 1.0, 1.0]), np.asarray(examples)) is None
