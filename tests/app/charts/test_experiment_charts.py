"""Every chart of an experiment draws the numbers of its report, and says how many."""

from __future__ import annotations

import numpy as np
import pytest

from app.charts.difference import difference_forest, difference_rows
from app.charts.latency import latency_ecdf
from app.charts.node_use import NodeUse, node_cost, node_latency
from app.charts.plane import cloud, plane
from app.charts.prediction import predicted_actual
from app.charts.reliability import reliability_diagram
from app.charts.route_flow import route_flow
from app.charts.slice_heat import slice_heat
from app.charts.token_use import token_use
from pipelines.statistics.summary import summarise
from tests.pipelines.statistics.made import results_of

RESULTS = results_of(
    [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 1.0, 0.0], [0.0, 1.0, 0.0, 0.0]],
    labels=["cheap", "good", "<b>bad</b>"],
    tags=[("maths",), ("maths",), ("law",), ()],
    confidence=[0.95, 0.95, 0.15, 0.15] + [float("nan")] * 8,
)
REPORT = summarise(RESULTS)


def named(figure: object) -> dict[str, object]:
    return {trace.name: trace for trace in figure.data}  # type: ignore[attr-defined]


def test_the_plane_shows_front_mix_best_and_oracle() -> None:
    figure = plane(REPORT)
    traces = named(figure)
    assert list(traces) == [
        "random mix",
        "Pareto front",
        "cheap",
        "good",
        "&lt;b&gt;bad&lt;/b&gt;",
        "best single",
        "oracle",
    ]
    assert (list(traces["Pareto front"].x), list(traces["Pareto front"].y)) == ([1.0, 2.0], [0.25, 0.5])  # type: ignore[attr-defined]
    assert (list(traces["oracle"].x), list(traces["oracle"].y)) == ([1.5], [0.75])  # type: ignore[attr-defined]
    assert list(traces["best single"].x) == [2.0]  # type: ignore[attr-defined]
    assert figure.layout.title.subtitle.text == "n = 4 examples that all have; bars: 95% interval"
    assert figure.layout.xaxis.title.text == "USD per 1,000 questions, list price"


def test_the_interval_of_a_point_is_that_of_the_report() -> None:
    good = named(plane(REPORT))["good"]
    point = REPORT.plane[1]
    assert good.error_y.array[0] == pytest.approx((point.high or 0) - 0.5)  # type: ignore[attr-defined]
    assert f"95%: {point.low:.3f} to {point.high:.3f}), n = 4" in good.hovertemplate  # type: ignore[attr-defined]


def test_a_hundred_thousand_configurations_keep_their_front_exactly() -> None:
    generator = np.random.default_rng(0)
    costs, accuracies = generator.lognormal(0, 1, 100_000), generator.random(100_000)
    figure = cloud(costs, accuracies, [f"c{place}" for place in range(100_000)])
    points, front = figure.data
    best, corners = -1.0, []
    for place in np.argsort(costs).tolist():
        if accuracies[place] > best:
            best = accuracies[place]
            corners.append((costs[place], best))
    assert list(zip(front.x, front.y, strict=True)) == corners
    assert set(corners) <= set(zip(points.x, points.y, strict=True))
    assert figure.layout.title.subtitle.text == f"showing {len(points.x):,} of 100,000 configurations"
    assert points.type == "scattergl"
    assert len(figure.to_json()) < 300_000


def test_latency_is_the_share_of_answers_within_a_time() -> None:
    curve = latency_ecdf(RESULTS).data[0]
    assert (list(curve.x), list(curve.y)) == ([1.0, 2.0, 3.0, 4.0], [0.25, 0.5, 0.75, 1.0])
    assert "median 2.5 s, 95 % within 3.85 s, n = 4" in curve.hovertemplate


def test_a_hundred_thousand_latencies_are_a_small_chart() -> None:
    results = results_of([[1.0] * 50_000] * 2)
    figure = latency_ecdf(results)
    assert figure.layout.title.subtitle.text == "showing 800 of 100,000 answers"
    assert (figure.data[0].x[0], figure.data[0].x[-1]) == (1.0, 50_000.0)
    assert len(figure.to_json()) < 100_000


