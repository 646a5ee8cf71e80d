"""What came of a training: the verdict, then one look at a time, all of the same router at the same weight of cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from app.plain import plain
from app.routing.figure_table import figure_table, glossary
from app.routing.look_check import draw_checks
from app.routing.look_curve import draw_curve
from app.routing.look_newcomer import draw_newcomer
from app.routing.look_price import draw_prices
from app.routing.look_regret import draw_regret, draw_why
from app.routing.look_task import draw_tasks
from app.routing.look_together import draw_together
from app.routing.saving import draw_save
from app.routing.scene import Scene, draw_scene
from app.routing.table_shelf import TableEntry
from app.routing.training import Trained
from app.workspace import Workspace
from pipelines.routing.figures import RouterComparison
from pipelines.routing.headroom import Verdict, verdict

ABOUT_NULL: Final = "Every interval is a 95 % percentile bootstrap over the questions, whole groups at a time."


def draw_result(space: Workspace, entry: TableEntry, trained: Trained) -> None:
    """Draws the verdict and the looks."""
    if not trained.routers:
        return
    _draw_verdict(trained)
    st.fragment(_draw_looks)(space, entry, trained)


def _draw_verdict(trained: Trained) -> None:
    comparison = trained.comparison
    told = verdict(comparison)
    with st.container(border=True, key="r-verdict"):
        st.subheader("What the routers won", anchor=False)
        st.markdown(_gist(comparison, told))
        (st.success if told.worth_routing else st.warning)(plain(told.sentence))
        simple = _simple_baseline(trained)
        if simple:
            st.markdown(plain(simple))
        if comparison.warnings:
            st.caption(plain(" ".join(comparison.warnings)))


def _gist(comparison: RouterComparison, told: Verdict) -> str:
    """Returns the verdict for accuracy and for cost in two badges, or that nothing can be told in one."""
    if told.too_few:
        return ":gray-badge[Too few test rows to tell]"
    accuracy = ":green-badge[Accuracy: gained]" if told.for_accuracy else ":red-badge[Accuracy: nothing gained]"
    if all(gain.value is None for gain in comparison.aiq_gains.values()):
        return f"{accuracy} :gray-badge[Cost: not known]"
    return f"{accuracy} {':green-badge[Cost: saved]' if told.for_cost else ':red-badge[Cost: nothing saved]'}"


def _simple_baseline(trained: Trained) -> str:
    """Returns a sentence where a table of tasks, which is no learning at all, does as well as the best router."""
    table = trained.comparison.references.get("task table")
    best = max(trained.comparison.routers, key=lambda router: router.accuracy.value or 0.0)
    if table is None or (table.accuracy.value or 0.0) < (best.accuracy.low or 0.0):
        return ""
    return (
        f"A simple rule, the best model for each known task, reaches {table.accuracy.value or 0.0:.3f}; the best router"
        f" here ({best.name}) reaches {best.accuracy.value or 0.0:.3f}, and the difference may be chance. If you know"
        " the task of a question, the rule is enough."
    )


def _draw_figures(scene: Scene) -> None:
    st.html(f'<div class="rl-report rl-figures">{figure_table(scene.trained.comparison)}</div>')
    st.caption(f"{ABOUT_NULL} Hover over a number for its formula.")
    with st.expander("Formulas and sources", icon=":material/functions:"):
        st.html(f'<div class="rl-report">{glossary()}</div>')


LOOKS: Final[Mapping[str, Callable[[Scene], None]]] = {
    "Curves": draw_curve,
    "Figures": _draw_figures,
    "Tasks": draw_tasks,
    "Regret": draw_regret,
    "Why": draw_why,
    "Prices": draw_prices,
    "New model": draw_newcomer,
    "Together": draw_together,
    "Checks": draw_checks,
}
"""What can be looked at."""


def _draw_looks(space: Workspace, entry: TableEntry, trained: Trained) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.segmented_control(
            "Look", list(LOOKS), default="Curves", key=f"r:look:{entry.card.name}", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        st.space("stretch")
    scene = draw_scene(space, entry, trained)
    LOOKS[name](scene)
    draw_save(scene)
