"""The look at a new model: what a few rows of it are worth, told by hiding most of a known one."""

from __future__ import annotations

import streamlit as st

from app.plain import plain
from app.routing.promise import figure_text, interval_text
from app.routing.scene import Scene
from app.routing.waiting import worked_out
from pipelines.routing.newcomer import Newcomer, try_newcomer


def draw_newcomer(scene: Scene) -> None:
    """Draws the choice of the model and the number of rows, and what came of it when asked."""
    trained = scene.trained
    st.caption(
        "Would a new model be worth testing on all your questions? Take one of the table as if it were new, tried on a"
        " few rows only, and see how soon the router makes use of it. Learning happens three times."
    )
    left, middle, right = st.columns((2, 2, 1), vertical_alignment="bottom")
    with left:
        model = st.selectbox("New model", trained.train.models, key=f"{scene.key}:new:model")
    with middle:
        most = min(500, trained.train.n_queries)
        rows = st.slider("Rows it was tried on", 5, most, min(50, most), 5, key=f"{scene.key}:new:rows")
    with right:
        pressed = st.button("Try it", icon=":material/person_add:", key="routers:newcomer")
    work = f"newcomer {model} {rows} {scene.content}"
    if not pressed and not scene.space.trainings.knows(work):
        return
    strategy = scene.router.strategy
    found = worked_out(
        scene.space,
        work,
        lambda: try_newcomer(strategy, trained.train, trained.board.test, model, rows, space=trained.space),
        f"{strategy.title} learns three times …",
    )
    if found is not None:
        _draw_found(found)


def _draw_found(found: Newcomer) -> None:
    figures = {
        f"Without {found.model}": found.without,
        f"After {found.rows} rows": found.few,
        "After all rows": found.whole,
    }
    for column, (label, figure) in zip(st.columns(3), figures.items(), strict=True):
        with column.container(gap=None):
            st.metric(label, figure_text(figure))
            st.caption(interval_text(figure))
    gain, low = found.gain.value or 0.0, found.gain.low or 0.0
    if low > 0:
        told = f"{found.rows} rows are enough to gain {gain * 100:.1f} points beyond doubt"
    else:
        told = f"After {found.rows} rows nothing is gained beyond doubt ({gain * 100:+.1f} points)"
    st.markdown(plain(f"{told}; {found.model} gets {found.share:.0%} of the questions."))
