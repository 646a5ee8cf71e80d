"""What a table promises before anything is trained."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError
from pipelines.routing.prospect import prospect
from tests.pipelines.outcome.tables import table, two_tasks

COSTS = [[1.0, 4.0]] * 40


def test_the_oracle_takes_the_best_of_each_row() -> None:
    found = prospect(table([[1, 0], [0, 1], [0, 1], [0, 0]] * 10, cost_usd=COSTS))
    assert found.best_single == "m1"
    assert found.oracle.value == 0.75
    assert found.headroom.value == 0.25
    assert found.oracle_cost_usd == pytest.approx((1 + 4 + 4 + 1) / 4)


def test_a_cheaper_model_that_does_no_worse_saves_its_difference() -> None:
    found = prospect(table([[1, 1], [0, 1], [0, 1], [1, 1]] * 10, cost_usd=COSTS))
    # Two of four questions can go to the model at a quarter of the price.
    assert found.saving.value == pytest.approx(1 - (1 + 4 + 4 + 1) / 16)
    assert not found.has_headroom
    assert found.sentences[0].startswith("This table has no headroom: an oracle would win 0.0 points over m1 alone")


def test_of_equally_good_models_the_cheaper_is_the_best_single_one() -> None:
    assert prospect(table([[1, 1], [0, 0]], cost_usd=[[2.0, 1.0]] * 2)).best_single == "m1"


def test_knowing_the_task_wins_all_where_tasks_part_the_models() -> None:
    found = prospect(two_tasks())
    assert found.task_gain.value == pytest.approx(0.5, abs=0.06)
    assert found.has_headroom
    assert "Costs are not known, so nothing can be said about saving." in found.sentences


def test_without_tasks_nothing_is_said_about_them() -> None:
    found = prospect(table([[1, 0], [0, 1]] * 20))
    assert found.task_gain.value is None
    assert not any("task" in sentence for sentence in found.sentences)


def test_one_model_cannot_be_compared() -> None:
    with pytest.raises(ConfigurationError, match="two are needed"):
        prospect(table([[1], [0]]))


def test_headroom_that_may_be_chance_is_not_called_headroom_nor_its_lack() -> None:
    found = prospect(table([[1.0, 0.0]] * 39 + [[0.0, 1.0]], cost_usd=[[2.0, 1.0]] * 40))
    assert (found.headroom.value, found.headroom.low, found.has_headroom) == (0.025, 0.0, False)
    assert found.is_undecided
    assert found.sentences[0] == (
        "40 rows are too few to tell whether there is headroom: on these an oracle would win 2.5 points over m0 alone,"
        " which may be chance."
    )


@pytest.mark.parametrize(("score", "count"), [([[1.0, 0.0]] * 2, "2 rows"), ([[0.0, 1.0]], "1 row"),
                                              ([[1.0, 0.0], [0.0, 1.0]] * 14, "28 rows")])  # fmt: skip
def test_a_handful_of_rows_tells_nothing(score: list[list[float]], count: str) -> None:
    found = prospect(table(score, cost_usd=[[2.0, 1.0]] * len(score)))
    assert (found.is_too_small, found.is_undecided, found.has_headroom) == (True, True, False)
    assert found.sentences == (
        f"Too few to tell whether routing is worth it: {count} with a score of every compared model, where it takes 30"
        " at least.",
    )


def test_a_free_model_is_not_one_of_unknown_cost() -> None:
    found = prospect(table([[1.0, 0.0]] * 40, cost_usd=[[0.0, 1e-3]] * 40))
    assert found.saving.value is None
    assert found.sentences[-1] == "m0 costs nothing, so nothing can be saved."


def test_a_model_that_is_seldom_paid_has_a_saving() -> None:
    found = prospect(table([[1.0, 1.0]] * 8, cost_usd=[[1.0, 9.0]] + [[0.0, 9.0]] * 7))
    assert found.saving.value == 0.0