def test_the_difference_of_a_hundred_thousand_examples_is_a_small_chart() -> None:
    generator = np.random.default_rng(1)
    results = results_of((generator.random((2, 100_000))).tolist())
    figure = difference_rows(results, 0, 1)
    assert sum(len(trace.x) for trace in figure.data) == 2_000
    assert len(figure.to_json()) < 300_000


def test_differences_are_sorted_and_ties_counted() -> None:
    figure = difference_rows(RESULTS, 0, 1)
    worse, better = figure.data
    assert (list(worse.x), list(worse.y)) == ([1], [-1.0])
    assert (list(better.x), list(better.y)) == ([3, 4], [1.0, 1.0])
    assert list(better.customdata) == ["e1", "e2"]
    assert figure.layout.title.subtitle.text == "n = 4 common examples; 1 are equal"


def test_the_forest_shows_every_pair_with_its_interval() -> None:
    (trace,) = difference_forest(REPORT).data
    assert (trace.name, len(trace.x)) == ("may be chance", 3)
    pair = max(REPORT.pairs, key=lambda known: abs(known.difference.value or 0))
    assert trace.x[0] == pair.difference.value
    assert trace.error_x.array[0] == pytest.approx((pair.difference.high or 0) - (pair.difference.value or 0))
    assert "McNemar's exact test" in trace.customdata[0][0]


def test_nodes_are_drawn_with_the_dearest_first() -> None:
    uses = [
        NodeUse(
            contender="a", node_id="x", title="Router", runs=3, list_cost_usd=0.1, mean_latency_s=1, p95_latency_s=3
        ),
        NodeUse(contender="a", node_id="y", runs=3, list_cost_usd=0.4, mean_latency_s=2, p95_latency_s=2),
    ]
    cost, latency = node_cost(uses), node_latency(uses)
    assert list(cost.data[0].x) == [0.4, 0.1]
    assert list(cost.layout.yaxis.categoryarray) == ["y <sub>y</sub>", "Router <sub>x</sub>"]
    assert list(latency.data[0].error_x.array) == [0.0, 2.0]


def test_routes_flow_from_tag_to_branch_to_outcome() -> None:
    sankey = route_flow(RESULTS, 1).data[0]
    names = list(sankey.node.label)
    flows = {
        (names[a], names[b]): n
        for a, b, n in zip(sankey.link.source, sankey.link.target, sankey.link.value, strict=True)
    }
    assert flows == {
        ("maths", "router.easy"): 1,
        ("maths", "router.hard"): 1,
        ("law", "router.easy"): 1,
        ("no tag", "router.hard"): 1,
        ("router.easy", "right"): 1,
        ("router.easy", "wrong"): 1,
        ("router.hard", "right"): 1,
        ("router.hard", "wrong"): 1,
    }


def test_outcomes_tell_failures_from_wrong_answers() -> None:
    statuses = ["done", "failed", "no_answer", "waiting"]
    sankey = route_flow(results_of([[1.0, 0.0, 0.0, float("nan")]], statuses=statuses), 0).data[0]
    assert set(sankey.node.label[-4:]) == {"right", "failed", "no answer", "not scored"}


def test_rare_tags_and_routes_are_put_together() -> None:
    tags = [(f"t{place}",) for place in range(15)] + [("t0",)] * 5
    sankey = route_flow(results_of([[1.0] * 20], tags=tags), 0).data[0]
    assert list(sankey.node.label[:2]) == ["t0", "t1"] and "other tags" in sankey.node.label
    assert sum(1 for name in sankey.node.label if name.startswith("t")) == 12


