"""Whether routing is worth it is told from tables whose answer is known."""

from __future__ import annotations

import numpy as np

from pipelines.outcome.split import split_table
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.knn import Knn
from pipelines.routers.ridge import Ridge
from pipelines.routing.evaluation import compare_routers
from pipelines.routing.headroom import Verdict, verdict
from tests.pipelines.outcome.tables import table, two_tasks


def _verdict(outcomes: OutcomeTable) -> Verdict:
    train, test = split_table(outcomes, (0.5, 0.5))
    return verdict(compare_routers({"ridge": Ridge(), "knn": Knn(neighbours=5)}, train, test))


def test_a_table_of_two_crafts_is_worth_routing() -> None:
    found = _verdict(two_tasks())
    assert found.worth_routing
    assert found.for_accuracy in {"ridge", "knn"}
    assert found.for_cost is None


def test_a_table_where_one_model_knows_everything_has_no_headroom() -> None:
    plain = two_tasks()
    rows = [[1.0, score] for score in plain.score[:, 1]]
    found = _verdict(table(rows, queries=plain.queries, models=["all", "some"]))
    assert not found.worth_routing
    assert found.sentence.startswith(
        "This table has no headroom: the oracle is no better than the best single model (all)"
    )


def test_luck_is_not_taken_for_headroom() -> None:
    rows = np.random.default_rng(3).integers(2, size=(400, 3)).astype(float).tolist()
    found = _verdict(table(rows, cost_usd=[[1e-3, 2e-3, 3e-3]] * 400))
    assert not found.worth_routing
    assert "routing for accuracy is not worth it here" in found.sentence
    assert "routing for cost is not worth it here" in found.sentence


def test_a_model_that_is_right_where_it_is_cheap_saves_money() -> None:
    plain = two_tasks(400)
    rows = [[1.0, score] for score in plain.score[:, 1]]
    priced = table(rows, queries=plain.queries, models=["dear", "cheap"], cost_usd=[[1e-2, 1e-3]] * 400)
    found = _verdict(priced)
    assert (found.for_accuracy, found.worth_routing) == (None, True)
    assert "reaches the accuracy of dear for 4" in found.sentence


def test_of_equal_models_the_cheapest_is_the_best_single_one() -> None:
    same = table([[s, s] for s in [1.0, 0.0] * 50], cost_usd=[[2e-3, 1e-3]] * 100)
    train, test = split_table(same, (0.5, 0.5))
    found = compare_routers({"ridge": Ridge()}, train, test)
    assert found.best_single == "m1"
    assert not verdict(found).worth_routing


def test_without_a_router_only_the_room_is_told() -> None:
    train, test = split_table(two_tasks(), (0.5, 0.5))
    found = verdict(compare_routers({}, train, test))
    assert (found.worth_routing, found.for_accuracy) == (False, None)
    assert "no strategy tried" in found.sentence


def test_a_handful_of_rows_tells_nothing() -> None:
    rows = [[1.0, 0.0]] * 6 + [[0.0, 1.0]] * 2
    found = _verdict(table(rows, cost_usd=[[2e-3, 1e-3]] * 8))
    assert (found.worth_routing, found.too_few) == (False, True)
    assert found.sentence == "4 test rows are too few to tell whether routing is worth it; it takes 30 at least."


def test_even_a_perfect_router_is_not_praised_on_a_few_rows() -> None:
    plain = two_tasks(88)
    told = [
        verdict(compare_routers({"ridge": Ridge()}, plain.rows(np.arange(58)), plain.rows(np.arange(58, last))))
        for last in (59, 87, 88)
    ]
    assert [found.for_accuracy for found in told] == [None, None, "ridge"]
    assert [found.too_few for found in told] == [True, True, False]
    assert told[0].sentence == "1 test row is too few to tell whether routing is worth it; it takes 30 at least."


def test_many_rows_of_a_few_groups_tell_nothing() -> None:
    plain = two_tasks(120)
    grouped = table(plain.score.tolist(), queries=plain.queries, groups=[f"g{n // 20}" for n in range(120)])
    told = verdict(compare_routers({"ridge": Ridge()}, grouped.rows(np.arange(60)), grouped.rows(np.arange(60, 120))))
    assert told.too_few
    assert told.sentence == "60 test rows of so few groups are too few to tell whether routing is worth it."
