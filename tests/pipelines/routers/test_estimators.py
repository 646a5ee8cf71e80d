"""Regressions, machines, trees and networks on tables whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.learned import LearnedStrategy
from pipelines.outcome.split import split_table
from pipelines.routers.bag_of_words import BagOfWords
from pipelines.routers.best_single import BestSingle
from pipelines.routers.boosting import Boosting
from pipelines.routers.elo import Elo
from pipelines.routers.item_response import ItemResponse
from pipelines.routers.keyword import Keyword
from pipelines.routers.logistic import Logistic
from pipelines.routers.matrix_factorisation import MatrixFactorisation
from pipelines.routers.mlp import Mlp
from pipelines.routers.svm import Svm
from pipelines.routers.wide_mlp import WideMlp
from tests.pipelines.outcome.tables import table, two_tasks

EVERY = [
    Logistic(), Svm(), Boosting(least_rows=5), Mlp(), MatrixFactorisation(), ItemResponse(rate=0.02), Elo(),
    WideMlp(), BagOfWords(), Keyword(),
]  # fmt: skip


@pytest.mark.parametrize("strategy", EVERY, ids=lambda strategy: strategy.kind)
def test_two_crafts_are_told_apart(strategy: LearnedStrategy) -> None:
    train, test = split_table(two_tasks(600), (0.5, 0.5))
    predicted = strategy.fit(train).predict(test.queries)
    assert predicted.argmax(axis=1).tolist() == test.score.argmax(axis=1).tolist()


@pytest.mark.parametrize("strategy", [*EVERY, BestSingle()], ids=lambda strategy: strategy.kind)
def test_a_missing_cell_is_not_a_zero(strategy: LearnedStrategy) -> None:
    whole = two_tasks()
    score = np.ones_like(whole.score)
    score[::3, 0] = np.nan
    holed = table(score.tolist(), queries=whole.queries, tasks=whole.tasks)
    predicted = strategy.fit(holed).predict(whole.queries[:10])
    assert predicted == pytest.approx(np.ones((10, 2)), abs=0.03)


def test_the_best_single_model_is_best_everywhere() -> None:
    fitted = BestSingle().fit(table([[1.0, 0.5], [0.0, np.nan], [0.5, 0.75]], models=["a", "b"]))
    assert fitted.predict(["x", "y"]).tolist() == [[0.5, 0.625], [0.5, 0.625]]
    assert fitted.explain("x") == {"mean": {"a": 0.5, "b": 0.625}}


def test_a_support_vector_probability_lies_between_the_margins() -> None:
    fitted = Svm().fit(two_tasks())
    found = fitted.predict(["What is 5 plus 6?"])[0]
    margins = fitted.explain("What is 5 plus 6?")["margins"]
    assert found == pytest.approx(np.clip([(1 + m) / 2 for m in margins.values()], 0, 1))
    assert margins["counter"] > 0 > margins["linguist"]


def test_models_that_do_the_same_get_vectors_alike() -> None:
    whole = two_tasks(400)
    twin = table(
        np.column_stack([whole.score, whole.score[:, 1]]).tolist(), queries=whole.queries, models=["a", "b", "twin"]
    )
    told = MatrixFactorisation(epochs=60, noise=0.0).fit(twin).explain("Translate the river number 5 into French")
    chosen = told["chosen"]
    assert chosen in ("b", "twin")
    assert told["alike"]["twin" if chosen == "b" else "b"] > 0.5
    assert told["alike"]["a"] < 0.0


def test_pass_rates_are_learned_as_rates() -> None:
    queries = ["a sum"] * 200 + ["a poem"] * 200
    rates = table([[0.9, 0.6]] * 200 + [[0.2, 0.6]] * 200, queries=queries)
    found = Logistic(penalty=0.01).fit(rates).predict(["a sum", "a poem"])
    assert found == pytest.approx(np.array([[0.9, 0.6], [0.2, 0.6]]), abs=0.02)
