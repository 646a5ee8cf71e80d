"""Reciprocal rank fusion by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.retrieval.fusion import reciprocal_rank


def test_scores_are_sums_of_reciprocal_ranks() -> None:
    fused = reciprocal_rank([np.array([3.0, 2.0, 1.0], np.float32), np.array([0.1, 0.9, 0.5], np.float32)])
    assert fused.tolist() == pytest.approx([1 / 61 + 1 / 63, 1 / 62 + 1 / 61, 1 / 63 + 1 / 62])


def test_what_was_not_found_gets_nothing() -> None:
    fused = reciprocal_rank([np.array([0.0, 2.0], np.float32), np.array([0.0, -0.5], np.float32)])
    assert fused.tolist() == pytest.approx([0.0, 1 / 61])
