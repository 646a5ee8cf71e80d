"""Corrected p-values are those of R's `p.adjust`."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from pipelines.statistics.correction import Correction, corrected

P_VALUES = [0.01, 0.04, 0.03, 0.005]


def test_holm_is_worked_out_by_hand() -> None:
    assert corrected(P_VALUES, "holm") == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_benjamini_and_hochberg_is_worked_out_by_hand() -> None:
    assert corrected(P_VALUES, "benjamini_hochberg") == pytest.approx((0.02, 0.04, 0.04, 0.02))


@pytest.mark.parametrize(("ours", "theirs"), [("holm", "holm"), ("benjamini_hochberg", "fdr_bh")])
def test_both_agree_with_statsmodels(ours: Correction, theirs: str) -> None:
    p_values = np.round(np.random.default_rng(0).random(30) ** 3, 2).tolist()
    assert corrected(p_values, ours) == pytest.approx(tuple(multipletests(p_values, method=theirs)[1]))


def test_none_changes_nothing() -> None:
    assert corrected(P_VALUES, "none") == tuple(P_VALUES)


def test_pairs_without_a_p_value_are_not_counted() -> None:
    assert corrected([None, 0.02, None, 0.03]) == (None, pytest.approx(0.04), None, pytest.approx(0.04))
    assert corrected([None]) == (None,)
    assert corrected([]) == ()
