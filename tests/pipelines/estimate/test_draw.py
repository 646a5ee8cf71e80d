"""Draws of what is uncertain."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.estimate.draw import Dice, guessed, learned, slowest_of
from pipelines.estimate.summary import totals_of


def test_the_slowest_of_three_has_the_known_mean() -> None:
    rng = np.random.default_rng(0)
    # The mean of the largest of n standard normal numbers: 0.5642, 0.8463, 1.5388 for 2, 3 and 10.
    for count, mean in ((1.0, 0.0), (2.0, 0.5642), (3.0, 0.8463), (10.0, 1.5388)):
        assert slowest_of(np.full((200, 500), count), rng).mean() == pytest.approx(mean, abs=0.02)
    assert slowest_of(np.zeros((2, 2)), rng).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_a_guess_has_the_mean_1_and_shares_what_is_unknown() -> None:
    drawn = guessed(Dice(400, 200, 0), np.random.default_rng(0), unknown_sd=0.4, luck_sd=0.5)
    assert drawn.mean() == pytest.approx(1.0, rel=0.05)
    assert np.log(drawn).mean(axis=1).std() == pytest.approx(0.4, rel=0.1)


def test_what_was_learned_keeps_the_correlation_of_the_columns() -> None:
    rng = np.random.default_rng(1)
    first = rng.standard_normal(500)
    seen = np.exp(np.column_stack((first, first + 0.1 * rng.standard_normal(500))))
    drawn = np.log(learned(seen, Dice(200, 200, 0), rng))
    assert np.corrcoef(drawn[0].ravel(), drawn[1].ravel())[0, 1] == pytest.approx(0.995, abs=0.01)
    assert drawn[0].std() == pytest.approx(1.0, rel=0.1)


def test_one_observation_gives_its_value_and_a_wide_interval() -> None:
    drawn = learned(np.array([[7.0]]), Dice(4_000, 1, 0), np.random.default_rng(0))
    assert float(np.median(drawn)) == pytest.approx(7.0, rel=0.05)
    assert float(np.quantile(drawn, 0.95)) > 15.0
    assert float(drawn.mean()) < 15.0


def test_luck_averages_out_over_many_rows_and_a_shared_unknown_does_not() -> None:
    rng = np.random.default_rng(0)
    luck = 1.0 + rng.standard_normal((2_000, 100))
    assert totals_of(luck, 100).std() == pytest.approx(10.0, rel=0.1)
    assert totals_of(luck, 1_000).std() == pytest.approx(1_000**0.5, rel=0.3)
    shared = 1.0 + rng.standard_normal((2_000, 1)) + np.zeros((2_000, 100))
    assert totals_of(shared, 10_000).std() == pytest.approx(10_000.0, rel=0.1)


def test_names_and_seeds_give_numbers_of_their_own() -> None:
    dice = Dice.for_rows(3, 0)
    assert dice.shape == (1333, 3)
    assert Dice.for_rows(100_000, 0).shape == (160, 200)
    drawn = [dice.rng("a").random(), dice.rng("a").random(), dice.rng("b").random(), Dice(1, 1, 1).rng("a").random()]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 3