def test_a_hundred_pipelines_are_small_charts_without_a_legend() -> None:
    results = results_of([[1.0] * 300] * 100, labels=[f"p{place}" for place in range(100)], costs=[0.001] * 100)
    report = summarise(results)
    figures = [latency_ecdf(results), plane(report), difference_forest(report), token_use(report)]
    assert max(len(figure.to_json()) for figure in figures) < 400_000
    assert (figures[0].layout.showlegend, figures[3].layout.showlegend) == (False, None)


def test_the_heat_map_has_a_cell_for_each_tag_and_pipeline() -> None:
    heat = slice_heat(REPORT.tags, RESULTS.contenders).data[0]
    assert list(heat.y) == ["maths (2)", "law (1)"]
    assert [list(row) for row in heat.z] == [[0.5, 0.5, 0.5], [0.0, 1.0, 0.0]]
    assert heat.text[0][0] == "0.50<br>n 2"
    assert heat.customdata[1][1].startswith("<b>good</b> on law<br>1.000 (95%: ")


def test_calibration_shows_each_bin_with_n_and_only_pipelines_that_state_a_confidence() -> None:
    figure = reliability_diagram(REPORT)
    assert [trace.name for trace in figure.data] == ["as sure as right", "cheap"]
    curve = figure.data[1]
    assert (list(curve.x), list(curve.y)) == ([0.15, 0.95], [0.0, 0.5])
    assert [row[0] for row in curve.customdata] == [2, 2]


def test_tokens_are_stacked_in_and_out() -> None:
    into, out = token_use(REPORT).data
    assert (list(into.y), list(out.y)) == ([80.0, 160.0, 240.0], [20.0, 40.0, 60.0])


def test_predictions_tell_how_often_their_interval_held() -> None:
    predicted, actual = np.asarray([1.0, 2.0, 3.0, np.nan]), np.asarray([1.1, 5.0, 2.9, 1.0])
    figure = predicted_actual(predicted, actual, low=predicted * 0.8, high=predicted * 1.2)
    assert list(figure.data[1].y) == [1.1, 5.0, 2.9]
    assert figure.layout.title.subtitle.text == "n = 3 rows; 67% lie in the 90% interval"


def test_a_hundred_thousand_predictions_are_a_small_chart() -> None:
    predicted = np.random.default_rng(2).lognormal(-6, 1, 100_000)
    figure = predicted_actual(predicted, predicted * 1.1)
    assert len(figure.to_json()) < 300_000
    assert figure.layout.xaxis.type == "log"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("scores", [[[]], [[float("nan")]], [[1.0]], [[1.0], [1.0]], [[0.0, 0.0], [float("nan")] * 2]])
def test_extreme_experiments_can_be_drawn(scores: list[list[float]], dark: bool) -> None:
    results = results_of(scores)
    report = summarise(results)
    last = len(scores) - 1
    figures = [
        plane(report, dark=dark),
        latency_ecdf(results, dark=dark),
        route_flow(results, last, dark=dark),
        slice_heat(report.tags, results.contenders, dark=dark),
        reliability_diagram(report, dark=dark),
        token_use(report, dark=dark),
        difference_rows(results, 0, last, dark=dark),
        difference_forest(report, dark=dark),
        node_cost((), dark=dark),
        predicted_actual(np.zeros(0), np.zeros(0), dark=dark),
    ]
    assert all(figure.layout.title.text and figure.layout.title.subtitle.text for figure in figures)


def test_what_a_stranger_wrote_is_shown_as_text_everywhere() -> None:
    results = results_of(
        [[1.0, 0.0], [0.0, 1.0]],
        labels=["<a href='x'>A</a>", "B"],
        tags=[("<script>x</script>",)] * 2,
        difficulties=["<i>hard</i>"] * 2,
    )
    report = summarise(results)
    figures = [
        plane(report),
        latency_ecdf(results),
        route_flow(results, 0),
        slice_heat(report.tags, results.contenders),
        token_use(report),
        difference_rows(results, 0, 1),
        difference_forest(report),
    ]
    drawn = " ".join(str(figure.to_dict()) for figure in figures)
    assert "<a href" not in drawn and "<script" not in drawn
