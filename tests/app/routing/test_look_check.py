"""What is said of routes that change with the wording."""

from __future__ import annotations

import pytest

from app.routing.look_check import change_text
from pipelines.routing.figures import Figure
from pipelines.routing.robustness import Robustness


def change(name: str, unchanged: float | None, lost: Figure) -> Robustness:
    return Robustness(change=name, changed=40, unchanged_routes=Figure(value=unchanged), score_lost=lost)


NOTHING = Figure(value=0.0, low=-0.1, high=0.1)
DEARLY = Figure(value=0.2, low=0.1, high=0.3)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([], ""),
        ([change("typos", None, Figure(value=None))], ""),
        ([change("typos", 1.0, NOTHING), change("case", 1.0, NOTHING)], "No route changes with the wording."),
        (
            [change("typos", 0.75, DEARLY), change("case", 0.9, NOTHING)],
            "Most sensitive to typos: 25% of the routes change, which costs accuracy.",
        ),
        (
            [change("typos", 0.999, NOTHING)],
            "Most sensitive to typos: less than 1% of the routes change, without a loss of accuracy beyond doubt.",
        ),
    ],
)
def test_the_change_that_matters_most_is_told_and_none_as_none(changes: list[Robustness], told: str) -> None:
    assert change_text(changes) == told
