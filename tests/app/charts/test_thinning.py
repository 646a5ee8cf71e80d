"""Thinning keeps what a reader looks for: the front, the corners, what was asked for."""

from __future__ import annotations

import numpy as np

from app.charts.thinning import MOST_DRAWN, MOST_SVG, ranks, scatter, spans_decades, thinned

NONE = np.zeros(0, dtype=np.int64)


def test_few_points_are_all_kept_and_unknown_ones_left_out() -> None:
    assert thinned(np.asarray([1.0, np.nan, 3.0]), np.asarray([1.0, 2.0, np.inf]), NONE).tolist() == [0]


def test_many_points_are_thinned_to_one_a_cell() -> None:
    generator = np.random.default_rng(0)
    x, y = generator.random(100_000), generator.random(100_000)
    kept = thinned(x, y, np.asarray([5, 77, 99_999]))
    assert len(kept) <= 90 * 50 + 4 + 3
    assert {5, 77, 99_999, int(x.argmin()), int(x.argmax()), int(y.argmin()), int(y.argmax())} <= set(kept.tolist())


def test_points_in_one_place_are_one_point() -> None:
    assert len(thinned(np.ones(MOST_DRAWN + 1), np.ones(MOST_DRAWN + 1), NONE)) == 1


def test_ranks_keep_the_first_and_the_last() -> None:
    assert ranks(3, 10).tolist() == [0, 1, 2]
    assert ranks(1_000, 5).tolist() == [0, 250, 500, 749, 999]
    assert ranks(0, 5).tolist() == []


def test_the_graphics_card_draws_only_what_is_too_much_for_svg() -> None:
    assert (scatter(MOST_SVG).type, scatter(MOST_SVG + 1).type) == ("scatter", "scattergl")


def test_an_axis_is_logarithmic_only_where_all_is_positive_and_far_apart() -> None:
    assert spans_decades(np.asarray([0.01, 1.0]), 30.0)
    assert not spans_decades(np.asarray([0.1, 1.0]), 30.0)
    assert not spans_decades(np.asarray([0.0, 1.0]), 30.0)
    assert not spans_decades(NONE.astype(float), 30.0)
