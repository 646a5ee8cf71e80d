"""Draws a part of a page anew, whoever asked for the present drawing."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st
from streamlit.errors import StreamlitAPIException


def redraw() -> NoReturn:
    """Runs the present fragment again, or the page where it is drawn as a part of the whole; does not return."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()
