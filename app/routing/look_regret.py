"""The look at regret: the questions on which the router lost most, and why a question goes where it goes."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import streamlit as st

from app.figure import count_text
from app.plain import plain
from app.reason import in_words, reason_title
from app.routing.scene import Scene
from app.routing.waiting import worked_out
from pipelines.choice import best
from pipelines.routers.knn import Knn

MOST: Final = 20
MOST_CHARACTERS: Final = 100_000
WORTH: Final = "Score − λ × cost"
COLUMNS: Final = {
    "task": "Task", "query": "Question", "chosen": "Went to", "score": "Scored", "better": "Better",
    "better_score": "Would score", "regret": "Regret",
}  # fmt: skip


def draw_regret(scene: Scene) -> None:
    """Draws the twenty rows of highest regret; one that is chosen is explained."""
    rows = scene.trained.board.regrets(scene.place.name, scene.choices, MOST)
    if not rows:
        st.success("On no test row another model would have done better.", icon=":material/check:")
        return
    table = [{title: getattr(row, name) for name, title in COLUMNS.items()} for row in rows]
    number = st.column_config.NumberColumn
    shape = {title: number(format="%.2f") for title in ("Scored", "Would score", "Regret")}
    picked = st.dataframe(
        table, column_config=shape, hide_index=True, key=f"{scene.key}:regret:{scene.place}", on_select="rerun",
        selection_mode="single-row",
    )  # fmt: skip
    st.caption(
        f"The {count_text(len(rows), 'test row')} on which most was lost; of equals those first of which the router was"
        " surest."
        " Choose one to see why it went there."
    )
    chosen = picked["selection"]["rows"] if picked else []
    if chosen:
        draw_reason(scene, rows[chosen[0]].query)


def draw_why(scene: Scene) -> None:
    """Draws a field for any question, and where it would go."""
    query = st.text_area(
        "Question", key=f"{scene.key}:why", max_chars=MOST_CHARACTERS, height=90,
        placeholder="Ask anything: it is only routed, no model is asked.",
    ).strip()  # fmt: skip
    if query:
        draw_reason(scene, query)


def draw_reason(scene: Scene, query: str) -> None:
    """Draws what the router expects of each model on a question, and the reasons that its strategy tells."""
    router = scene.router
    space = scene.vectors((query,))
    scores, costs = router.predict([query], space=space)
    weight = float(scene.curve.weight[scene.place.at])
    values = -costs if np.isinf(weight) else scores - weight * np.nan_to_num(costs)
    chosen = int(best(values)[0])
    models = router.card.models
    with st.container(border=True):
        st.markdown(f"**{plain(query, 300)}** goes to **{plain(models[chosen])}**.")
        order = np.argsort(-values[0], kind="stable")
        lines = [
            {
                "Model": models[place],
                "Expected score": float(scores[0][place]),
                "Expected USD per 1,000": None if np.isnan(costs[0][place]) else float(costs[0][place]) * 1_000,
                WORTH: float(values[0][place]),
            }
            for place in order
        ]
        bar = st.column_config.ProgressColumn
        number = st.column_config.NumberColumn
        shape = {
            "Expected score": bar(format="%.3f", min_value=0.0, max_value=1.0),
            "Expected USD per 1,000": number(format="%.4g"),
            WORTH: number(format="%.3f", help="The model with the highest is asked."),
        }
        shown = [name for name in lines[0] if name != WORTH or 0 < weight < np.inf]
        st.dataframe(lines, column_config=shape, column_order=shown, hide_index=True)
        sure = router.strategy.confidence([query], space=space)
        if sure is not None:
            st.caption(f"How sure the strategy is that it knows such questions: {float(sure[0]):.2f} of 1.")
        reasons = router.strategy.explain(query, space=space)
        if reasons and weight:
            st.caption("What the strategy tells of the expected scores, before cost is weighed:")
        _draw_explanation(reasons or _neighbours(scene, query))


def _neighbours(scene: Scene, query: str) -> dict[str, Any]:
    """Returns the most similar training questions, for a strategy that tells no reasons of its own."""
    train = scene.trained.train
    known = worked_out(
        scene.space,
        f"neighbours {train.content_hash}",
        lambda: Knn().fit(train),
        "Similar training questions are looked for …",
    )
    if known is None:
        return {}
    st.caption("The strategy tells no reasons of its own. These are the most similar questions that it learned from.")
    return known.explain(query)


def _draw_explanation(why: dict[str, Any]) -> None:
    for reason, detail in why.items():
        title = reason_title(reason)
        if isinstance(detail, list) and detail and isinstance(detail[0], dict):
            st.markdown(f"**{plain(title)}**")
            st.dataframe([_flat(line) for line in detail], hide_index=True)
        else:
            st.markdown(f"**{plain(title)}**: {plain(in_words(detail), 600)}")


def _flat(line: dict[str, Any]) -> dict[str, Any]:
    """Returns a line for a table; records inside it become columns of their own."""
    found: dict[str, Any] = {}
    for name, value in line.items():
        found |= value if isinstance(value, dict) else {name.capitalize(): value}
    return found
