"""Keeps a trained router under a name, and puts one into a new pipeline."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from app.plain import plain
from app.routing.scene import Scene
from app.routing.use import drawn_pipelines, likely_aliases, routed_pipeline
from app.shelf import add_pipeline
from app.state import go_to_studio
from app.workspace import Workspace
from pipelines.document import Pipeline
from pipelines.error import RouteloomError
from pipelines.outcome.way import routed_experts
from pipelines.routing.objective import Objective
from pipelines.trained import NAME, RouterCard
from storage.reference import slug_of

DEFAULT: Final = "The default model"
MOST_PER_USD: Final = 1e6
"""So much score for one USD means the cheapest model, whatever it scores."""


def draw_save(scene: Scene) -> None:
    """Draws the row under every look: keep this router, or keep it and use it."""
    # What is told of saving stands above the row, which is in view when its button is pressed.
    told_here = st.container()
    proposed = slug_of(f"{scene.router.strategy.title} {scene.entry.card.name}")[:80]
    with st.container(horizontal=True, vertical_alignment="bottom", border=True, key="r-save"):
        name = st.text_input("Name of the router", proposed, 80, key=f"{scene.key}:name:{scene.place.name}").strip()
        fits = NAME.fullmatch(name) is not None
        told = None if fits else "Small letters, digits and -, at most 80"
        save = st.button("Save", icon=":material/save:", key="routers:save", disabled=not fits, help=told)
        use = st.button(
            "Use in a pipeline", icon=":material/account_tree:", key="routers:use", type="primary", disabled=not fits,
            help="Saves it and draws question → router → expert → answer as a new workflow",
        )  # fmt: skip
    if not (save or use):
        return
    card, version = _saved(scene, name)
    if use:
        draw_use(scene.space, card, version)
    else:
        told = f"'{name}' is saved as version {version}; it is listed under 'Trained routers'."
        told_here.success(plain(told), icon=":material/check:")


def _saved(scene: Scene, name: str) -> tuple[RouterCard, int]:
    router, title = scene.router, f"{scene.place.name}, {scene.entry.title}"[:200]
    weight = float(scene.curve.weight[scene.place.at])
    aim = Objective(rule="trade_off", score_per_usd=min(weight, MOST_PER_USD)) if weight > 0 else None
    card = router.card.model_copy(update={"name": name, "title": title, "objective": aim})
    return card, scene.space.storage.routers.put(replace(router, card=card))


@st.dialog("Use in a pipeline", width="large")
def draw_use(space: Workspace, card: RouterCard, version: int) -> None:
    """Draws which models of the catalogue stand for those of the router, and makes the pipeline."""
    catalogue = space.catalogue
    pipelines = drawn_pipelines(card, catalogue, space.library.pipelines())
    if pipelines is not None:
        _draw_experts(space, card, version, pipelines)
        return
    known = likely_aliases(card, catalogue)
    options = [None, *(entry.name for entry in catalogue)]
    missing = [model for model, found in known.items() if found is None]
    st.write(f"'{plain(card.name)}' (version {version}) will choose the model of an expert.")
    if missing:
        st.caption(
            f"{len(missing)} of {len(known)} models are not in the catalogue under their name. Say which model stands"
            " for each, or add them on the page of models first."
        )
    aliases: dict[str, str | None] = {}
    with st.container(height=320 if len(known) > 4 else "content", border=False):
        for model, found in known.items():
            aliases[model] = options[
                st.selectbox(
                    model, range(len(options)), options.index(found),
                    lambda place: options[place] or DEFAULT, key=f"use:{card.name}:{version}:{model}",
                )
            ]  # fmt: skip
    rule = _draw_rule(card)
    _draw_make(space, routed_pipeline(card, version, aliases, score_per_usd=rule))


def _draw_experts(space: Workspace, card: RouterCard, version: int, pipelines: frozenset[str]) -> None:
    st.write(f"'{plain(card.name)}' (version {version}) will choose which of {len(card.models)} experts answers.")
    st.caption("Each candidate is drawn as an expert: a model with its way of asking, or a saved pipeline as it is.")
    st.markdown("\n".join(f"- {plain(model)}" for model in card.models))
    rule = _draw_rule(card)
    title = card.title or card.name
    drawn = routed_experts(
        f"{card.name}@{version}", card.models, title=title, score_per_usd=rule or 0.0, pipelines=pipelines
    )
    _draw_make(space, drawn)


def _draw_make(space: Workspace, pipeline: Pipeline) -> None:
    if st.button("Make the pipeline", icon=":material/account_tree:", key="use:make", type="primary"):
        try:
            slug = add_pipeline(space, pipeline)
        except RouteloomError as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            go_to_studio(slug)


def _draw_rule(card: RouterCard) -> float | None:
    """Draws how cost is weighed, beginning with what the card wants; None leaves it to the card."""
    if card.figures is None or card.figures.cost_usd.value is None:
        return None
    aim = card.objective
    kept = aim.score_per_usd if aim is not None and aim.rule == "trade_off" else None
    if aim is not None and kept is None:
        st.caption(plain(f"Unless cost is weighed here, it chooses {aim.told}, as it was trained for."))
    weighs = st.toggle("Weigh cost against the score", kept is not None, key=f"use:{card.name}:weighs")
    if not weighs:
        return None if kept is None else 0.0
    return st.number_input(
        "λ: score that one USD is worth",
        0.0,
        MOST_PER_USD,
        10.0 if kept is None else kept,
        key=f"use:{card.name}:lambda",
    )
