"""The trained routers of the installation: what each is, how it did, and what can be done with it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.figure import age_text, cost_text, count_text
from app.plain import plain
from app.routing.live_question import drift_of, live_questions, workflows_with
from app.routing.promise import UNKNOWN, figure_text, interval_text
from app.routing.saving import draw_use
from app.routing.waiting import worked_out
from app.state import session
from app.workspace import Workspace
from pipelines.routers import router_kinds
from pipelines.routing.drift import LEAST_LIVE, Drift
from pipelines.routing.headroom import LEAST_JUDGED
from pipelines.trained import RouterCard

NONE: Final = "There is no trained router yet. Choose **Train on a table**, train some strategies, and save the best."


def draw_saved(space: Workspace) -> None:
    """Draws the list and the chosen router."""
    found = {card.name: (number, card) for number, card in space.storage.routers.list()}
    if not found:
        st.info(NONE, icon=":material/alt_route:")
        return
    rows = [_row(number, card) for number, card in found.values()]
    st.dataframe(rows, hide_index=True, key="routers:list")
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
        "Learned from": f"{count_text(card.n_train, 'row')} of {card.table}",
        "Accuracy": UNKNOWN if figures is None else figure_text(figures.accuracy),
        "Judged on": UNKNOWN if card.n_test is None else _judged(card.n_test),
        "USD per 1,000": UNKNOWN if cost is None else f"{cost * 1_000:.4g}",
        "Trained": age_text(card.created_at),
    }


def _judged(n_test: int) -> str:
    return f"{count_text(n_test, 'row')}{', too few to tell' if n_test < LEAST_JUDGED else ''}"


def _draw_card(space: Workspace, card: RouterCard, version: int) -> None:
    with st.container(border=True, key="r-card"):
        st.markdown(f"**{plain(card.title or card.name)}** · {plain(_title(card))} · version {version}")
        st.caption(
            plain(
                f"Learned from {count_text(card.n_train, 'row')}: {card.split or card.table}.{_seed(card)}"
                f" Data {card.data_hash[:12]}. Models: {', '.join(card.models)}."
            )
        )
        if card.figures is not None:
            cost = card.figures.cost_usd.value
            bounds = interval_text(card.figures.accuracy)
            told = f"{figure_text(card.figures.accuracy)}{f' ({bounds})' if bounds else ''}"
            money = "" if cost is None else f", {cost_text(cost * 1_000)} per 1,000 questions"
            rows = "rows it had not seen" if card.n_test is None else f"{_judged(card.n_test)}, unseen"
            st.markdown(plain(f"On {rows}: accuracy {told}{money}."))
        _draw_drift(space, card, version)
        with st.container(horizontal=True):
            if st.button("Use in a pipeline", icon=":material/account_tree:", key="saved:use", type="primary"):
                draw_use(space, card, version)
            with st.popover("Delete", icon=":material/delete:", key="saved:delete"):
                st.write("All its versions will be gone; pipelines that name it will not run.")
                if st.button("Delete it", key="saved:delete:sure", type="primary"):
                    space.storage.routers.delete(card.name)
                    session().notice = f"'{card.name}' is deleted."
                    st.rerun()


def _draw_drift(space: Workspace, card: RouterCard, version: int) -> None:
    """Draws whether the questions of live runs still look like those that the router learned from."""
    workflows = workflows_with(space, card.name)
    if not workflows:
        st.caption("No workflow uses this router yet, so there are no live questions to compare with the training.")
        return
    live = live_questions(space, workflows)
    router = f"{card.name}@{version}"
    found = worked_out(
        space,
        f"drift {router} {len(live)} {live[:1]}",
        lambda: drift_of(space, space.library.router(router), live),
        "Live questions are compared with the training questions …",
    )
    if found is None:
        return
    told = f"{found.sentence} ({count_text(found.n_live, 'live question')} of {', '.join(workflows)}.)"
    if found.level == "none" or found.n_live < LEAST_LIVE:
        st.caption(plain(told))
    else:
        st.warning(plain(told), icon=":material/trending_up:")
    if found.shifts:
        with st.expander("Drift in numbers", icon=":material/ssid_chart:", key="saved:drift"):
            _draw_shifts(found)


def _draw_shifts(found: Drift) -> None:
    rows = [
        {"Feature": shift.feature, "PSI": shift.psi, "By chance": shift.chance, "Moved": shift.level}
        for shift in found.shifts
    ]
    number = st.column_config.NumberColumn
    shape = {
        "PSI": number(
            format="%.3f",
            help="Population stability index: Σ (live − training) × ln(live / training) over bins;"
            " 0.1 is moderate, 0.25 strong",
        ),
        "By chance": number(format="%.3f", help="What the index reaches by chance alone; less than this is no drift"),
    }
    st.dataframe(rows, column_config=shape, hide_index=True, key="routers:drift")
    st.caption(
        f"{found.unknown_words:.0%} of the words of live questions are in no training question; among the training"
        f" questions themselves it is {found.usual_unknown_words:.0%}."
    )


def _seed(card: RouterCard) -> str:
    """Returns the seed, unless the split tells it already."""
    return "" if f"seed {card.seed}" in card.split else f" Seed {card.seed}."


def _title(card: RouterCard) -> str:
    cls = router_kinds().get(str(card.strategy.get("kind")))
    return str(card.strategy.get("kind")) if cls is None else cls.title
