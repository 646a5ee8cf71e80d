"""The regression by likeness on tables whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.outcome.split import split_table
from pipelines.routers.kernel import Kernel
from pipelines.space import Space
from tests.pipelines.outcome.tables import table, two_tasks


def test_it_routes_by_words() -> None:
    train, test = split_table(two_tasks(120), (0.5, 0.5))
    predicted = Kernel(looks=0.0).fit(train).predict(test.queries)
    assert predicted.argmax(axis=1).tolist() == test.score.argmax(axis=1).tolist()


def test_it_routes_by_looks_where_no_word_comes_twice() -> None:
    texts = [f"w{n}" if n % 2 else f"W{n}! " * 40 for n in range(60)]
    train = table([[1.0, 0.0] if n % 2 else [0.0, 1.0] for n in range(60)], queries=texts)
    predicted = Kernel().fit(train).predict(["x99", "X98! " * 40])
    assert predicted.argmax(axis=1).tolist() == [0, 1]


def test_it_routes_by_meaning_where_words_and_looks_are_alike() -> None:
    texts = [f"q{n:02}" for n in range(40)]
    vectors = np.array([[1.0, 0.0] if n % 2 else [0.0, 1.0] for n in range(40)], dtype=np.float32)
    space = Space([*texts, "q97", "q98"], np.vstack([vectors, [[1.0, 0.0], [0.0, 1.0]]]).astype(np.float32))
    train = table([[1.0, 0.0] if n % 2 else [0.0, 1.0] for n in range(40)], queries=texts)
    router = Kernel(meaning=5.0)
    assert router.needs_space
    predicted = router.fit(train, space=space).predict(["q97", "q98"], space=space)
    assert predicted.argmax(axis=1).tolist() == [0, 1]
    assert predicted.max(axis=1) == pytest.approx([1.0, 1.0], abs=0.1)


def test_the_reasons_add_up_to_the_score() -> None:
    router = Kernel().fit(two_tasks(60))
    told = router.explain("What is 12 plus 30?")
    assert told["chosen"] == "counter"
    scored = router.predict(["What is 12 plus 30?"])[0, 0]
    assert told["mean"] + told["by words"] + told["by looks and meaning"] == pytest.approx(scored)


def test_of_many_rows_a_part_is_compared() -> None:
    router = Kernel(most_known=50).fit(two_tasks(60))
    assert router.state["rows.looks"].shape[0] == 50
