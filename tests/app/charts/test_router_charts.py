"""The charts of routers: what is drawn, with which words, from which numbers."""

from __future__ import annotations

import numpy as np
import pytest

from app.charts.mixing import filled
from app.charts.router_curve import router_curve, router_forest, weight_text
from app.charts.router_heat import router_heat
from app.charts.router_promise import router_promise
from app.charts.router_share import router_share
from pipelines.outcome.table import OutcomeTable
from pipelines.routers.ridge import Ridge
from pipelines.routing.background import Background
from pipelines.routing.board import Board
from pipelines.routing.evaluation import compare_routers
from pipelines.routing.prospect import prospect
from tests.pipelines.outcome.tables import table, two_tasks

TASKS = two_tasks(120)
PRICED = table(
    TASKS.score.tolist(), queries=TASKS.queries, tasks=TASKS.tasks, models=["<b>cheap</b>", "dear"],
    cost_usd=[[0.001, 0.004]] * 120,
)  # fmt: skip
TRAIN, TEST = PRICED.rows(np.arange(0, 80)), PRICED.rows(np.arange(80, 120))


def board(train: OutcomeTable = TRAIN, test: OutcomeTable = TEST) -> Board:
    return Board(test, Background.of(train), {"linear": Ridge().fit(train).predict(test.queries)})


@pytest.mark.parametrize("dark", [False, True])
def test_the_curve_stands_beside_all_it_is_held_against(dark: bool) -> None:
    comparison = compare_routers({"linear": Ridge()}, TRAIN, TEST)
    drawn = board()
    curve = drawn.curve("linear")
    point = drawn.point(curve, 0)
    figure = router_curve(
        comparison, {"linear": curve}, drawn.mix(), chosen="linear", point=point, null=drawn.null(curve.choices[0]),
        dark=dark,
    )  # fmt: skip
    names = {trace.name for trace in figure.data}
    assert names == {
        "random mix of models", "linear", "oracle, at every weight", "oracle", "best single", "cheapest", "random",
        "task table, at every weight", "task table", "the same choices, shuffled", "linear here",
    }  # fmt: skip
    [here] = [trace for trace in figure.data if trace.name == "linear here"]
    assert here.x[0] == pytest.approx(2.5)
    assert here.y[0] == 1.0
    assert "40 test rows of small, trained on 80 others" in figure.layout.title.subtitle.text
    assert figure.layout.xaxis.title.text == "USD per 1,000 questions, list price"


def test_a_mix_of_two_models_bends_on_a_logarithmic_axis() -> None:
    costs, accuracy = filled(np.array([1.0, 100.0]), np.array([0.0, 1.0]))
    assert (costs[0], costs[-1]) == (1.0, 100.0)
    middle = int(np.argmin(np.abs(costs - 10.0)))
    assert accuracy[middle] == pytest.approx((costs[middle] - 1) / 99)
    assert accuracy[middle] < 0.15


def test_the_forest_has_a_line_for_every_router_and_reference() -> None:
    figure = router_forest(compare_routers({"linear": Ridge()}, TRAIN, TEST), ["linear"])
    assert set(figure.layout.yaxis.ticktext) == {"linear", "oracle", "best single", "cheapest", "random", "task table"}


def test_tasks_are_lines_and_names_are_escaped() -> None:
    tasks, counts, means = board().by_task({"linear": np.zeros(40, dtype=np.intp)})
    figure = router_heat(tasks, counts, means)
    assert list(figure.layout.xaxis.ticktext) == ["&lt;b&gt;cheap&lt;/b&gt;", "dear", "linear", "oracle"]
    assert [list(line) for line in figure.data[0].z] == [[1, 0, 1, 1], [0, 1, 0, 1]]


def test_the_promise_shows_models_and_oracle_with_and_without_costs() -> None:
    names = [trace.name for trace in router_promise(prospect(PRICED)).data]
    assert names == ["random mix", "&lt;b&gt;cheap&lt;/b&gt;", "dear", "oracle"]
    figure = router_promise(prospect(TASKS), dark=True)
    assert [trace.name for trace in figure.data][-1] == "oracle"
    assert "costs are not known" in figure.layout.xaxis.title.text


def test_many_models_are_named_at_the_corners_only() -> None:
    score = [[float(n % 30 < place) for place in range(30)] for n in range(60)]
    cost = [[0.001 * (place + 1) for place in range(30)]] * 60
    figure = router_promise(prospect(table(score, cost_usd=cost)))
    assert figure.layout.showlegend is False
    named = [trace.name for trace in figure.data if trace.text]
    assert named[0] == "m0"
    assert named[-1] == "oracle"


def test_two_models_without_costs_are_compared_by_the_share_of_calls() -> None:
    comparison = compare_routers({"linear": Ridge()}, TASKS.rows(np.arange(80)), TASKS.rows(np.arange(80, 120)))
    figure = router_share(comparison, {"linear": np.array([0.5, 0.75, 1.0, 0.75, 0.5])}, chosen="linear", dark=True)
    random, linear = figure.data
    assert (list(random.x), list(random.y)) == ([0, 1], [0.5, 0.5])
    assert (list(linear.x), list(linear.y)) == ([0.0, 0.25, 0.5, 0.75, 1.0], [0.5, 0.75, 1.0, 0.75, 0.5])
    assert linear.name.startswith("linear")
    assert "calls are counted" in figure.layout.title.subtitle.text


@pytest.mark.parametrize(
    ("weight", "told"),
    [(0.0, "0 (accuracy only)"), (float("inf"), "∞ (cost only)"), (1234.5, "1,234 per USD"), (0.25, "0.25 per USD")],
)
def test_a_weight_is_told_in_words(weight: float, told: str) -> None:
    assert weight_text(weight) == told
