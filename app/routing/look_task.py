"""The look at tasks: where the router wins and loses, against every model and the oracle."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app.charts.look import chart_config
from app.charts.router_heat import router_heat
from app.routing.scene import Scene


def draw_tasks(scene: Scene) -> None:
    """Draws the heat map at the present weight of cost."""
    board = scene.trained.board
    tasks, counts, means = board.by_task({scene.place.name: scene.choices})
    if len(tasks) < 2:
        st.info("The table names no tasks, so there is nothing to break the accuracy down by.", icon=":material/info:")
        return
    figure = router_heat(tasks, counts, means, dark=scene.dark)
    config = chart_config(f"{scene.entry.card.name}-tasks")
    st.plotly_chart(figure, key=f"{scene.key}:tasks", config=config, theme=None)
    values = np.stack([means[model] for model in board.test.models])
    behind = means[scene.place.name] < values.max(axis=0) - 1e-9
    if behind.any():
        worst = int(np.argmin(means[scene.place.name] - values.max(axis=0)))
        model = board.test.models[int(values[:, worst].argmax())]
        st.caption(
            f"On {int(behind.sum())} of {len(tasks)} tasks one model alone does better than the router, most on"
            f" '{tasks[worst]}' ({model}: {values[:, worst].max():.2f} against {means[scene.place.name][worst]:.2f})."
        )
