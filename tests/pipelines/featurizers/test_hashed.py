"""Words in buckets, by hand."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import pytest

from pipelines.featurizers.hashed import Hashed


def _rows(queries: list[str], featurizer: Hashed) -> np.ndarray:
    rows = featurizer.lens({}).features(queries, None)
    assert not isinstance(rows, np.ndarray)
    return np.asarray(rows.toarray())


def test_each_word_lies_in_the_bucket_of_its_hash_with_its_share() -> None:
    row = _rows(["Red red blue"], Hashed(pairs=False, buckets=1_024))[0]
    red, blue = crc32(b"red") % 1_024, crc32(b"blue") % 1_024
    assert row[red] == pytest.approx(2 / 3)
    assert row[blue] == pytest.approx(1 / 3)
    assert np.count_nonzero(row) == 2


def test_pairs_have_buckets_of_their_own_and_tell_orders_apart() -> None:
    there, back = _rows(["man bites dog", "dog bites man"], Hashed(buckets=1 << 15))
    assert there[crc32(b"man bites") % (1 << 15)] == pytest.approx(1 / 5)
    assert there.tolist() != back.tolist()
    assert there.sum() == pytest.approx(1.0)


def test_words_that_share_a_bucket_are_added() -> None:
    row = _rows(["one two three four five six"], Hashed(pairs=False, buckets=16))[0]
    assert row.sum() == pytest.approx(1.0)
    assert row * 6 == pytest.approx(np.round(row * 6))


def test_a_question_without_words_is_all_zeros() -> None:
    assert _rows(["", "?!"], Hashed(buckets=16)).tolist() == [[0.0] * 16] * 2
    assert _rows([], Hashed(buckets=16)).shape == (0, 16)
