"""What is said of a choice among expected scores and costs."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.routing.expectation import dollars, expectation
from pipelines.routing.objective import Objective

NAMES = ("small (here)", "large (here)", "middle (here)")
SCORES = np.array([0.55, 0.94, 0.80])
COSTS = np.array([0.00003226, 0.0102, np.nan])


@pytest.mark.parametrize(
    ("aim", "worth", "chosen", "told"),
    [
        (Objective(), SCORES, 1, "ridge expects large (here) 0.94 for $0.01; else middle (here) 0.80"),
        (
            Objective(rule="trade_off", score_per_usd=5445.0),
            np.array([0.37, -54.6, -np.inf]),
            0,
            "ridge expects small (here) 0.55 for $0.000032; else large (here) 0.94 for $0.01; wanted is the best score"
            " less 5445 per USD",
        ),
    ],
)
def test_the_chosen_the_next_and_the_rule_are_told(aim: Objective, worth: np.ndarray, chosen: int, told: str) -> None:
    assert expectation("Ridge", NAMES, SCORES, COSTS, worth, chosen, aim) == told


def test_a_single_candidate_has_no_other() -> None:
    assert expectation("Vote", ("a",), SCORES[:1], COSTS[2:], SCORES[:1], 0, Objective()) == "vote expects a 0.55"


@pytest.mark.parametrize(
    ("amount", "told"), [(0.0, "$0"), (3.226e-05, "$0.000032"), (0.021, "$0.021"), (1.5, "$1.5"), (1234.0, "$1200")]
)
def test_amounts_have_two_digits_that_count(amount: float, told: str) -> None:
    assert dollars(amount) == told
