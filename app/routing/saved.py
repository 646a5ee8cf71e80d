"""The trained routers of the installation: what each is, how it did, and what can be done with it."""

from __future__ import annotations

import streamlit as st

from app.figure import age_text, cost_text
from app.plain import plain
from app.routing.promise import figure_text, interval_text
from app.routing.saving import draw_use
from app.state import session
from app.workspace import Workspace
from pipelines.routers import router_kinds
from pipelines.trained import RouterCard

NONE = "There is no trained router yet. Choose **Train on a table**, train some strategies, and save the best."


def draw_saved(space: Workspace) -> None:
    """Draws the list and the chosen router."""
    found = {card.name: (number, card) for number, card in space.storage.routers.list()}
    if not found:
        st.info(NONE, icon=":material/alt_route:")
        return
    rows = [_row(number, card) for number, card in found.values()]
    number = st.column_config.NumberColumn
    shape = {"Accuracy": number(format="%.3f"), "USD per 1,000": number(format="%.4g")}
    st.dataframe(rows, hide_index=True, column_config=shape, key="routers:list")
    name = st.selectbox("Router", list(found), key="routers:saved")
    version, card = found[name]
    _draw_card(space, card, version)


def _row(number: int, card: RouterCard) -> dict[str, object]:
    figures = card.figures
    cost = None if figures is None else figures.cost_usd.value
    return {
        "Name": card.name,
        "Strategy": _title(card),
        "Version": number,
        "Models": len(card.models),
        "Learned from": f"{card.n_train:,} rows of {card.table}",
        "Accuracy": None if figures is None else figures.accuracy.value,
        "USD per 1,000": None if cost is None else cost * 1_000,
        "Trained": age_text(card.created_at),
    }


def _draw_card(space: Workspace, card: RouterCard, version: int) -> None:
    with st.container(border=True, key="r-card"):
        st.markdown(f"**{plain(card.title or card.name)}** · {plain(_title(card))} · version {version}")
        st.caption(
            plain(
                f"Learned from {card.n_train:,} rows: {card.split or card.table}. Seed {card.seed}."
                f" Data {card.data_hash[:12]}. Models: {', '.join(card.models)}."
            )
        )
        if card.figures is not None:
            cost = card.figures.cost_usd.value
            told = f"{figure_text(card.figures.accuracy)} ({interval_text(card.figures.accuracy)})"
            money = "" if cost is None else f", {cost_text(cost * 1_000)} per 1,000 questions"
            st.markdown(plain(f"On rows it had not seen: accuracy {told}{money}."))
        with st.container(horizontal=True):
            if st.button("Use in a pipeline", icon=":material/account_tree:", key="saved:use", type="primary"):
                draw_use(space, card, version, None)
            with st.popover("Delete", icon=":material/delete:", key="saved:delete"):
                st.write("All its versions will be gone; pipelines that name it will not run.")
                if st.button("Delete it", key="saved:delete:sure", type="primary"):
                    space.storage.routers.delete(card.name)
                    session().notice = f"'{card.name}' is deleted."
                    st.rerun()


def _title(card: RouterCard) -> str:
    cls = router_kinds().get(str(card.strategy.get("kind")))
    return str(card.strategy.get("kind")) if cls is None else cls.title
