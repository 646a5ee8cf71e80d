"""A chart gives back its numbers as CSV, and its JSON cannot leave the script that it stands in."""

from __future__ import annotations

import json

import plotly.graph_objects as go

from app.charts.export import data_of, figure_json, plotly_script
from app.charts.plane import plane
from app.charts.route_flow import route_flow
from app.charts.slice_heat import slice_heat
from app.charts.token_use import token_use
from pipelines.statistics.summary import summarise
from tests.pipelines.statistics.made import results_of

RESULTS = results_of([[1.0, 0.0], [1.0, 1.0]], labels=["small", "=big"], tags=[("maths",), ("law",)])
REPORT = summarise(RESULTS)


def test_points_have_their_series_and_bounds() -> None:
    lines = data_of(plane(REPORT)).splitlines()
    assert lines[0] == ('series,"USD per 1,000 questions, list price",accuracy (mean score),x_low,x_high,y_low,y_high')
    point = next(line for line in lines if line.startswith("small,")).split(",")
    assert point[:5] == ["small", "1.0", "0.5", "", ""]
    assert [round(float(bound), 4) for bound in point[5:]] == [0.0945, 0.9055]


def test_a_cell_that_a_spreadsheet_would_run_is_defused() -> None:
    assert "\n'=big," in data_of(plane(REPORT))


def test_places_on_an_axis_are_named() -> None:
    assert "input,small,80.0,,,," in data_of(token_use(REPORT)).splitlines()


def test_a_heat_map_has_a_line_for_each_cell() -> None:
    lines = data_of(slice_heat(REPORT.tags, RESULTS.contenders)).splitlines()
    assert lines[0] == "row,column,value,note"
    assert lines[1].startswith("law (1),small,0.0,")
    assert len(lines) == 5


def test_a_flow_has_a_line_for_each_link() -> None:
    assert "router.hard,right,1" in data_of(route_flow(RESULTS, 1)).splitlines()


def test_a_figure_cannot_end_its_script() -> None:
    text = figure_json(go.Figure(layout={"title": {"text": "</script><script>alert(1)//&"}}))
    assert "<" not in text and "&" not in text
    assert json.loads(text)["layout"]["title"]["text"] == "</script><script>alert(1)//&"


def test_the_program_that_draws_holds_no_end_of_script() -> None:
    script = plotly_script()
    assert len(script) > 1_000_000
    assert "</script" not in script.lower()
