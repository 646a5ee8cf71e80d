"""Telling strangers from known questions, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.outcome.split import split_table
from pipelines.routers.best_single import BestSingle
from pipelines.routers.elo import Elo
from pipelines.routers.wide_mlp import WideMlp
from pipelines.routing.ood import auroc, fpr95, gqr, guard_figures, share, stranger_figures, threshold_at
from tests.pipelines.outcome.tables import two_tasks

STRANGERS = ["bonjour tout le monde", "der Hund schläft gern", "qué tal amigo mío"]


def test_auroc_counts_the_pairs_in_order_and_ties_half() -> None:
    figure = auroc(np.array([0.9, 0.8, 0.4]), np.array([0.4, 0.1]))
    assert figure.value == pytest.approx(5.5 / 6)


def test_perfectly_parted_has_auroc_one_and_reversed_zero() -> None:
    assert auroc(np.array([0.8, 0.9]), np.array([0.1, 0.2])).value == 1.0
    assert auroc(np.array([0.1, 0.2]), np.array([0.8, 0.9])).value == 0.0


def test_the_bounds_of_auroc_are_where_the_value_is_just_no_surprise() -> None:
    figure = auroc(np.array([0.9, 0.8, 0.4]), np.array([0.1, 0.4]))
    for bound in (figure.low, figure.high):
        assert bound is not None
        # Hanley and McNeil's variance at the bound; (3 + 2) / 2 - 1 = 1.5.
        shape = 1 + 1.5 * ((1 - bound) / (2 - bound) + bound / (1 + bound))
        assert abs(bound - 5.5 / 6) == pytest.approx(1.959964 * (bound * (1 - bound) * shape / 6) ** 0.5, abs=1e-6)


def test_a_few_perfectly_parted_questions_leave_doubt() -> None:
    figure = auroc(np.array([0.8, 0.9, 0.95]), np.array([0.1, 0.2]))
    assert (figure.value, figure.high) == (1.0, 1.0)
    assert 0.3 < (figure.low or 0.0) < 0.6


def test_the_interval_of_auroc_covers_near_one() -> None:
    rng = np.random.default_rng(0)
    drawn = [auroc(rng.normal(3.0, 1.0, 20), rng.normal(0.0, 1.0, 20)) for _ in range(300)]
    # The chance that the difference of two normals, 3 apart, is positive. DeLong's interval covers in 210 of 300.
    covered = sum((each.low or 0.0) <= 0.98305 <= (each.high or 0.0) for each in drawn)
    assert covered >= 280


def test_without_a_set_there_is_no_auroc() -> None:
    assert auroc(np.array([]), np.array([0.1])).value is None
    assert fpr95(np.array([0.5]), np.array([])).value is None


def test_the_threshold_lets_in_the_share_asked_for() -> None:
    known = np.arange(1, 101) / 100
    assert threshold_at(known, 0.95) == 0.06
    assert (known >= 0.06).mean() == 0.95
    assert threshold_at(known, 1.0) == 0.01
    assert threshold_at(np.array([0.3]), 0.95) == 0.3


def test_fpr95_is_the_share_of_strangers_let_in() -> None:
    known = np.arange(1, 101) / 100
    figure = fpr95(known, np.array([0.05, 0.06, 0.5, 0.01]))
    assert figure.value == 0.5
    assert (figure.low, figure.high) == pytest.approx((0.150, 0.850), abs=1e-3)


def test_gqr_is_the_harmonic_mean_with_sets_counted_alike() -> None:
    assert gqr(0.9, [0.5, 0.7]) == pytest.approx(2 * 0.9 * 0.6 / 1.5)
    assert gqr(0.0, [0.0]) == 0.0
    assert gqr(1.0, [0.0, 0.0]) == 0.0


def test_a_share_has_wilsons_interval() -> None:
    figure = share(np.array([True] * 8 + [False] * 2))
    assert (figure.value, figure.low, figure.high) == pytest.approx((0.8, 0.490, 0.943), abs=1e-3)


def test_a_guard_is_judged_on_tasks_and_strangers() -> None:
    train, known = split_table(two_tasks(1_000), (0.5, 0.5))
    figures = guard_figures(WideMlp().fit(train), known, {"abroad": STRANGERS})
    assert figures.strange_accuracy["abroad"].value == 1.0
    assert figures.known_accuracy.value == pytest.approx(0.95, abs=0.05)
    known_accuracy = figures.known_accuracy.value
    assert figures.gqr.value == pytest.approx(gqr(known_accuracy or 0.0, [1.0]))
    assert (figures.gqr.low or 0.0) < (figures.gqr.value or 0.0) < (figures.gqr.high or 0.0)


def test_any_strategy_that_tells_how_sure_it_is_can_be_judged() -> None:
    train, known = split_table(two_tasks(200), (0.5, 0.5))
    figures = stranger_figures(Elo().fit(train), known.queries, {"abroad": STRANGERS})
    assert figures.auroc["abroad"].value == 1.0
    assert figures.fpr95["abroad"].value == 0.0


def test_one_that_does_not_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'Best single model' does not tell how sure it is"):
        stranger_figures(BestSingle().fit(two_tasks(20)), ["a"], {"abroad": STRANGERS})
