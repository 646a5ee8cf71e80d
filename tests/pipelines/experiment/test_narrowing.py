"""Results on some of the examples are what they would be had there never been others."""

from __future__ import annotations

import dataclasses

import numpy as np

from pipelines.experiment.narrowing import narrowed
from tests.pipelines.statistics.made import results_of


def test_the_kept_examples_are_counted_anew_and_keep_all_that_is_known() -> None:
    whole = results_of(
        [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], tags=[("a",), ("b",), ("a",)], groups=["g", None, "h"],
        difficulties=["easy", "hard", None],
    )  # fmt: skip
    found = narrowed(whole, np.array([True, False, True]))
    assert found.examples.ids == ("e0", "e2")
    assert found.examples.tags == (("a",), ("a",))
    assert found.examples.groups == ("g", "h")
    assert found.examples.difficulties == ("easy", None)
    assert found.contender.tolist() == [0, 0, 1, 1]
    assert found.example.tolist() == [0, 1, 0, 1]
    assert found.score.tolist() == [0.1, 0.3, 0.4, 0.6]
    assert found.latency_s.tolist() == [1.0, 3.0, 1.0, 3.0]
    assert found.matrix(found.score).tolist() == [[0.1, 0.4], [0.3, 0.6]]
    lengths = {len(value) for value in dataclasses.asdict(found).values() if isinstance(value, np.ndarray)}
    assert lengths == {4}


def test_without_an_example_nothing_is_left() -> None:
    found = narrowed(results_of([[1.0, 0.0]]), np.array([False, False]))
    assert (found.n_rows, found.examples.ids) == (0, ())
