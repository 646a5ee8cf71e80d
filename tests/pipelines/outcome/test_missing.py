"""Missing cells are counted and priced."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pipelines.catalogue import Catalogue, ModelEntry, Price
from pipelines.error import DocumentError
from pipelines.outcome.missing import filled, missing_cells, plan_fill
from pipelines.outcome.outcome import Outcome
from tests.pipelines.outcome.tables import table

NAN = float("nan")
HOLED = table(
    [[1.0, NAN, NAN], [0.0, 1.0, NAN]],
    queries=["x" * 400, "y" * 400],
    models=["a", "b", "c"],
    cost_usd=[[0.5, NAN, NAN], [0.5, 0.1, NAN]],
)
PRICE = Price(input_usd_per_mtok=1.0, output_usd_per_mtok=10.0, as_of=date(2026, 1, 1))


def test_missing_cells_are_listed_by_row() -> None:
    assert missing_cells(HOLED).tolist() == [[0, 1], [0, 2], [1, 2]]
    assert missing_cells(HOLED, ["b"]).tolist() == [[0, 1]]
    with pytest.raises(DocumentError, match="no model 'z'; it has a, b, c"):
        missing_cells(HOLED, ["z"])


def test_cells_are_priced_by_the_catalogue_else_by_what_was_recorded() -> None:
    catalogue = Catalogue([ModelEntry(name="see", provider="scripted", target="x", price=PRICE)])
    plan = plan_fill(HOLED, catalogue, aliases={"c": "see"})
    tokens = 300 * 10.0 / 1e6
    assert plan.sources == {"b": "recorded", "c": "catalogue"}
    assert plan.cost_usd[0] == pytest.approx(0.1)
    assert plan.cost_usd[1:] == pytest.approx([tokens, tokens], rel=0.1)
    assert plan.sentence == "fill 3 cells for about $0.11"
    assert {model: count for model, (count, _) in plan.by_model().items()} == {"b": 1, "c": 2}


def test_a_model_without_a_known_price_is_told() -> None:
    plan = plan_fill(HOLED, Catalogue())
    assert (plan.unpriced, plan.sentence) == (("c",), "fill 3 cells for about $0.10, and what c costs")
    assert plan_fill(HOLED, Catalogue(), models=["c"]).sentence == "fill 2 cells; what that costs is not known"
    assert plan_fill(HOLED, Catalogue(), models=["a"]).sentence == "no cell is missing"
    assert len(plan_fill(HOLED, Catalogue(), most=2).cells) == 2


def test_filled_cells_are_told_and_the_others_stay() -> None:
    found = filled(HOLED, [(0, 1, Outcome("x", "b", 0.5, 1, cost_usd=0.2))])
    assert found.score[0, :2].tolist() == [1.0, 0.5]
    assert found.cost_usd[0, 1] == 0.2
    assert found.missing.sum() == 2
    assert np.isnan(HOLED.score[0, 1])
