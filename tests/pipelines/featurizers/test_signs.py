"""Words and signs: what the characters add to the words."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.featurizers.signs import N_SIGNS, Signs
from pipelines.featurizers.tfidf import Tfidf

QUERIES = ("aabb", "ab", "What is 2 + 2?", "\u6f22\u5b57", "")


def _rows(featurizer: Signs, queries: tuple[str, ...]) -> np.ndarray:
    rows = featurizer.lens(featurizer.learn(QUERIES)).features(queries, None)
    return rows if isinstance(rows, np.ndarray) else rows.toarray()


def test_equal_mixes_of_characters_look_alike_and_their_shares_are_known() -> None:
    featurizer = Signs(weight=2.0)
    mix = featurizer.learn(QUERIES)["mix"]
    signs = _rows(featurizer, QUERIES)[:, -N_SIGNS:] / 2.0 + mix
    assert signs[0] == pytest.approx(signs[1], abs=1e-6)
    assert signs[0, ord("a")] ** 2 == pytest.approx(0.5, abs=1e-6)
    assert signs[3, N_SIGNS - 1] == pytest.approx(1.0, abs=1e-6)
    assert signs[4] == pytest.approx(np.zeros(N_SIGNS), abs=1e-6)


def test_the_words_stand_before_the_signs_unchanged() -> None:
    words = Tfidf(least_documents=1)
    alone = words.lens(words.learn(QUERIES)).sparse(QUERIES).toarray()
    assert np.array_equal(_rows(Signs(words=words), QUERIES)[:, :-N_SIGNS], alone)


def test_condensed_words_make_rows_without_holes() -> None:
    assert _rows(Signs(words=Tfidf(pairs=False, least_documents=1, dims=2)), QUERIES).shape == (5, 2 + N_SIGNS)
