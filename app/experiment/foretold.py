"""What was predicted against what came: cost and time of a row, and how often the 90 % interval held."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from app.charts.look import chart_config
from app.charts.prediction import predicted_actual
from app.experiment.reading import calibration_of
from app.experiment.summary import Summary, View
from app.figure import cost_text, duration_text
from app.plain import plain
from app.workspace import Workspace
from pipelines.estimate.calibration import ContenderCalibration, Score
from pipelines.estimate.record import Estimate
from pipelines.experiment.experiment import Experiment
from pipelines.experiment.results import ANSWERED, Results


def draw_foretold(space: Workspace, experiment: Experiment, view: View, summary: Summary) -> None:
    """Draws how right the estimate was on the rows of a view."""
    del space, view
    found = calibration_of(experiment, summary.results)
    if found is None:
        st.info("Nothing was predicted before this experiment; the page does so for those that it makes.")
        return
    st.markdown(f"**{plain(found.sentence)}**")
    lines = [line for part in found.contenders for line in _lines(part)]
    share = st.column_config.NumberColumn(format="percent", help="Rows inside their predicted 90 % interval")
    st.dataframe(lines, column_config={"Inside the interval": share}, hide_index=True, key="x:calibration")
    _draw_figure(experiment, Estimate.model_validate(experiment.estimate), summary.results)


def _lines(part: ContenderCalibration) -> list[dict[str, Any]]:
    known: list[tuple[str, Score | None, Any]] = [
        ("cost of a row", part.cost, cost_text),
        ("time of a row", part.latency, duration_text),
    ]
    return [
        {
            "Pipeline": part.label,
            "What": what,
            "Predicted": write(score.predicted),
            "Actual": write(score.actual),
            "Predicted, 95 %": write(score.predicted_p95),
            "Actual, 95 %": write(score.actual_p95),
            "Inside the interval": score.coverage,
            "n": score.n,
        }
        for what, score, write in known
        if score is not None
    ]


def _draw_figure(experiment: Experiment, predicted: Estimate, results: Results) -> None:
    """Draws for each row what its pipeline was expected to cost against what it cost."""
    costs = {part.label: part.row_cost_usd for part in predicted.contenders}
    known = [costs.get(label) for label in results.contenders]
    rows = results.status == ANSWERED
    places = results.contender[rows]

    def column(name: str) -> Any:
        return np.array([np.nan if found is None else getattr(found, name) for found in known])[places]

    if all(found is None for found in known):
        return
    figure = predicted_actual(
        column("mean"), results.list_cost_usd[rows], low=column("p05"), high=column("p95"),
        what="cost of a row", unit="USD", dark=st.context.theme.type == "dark",
    )  # fmt: skip
    st.plotly_chart(figure, key="x:figure:prediction", config=chart_config(f"{experiment.id}-prediction"), theme=None)
