"""The look at what could go wrong: decisions that rest on the surface, and routes that change with the wording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import streamlit as st

from app.plain import plain
from app.routing.promise import UNKNOWN, figure_text, interval_text
from app.routing.scene import Scene
from app.routing.waiting import worked_out
from pipelines.choice import Choices, best
from pipelines.routing.audit import LEAST_ROWS, Audit, audit
from pipelines.routing.robustness import Robustness, robustness

MOST_ROWS: Final = 1_500


def draw_checks(scene: Scene) -> None:
    """Draws the audit and the robustness of the chosen router, when asked."""
    st.caption(
        "Two questions to any router, on rows it did not learn from: would a rule on length, language or first words"
        " decide the same, and does it still decide the same when only the wording changes?"
    )
    if not st.toggle("Check this router", key=f"{scene.key}:check:{scene.place.name}"):
        return
    checks = worked_out(
        scene.space,
        f"checks {scene.place.at} {scene.content}",
        lambda: _checked(scene),
        "Every question is asked again in other words …",
    )
    if checks is None:
        return
    left, right = st.columns(2)
    with left:
        _draw_audit(checks[0])
    with right:
        _draw_robustness(checks[1])
    count = scene.trained.board.test.n_queries
    if count > MOST_ROWS:
        st.caption(f"Of the first {MOST_ROWS:,} of {count:,} test rows.")


def _checked(scene: Scene) -> tuple[Audit | None, tuple[Robustness, ...]]:
    board = scene.trained.board
    rows = np.arange(board.test.n_queries)[:MOST_ROWS]
    test = board.test.rows(rows)
    found = audit(test.queries, board.predicted[scene.place.name][rows], scene.choices[rows])
    return found, robustness(test.queries, lambda queries: _decided(scene, queries), test.score)


def _decided(scene: Scene, queries: Sequence[str]) -> Choices:
    router = scene.router
    scores, costs = router.predict(queries, space=scene.vectors(queries))
    weight = float(scene.curve.weight[scene.place.at])
    if np.isinf(weight):
        return best(-costs)
    return best(scores - weight * costs) if weight else best(scores)


def _draw_audit(found: Audit | None) -> None:
    st.subheader("What it decides by", anchor=False)
    if found is None:
        st.caption(f"It takes {LEAST_ROWS} test rows to tell.")
        return
    st.markdown(plain(found.sentence))
    rows = [
        {"Looks at": probe.feature, "Guesses": probe.accuracy, "Lift": probe.lift, "R²": probe.r2}
        for probe in found.probes
    ]
    number = st.column_config.NumberColumn
    shape = {
        "Guesses": number(format="%.3f", help="Share of the decisions that a linear probe guesses, five-fold"),
        "Lift": number(format="%.3f", help="(guessed − most frequent) / (1 − most frequent); 1 guesses every decision"),
        "R²": number(format="%.3f", help="Share of the variance of the expected scores that the feature explains"),
    }
    st.dataframe(rows, column_config=shape, hide_index=True, key="routers:audit")


def _draw_robustness(changes: Sequence[Robustness]) -> None:
    st.subheader("Whether wording matters", anchor=False)
    rows = [
        {
            "Change": found.change,
            "Unchanged routes": UNKNOWN
            if found.unchanged_routes.value is None
            else f"{found.unchanged_routes.value:.1%}",
            "Score lost": figure_text(found.score_lost, signed=True),
            "Interval": interval_text(found.score_lost),
            "Rows": found.changed,
        }
        for found in changes
    ]
    st.dataframe(rows, hide_index=True, key="routers:robustness")
    told = change_text(changes)
    if told:
        st.markdown(plain(told))
    st.caption("Paraphrases are made by rules, word for word; a person's would be harder.")


def change_text(changes: Sequence[Robustness]) -> str:
    """Returns in words with which change of the wording the most routes change; nothing where none could be tried."""
    tried = [(1 - same, found) for found in changes if (same := found.unchanged_routes.value) is not None]
    if not tried:
        return ""
    share, worst = max(tried, key=lambda each: each[0])
    if share <= 0:
        return "No route changes with the wording."
    matters = "which costs accuracy" if (worst.score_lost.low or 0.0) > 0 else "without a loss of accuracy beyond doubt"
    part = "less than 1%" if share < 0.005 else f"{share:.0%}"
    return f"Most sensitive to {worst.change}: {part} of the routes change, {matters}."
