"""The charts of an experiment, one at a time: drawn when chosen, kept, and given out as picture or table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Literal, NamedTuple

import streamlit as st

from app.charts.difference import difference_forest, difference_rows
from app.charts.export import data_of
from app.charts.latency import latency_ecdf
from app.charts.look import chart_config
from app.charts.node_use import node_cost, node_latency
from app.charts.plane import plane
from app.charts.reliability import reliability_diagram
from app.charts.route_flow import route_flow
from app.charts.slice_heat import slice_heat
from app.charts.token_use import token_use
from app.experiment.node_sum import MOST_RUNS, node_uses
from app.experiment.summary import Summary, View
from app.plain import plain
from app.workspace import Workspace
from pipelines.experiment.experiment import Experiment

KEPT: Final = 48
PICTURES: Final[tuple[Literal["png", "svg"], ...]] = ("png", "svg")


class Scene(NamedTuple):
    """Is what a chart is drawn from; the choices are places of pipelines."""

    space: Workspace
    experiment: Experiment
    view: View
    summary: Summary
    first: int = 0
    second: int = 1
    dark: bool = False


Drawing = Callable[[Scene], Any]


def _slices(scene: Scene, what: str) -> Any:
    report = scene.summary.report
    slices = report.tags if what == "tag" else report.difficulties
    labels = scene.summary.results.contenders
    return slice_heat(slices, labels, what=what, confidence=report.confidence, dark=scene.dark)


CHARTS: Final[Mapping[str, tuple[tuple[str, Drawing], ...]]] = {
    "Cost and accuracy": (("cost-accuracy", lambda scene: plane(scene.summary.report, dark=scene.dark)),),
    "Differences": (
        ("differences", lambda scene: difference_forest(scene.summary.report, dark=scene.dark)),
        (
            "difference",
            lambda scene: difference_rows(scene.summary.results, scene.first, scene.second, dark=scene.dark),
        ),
    ),
    "By tag": (("accuracy-by-tag", partial(_slices, what="tag")),),
    "By difficulty": (("accuracy-by-difficulty", partial(_slices, what="difficulty")),),
    "Latency": (("latency", lambda scene: latency_ecdf(scene.summary.results, dark=scene.dark)),),
    "Routes": (("routes", lambda scene: route_flow(scene.summary.results, scene.first, dark=scene.dark)),),
    "Tokens": (("tokens", lambda scene: token_use(scene.summary.report, dark=scene.dark)),),
    "Nodes": (
        ("node-cost", lambda scene: node_cost(_uses(scene), dark=scene.dark)),
        ("node-latency", lambda scene: node_latency(_uses(scene), dark=scene.dark)),
    ),
    "Calibration": (("calibration", lambda scene: reliability_diagram(scene.summary.report, dark=scene.dark)),),
}
"""What can be chosen, each with its figures by file name."""


def draw_charts(space: Workspace, experiment: Experiment, view: View, summary: Summary) -> None:
    """Draws the choice of a chart and the chart."""
    st.fragment(_draw)(space, experiment, view, summary)


def draw_plane(space: Workspace, experiment: Experiment, view: View, summary: Summary) -> None:
    """Draws cost and accuracy of the pipelines, the one chart that a decision needs."""
    dark = st.context.theme.type == "dark"
    _draw_figure(Scene(space, experiment, view, summary, dark=dark), "cost-accuracy", "png")


def _draw(space: Workspace, experiment: Experiment, view: View, summary: Summary) -> None:
    names = _with_something(summary)
    with st.container(horizontal=True, vertical_alignment="center"):
        name = st.segmented_control(
            "Chart", names, default=names[0], key=f"x:chart:{experiment.id}", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        st.space("stretch")
        picture = st.segmented_control(
            "Picture", PICTURES, default="png", key="x:picture", required=True, format_func=str.upper,
            label_visibility="collapsed",
        )  # fmt: skip
    dark = st.context.theme.type == "dark"
    scene = Scene(space, experiment, view, summary, *_draw_choice(name, summary), dark)
    if name == "Nodes":
        _tell_sample(summary)
    with st.container(key="x-charts"):
        for file_name, _ in CHARTS[name]:
            _draw_figure(scene, file_name, picture)


def _draw_choice(name: str, summary: Summary) -> tuple[int, int]:
    """Draws which pipelines a chart is about, where it is about one or two, and returns their places."""
    labels = list(summary.results.contenders)
    last = min(1, len(labels) - 1)
    if name == "Routes" and len(labels) > 1:
        routed = [labels.index(found) for found in dict.fromkeys(r.contender for r in summary.report.routes)]
        place = st.selectbox("Pipeline", routed, 0, labels.__getitem__, key="x:chart:first", width=320)
        return place, place
    if name == "Routes":
        return 0, 0
    if name == "Differences" and len(labels) > 2:
        return draw_pair(labels, "x:chart")
    return 0, last


def draw_pair(labels: list[str], key: str) -> tuple[int, int]:
    """Draws the choice of two pipelines and returns their places, which differ."""
    places = range(len(labels))
    with st.container(horizontal=True):
        first = st.selectbox("First", places, 0, labels.__getitem__, key=f"{key}:a", width=300)
        others = [place for place in places if place != first]
        second = st.selectbox("Second", others, 0, labels.__getitem__, key=f"{key}:b:{first}", width=300)
    return first, second


def _with_something(summary: Summary) -> list[str]:
    """Returns the charts that have something to show."""
    report = summary.report
    has = {
        "Differences": any(pair.n for pair in report.pairs),
        "By tag": bool(report.tags),
        "By difficulty": bool(report.difficulties),
        "Routes": bool(report.routes),
        "Calibration": any(found.reliability for found in report.contenders),
    }
    return [name for name in CHARTS if has.get(name, True)]


def _draw_figure(scene: Scene, file_name: str, picture: Literal["png", "svg"]) -> None:
    figure = _figure(scene, (scene.view, file_name, scene.first, scene.second, scene.dark))
    key = f"x:figure:{file_name}:{scene.view.tag}:{scene.view.difficulty}:{scene.view.scorer}"
    name = f"{scene.experiment.id}-{file_name}"
    st.plotly_chart(figure, key=f"{key}:{picture}", config=chart_config(name, picture), theme=None)
    st.download_button(
        "CSV", partial(_csv, figure), f"{name}.csv", "text/csv", key=f"{key}:csv", icon=":material/download:",
        on_click="ignore", type="tertiary", help="The numbers of this chart",
    )  # fmt: skip


def _csv(figure: Any) -> bytes:
    return data_of(figure).encode()


@st.cache_resource(max_entries=KEPT, show_spinner="Drawing …")
def _figure(_scene: Scene, key: tuple[View, str, int, int, bool]) -> Any:
    drawing = next(drawn for charts in CHARTS.values() for name, drawn in charts if name == key[1])
    return drawing(_scene)


def _uses(scene: Scene) -> Any:
    return node_uses(scene.space, scene.experiment, scene.view.stamp, scene.summary.places)


def _tell_sample(summary: Summary) -> None:
    count = len(summary.places)
    if count > MOST_RUNS:
        st.caption(plain(f"Of {MOST_RUNS:,} of {count:,} examples of each pipeline, evenly spread."))
