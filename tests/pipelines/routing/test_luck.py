"""A router that knows nothing of the questions wins nothing beyond doubt, however lucky its curve is."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.outcome.folder import read_folder
from pipelines.outcome.split import split_table
from pipelines.routers.ridge import Ridge
from pipelines.routing.evaluation import compare_routers
from pipelines.routing.headroom import verdict

FOLDER = Path(__file__).parents[3] / "assets" / "outcomes"


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_where_every_question_is_alike_no_router_is_worth_it(seed: int) -> None:
    train, test = split_table(read_folder(FOLDER / "practice-one-for-all"), (0.7, 0.3), seed=seed)
    told = verdict(compare_routers({"linear": Ridge()}, train, test))
    assert not told.worth_routing
    assert "routing for cost is not worth it here" in told.sentence


def test_what_a_router_knows_is_no_luck() -> None:
    train, test = split_table(read_folder(FOLDER / "practice-specialists"), (0.7, 0.3), seed=0)
    comparison = compare_routers({"linear": Ridge()}, train, test)
    assert (comparison.aiq_gains["linear"].low or 0.0) > 0.05
    assert verdict(comparison).for_cost == "linear"
