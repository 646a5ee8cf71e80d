"""The look at several answers to one question: votes and cascades beside the router."""

from __future__ import annotations

from typing import Final

import numpy as np
import streamlit as st

from app.charts.look import chart_config
from app.charts.router_curve import router_curve
from app.figure import cost_text
from app.plain import plain
from app.routing.promise import figure_text, interval_text
from app.routing.scene import Scene
from app.routing.together import Joint, Together, answered_together
from app.routing.waiting import worked_out
from pipelines.routing.curve import Curve

ABOUT: Final = (
    "On strong models routing for accuracy alone hardly beats the best single model. What often does: several answers"
    " to one question. Here they are on the same test rows; all that is learned is learned on the training rows."
)
WORSE: Final = 0.01
"""A point: so much worse at most is taken for as good, where money is saved."""


def draw_together(scene: Scene) -> None:
    """Draws votes and cascades over the recorded answers, when asked."""
    st.caption(ABOUT)
    table, test = scene.trained.train, scene.trained.board.test
    if table.answers is None or test.answers is None:
        st.info(
            "This table records scores but no answers, so it cannot be told who agrees. Import it with answers, or"
            " make it of an experiment.",
            icon=":material/info:",
        )
        return
    if not st.toggle("Work out votes and cascades", key=f"{scene.key}:together"):
        return
    found = worked_out(
        scene.space,
        f"together {table.content_hash} {test.content_hash}",
        lambda: answered_together(scene.trained),
        "The models vote, and a cascade is learned …",
    )
    if found is None:
        return
    for sentence in sentences_of(found):
        st.markdown(plain(sentence))
    _draw_table(scene, found)
    _draw_chart(scene, found)
    for reason in found.left_out:
        st.caption(f"Left out: {plain(reason)}")


def sentences_of(found: Together) -> tuple[str, ...]:
    """Returns what several answers win: in accuracy, and in money."""
    single = found.single
    name = single.name.removesuffix(" alone")
    better = [joint for joint in found.joints if (joint.gain.low or 0.0) > 0]
    best = max(better, key=lambda joint: joint.gain.value or 0.0, default=None)
    if best is None:
        told = [f"None of them is more accurate than {name} beyond doubt."]
    else:
        gain, low, high = (100 * (value or 0.0) for value in (best.gain.value, best.gain.low, best.gain.high))
        told = [f"{best.name} is {gain:.1f} points above {name} ({low:.1f} to {high:.1f}){_for(best, single)}."]
    saving = [joint for joint in found.joints if _saved(joint, single) > 0 and (joint.gain.low or 0.0) > -WORSE]
    cheap = max(saving, key=lambda joint: _saved(joint, single), default=None)
    if cheap is not None:
        told.append(
            f"{cheap.name} costs {_saved(cheap, single):.0%} less than {name} and is worse by less than"
            f" {100 * WORSE:.0f} point beyond doubt."
        )
    elif single.cost_usd is not None:
        told.append(f"None of them is cheaper than {name} and surely less than {100 * WORSE:.0f} point worse.")
    return tuple(told)


def _saved(joint: Joint, single: Joint) -> float:
    return 1 - joint.cost_usd / single.cost_usd if joint.cost_usd is not None and single.cost_usd else 0.0


def _for(joint: Joint, single: Joint) -> str:
    if joint.cost_usd is None or not single.cost_usd:
        return f", with {joint.calls:.1f} calls a question"
    return f", for {joint.cost_usd / single.cost_usd:.1f} times its cost"


def _draw_table(scene: Scene, found: Together) -> None:
    gain = scene.trained.board.gain(scene.choices, scene.trained.comparison.best_single)
    point = scene.point
    own = Joint(name=f"{scene.place.name}, at this λ", about="The router above.", accuracy=point.accuracy, gain=gain,
                cost_usd=point.cost_usd, calls=1.0)  # fmt: skip
    lines = [
        {
            "Way": joint.name,
            "Accuracy": figure_text(joint.accuracy),
            "Over best single": figure_text(joint.gain, signed=True),
            "Interval": interval_text(joint.gain),
            "USD per 1,000": None if joint.cost_usd is None else cost_text(joint.cost_usd * 1_000),
            "Calls": joint.calls,
            "How": joint.about,
        }
        for joint in (found.single, own, *found.joints)
    ]
    shape = {"Calls": st.column_config.NumberColumn(format="%.2f", help="Models asked for a question, on average"),
             "How": st.column_config.TextColumn(width="large")}  # fmt: skip
    st.dataframe(lines, column_config=shape, hide_index=True, key="routers:together")


def _draw_chart(scene: Scene, found: Together) -> None:
    board = scene.trained.board
    if not board.priced or not found.curve_cost_usd:
        return
    costs, accuracy = np.array(found.curve_cost_usd), np.array(found.curve_accuracy)
    walked = Curve(np.zeros(len(costs)), costs, accuracy, np.zeros((len(costs), 0), dtype=np.intp))
    curves = {scene.place.name: board.curve(scene.place.name), "Learned cascade": walked}
    points = {joint.name: (joint.cost_usd, joint.accuracy) for joint in found.joints if joint.cost_usd is not None}
    figure = router_curve(scene.trained.comparison, curves, board.mix(), points=points, dark=scene.dark)
    config = chart_config(f"{scene.entry.card.name}-together")
    st.plotly_chart(figure, key=f"{scene.key}:together:chart", config=config, theme=None)
