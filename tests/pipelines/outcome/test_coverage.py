"""Which models and rows of two tables are compared."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError
from pipelines.outcome.coverage import comparable, shared_rows
from pipelines.outcome.split import split_table
from tests.pipelines.outcome.tables import table

NAN = float("nan")


def test_a_model_that_hides_most_rows_is_left_out_and_told() -> None:
    holed = table([[1.0, 0.0, 0.5, NAN]] * 9 + [[1.0, 0.0, 0.5, 1.0]])
    train, test, warnings = comparable(holed, holed)
    assert (train.models, test.models, test.n_queries) == (("m0", "m1", "m2"), ("m0", "m1", "m2"), 10)
    assert "1 of 4 models was asked too few of the same test questions and was left out: m3." in warnings


def test_rows_that_a_kept_model_lacks_are_left_out_of_the_test_only() -> None:
    holed = table([[1.0, 0.0, 0.5]] * 9 + [[1.0, 0.0, NAN]])
    train, test, warnings = comparable(holed, holed)
    assert (train.n_queries, test.n_queries) == (10, 9)
    assert "1 of 10 test rows lacks a score of some model and was left out." in warnings


def test_models_without_costs_give_way_where_half_have_them() -> None:
    costs = [[1.0, 2.0, NAN, 3.0]] * 4
    priced = table([[1.0, 0.0, 0.5, 0.2]] * 4, cost_usd=costs)
    _, test, warnings = comparable(priced, priced)
    assert test.models == ("m0", "m1", "m3")
    assert "1 of 4 models has no known cost and was left out: m2." in warnings
    assert comparable(priced, priced, priced=False)[1].models == ("m0", "m1", "m2", "m3")


def test_few_priced_models_do_not_hide_the_others() -> None:
    costs = [[1.0, 2.0, NAN, NAN, NAN]] * 4
    priced = table([[1.0, 0.0, 0.5, 0.2, 0.1]] * 4, cost_usd=costs)
    _, test, warnings = comparable(priced, priced)
    assert len(test.models) == 5
    assert warnings[0].startswith("Only 2 of 5 models have known costs")
    assert comparable(priced, priced, priced=True)[1].models == ("m0", "m1")


def test_a_few_unknown_costs_are_the_mean_of_their_model() -> None:
    costs = [[1.0, 2.0]] * 19 + [[NAN, 4.0]]
    priced = table([[1.0, 0.0]] * 20, cost_usd=costs)
    _, test, _ = comparable(priced, priced)
    assert test.cost_usd[19].tolist() == [1.0, 4.0]


def test_named_models_are_compared_and_an_unknown_one_is_told() -> None:
    three = table([[1.0, 0.0, 0.5]])
    assert comparable(three, three, models=["m2", "m0"])[1].models == ("m2", "m0")
    with pytest.raises(ConfigurationError, match=r"'gpt' has no scores in both .*; there are m0, m1, m2"):
        comparable(three, three, models=["gpt"])


def test_fewer_than_two_models_in_common_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="The two parts of 'small' share 1 model; two are needed"):
        comparable(table([[1.0, NAN]]), table([[1.0, 0.0]]))
    with pytest.raises(ConfigurationError, match="No row"):
        comparable(table([[1.0, 0.0]]), table([[1.0, NAN], [NAN, 1.0]]))


def test_the_order_of_the_models_is_that_of_the_training_table() -> None:
    one, other = table([[1.0, 0.0]], models=["a", "b"]), table([[0.25, 0.75]], models=["b", "a"])
    _, test, _ = comparable(one, other)
    assert (test.models, test.score.tolist()) == (("a", "b"), [[0.75, 0.25]])


def test_of_many_models_that_are_left_out_five_are_named() -> None:
    holed = table([[1.0, 0.0, *[NAN] * 7]] * 9 + [[1.0] * 9])
    warnings = comparable(holed, holed)[2]
    assert (
        "7 of 9 models were asked too few of the same test questions and were left out: m2, m3, m4, m5, m6 and 2 more."
        in warnings
    )


def test_shared_rows_are_those_that_every_tried_model_was_asked() -> None:
    holed = table([[1.0, 0.0, NAN], [1.0, NAN, NAN], [0.0, 1.0, NAN]])
    assert shared_rows(holed).tolist() == [True, False, True]


def test_a_part_without_rows_is_told() -> None:
    whole = table([[1.0, 0.0]] * 20, queries=["always the same"] * 20)
    train, test = split_table(whole, (0.7, 0.3))
    with pytest.raises(ConfigurationError, match="no row of 'small' to be judged on: equal questions"):
        comparable(train, test)
