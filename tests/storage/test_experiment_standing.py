"""How pipelines stand is added up in the database; a label that is taken back leaves nothing behind."""

from __future__ import annotations

import pytest

from pipelines.scorer import Score
from storage import Storage
from storage.experiment_page import RowFilter
from tests.storage.test_experiment import EXAMPLES, EXPERIMENT, row


@pytest.fixture
async def stored(storage: Storage) -> Storage:
    storage.experiments.create(EXPERIMENT, EXAMPLES, (4, 0, 2))
    for known in (
        row(0, 0, value=1.0),
        row(0, 1, value=0.0),
        row(0, 2, value=None),
        row(1, 0, value=1.0, earlier_cost_usd=1.0),
        row(1, 1, status="failed", scores={}, answer=None),
        row(1, 2, status="cancelled", scores={}, answer=None),
    ):
        await storage.experiments.put("x1", known)
    return storage


async def test_standings_count_ended_rows_scores_and_money(stored: Storage) -> None:
    one, two = stored.experiments.standings(["x1", "none"])["x1"]
    assert (one.contender, one.rows, one.scored, one.accuracy) == (0, 3, 2, 0.5)
    assert (one.cost_usd, one.list_cost_usd) == (1.125, 1.5)
    # A failed row is an answer that is wrong; a cancelled one is none.
    assert (two.contender, two.rows, two.scored, two.accuracy) == (1, 2, 2, 0.5)
    assert two.cost_usd == 2.125


def test_an_experiment_without_rows_has_no_standings(storage: Storage) -> None:
    storage.experiments.create(EXPERIMENT, EXAMPLES, (4, 0, 2))
    assert storage.experiments.standings(["x1"]) == {}


async def test_a_label_that_is_taken_back_waits_again(stored: Storage) -> None:
    found = stored.experiments
    before = found.progress("x1").unlabelled
    labelled = found.label("x1", row(0, 0), "human", Score(value=0.5, reason="so so"))
    assert labelled.scores["human"].value == 0.5
    assert found.progress("x1").unlabelled == before - 1
    again = found.label("x1", labelled, "human", None)
    assert set(again.scores) == {"exact_match"}
    assert found.progress("x1").unlabelled == before
    assert [page.scores for page in found.rows("x1", RowFilter(contender=0, example=0)).rows] == [again.scores]
