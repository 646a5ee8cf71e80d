"""The list of words that decide."""

from __future__ import annotations

import pytest

from pipelines.routers.keyword import Keyword
from tests.pipelines.outcome.tables import table, two_tasks


def test_one_word_is_enough_for_two_crafts() -> None:
    fitted = Keyword(pairs=False).fit(two_tasks())
    assert fitted.state["words"].tolist() in (
        ["french"], ["into"], ["number"], ["the"], ["translate"], ["is"], ["plus"], ["what"],
    )  # fmt: skip
    assert fitted.predict(["What is 5 plus 6?", "Translate the river number 5 into French"]).argmax(
        axis=1
    ).tolist() == [0, 1]


def test_a_rule_has_the_mean_of_its_questions_drawn_to_the_whole() -> None:
    queries = ["code it"] * 30 + ["say it"] * 70
    scores = [[0.0, 1.0]] * 30 + [[1.0, 0.0]] * 70
    fitted = Keyword(pairs=False, shrinkage=10.0).fit(table(scores, queries=queries))
    assert fitted.state["words"].tolist() == ["code"]
    # Of 30 and 10 imagined questions at the means .7 and .3.
    assert fitted.predict(["code this"])[0] == pytest.approx([7 / 40, 33 / 40])
    assert fitted.predict(["sing"])[0] == pytest.approx([1.0, 0.0])


def test_the_first_word_that_is_there_decides() -> None:
    queries = ["alpha x"] * 40 + ["beta x"] * 30 + ["x"] * 90
    scores = [[0.0, 1.0, 0.0]] * 40 + [[0.0, 0.0, 1.0]] * 30 + [[1.0, 0.0, 0.0]] * 90
    fitted = Keyword(pairs=False).fit(table(scores, queries=queries))
    assert fitted.state["words"].tolist() == ["alpha", "beta"]
    assert fitted.predict(["beta and alpha", "beta", "x"]).argmax(axis=1).tolist() == [1, 2, 0]
    assert fitted.explain("beta and alpha") == {"word": "alpha", "rule": 1, "rules": 2}
    assert fitted.explain("x") == {"word": None, "rule": 3, "rules": 2}


def test_rare_words_do_not_decide() -> None:
    queries = ["odd"] * 19 + ["even"] * 81
    scores = [[0.0, 1.0]] * 19 + [[1.0, 0.0]] * 81
    assert Keyword().fit(table(scores, queries=queries)).state["words"].tolist() == []
    assert Keyword(least_rows=19).fit(table(scores, queries=queries)).state["words"].tolist() == ["odd"]
