"""The look at other prices: what if a model gets cheaper or dearer?"""

from __future__ import annotations

from typing import Final

import numpy as np
import streamlit as st

from app.charts.look import chart_config
from app.charts.router_curve import router_curve
from app.figure import cost_text
from app.plain import plain
from app.routing.scene import Scene
from pipelines.choice import best
from pipelines.routing.board import Factors
from pipelines.routing.curve import cost_at, hull

LOWEST: Final = -90
HIGHEST: Final = 300
STEP: Final = 10


def draw_prices(scene: Scene) -> None:
    """Draws the choice of a model and of a change of its price, and the curve before and after."""
    board = scene.trained.board
    if not board.priced:
        st.info("Costs are not known in this table, so prices cannot be changed.", icon=":material/info:")
        return
    models = board.test.models
    cheapest = int(board.test.cost_usd.mean(axis=0).argmin())
    left, right = st.columns((1, 2))
    with left:
        model = st.selectbox("Model", models, cheapest, key=f"{scene.key}:price:model")
    with right:
        change = st.slider(
            "Change of its price, %", LOWEST, HIGHEST, -50, STEP, key=f"{scene.key}:price:{model}",
            help="Costs of recorded answers are multiplied; what the router expects of the scores stays.",
        )  # fmt: skip
    factors = {model: 1 + change / 100}
    name = scene.place.name
    before, after = board.curve(name), board.curve(name, factors)
    figure = router_curve(
        scene.trained.comparison,
        {"prices as they are": before, f"{model[:24]} {change:+} %": after},
        board.mix(factors),
        references=False,
        dark=scene.dark,
    )
    config = chart_config(f"{scene.entry.card.name}-prices")
    st.plotly_chart(figure, key=f"{scene.key}:prices", config=config, theme=None)
    accuracy = scene.point.accuracy.value or 0.0
    costs = [cost_at(accuracy, *hull(curve.cost_usd, curve.quality)) for curve in (before, after)]
    if np.isfinite(costs).all():
        old, new = (cost_text(cost * 1_000) for cost in costs)
        if old == new:
            told = f"An accuracy of {accuracy:.3f} still costs {old} per 1,000 questions."
        else:
            told = f"An accuracy of {accuracy:.3f} then costs {new} instead of {old} per 1,000 questions."
        st.markdown(told.replace("$", "\\$"))
    st.markdown(_asked(scene, model, factors))


def _asked(scene: Scene, model: str, factors: Factors) -> str:
    """Returns how often the model is asked at the present weight of cost, before and after."""
    board, weight = scene.trained.board, float(scene.curve.weight[scene.place.at])
    if weight == 0:
        return "At λ = 0 the router does not look at prices; move λ to the right to see whom it asks then."
    expected, _ = board.costs(factors)
    scores = board.predicted[scene.place.name]
    after = best(-expected if np.isinf(weight) else scores - weight * expected)
    place = board.test.models.index(model)
    shares = [float((choices == place).mean()) for choices in (scene.choices, after)]
    if round(shares[0], 2) == round(shares[1], 2):
        return plain(f"At the present λ it asks {model} as often as before: {shares[0]:.0%} of the questions.")
    return plain(f"At the present λ it then asks {model} {shares[1]:.0%} of the questions instead of {shares[0]:.0%}.")
