"""The look at the curves: every router at every weight of cost, beside what it is held against."""

from __future__ import annotations

import streamlit as st

from app.charts.look import chart_config
from app.charts.router_curve import router_curve, router_forest
from app.charts.router_share import router_share
from app.routing.scene import Scene
from pipelines.outcome.table import Floats
from pipelines.routing.curve import strong_share_curve


def draw_curve(scene: Scene) -> None:
    """Draws the curves, or the accuracies where costs are not known."""
    board, comparison = scene.trained.board, scene.trained.comparison
    config = chart_config(f"{scene.entry.card.name}-routers")
    if board.priced:
        figure = router_curve(
            comparison,
            {name: board.curve(name) for name in scene.trained.routers},
            board.mix(),
            chosen=scene.place.name,
            point=scene.point,
            null=board.null(scene.choices),
            dark=scene.dark,
        )
        st.plotly_chart(figure, key=f"{scene.key}:curves", config=config, theme=None)
    elif len(board.test.models) == 2:
        figure = router_share(comparison, _share_curves(scene), chosen=scene.place.name, dark=scene.dark)
        st.plotly_chart(figure, key=f"{scene.key}:shares", config=config, theme=None)
    figure = router_forest(comparison, list(scene.trained.routers), dark=scene.dark)
    st.plotly_chart(figure, key=f"{scene.key}:forest", config=config, theme=None)
    if not board.priced:
        return
    st.caption(
        "A router is worth its trouble where its line lies above the dotted one: that is what asking models at random"
        " reaches. The shuffled choices are the permutation null."
    )


def _share_curves(scene: Scene) -> dict[str, Floats]:
    """Returns by router the mean score at every number of calls to the stronger of two models."""
    board = scene.trained.board
    strong = board.test.models.index(scene.trained.comparison.best_single)
    weak = 1 - strong
    score = board.test.score
    return {
        name: strong_share_curve(predicted[:, strong] - predicted[:, weak], score[:, weak], score[:, strong])
        for name, predicted in board.predicted.items()
    }
