"""The Pareto choice among models that keep to the demands."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pipelines.catalogue import ModelEntry, Price
from pipelines.routing.demand import Demands
from pipelines.routing.selection import select
from pipelines.trait import ModelTraits


def _model(
    name: str,
    size_b: float | None = None,
    day: date | None = None,
    usd: float | None = None,
    licence: str | None = None,
    window: int | None = None,
) -> ModelEntry:
    traits = ModelTraits(parameters_b=size_b, released_on=day, licence=licence)
    half = None if usd is None else usd / 2
    price = None if half is None else Price(input_usd_per_mtok=half, output_usd_per_mtok=half, as_of=date(2026, 1, 1))
    return ModelEntry(name=name, provider="scripted", target=name, price=price, context_window=window, traits=traits)


MODELS = (
    _model("large", 70.0, date(2025, 1, 1), 10.0, "proprietary", 200_000),
    _model("middle", 7.0, date(2023, 1, 1), 1.0, "apache-2.0", 8_000),
    _model("tiny", 0.7, date(2024, 1, 1), 0.1, "mit", 2_000),
)
NAMES = [model.name for model in MODELS]
WORTH = np.array([0.8, 0.7, 0.3])


def test_without_demands_the_best_is_chosen_and_nothing_is_told() -> None:
    found = select(WORTH, MODELS, [Demands()])
    assert (found.chosen, found.front, found.told(NAMES)) == (0, (), "")


@pytest.mark.parametrize(
    ("demands", "chosen"),
    [
        (Demands(small=0.19), 0),
        # The middle one lies half-way between sizes by their ratio: it loses half of the weight.
        (Demands(small=0.21), 1),
        (Demands(small=1.0), 2),
        (Demands(cheap=0.21), 1),
        (Demands(recent=1.0), 0),
        (Demands(open=0.11), 1),
        (Demands(roomy=1.0), 0),
    ],
)
def test_a_wish_takes_up_to_its_weight(demands: Demands, chosen: int) -> None:
    assert select(WORTH, MODELS, [demands]).chosen == chosen


def test_of_one_wish_said_twice_the_larger_weight_counts() -> None:
    assert select(WORTH, MODELS, [Demands(small=0.19), Demands(small=0.15)]).chosen == 0
    assert select(WORTH, MODELS, [Demands(small=0.15), Demands(small=0.21)]).chosen == 1


def test_the_wishes_that_moved_the_choice_and_the_unbeaten_are_told() -> None:
    found = select(WORTH, MODELS, [Demands(small=0.4, roomy=0.05)])
    assert (found.plain, found.chosen, found.moved_by) == (0, 1, ("small",))
    assert found.told(NAMES) == (
        "; the wish small moved it from large; not beaten in score and wishes: large, middle, tiny"
    )


def test_who_is_beaten_in_score_and_wish_is_not_on_the_front() -> None:
    assert select(np.array([0.8, 0.2, 0.3]), MODELS, [Demands(small=0.1)]).front == (0, 2)


def test_who_does_not_keep_to_a_demand_is_left_out_whatever_it_scores() -> None:
    found = select(WORTH, MODELS, [Demands(largest_b=10.0), Demands(licences=("mit",))])
    assert found.chosen == 2
    assert found.told(NAMES) == "; left out: large (70B is above 10B), middle (licence apache-2.0)"


def test_nobody_is_chosen_where_nobody_is_left() -> None:
    assert select(WORTH, MODELS, [Demands(largest_b=0.1)]).chosen is None
    assert select(np.full(3, -np.inf), MODELS, [Demands()]).chosen is None


def test_what_is_not_known_of_one_counts_as_the_worst_and_of_all_not_at_all() -> None:
    unknown = _model("unknown")
    found = select(np.array([0.8, 0.7]), [unknown, MODELS[1]], [Demands(small=0.2)])
    assert (found.chosen, found.guessed) == (1, (0,))
    assert found.told(["unknown", "middle"]).endswith("; not all is known of unknown")
    blind = select(np.array([0.8, 0.7]), [unknown, _model("other")], [Demands(small=0.2)])
    assert (blind.chosen, blind.blind, blind.front) == (0, ("small",), ())
    assert blind.told(["unknown", "other"]) == "; nobody's size is known, so 'small' does not count"


def test_models_alike_in_a_wish_are_chosen_by_their_score() -> None:
    alike = [_model("one", 7.0), _model("two", 7.0)]
    assert select(np.array([0.5, 0.6]), alike, [Demands(small=1.0)]).chosen == 1
