"""What a model that joins later would bring."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipelines.error import ConfigurationError
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.ridge import Ridge
from pipelines.routing.newcomer import try_newcomer, with_few_rows
from tests.pipelines.outcome.tables import table, two_tasks


def three_models() -> OutcomeTable:
    """A table of two specialists and one model that solves nothing."""
    tasks = two_tasks(200)
    scores = np.hstack([tasks.score, np.zeros((200, 1))]).tolist()
    return table(scores, queries=tasks.queries, tasks=tasks.tasks, models=["counter", "linguist", "nobody"])


def test_all_but_a_few_cells_of_the_new_model_are_hidden() -> None:
    whole = three_models()
    hidden = with_few_rows(whole, "linguist", 20)
    assert (~np.isnan(hidden.score)).sum(axis=0).tolist() == [200, 20, 200]
    assert not np.isnan(whole.score).any()


def test_the_answers_of_hidden_cells_are_hidden_too() -> None:
    whole = replace(three_models(), answers=np.full((200, 3), "yes", dtype=object))
    hidden = with_few_rows(whole, "linguist", 20).answers
    assert hidden is not None
    assert (hidden == "yes").sum(axis=0).tolist() == [200, 20, 200]


def test_a_few_rows_of_a_specialist_are_worth_half_of_the_questions() -> None:
    whole = three_models()
    train, test = whole.rows(np.arange(0, 140)), whole.rows(np.arange(140, 200))
    found = try_newcomer(Ridge(penalty=1.0), train, test, "linguist", 40)
    assert found.without.value == 0.5
    assert found.whole.value == 1.0
    assert (found.gain.low or 0.0) > 0
    assert found.share == pytest.approx(0.5, abs=0.1)


def test_two_models_must_be_left_without_the_new_one() -> None:
    with pytest.raises(ConfigurationError, match="there is 1 model left"):
        try_newcomer(Ridge(), two_tasks(), two_tasks(), "linguist", 10)
