"""Long work of a look: begun behind the page, waited for without holding it, kept when one comes back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, TypeVar, cast

import streamlit as st

from app.plain import plain
from app.workspace import Workspace
from pipelines.error import RouteloomError

POLL_S: Final = 1.0
T = TypeVar("T")


def worked_out(space: Workspace, key: str, task: Callable[[], T], doing: str) -> T | None:
    """Returns what a task came to, or None while it is under way or if it cannot be done, which is drawn."""
    future = space.trainings.work(key, task)
    if not future.done():
        st.fragment(_draw_waiting, run_every=POLL_S)(future, doing)
        return None
    try:
        return cast("T", future.result())
    except RouteloomError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


def _draw_waiting(future: Future[object], doing: str) -> None:
    if future.done():
        st.rerun()
    st.caption(f":material/hourglass_top: {plain(doing)} The page may be left meanwhile.")
